"""What one variable of a rule is: name, CEL type, unit, and where its value comes from; by kind of subject.

``wording/readings.yaml`` has the words of each. The table of them all is :mod:`streams.policy.variables`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from streams.policy.facts import ComparisonSubject, PhotoSubject, RequestSubject, SightingSubject, Value, Values
from streams.wording import causes
from streams.wording.cause import Cause

CelType = Literal["bool", "int", "double", "string", "list(string)"]
Source = Literal["request", "history", "policy", "evidence", "people"]
Got = Value | list[str] | None
Getter = Callable[[Any], Got]
"""Gives the value of a variable for a subject, None where it is not there."""

OPERATING_POINTS = "operating_points"
"""What the names of the policy's operating points begin with."""

MINOR = "minor units"
SHARE = "share of area"
GOODS, GROUND, DETAIL = "share of the goods", "share of the ground", "share of detail"
SHARES = frozenset({SHARE, GOODS, GROUND, DETAIL})
RATE = "claims per order"


_PYTHON: dict[CelType, type] = {"bool": bool, "int": int, "double": float, "string": str}


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable. ``get`` returns None where the value is not there; ``absent`` is then what a reviewer reads."""

    name: str
    kind: CelType
    unit: str
    source: Source
    get: Getter
    absent: Cause = causes.READING_NOT_IN_EVIDENCE

    @property
    def reading(self) -> str:
        """The name of the reading that this variable shows."""
        return self.name.rpartition(".")[2]

    @property
    def is_reading(self) -> bool:
        """Whether its value is told to people: operating points are the policy's own, which a decision names."""
        return self.prefix != OPERATING_POINTS

    @property
    def prefix(self) -> str:
        """The part before the dot, which says what the variable is about."""
        return self.name.partition(".")[0]


def of_whole(
    name: str,
    kind: CelType,
    unit: str,
    get: Callable[[RequestSubject], Got],
    absent: Cause = causes.READING_NOT_IN_EVIDENCE,
) -> Variable:
    """Return a variable of the whole request; the first part of its name says whether history or policy gives it."""
    sources: dict[str, Source] = {
        "history": "history",
        "merchant": "history",
        "cluster": "history",
        "limits": "policy",
        OPERATING_POINTS: "policy",
    }
    source = sources.get(name.partition(".")[0], "request")
    return Variable(name=name, kind=kind, unit=unit, source=source, get=get, absent=absent)


def of_photo(name: str, kind: CelType, get: Callable[[PhotoSubject], Got]) -> Variable:
    """Return a variable of a claim photo that the request itself gives."""
    return Variable(name=f"photo.{name}", kind=kind, unit="", source="request", get=get)


def of_pair(name: str, kind: CelType, get: Callable[[ComparisonSubject], Got]) -> Variable:
    """Return a variable of a claim photo beside a reference that the request itself gives."""
    return Variable(name=f"comparison.{name}", kind=kind, unit="", source="request", get=get)


def of_sighting(name: str, kind: CelType, unit: str, get: Callable[[SightingSubject], Got]) -> Variable:
    """Return a variable of an earlier photo that a claim photo resembles."""
    return Variable(name=f"sighting.{name}", kind=kind, unit=unit, source="evidence", get=get)


def marked(name: str, get: Callable[[SightingSubject], Got]) -> Variable:
    """Return whether people marked an earlier photo."""
    return Variable(name=f"sighting.{name}", kind="bool", unit="", source="people", get=get)


def photo_reading(name: str, kind: CelType, unit: str) -> Variable:
    """Return the reading of that name of a claim photo."""
    own = _PYTHON[kind]

    def get(subject: PhotoSubject) -> Got:
        value = subject.values.get(name)
        return value if type(value) is own else typed(subject.values, name, kind)

    return Variable(name=f"photo.{name}", kind=kind, unit=unit, source="evidence", get=get)


def left_out(name: str) -> Variable:
    """Return how many earlier photos were left out: the evidence says so only when there were any."""

    def get(subject: PhotoSubject) -> Got:
        return typed(subject.values, name, "int") or 0

    return Variable(name=f"photo.{name}", kind="int", unit="photos", source="evidence", get=get)


def pair_reading(name: str, kind: CelType, unit: str) -> Variable:
    """Return the reading of that name of a claim photo beside a reference."""
    own = _PYTHON[kind]

    def get(subject: ComparisonSubject) -> Got:
        value = subject.pair.get(name)
        return value if type(value) is own else typed(subject.pair, name, kind)

    return Variable(name=f"comparison.{name}", kind=kind, unit=unit, source="evidence", get=get)


def pair_aligned(name: str, unit: str) -> Variable:
    """Return a reading that is there where the two photos could be aligned; elsewhere nothing is known to differ."""

    def get(subject: ComparisonSubject) -> Got:
        return typed(subject.pair, name, "double") or 0.0

    return Variable(name=f"comparison.{name}", kind="double", unit=unit, source="evidence", get=get)


def pair_is(name: str) -> Variable:
    """Return whether a reading says yes of a pair; where it is not there, nothing says so."""

    def get(subject: ComparisonSubject) -> Got:
        return subject.pair.get(name) is True

    return Variable(name=f"comparison.{name}", kind="bool", unit="", source="evidence", get=get)


def pair_words(name: str, unit: str = "") -> Variable:
    """Return a reading in letters that is there for some pairs; empty for the others."""

    def get(subject: ComparisonSubject) -> Got:
        return str(subject.pair.get(name, ""))

    return Variable(name=f"comparison.{name}", kind="string", unit=unit, source="evidence", get=get)


def typed(values: Values, name: str, kind: CelType) -> Got:
    """Return the reading's value, or None when its type is not the declared one: a value of another kind is no look."""
    value = values.get(name)
    if type(value) is _PYTHON[kind]:
        return value
    return float(value) if kind == "double" and type(value) is int else None
