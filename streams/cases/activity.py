"""What a buyer and a merchant did week by week, around a case: to be drawn, not to be judged by."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.units import DAY_MS

WEEKS = 12
WEEK_MS = 7 * DAY_MS


@dataclass(frozen=True, slots=True)
class Weeks:
    """Counts by week, the oldest first: ``every`` one, and those that people decided ``against`` the buyer."""

    every: tuple[int, ...]
    against: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Activity:
    """Claims of the buyer, and cases of the merchant; the case itself is in neither."""

    buyer: Weeks
    merchant: Weeks


def begin_ms(until_ms: int) -> int:
    """Return when the drawn weeks begin if they end at ``until_ms``; both in Unix milliseconds."""
    return until_ms - WEEKS * WEEK_MS


def weeks(every: Mapping[int, int], against: Mapping[int, int]) -> Weeks:
    """Return the counts of each week, the oldest first, 0 for a week that has none; keys number the weeks from 0."""
    return Weeks(*(tuple(counted.get(week, 0) for week in range(WEEKS)) for counted in (every, against)))
