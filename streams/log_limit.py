"""A limit on what libraries say: a client that has lost its broker says so hundreds of times a second.

What is left out is counted, and the count is told with the next line that is let through.
"""

import logging
import time
from collections.abc import Callable

WINDOW_S = 60.0
ALIKE = 5
"""Lines of one wording that are let through in a window: those of one place in the code."""
OF_ONE_LOGGER = 20
OURS = "streams"
OURS_THAT_REPEAT = ("streams.delivery.retry",)
"""Loggers of ours that say one thing again and again, too."""


class LimitedRate(logging.Filter):
    """Lets our own lines through, and of each library so many in :data:`WINDOW_S`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._began_s = clock()
        self._said: dict[str, int] = {}
        self._left_out: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a line is let through; the first of a window says how many were not."""
        if record.name.partition(".")[0] == OURS and record.name not in OURS_THAT_REPEAT:
            return True
        self._begin_anew_where_due()
        alike = f"{record.name}:{record.lineno}"
        for key, most in ((alike, ALIKE), (record.name, OF_ONE_LOGGER)):
            if self._said.get(key, 0) >= most:
                self._left_out[record.name] = self._left_out.get(record.name, 0) + 1
                return False
        for key in (alike, record.name):
            self._said[key] = self._said.get(key, 0) + 1
        if left_out := self._left_out.pop(record.name, 0):
            record.left_out = left_out
        return True

    def _begin_anew_where_due(self) -> None:
        if self._clock() - self._began_s >= WINDOW_S:
            self._began_s = self._clock()
            self._said.clear()
