"""The wall clock, for the edges alone: everything inside takes the time as an argument."""

import time

from schemas.records.base import FIRST_TIME_MS, LAST_TIME_MS
from streams.errors import OperatorError


def now_ms() -> int:
    """Return the time as Unix milliseconds, UTC.

    Raises :class:`OperatorError` outside the years 2000 to 2100, which records may not name: a machine whose clock was
    lost would write what every reader refuses.
    """
    at_ms = time.time_ns() // 1_000_000
    if not FIRST_TIME_MS <= at_ms <= LAST_TIME_MS:
        msg = f"the clock of this machine is wrong: it says {time.strftime('%Y-%m-%d', time.gmtime(at_ms / 1000))}"
        raise OperatorError(msg)
    return at_ms


def is_time(at_ms: int, wait_ms: int, now_ms: int) -> bool:
    """Return whether a wait of at most ``wait_ms``, which ends at ``at_ms``, is over at ``now_ms``.

    One that ends later than it could was begun by a clock that was ahead, and set back since: it is over, too.
    """
    return not 0 < at_ms - now_ms <= wait_ms
