"""The supervisor: keeps child processes running, and ends them in order when it is told to end itself."""

import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

import structlog

from streams.adapters import child_processes

LOOK_S = 0.05
NEEDS_A_PERSON = {1: "something that a person has to mend first", 2: "its settings are wrong"}
"""With these a child ends over what a restart does not change; its own last line says what to do."""
NOT_ENDED = 1
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One child to keep running; ``environment`` is what it has beside ours."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a supervisor waits, in seconds.

    The pause before a restart doubles, and begins anew after a child that lived for ``quiet_s``. ``stop_s`` is what
    children have to end cleanly; a worker itself takes 25 at most.
    """

    first_pause_s: float = 0.1
    longest_pause_s: float = 30.0
    quiet_s: float = 60.0
    stop_s: float = 28.0

    def pause_s(self, last_s: float | None, lived_s: float) -> float:
        """Return how long to wait with a restart, after ``last_s`` before the life that just ended."""
        if last_s is None or lived_s >= self.quiet_s:
            return self.first_pause_s
        return min(2 * last_s, self.longest_pause_s)


class Supervisor:
    """Runs children until it gets SIGTERM, SIGINT or SIGHUP, or until one ends over what only a person can mend."""

    def __init__(self, work: Sequence[Work], patience: Patience | None = None) -> None:
        """Nothing starts yet."""
        self._patience = patience or Patience()
        self._kept = [_Kept(one, self._patience) for one in work]
        self._told: int | None = None

    def run(self) -> int:
        """Return the exit status: 0 when all ended as they were told, 1 when one had to be killed.

        1 or 2 when one ended with that status: a topic, the schema or the policy, or its settings, are not what they
        must be, and to start it again would change nothing. Signals are taken for as long as this runs, so it belongs
        in the main thread.
        """
        before = {number: signal.signal(number, self._tell) for number in _heeded()}
        try:
            status = self._watch()
        finally:
            killed = self._stop()
            for number, handler in before.items():
                signal.signal(number, handler)
        return status or (NOT_ENDED if killed else 0)

    def _tell(self, number: int, _frame: FrameType | None) -> None:
        self._told = number

    def _watch(self) -> int:
        while self._told is None:
            for kept in self._kept:
                status = kept.look(time.monotonic())
                if status in NEEDS_A_PERSON:
                    return status
            time.sleep(LOOK_S)
        return 0

    def _stop(self) -> int:
        living = [kept.child for kept in self._kept if kept.child is not None]
        killed = child_processes.end_all(living, self._told or signal.SIGTERM, self._patience.stop_s)
        if killed:
            log.error(
                "processes were killed: they did not end in time", count=len(killed), limit_s=self._patience.stop_s
            )
        return len(killed)


class _Kept:
    """One child over its lives."""

    def __init__(self, work: Work, patience: Patience) -> None:
        self._work = work
        self._patience = patience
        self._started_s = 0.0
        self._due_s = 0.0
        self._pause_s: float | None = None
        self.child: child_processes.Child | None = None

    def look(self, now_s: float) -> int | None:
        """Start the child when it is due; return the status of one that has just ended."""
        if self.child is None:
            if now_s >= self._due_s:
                self.child = child_processes.start(self._work.command, None, os.environ | self._work.environment)
                self._started_s = now_s
                log.info("process started", process=self._work.name, pid=self.child.pid)
            return None
        status = self.child.poll()
        if status is not None:
            child_processes.forget(self.child)
            self.child = None
            self._pause_s = self._patience.pause_s(self._pause_s, now_s - self._started_s)
            self._due_s = now_s + self._pause_s
            self._tell(status)
        return status

    def _tell(self, status: int) -> None:
        about = {"process": self._work.name, "exit_status": _said(status)}
        if status in NEEDS_A_PERSON:
            log.error("process ended and is not started again, so all end", **about, why=NEEDS_A_PERSON[status])
        else:
            log.warning("process ended and is started again", **about, after_s=self._pause_s)


def _heeded() -> list[signal.Signals]:
    """Return the signals that stop us: under nohup a closed terminal does not."""
    ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return [number for number in STOPPING if not (ignored and number == signal.SIGHUP)]


def _said(status: int) -> str:
    return str(status) if status >= 0 else signal.Signals(-status).name
