"""Findings become the reasons of a decision: merged by code, strongest first, in words, within one message's size."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from msgspec.structs import replace

from schemas.records import Reading, Reason, ReasonText
from schemas.units import BOX
from streams.policy.facts import ComparisonSubject, RequestSubject, Value
from streams.policy.reasons import Filling, words
from streams.policy.variable import MINOR, RATE, SHARES, Variable
from streams.policy.variables import VARIABLES
from streams.wording import money
from streams.wording.cause import why
from streams.wording.labels import boxes, label

READINGS_A_REASON, READINGS_A_DECISION = 10, 100
WHY_LIMIT, VALUE_LIMIT = 300, 128
"""Readings, and characters of a sentence and of a value, at most: the largest decision stays below the 256 KiB of a
message even where each character takes six bytes."""
_BOXES = 6
"""Boxes that a decision names, the largest; the evidence has more."""
_LEAST_PERCENT = 0.001
"""Shares below this are written as less than it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing for a person to look at, and the subject that it is about.

    ``used`` are the variables that the rule reads, whose values are shown; ``unmeasured`` are shown in their place.
    ``recommend`` are codes of recommendations, ``score`` is 0 to 100, and ``rule`` is None where the engine asks.
    """

    code: str
    score: int
    subject: RequestSubject
    used: tuple[Variable, ...] = ()
    recommend: tuple[str, ...] = ()
    unmeasured: tuple[Reading, ...] = ()
    rule: str | None = None


def merged(findings: Sequence[Finding]) -> tuple[list[Reason], int, list[str]]:
    """Return the reasons, strongest first, the score (0 to 100, the strongest's; 0 without one), the recommendations.

    Findings of one code become one reason, in the words of the strongest.
    """
    if not findings:
        return [], 0, []
    strongest: dict[str, int] = {}
    for finding in findings:
        strongest[finding.code] = max(finding.score, strongest.get(finding.code, 0))
    ordered = sorted(findings, key=lambda one: (-strongest[one.code], one.code, -one.score))
    reasons: list[Reason] = []
    left = READINGS_A_DECISION
    for code, group in groupby(ordered, key=lambda one: one.code):
        reason = _reason(code, list(group), min(left, READINGS_A_REASON))
        left -= len(reason.readings)
        reasons.append(reason)
    recommended = dict.fromkeys(code for finding in ordered for code in finding.recommend)
    return reasons, ordered[0].score, list(recommended)


def _reason(code: str, findings: Sequence[Finding], room: int) -> Reason:
    others = len({(one.subject.media_id, one.subject.reference_id) for one in findings}) - 1
    readings: list[Reading] = []
    for finding in findings:
        if len(readings) >= room:
            break
        readings += _readings(finding)
    return Reason(code=code, text=words(code, _filling(findings[0]), others), readings=readings[:room])


def _readings(finding: Finding) -> list[Reading]:
    if finding.unmeasured:
        return [_shortened(reading) for reading in finding.unmeasured[:READINGS_A_REASON]]
    measured = [
        _measured(variable, finding.subject, value)
        for variable in finding.used
        if (value := variable.get(finding.subject)) is not None and not isinstance(value, list)
    ]
    return measured + _shown_places(finding.subject)


def _shown_places(subject: RequestSubject) -> list[Reading]:
    """Return where a person sees what was altered, or what both show: the boxes, and the picture in the store."""
    if not isinstance(subject, ComparisonSubject):
        return []
    places = "; ".join(f"{one.x},{one.y},{one.width},{one.height}" for one in subject.comparison.regions[:_BOXES])
    shown = {"altered_boxes": (places, BOX), "overlay": (subject.comparison.overlay, None)}
    if not places:
        shown |= {name: (_text(subject, name), BOX) for name in ("shared_in_claim", "shared_in_reference")}
    return [
        Reading(name=name, value=value, unit=unit, media_id=subject.media_id, reference_id=subject.reference_id)
        for name, (value, unit) in shown.items()
        if value
    ]


def _text(subject: ComparisonSubject, name: str) -> str | None:
    value = subject.pair.get(name)
    return value if isinstance(value, str) else None


def _measured(variable: Variable, subject: RequestSubject, value: Value) -> Reading:
    of_photo = variable.prefix in {"photo", "comparison", "sighting"}
    return Reading(
        name=variable.reading,
        value=value[:VALUE_LIMIT] if isinstance(value, str) else value,
        unit=variable.unit or None,
        media_id=subject.media_id if of_photo else None,
        reference_id=subject.reference_id if variable.prefix == "comparison" else None,
    )


def _shortened(reading: Reading) -> Reading:
    return replace(reading, unmeasured=_short(reading.unmeasured or ""))


def _short(said: str) -> str:
    return said if len(said) <= WHY_LIMIT else said[: WHY_LIMIT - 1] + "…"


def _filling(finding: Finding) -> Filling:
    """Return what fills the placeholders of this finding's texts."""

    def filling(name: str) -> ReasonText | str | None:
        if name.startswith("engine."):
            return _engine_words(name, finding.unmeasured)
        variable = VARIABLES[name]
        try:
            value = variable.get(finding.subject)
        except AttributeError:  # a rule about another kind of subject gives this reason: the next text fits it
            return None
        return None if value in (None, "") or isinstance(value, list) else _shown(variable, value, finding.subject)

    return filling


def _engine_words(name: str, unmeasured: Sequence[Reading]) -> ReasonText | str | None:
    if not unmeasured:
        return None
    first, others = unmeasured[0], len(unmeasured) - 1
    if name == "engine.others":
        return str(others) if others else None
    if name == "engine.reading":
        return label(first.name)
    if name == "engine.why":
        said = why(first)
        return ReasonText(zh=_short(said.zh), en=_short(said.en))
    return first.media_id


def _shown(variable: Variable, value: Value, subject: RequestSubject) -> ReasonText | str:
    if isinstance(value, str) and variable.unit == BOX:
        return boxes(value[:VALUE_LIMIT])
    if isinstance(value, bool | str):
        return str(value)[:VALUE_LIMIT]
    if variable.unit == MINOR:
        return money.in_words(int(value), subject.whole.request.currency)
    return _percent(value) if variable.unit in SHARES | {RATE} else str(value)


def _percent(share: float) -> str:
    """Return a share as people read it; a hair-thin crack is little, but not nothing."""
    return f"<{_LEAST_PERCENT:.1%}" if 0 < share < _LEAST_PERCENT else f"{share:.1%}"
