"""What a benchmark found: a figure, its goal, and what it is compared with. Pure."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure. ``at_least`` or ``at_most`` is its goal; with neither it has none.

    ``beside`` says in words what it is compared with, ``parts`` what it is made of. ``load`` is the system's load
    average over the minute before: where it exceeds the number of cores, the figure means little.
    """

    measure: str
    value: float
    unit: str
    load: float
    at_least: float | None = None
    at_most: float | None = None
    beside: str = ""
    parts: Mapping[str, float] = {}

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        if self.at_least is None and self.at_most is None:
            return None
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )

    @property
    def goal(self) -> str:
        """The goal in words; empty where there is none."""
        if self.at_least is not None:
            return f"at least {self.at_least:g} {self.unit}"
        return "" if self.at_most is None else f"at most {self.at_most:g} {self.unit}"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest of ``values`` that ``share`` of them do not exceed (nearest rank); NaN of none.

    ``share`` lies in 0 to 1.
    """
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def spread_ms(seconds: Sequence[float]) -> dict[str, float]:
    """Return median and 99th percentile of ``seconds``, in milliseconds."""
    return {name: round(1_000 * percentile(seconds, share), 3) for name, share in (("p50", 0.5), ("p99", 0.99))}


def longest_gap(times: Sequence[float], begin: float, end: float) -> float:
    """Return the longest stretch between ``begin`` and ``end`` in which none of ``times`` lies.

    What is before ``begin`` or after ``end`` does not count, so silence throughout is the whole stretch.
    """
    inside = [begin, *sorted(time for time in times if begin < time < end), end]
    return max(later - earlier for earlier, later in pairwise(inside))
