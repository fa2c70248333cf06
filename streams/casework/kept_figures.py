"""Figures that take long to count: they are kept for a while, and asked for again are not counted again."""

from collections import defaultdict
from collections.abc import Callable
from threading import Lock, Thread
from typing import Generic, TypeVar

T = TypeVar("T")

TOO_OLD = 3
"""So many times as long as figures are kept: whoever asks later waits for new ones."""


class Kept(Generic[T]):
    """Counts once for all callers that ask at the same time. Safe for several threads."""

    def __init__(self, count: Callable[[int, int], T], keep_ms: int) -> None:
        """``count`` gets what is asked for and the time in Unix milliseconds; ``keep_ms`` 0: nothing is kept."""
        self._count = count
        self._keep_ms = keep_ms
        self._locks: dict[int, Lock] = defaultdict(Lock)
        self._found: dict[int, tuple[T, int]] = {}

    def of(self, what: int, at_ms: int) -> T:
        """Return the kept figures of ``what``; once they are older than ``keep_ms``, they are counted anew meanwhile.

        Without any, or with figures older than :data:`TOO_OLD` times that, the call waits for new ones.
        """
        found = self._found.get(what)
        if found is None or at_ms - found[1] >= TOO_OLD * self._keep_ms:
            with self._locks[what]:
                return self._counted(what, at_ms)
        if at_ms - found[1] >= self._keep_ms and self._locks[what].acquire(blocking=False):
            Thread(target=self._count_behind, args=(what, at_ms), daemon=True).start()
        return found[0]

    def _count_behind(self, what: int, at_ms: int) -> None:
        try:
            self._counted(what, at_ms)
        finally:
            self._locks[what].release()

    def _counted(self, what: int, at_ms: int) -> T:
        found = self._found.get(what)
        if found is not None and at_ms - found[1] < self._keep_ms:
            return found[0]  # who had the lock before has just counted
        self._found[what] = self._count(what, at_ms), at_ms
        return self._found[what][0]
