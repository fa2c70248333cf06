"""Reading ahead: what waits for the next batch is read while the database writes the one at hand.

A record is read in Python, and so is a batch judged: done at once, each takes its time from the other. While a batch is
committed Python waits for the disk. Nothing here holds a message itself: one that was let go of is not held up.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from streams.decide.storing import Unread


class ReadingAhead:
    """Reads what was noted at once, unless a batch is judged: then once that is written. For one event loop."""

    def __init__(self) -> None:
        """Nothing is judged yet."""
        self._waiting: deque[Unread[Any]] = deque()
        self._judging = False

    def note(self, one: Unread[Any]) -> None:
        """Read a record, now or later; whoever needs it earlier reads it himself."""
        if self._judging:
            self._waiting.append(one)
        else:
            one.read()

    @contextmanager
    def judging(self) -> Iterator[None]:
        """Read nothing inside, before :meth:`written` says so."""
        self._judging = True
        try:
            yield
        finally:
            self.written()

    def written(self) -> None:
        """Read what was noted meanwhile, and from now on whatever comes; what fails fails again for who needs it."""
        self._judging = False
        while self._waiting:
            with suppress(Exception):
                self._waiting.popleft().read()
