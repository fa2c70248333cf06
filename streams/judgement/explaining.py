"""Why a policy answered a request as it did: each rule's values, what it said, and the smallest change that flips it.

For operators only: values and thresholds are shown.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from schemas.records import RefundDecided
from streams.errors import NotFound
from streams.judgement.ports import KeptEvidence, PolicyVersions
from streams.policy.compiled import CompiledRule, Policy
from streams.policy.effective import applies, day_of
from streams.policy.engine import assess, policy_for
from streams.policy.facts import Facts, RequestSubject, facts
from streams.policy.question import StoredPolicy
from streams.policy.settling import answered, is_foreign, own_values
from streams.policy.stored_judgement import StoredJudgement
from streams.policy.variable import Got

_NUMBER = re.compile(r"(?<![\w.])(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?")
_HEX = re.compile(r"\b0[xX][0-9a-fA-F]+")
_TEXT = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_NEAR = 1e-6
"""How far beside a constant a decimal is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value that, changed alone, makes the rule answer the other way."""

    variable: str
    value: Got
    instead: Got


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What one rule says of one subject. ``fired`` None: it could not be settled, and ``why`` says why.

    ``definitions`` are those that the condition asks, by name. ``asked`` False: it is off for this request, or its days
    are over or to come, so it has no say.
    """

    rule: str
    reason: str
    when: str
    definitions: Mapping[str, str]
    media_id: str | None
    reference_id: str | None
    earlier: str | None
    values: Mapping[str, Got]
    missing: tuple[str, ...]
    asked: bool
    fired: bool | None
    why: str
    flips: Change | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A decision, by which policy, and every rule's answer; ``unmeasured`` are readings that could not be made."""

    stored: StoredJudgement
    policy: StoredPolicy
    decision: RefundDecided
    unmeasured: tuple[str, ...]
    answers: tuple[Answered, ...]


class Explaining:
    """Explains decisions from what the judge saw."""

    def __init__(self, kept: KeptEvidence, versions: PolicyVersions, audit_key: bytes) -> None:
        """``audit_key`` draws the random audit."""
        self._kept = kept
        self._versions = versions
        self._audit_key = audit_key

    def explain(self, request_id: str, policy: StoredPolicy | None = None) -> list[Explained]:
        """Return each content's explanation, by the policy that judged it, or by another one.

        :class:`NotFound` where there is no such request, or nothing is kept of it any more.
        """
        found = self._kept.of_request(request_id)
        if not found:
            msg = f"no request {request_id} was decided here"
            raise NotFound(msg)
        readable = [one for one in found if one.kept is not None]
        if not readable:
            msg = f"request {request_id} cannot be explained: {found[0].why}"
            raise NotFound(msg)
        return [self._explain(one, policy or self._policy_of(one)) for one in readable]

    def _policy_of(self, stored: StoredJudgement) -> StoredPolicy:
        return self._versions.found(stored.policy_sha256)[0].policy

    def _explain(self, stored: StoredJudgement, policy: StoredPolicy) -> Explained:
        kept = stored.kept
        if kept is None:
            raise NotFound(stored.why)
        held = kept.held and policy.sha256 == stored.policy_sha256
        question = kept.question(replace(policy, held=held), self._audit_key, stored.decided_at_ms)
        holding = policy_for(question)
        found = facts(question, holding.document)
        return Explained(
            stored=stored,
            policy=policy,
            decision=assess(question)[0],
            unmeasured=tuple(f"{one.name}: {one.unmeasured}" for one in found.unmeasured),
            answers=tuple(_answers(holding, found, day_of(question.evidence.appended_at_ms))),
        )


def _answers(policy: Policy, found: Facts, day: date) -> Iterator[Answered]:
    for kind, scope in policy.scopes.items():
        for subject in found.subjects[kind]:
            for one in scope.rules:
                asked = applies(one.rule, policy.document, day)
                foreign = is_foreign(policy, subject.whole.request.currency)
                yield _answer(one, subject, policy.document.definitions, asked=asked, foreign=foreign)


def _answer(
    one: CompiledRule, subject: RequestSubject, definitions: Mapping[str, str], *, asked: bool, foreign: bool
) -> Answered:
    known = {variable.name: value for variable in one.used if (value := variable.get(subject)) is not None}
    values = own_values(one, known, foreign=foreign)
    answer = asked and answered(one.program, values)
    fired = answer if isinstance(answer, bool) else None
    sighting = getattr(subject, "sighting", None)
    return Answered(
        rule=one.rule.id,
        reason=one.rule.reason,
        when=" ".join(one.rule.when.split()),
        definitions={name: " ".join(definitions[name].split()) for name in sorted(one.condition.used)},
        media_id=subject.media_id,
        reference_id=subject.reference_id,
        earlier=None if sighting is None else sighting.sighting_id,
        values=values,
        missing=tuple(variable.name for variable in one.used if variable.name not in values),
        asked=asked,
        fired=fired,
        why="" if isinstance(answer, bool) else answer,
        flips=None if fired is None or not asked else _smallest(one, values, subject, fired=fired),
    )


def _smallest(one: CompiledRule, values: Mapping[str, Got], subject: RequestSubject, *, fired: bool) -> Change | None:
    """Return the smallest change of one value that flips a rule, None where no one value alone was found to."""
    points = subject.whole.operating_points
    constants = [float(int(found, 16)) for found in _HEX.findall(one.condition.text)]
    constants += [float(found) for found in _NUMBER.findall(one.condition.text)]
    constants += [float(getattr(points, name)) for name in points.__struct_fields__]
    constants += [float(value) for value in values.values() if isinstance(value, int | float)]
    texts = [a or b for a, b in _TEXT.findall(one.condition.text)]
    best: tuple[float, Change] | None = None
    for variable in one.used:
        value = values.get(variable.name)

        def flips(instead: Got, name: str = variable.name) -> bool:
            return answered(one.program, {**values, name: instead}) is (not fired)

        for instead in _flipping(variable.kind, value, _candidates(variable.kind, value, constants, texts), flips):
            cost = _distance(value, instead)
            if best is None or cost < best[0]:
                best = cost, Change(variable=variable.name, value=value, instead=instead)
    return None if best is None else best[1]


def _flipping(kind: str, value: Got, candidates: Iterable[Any], flips: Callable[[Got], bool]) -> Iterator[Any]:
    """Yield candidates that flip a rule; of numbers the nearest below and above, or what is nearer on the way there."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield from (one for one in candidates if flips(one))
        return
    for side in (1, -1):
        found = next((one for one in candidates if (one - value) * side > 0 and flips(one)), None)
        if found is not None:
            yield _nearest(kind, value, found, flips)


def _nearest(kind: str, value: float, found: float, flips: Callable[[Got], bool]) -> Got:
    """Return where, between the value and one that flips the rule, it begins to be flipped: by halving."""
    least = 1.0 if kind == "int" else _NEAR
    still = value
    while abs(found - still) > least:
        middle = (still + found) // 2 if kind == "int" else round((still + found) / 2, 9)
        if middle in {still, found}:
            break
        still, found = (still, middle) if flips(middle) else (middle, found)
    return found


def _candidates(kind: str, value: Got, constants: list[float], texts: list[str]) -> Sequence[Any]:
    """Return what is tried instead of a value, the nearest first: what constants and sums of two suggest, and steps."""
    if kind == "bool":
        return [not value]
    if kind == "string":
        return [text for text in (*texts, "") if text != value]
    if kind == "int" and isinstance(value, int):
        sums = {*constants, *(a + sign * b for a in constants for b in constants for sign in (1, -1))}
        near = {int(one) + step for one in sums for step in (-1, 0, 1)} | {value + step for step in range(-16, 17)}
        near |= {value + sign * 2**power for power in range(5, 50) for sign in (1, -1)}
        return sorted({one for one in near if one >= 0 and one != value}, key=lambda one: abs(one - value))
    if kind == "double" and isinstance(value, float):
        ones = {round(one + step, 9) for one in constants for step in (-_NEAR, 0.0, _NEAR)}
        ones |= {round(value + sign * _NEAR * 4**power, 9) for power in range(20) for sign in (1, -1)} | {0.0}
        return sorted({one for one in ones if one >= 0 and one != value}, key=lambda one: abs(one - value))
    return []


def _distance(value: Got, instead: Got) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isinstance(instead, int | float):
        return 1.0
    return abs(instead - value) / max(abs(value), abs(instead), 1.0)
