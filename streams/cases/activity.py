"""What a buyer and a merchant did week by week, around a case: to be drawn, not to be judged by."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.units import DAY_MS

WEEKS = 12
WEEK_MS = 7 * DAY_MS


@dataclass(frozen=True, slots=True)
class Weeks:
    """Counts of the last weeks, the oldest first: of everything, and of what people decided ``against`` the claim."""

    every: tuple[int, ...]
    against: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Activity:
    """Claims of the buyer, and cases of the merchant; the case itself is in neither."""

    buyer: Weeks
    merchant: Weeks


def begin_ms(until_ms: int) -> int:
    """Return when the weeks begin that end at ``until_ms``."""
    return until_ms - WEEKS * WEEK_MS


def weeks(every: Mapping[int, int], against: Mapping[int, int]) -> Weeks:
    """Return counts by the number of the week, 0 the oldest, as rows without gaps."""
    return Weeks(*(tuple(counted.get(week, 0) for week in range(WEEKS)) for counted in (every, against)))
