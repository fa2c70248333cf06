"""A fleet of real worker processes, each started again as soon as it ends, however it ended."""

import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Self
from uuid import uuid4

import urllib3

from tests.faults import forking

Kind = Literal["enrich", "decide", "console"]
KINDS: tuple[Kind, ...] = ("enrich", "decide")

LOOK_S = 0.05
SHORTEST_LIFE_S = 3.0
"""A worker that lived less is started again after a pause: a broker that is away must not cost all the processors."""
PAUSE_S = 0.5
END_LIMIT_S = 120
"""What SIGTERM may take."""
ORPHAN_LIMIT_S = 60
"""How long a dead worker's own processes may take to notice."""
WRONG_SETTINGS = 2
OK = 200
SESSION_S = 8
PROGRAM = ("-m", "streams.cli", "worker")
TOLD_LINES = 25


@dataclass(eq=False)
class Worker:
    """One place in the fleet: a name, a data directory, and one process at a time."""

    kind: Kind
    name: str
    home: Path
    program: Sequence[str]
    environment: Mapping[str, str]
    statuses: list[int] = field(default_factory=list)
    wanted: bool = True
    _child: forking.Process | None = None
    _started_at: float = 0
    _not_before: float = 0

    @property
    def log(self) -> Path:
        return self.home / "worker.log"

    @property
    def port_file(self) -> Path:
        """Where the process writes its port once it listens."""
        return self.home / ("console.port" if self.kind == "console" else "http.port")

    @property
    def running(self) -> bool:
        return self._child is not None

    @property
    def pid(self) -> int:
        assert self._child is not None, f"{self.name} does not run"
        return self._child.pid

    def said(self, words: str) -> bool:
        """Return whether the worker's log holds the words."""
        return self.log.exists() and words in self.log.read_text()

    @property
    def listening(self) -> bool:
        """Whether the process is past its beginning: from then on SIGTERM is a wish, before that an end."""
        return self.port_file.exists()

    def get(self, page: str) -> tuple[int, str] | None:
        """Return the status and text of ``/metrics``, ``/live`` or ``/ready``; None while nobody answers."""
        try:
            port = int(self.port_file.read_text())
            answer = urllib3.request("GET", f"http://127.0.0.1:{port}{page}", timeout=5, retries=False)
        except (OSError, ValueError, urllib3.exceptions.HTTPError):
            return None
        return answer.status, answer.data.decode()

    def start(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.port_file.unlink(missing_ok=True)
        self._child = forking.start((*self.program, self.kind), self.log, self.environment)
        self._started_at = time.monotonic()

    def look(self) -> None:
        """Note the end of the process, and start it again when it is wanted."""
        if self._child is not None and (status := self._child.poll()) is not None:
            self._note(status)
        if self._child is None and self.wanted and time.monotonic() >= self._not_before:
            self.start()

    def send(self, number: signal.Signals) -> None:
        if self._child is not None:
            self._child.send_signal(number)

    def end(self, number: signal.Signals) -> int | None:
        """Return the status of a worker that is not wanted any more; None when it did not run."""
        self.wanted = False
        if self._child is None:
            return None
        status = forking.end(self._child, number, END_LIMIT_S)
        self._note(status)
        return status

    def _note(self, status: int) -> None:
        assert self._child is not None
        forking.forget(self._child)  # else the leash holds on to a dead process
        self._child = None
        self.statuses.append(status)
        lived_s = time.monotonic() - self._started_at
        self._not_before = time.monotonic() + (0 if lived_s >= SHORTEST_LIFE_S else PAUSE_S)


class Fleet:
    """Real workers of one system, supervised by a thread. ``with Fleet(…) as fleet`` ends and removes everything.

    ``program`` is what follows the Python interpreter, before the kind of worker. Each worker is a static member of
    its group, under its own name, with a data directory of its own.
    """

    def __init__(self, environment: Mapping[str, str], program: Sequence[str] = PROGRAM) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="sentinel-fleet-"))
        self.problems: list[str] = []
        self._mark = f"SENTINEL_TEST_FLEET={uuid4().hex}"
        self._environment = dict(environment)
        self._program = tuple(program)
        self._workers: dict[str, Worker] = {}
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, daemon=True)

    def __enter__(self) -> Self:
        self._supervisor.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._supervisor.join()
        for worker in self._workers.values():
            worker.end(signal.SIGKILL)
        self._await_orphans()
        if error is not None:
            self.tell()
        if "SENTINEL_TEST_KEEP" not in os.environ:
            shutil.rmtree(self.home, ignore_errors=True)
        if error is None:
            assert not self.problems, self.problems

    def start(self, kind: Kind, count: int = 1) -> list[Worker]:
        """Start further workers of a kind, and return them."""
        with self._lock:
            taken = len(self.workers(kind))
            started = [self._new(kind, f"{kind}-{number}") for number in range(taken, taken + count)]
            for worker in started:
                worker.start()
            return started

    def use(self, changes: Mapping[str, str]) -> None:
        """Give workers that are started from now on other settings."""
        self._environment.update(changes)

    def workers(self, kind: Kind | None = None) -> list[Worker]:
        """Return the workers that are wanted, in the order of their names."""
        with self._lock:
            wanted = [worker for worker in self._workers.values() if worker.wanted and kind in {None, worker.kind}]
        return sorted(wanted, key=lambda worker: worker.name)

    def ready(self) -> bool:
        """Return whether every worker says that it is ready."""
        self.check()
        return all((said := worker.get("/ready")) and said[0] == OK for worker in self.workers())

    def scale(self, kind: Kind, count: int) -> None:
        """Start or end (SIGTERM) workers until there are ``count``; one that does not end cleanly is a problem."""
        there = self.workers(kind)
        if count > len(there):
            self.start(kind, count - len(there))
        for worker in there[count:]:
            with self._lock:
                worker.wanted = False  # from here on the supervisor leaves it alone
            listening = worker.listening
            status = worker.end(signal.SIGTERM)
            if status not in ({0, None} if listening else {0, None, -signal.SIGTERM}):
                self.problems.append(
                    f"{worker.name} ended with {status} on SIGTERM, not cleanly within {END_LIMIT_S} s"
                )

    def kill(self, *workers: Worker) -> None:
        """Kill -9, all at once; the supervisor starts them again."""
        for worker in workers:
            worker.send(signal.SIGKILL)

    def freeze(self, worker: Worker) -> None:
        """Stop a worker where it is: it notices nothing, and the broker sees no heartbeat."""
        worker.send(signal.SIGSTOP)

    def thaw(self, worker: Worker) -> None:
        worker.send(signal.SIGCONT)

    def ends(self, kind: Kind | None = None) -> int:
        """Return how often workers have ended so far."""
        with self._lock:
            return sum(len(worker.statuses) for worker in self._workers.values() if kind in {None, worker.kind})

    def statuses(self) -> dict[str, list[int]]:
        """Return how each worker ended, each time; negative: the signal that killed it."""
        with self._lock:
            return {name: list(worker.statuses) for name, worker in sorted(self._workers.items())}

    def check(self) -> None:
        """Raise AssertionError as soon as anything is wrong with the fleet itself."""
        assert not self.problems, self.problems

    def tell(self) -> None:
        """Print what the workers said last: pytest shows it when a test fails."""
        for name, worker in sorted(self._workers.items()):
            said = worker.log.read_text(errors="replace").splitlines() if worker.log.exists() else []
            said = [line for line in said if '"logger": "aiokafka' not in line]  # one an attempt while a broker is away
            print(f"\n--- {name}: ended {worker.statuses}; the last of {len(said)} lines:")  # noqa: T201 - for pytest
            print("\n".join(line[:600] for line in said[-TOLD_LINES:]))  # noqa: T201 - for pytest

    def _new(self, kind: Kind, name: str) -> Worker:
        marked = dict([self._mark.split("=")])
        own = {
            "SENTINEL_DATA_DIR": str(self.home / name),
            "SENTINEL_INSTANCE": name,
            "SENTINEL_HTTP_PORT": "0",
            "SENTINEL_CONSOLE_PORT": "0",
            "SENTINEL_SESSION_TIMEOUT_S": str(SESSION_S),
            "SENTINEL_POOL_PROCESSES": "1",
            "SENTINEL_AUDIT_KEY": "a key for tests",  # else each database draws others for the random audit
            "SENTINEL_PHOTO_LIMIT_S": "120",  # what a busy machine does not look at in time goes to people
            "SENTINEL_REPLICA_LIMIT_S": "300",
        }
        earlier = self._workers.get(name)
        worker = Worker(kind, name, self.home / name, self._program, os.environ | own | self._environment | marked)
        if earlier is not None:
            worker.statuses = earlier.statuses
        self._workers[name] = worker
        return worker

    def _supervise(self) -> None:
        while not self._closing.wait(LOOK_S):
            with self._lock:
                for worker in self._workers.values():
                    self._look(worker)

    def _look(self, worker: Worker) -> None:
        if not worker.wanted:
            return
        seen = len(worker.statuses)
        worker.look()
        if WRONG_SETTINGS in worker.statuses[seen:]:
            worker.wanted = False
            self.problems.append(f"{worker.name} ended with status {WRONG_SETTINGS}: its settings are wrong")

    def _await_orphans(self) -> None:
        """Note which processes outlived their workers, and end them."""
        until = time.monotonic() + ORPHAN_LIMIT_S
        while (left := _marked(self._mark)) and time.monotonic() < until:
            time.sleep(LOOK_S)
        for pid, command in left.items():
            self.problems.append(f"a process outlived its worker: {command}")
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _marked(mark: str) -> dict[int, str]:
    """Return the processes that carry ``mark`` in their environment, where the system shows them (Linux)."""
    found: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                found[int(folder.name)] = (
                    (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )
        except OSError:
            continue  # gone, or another user's
    return found
