"""Figures that take long to count: once counted, they are kept for a while for everybody who asks."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import BoundedSemaphore, Lock, Thread
from typing import Generic, TypeVar

T = TypeVar("T")

WAITING = 4
"""How many wait at a time for figures that are being counted."""
TOO_OLD = 3
"""So many times as long as figures are kept: whoever asks later waits for new ones."""


class Kept(Generic[T]):
    """Counts once for all callers that ask at the same time, in a thread of its own. Safe for several threads."""

    def __init__(self, count: Callable[[int, int], T], keep_ms: int) -> None:
        """``count`` gets what is asked for and the time in Unix milliseconds; ``keep_ms`` 0: nothing is kept."""
        self._count = count
        self._keep_ms = keep_ms
        self._lock = Lock()
        self._room = BoundedSemaphore(WAITING)
        self._counts: dict[int, Future[T]] = {}
        self._found: dict[int, tuple[T, int]] = {}

    def of(self, what: int, at_ms: int) -> T:
        """Return the figures of ``what``; those older than ``keep_ms`` are returned too, while new ones are counted.

        Without any, or with figures older than :data:`TOO_OLD` times that, the call waits for new ones, and raises what
        the count raised.
        """
        return self._asked(what, at_ms).result()

    def within(self, wait_s: float, what: int, at_ms: int) -> T | None:
        """Return figures as :meth:`of` does, but after ``wait_s`` seconds the old ones; None: there are none at all.

        No more than :data:`WAITING` wait at a time: others get at once what there is. The count
        goes on: whoever asks later finds it done.
        """
        asked = self._asked(what, at_ms)
        if asked.done() or self._comes(asked, wait_s):
            return asked.result()
        found = self._found.get(what)
        return None if found is None else found[0]

    def _comes(self, asked: "Future[T]", wait_s: float) -> bool:
        """Return whether the count is done within ``wait_s`` seconds; False at once where :data:`WAITING` wait already.

        Each who waits holds a thread of the process: many would leave none for anything else.
        """
        if not self._room.acquire(blocking=False):
            return False
        try:
            return bool(wait([asked], wait_s).done)
        finally:
            self._room.release()

    def _asked(self, what: int, at_ms: int) -> "Future[T]":
        """Return the figures there are, or the count that gives them; old ones are counted anew behind them."""
        with self._lock:
            found = self._found.get(what)
            if found is not None and at_ms - found[1] < self._keep_ms:
                return _done(found[0])
            count = self._counting(what, at_ms)
        return count if found is None or at_ms - found[1] >= TOO_OLD * self._keep_ms else _done(found[0])

    def _counting(self, what: int, at_ms: int) -> "Future[T]":
        running = self._counts.get(what)
        if running is None:
            running = self._counts[what] = Future()
            Thread(target=self._counted, args=(running, what, at_ms), daemon=True).start()
        return running

    def _counted(self, count: "Future[T]", what: int, at_ms: int) -> None:
        try:
            found = self._count(what, at_ms)
        except BaseException as exc:  # noqa: BLE001 - whoever asked is told
            self._over(what)
            count.set_exception(exc)
        else:
            self._over(what, (found, at_ms))
            count.set_result(found)

    def _over(self, what: int, found: tuple[T, int] | None = None) -> None:
        with self._lock:
            del self._counts[what]
            if found is not None:
                self._found[what] = found


def _done(found: T) -> "Future[T]":
    there: Future[T] = Future()
    there.set_result(found)
    return there
