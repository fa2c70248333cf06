"""How long a name is locked after wrong passwords in a row."""

from schemas.units import DAY_MS

FREE_TRIES = 5
"""Wrong passwords in a row that cost no pause."""
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 5_000, 900_000
"""The pause after the next one; each further one doubles it."""
FORGOTTEN_MS = DAY_MS
"""How long after the last pause wrong passwords are forgotten."""


def after_another(failures: int, until_ms: int | None, now_ms: int) -> tuple[int, int]:
    """Return how many wrong passwords came in a row, with one now, and until when no further one is looked at.

    ``failures`` and ``until_ms`` are the same from before it.
    """
    forgotten = until_ms is not None and now_ms - until_ms >= FORGOTTEN_MS
    counted = 1 if forgotten else failures + 1
    over = counted - FREE_TRIES
    pause_ms = 0 if over < 0 else min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** min(over, 20))
    return counted, now_ms + pause_ms
