"""The demo's own stack, in a folder of its own: broker, topics, database, workers, console, makers of photos.

All of it ends with this process, however that ends.
"""

import asyncio
import fcntl
import os
import shlex
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streams.access.accounts import MadeAccount
from streams.adapters import child_processes
from streams.adapters.kafka import topics
from streams.adapters.kafka.embedded_broker import EmbeddedBroker
from streams.adapters.sql.schema import upgrade
from streams.demo import console
from streams.errors import OperatorError
from streams.settings import Settings

FOLDER = Path(".demo")
MARK = "made-by-refund-sentinel-demo"
WORKERS_END_S = 30
WORKERS = ("enrich", "decide")
AUDIT_KEY = "refund-sentinel demo"
"""Fixed, so that the random audit takes the same requests in every run."""


@dataclass(frozen=True, slots=True)
class Stack:
    """What runs: its settings, as an environment and read, and the processes to keep an eye on."""

    folder: Path
    environment: Mapping[str, str]
    settings: Settings
    workers: child_processes.Child
    console: child_processes.Child
    console_address: str
    api_key: str
    account: MadeAccount
    photo_makers: tuple[child_processes.Child, ...]

    def ended(self) -> str | None:
        """Return what went wrong when a process is gone that must not be, with the log's last line."""
        if self.workers.poll() is not None:
            return f"the workers ended: {_last_line(self.folder / 'workers.log')}"
        if self.console.poll() is not None:
            return f"the console ended: {_last_line(self.folder / console.LOG)}"
        if any(maker.poll() for maker in self.photo_makers):
            return f"making the photos failed: {_last_line(self.folder / 'photos.log')}"
        return None

    def addresses(self) -> dict[str, str]:
        """Return where each worker answers over HTTP, as far as it does yet."""
        ports = {name: self.folder / "data" / f"{name}-0" / "http.port" for name in WORKERS}
        return {
            name: f"http://{self.settings.http_host}:{path.read_text().strip()}"
            for name, path in ports.items()
            if path.is_file()
        }


@asynccontextmanager
async def bring_up(seed: int, requests: int, port: int) -> AsyncIterator[Stack]:
    """Bring everything up and yield it; in the end take it all down again. The folder stays, for a look.

    Raises :class:`OperatorError` when the folder is not ours or another demo uses it.
    """
    with _folder() as folder, _broker() as broker:
        environment = _environment(folder, broker.address, port)
        given: dict[str, Any] = {name.removeprefix("SENTINEL_").lower(): value for name, value in environment.items()}
        settings = Settings(**given)
        (folder / "env").write_text(for_a_shell(environment))
        photo_makers = tuple(_photo_maker(folder, seed, requests, place) for place in range(_cores()))
        others: list[child_processes.Child] = []
        try:
            await topics.create(settings)
            await asyncio.to_thread(upgrade, settings.database_url)
            others.append(_workers(folder, environment))
            others.append(console.start(folder, environment))
            yield Stack(
                folder,
                environment,
                settings,
                workers=others[0],
                console=others[1],
                console_address=await console.address(others[1], settings, folder),
                api_key=await asyncio.to_thread(console.api_key, settings),
                account=await asyncio.to_thread(console.sign_in, settings),
                photo_makers=photo_makers,
            )
        finally:
            child_processes.end_all([*photo_makers, *others], signal.SIGTERM, WORKERS_END_S)


def for_a_shell(environment: Mapping[str, str]) -> str:
    """Return what a shell reads to use this program on what the demo left: the settings, and where its command is."""
    program = f'export PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH"\n'
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in environment.items()) + program


def _environment(folder: Path, broker: str, port: int) -> dict[str, str]:
    return {
        "SENTINEL_BROKER": broker,
        "SENTINEL_BROKER_SECURITY": "plaintext",
        "SENTINEL_DATABASE_URL": f"sqlite:///{folder / 'sentinel.db'}",
        "SENTINEL_MEDIA_URL": (folder / "media").as_uri(),
        "SENTINEL_EVIDENCE_URL": (folder / "evidence").as_uri(),
        "SENTINEL_DATA_DIR": str(folder / "data"),
        "SENTINEL_HTTP_PORT": str(port),
        "SENTINEL_CONSOLE_PORT": "0",
        "SENTINEL_AUDIT_KEY": AUDIT_KEY,
    }


def _workers(folder: Path, environment: Mapping[str, str]) -> child_processes.Child:
    command = (sys.executable, "-m", "streams.cli", "worker", "all")
    ours = {name: value for name, value in os.environ.items() if not name.startswith("SENTINEL_")}
    return child_processes.start(command, folder / "workers.log", {**ours, **environment})


def _photo_maker(folder: Path, seed: int, requests: int, place: int) -> child_processes.Child:
    share = (str(seed), str(requests), str(folder / "media"), str(place), str(_cores()))
    command = (sys.executable, "-m", "streams.demo.photo_maker", *share)
    return child_processes.start(command, folder / "photos.log", os.environ | {"OMP_NUM_THREADS": "1"})


def _cores() -> int:
    return max(1, min(4, os.cpu_count() or 1))


@contextmanager
def _broker() -> Iterator[EmbeddedBroker]:
    broker = EmbeddedBroker()
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()


@contextmanager
def _folder() -> Iterator[Path]:
    """Give the demo's folder, emptied; locked, because two demos in one folder would take it from each other."""
    folder = FOLDER.absolute()
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        msg = f"{folder} was not made by the demo: move it away, or run the demo in another folder"
        raise OperatorError(msg)
    folder.mkdir(exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            msg = f"another demo is running in {folder}: end it with Ctrl-C, or run this one in another folder"
            raise OperatorError(msg) from exc
        for found in folder.iterdir():
            shutil.rmtree(found) if found.is_dir() and not found.is_symlink() else found.unlink()
        (folder / MARK).touch()
        (folder / "media").mkdir()
        yield folder
    finally:
        os.close(lock)


def _last_line(path: Path) -> str:
    lines = path.read_text(errors="replace").strip().splitlines() if path.exists() else []
    return f"{lines[-1]} (all of it: {path})" if lines else f"see {path}"
