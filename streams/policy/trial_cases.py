"""Cases that live beside a policy: readings in, the verdict and reasons that they must give.

A case names only what it is about. All else is as with an ordinary request: a sum in CNY, one clear photo that has
nothing to do with the one older reference, twenty orders, no earlier claim.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Literal

import msgspec

from streams.errors import PolicyError
from streams.policy.compiled import Policy
from streams.policy.effective import effective, not_eligible
from streams.policy.needed import short_of
from streams.policy.reasons import reasons
from streams.policy.refusals import explained, meant
from streams.policy.settling import settle
from streams.policy.trial_values import UNMEASURED, ordinary_values, whole_number, with_limits, wrong_value
from streams.policy.variable import OPERATING_POINTS, Got
from streams.policy.variables import BY_SUBJECT, VARIABLES
from streams.policy.yaml_reader import Source


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a case must give; ``reasons`` None: whichever."""

    verdict: Literal["CLEAR", "REVIEW"]
    reasons: tuple[str, ...] | None = None


class TrialCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One case: what differs from an ordinary request, by the names of variables, and what it must give.

    ``product`` and ``buyer`` are for entries of the policy that speak of them. ``day`` is that of the request; None:
    the day on which the case is run.
    """

    name: str
    expect: Expected
    given: dict[str, Any] = {}
    product: str = ""
    buyer: str = ""
    day: date | None = None


class _Asking(msgspec.Struct, frozen=True, kw_only=True):
    """The request of a case, as a policy's entries speak of it."""

    kind: str
    category: str
    merchant_id: str
    product_id: str
    buyer_id: str
    person: str
    amount_minor: int
    currency: str


class Told(msgspec.Struct, frozen=True):
    """What a case gave: the verdict, reasons strongest first, and rules that lacked a value."""

    name: str
    verdict: str
    reasons: tuple[str, ...]
    unsettled: tuple[str, ...]
    passed: bool
    expected: Expected


def read_cases(text: str) -> list[TrialCase]:
    """Return the cases of a file, one at least; :class:`PolicyError`, naming line and column, for what is none."""
    source = Source(text)
    try:
        cases = msgspec.convert(source.content, list[TrialCase])
    except msgspec.ValidationError as exc:
        at, what = explained(exc, source.content, list[TrialCase])
        msg = f"{source.place(at)}, {at}: {what}; a case has a name, given and expect: see deploy/docs/policy.md"
        raise PolicyError(msg) from exc
    for path, what in _faults(cases):
        msg = f"{source.place(path)}: {what}"
        raise PolicyError(msg)
    return cases


def _faults(cases: Sequence[TrialCase]) -> Iterator[tuple[str, str]]:
    """Yield the path of each part of a case that no request could give or get, and what is wrong with it."""
    known = reasons().reasons
    if not cases:
        yield "$", "there is no case here, so nothing would be tested: write one, as deploy/docs/policy.md shows"
    for number, case in enumerate(cases):
        yield from _faults_of_name(cases, number)
        for name, value in case.given.items():
            if why := wrong_value(name, value):
                yield f"$[{number}].given.{name}", why
        expected = case.expect.reasons or ()
        if expected and case.expect.verdict == "CLEAR":
            yield f"$[{number}].expect", "CLEAR has no reasons: write REVIEW, or leave them out"
        if case.expect.reasons == () and case.expect.verdict == "REVIEW":
            what = "REVIEW has a reason always: name them, or leave reasons out where any will do"
            yield f"$[{number}].expect.reasons", what
        for place, code in enumerate(expected):
            if code not in known:
                yield f"$[{number}].expect.reasons[{place}]", f"unknown reason code {code}{meant(code, known)}"
            elif code in expected[:place]:
                yield f"$[{number}].expect.reasons[{place}]", f"{code} stands here twice, and is given once: remove one"


def _faults_of_name(cases: Sequence[TrialCase], number: int) -> Iterator[tuple[str, str]]:
    """Yield what keeps people from telling by its name which case failed."""
    name = cases[number].name
    if not name.strip():
        yield f"$[{number}].name", "the name is blank: say what the case shows"
    elif name in {one.name for one in cases[:number]}:
        yield f"$[{number}].name", f"another case is called {name!r}: give each its own name"


def run_case(policy: Policy, case: TrialCase, today: date) -> Told:
    """Return what a policy makes of one case, with its overrides. Nothing is drawn for the random audit."""
    values, day = ordinary_values(case.given), case.day or today
    asking = _asking(case, values)
    policy = replace(policy, document=effective(policy.document, asking, day))
    values = with_limits(policy.document, values, case.given)
    found: dict[str, int] = {}
    unsettled: list[str] = []
    for kind, scope in policy.scopes.items():
        if _looked_at(kind, values, case.given):
            said = settle(policy, scope, _known(kind, values), day)
            for one in said.fired:
                found[one.rule.reason] = max(one.rule.score, found.get(one.rule.reason, 0))
            unsettled += [one.rule.id for one, _ in (*said.lacking, *said.failed)]
    scores = policy.document.scores
    if short_of(
        policy.document, str(values["request.reason_code"]), media=whole_number(values["request.claim_photos"])
    ):
        found["EVIDENCE_MISSING"] = scores.evidence_missing
    barred = not_eligible(policy.document, asking, day)
    if barred:
        found["NOT_ELIGIBLE"] = max(scores.not_eligible, found.get("NOT_ELIGIBLE", 0))
    absent = [name for name, value in case.given.items() if value == UNMEASURED]
    tolerated = policy.document.may_be_unmeasured
    if (
        unsettled
        or barred is None
        or any(VARIABLES[name].reading not in tolerated for name in absent if VARIABLES[name].source == "evidence")
    ):
        found["NOT_LOOKED"] = scores.not_looked
    reasons = tuple(sorted(found, key=lambda code: (-found[code], code)))
    verdict = "REVIEW" if reasons else "CLEAR"
    expected = case.expect
    same = expected.reasons is None or sorted(expected.reasons) == sorted(reasons)
    return Told(case.name, verdict, reasons, tuple(unsettled), verdict == expected.verdict and same, expected)


def _asking(case: TrialCase, values: Mapping[str, Got]) -> _Asking:
    def text(name: str) -> str:
        return str(values.get(name, ""))

    return _Asking(
        kind=text("request.kind"),
        category=text("request.category"),
        merchant_id=text("request.merchant_id"),
        product_id=case.product,
        buyer_id=case.buyer,
        person=case.buyer,
        amount_minor=whole_number(values["request.amount_minor"]),
        currency=text("request.currency"),
    )


def _looked_at(kind: str, values: Mapping[str, Got], given: Mapping[str, Any]) -> bool:
    """Return whether there is anything that rules of this kind look at."""
    if kind == "request":
        return True
    if not whole_number(values["request.claim_photos"]):
        return False
    if kind == "comparison":
        return whole_number(values["request.older_references"]) > 0
    return kind != "sighting" or any(name.startswith("sighting.") for name in given)


def _known(kind: str, values: Mapping[str, Got]) -> dict[str, Got]:
    """Return the values that rules of one kind may use, but the policy's own operating points."""
    own = (one.name for one in BY_SUBJECT[kind] if one.prefix != OPERATING_POINTS)
    return {name: values[name] for name in own if name in values}


def failures(told: Sequence[Told]) -> int:
    """Return how many cases did not give what they must."""
    return sum(not one.passed for one in told)
