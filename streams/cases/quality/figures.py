"""Figures for whoever leads a desk: verdicts over time, money held and released, deadlines, and who is at work."""

from collections.abc import Sequence

import msgspec

from schemas.units import DAY_MS, HOUR_MS

HOURS = 24
"""So many hours are told one by one, up to the one that is running."""
DAYS_IN_DAYS = 31
"""Up to so many days are told day by day, more of them week by week."""


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """Cases decided in one day or week, which begins at ``begins_ms``: for the buyer, and against."""

    begins_ms: int
    granted: int
    against: int


class Hour(msgspec.Struct, frozen=True, kw_only=True):
    """How many cases began to wait for a reviewer in one hour, which begins at ``begins_ms``, and were decided."""

    begins_ms: int
    arrived: int
    decided: int


class Money(msgspec.Struct, frozen=True, kw_only=True):
    """Amounts claimed in one currency, in its smallest unit.

    ``held`` waits for a person now. The others are of the days asked about: ``cleared`` by the machine, ``granted`` by
    a person, ``refused`` by a person.
    """

    currency: str
    held: int
    cleared: int
    granted: int
    refused: int


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """Open cases by their deadline: passed, within 4 hours, within a day, later, and those without one."""

    late: int
    in_4_hours: int
    in_a_day: int
    later: int
    without: int


class AtWork(msgspec.Struct, frozen=True):
    """A reviewer who asked for a case lately, how many are in their hands, and how many they gave back in an hour."""

    name: str
    seen_at_ms: int
    in_hand: int
    given_back: int = 0


def span_ms(days: int) -> int:
    """Return how long each period is in figures over ``days`` days, in milliseconds: a day, or a week for many days."""
    return DAY_MS if days <= DAYS_IN_DAYS else 7 * DAY_MS


def periods(since_ms: int, until_ms: int, span: int, found: Sequence[tuple[int, bool, int]]) -> list[Period]:
    """Return every period of ``span`` milliseconds since ``since_ms``, oldest first, also those without a verdict.

    Each of ``found`` has the number of its period from 0, whether its verdicts were against the buyer, and their count.
    """
    counts = {(place, against): count for place, against, count in found}
    return [
        Period(
            begins_ms=since_ms + place * span,
            granted=counts.get((place, False), 0),
            against=counts.get((place, True), 0),
        )
        for place in range(max(1, -(-(until_ms - since_ms) // span)))
    ]


def first_hour_ms(at_ms: int) -> int:
    """Return when the first of the :data:`HOURS` hours begins whose last one is running."""
    return (at_ms // HOUR_MS - HOURS + 1) * HOUR_MS


def hours(since_ms: int, found: Sequence[tuple[int, int, int]]) -> list[Hour]:
    """Return every hour since then, oldest first, those in which nothing happened too.

    ``found`` are its place among the hours, how many cases arrived and how many were decided.
    """
    counts = {place: (arrived, decided) for place, arrived, decided in found}
    told = [(since_ms + place * HOUR_MS, counts.get(place, (0, 0))) for place in range(HOURS)]
    return [Hour(begins_ms=begins, arrived=arrived, decided=decided) for begins, (arrived, decided) in told]
