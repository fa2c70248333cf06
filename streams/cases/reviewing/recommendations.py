"""What is recommended on a case, on which grounds, and the verb by which a person closes one as done or declined.

Recommendations bind nobody. Those of the policy stand in the decision; a confirmed forgery adds what the law's table
says of the person's sums. Whoever closed one last stands: what was declined may be done later.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, get_args

import msgspec

from schemas.records import RefundDecided
from streams.cases.acts import Action, AuditAct
from streams.cases.audit import AuditEntry
from streams.cases.case import Case
from streams.cases.legal_tiers import ForgedSums, Reached, Tier
from streams.cases.reviewing.review import FORGERY_CONFIRMED
from streams.cases.states import ENDED
from streams.cases.transitions import Transition, noted
from streams.errors import NotFound
from streams.wording import money
from streams.wording.tables import Wording, texts

Outcome = Literal["done", "declined"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

RESTRICT, CLOSE_ACCOUNT, POLICE, PROVIDER = (
    "RESTRICT_PURCHASES",
    "CLOSE_ACCOUNT",
    "REPORT_TO_POLICE",
    "REPORT_TO_AI_PROVIDER",
)
_LABELLED = frozenset({"AI_LABEL", "LABEL_TAMPERED"})
"""Reasons that name a provider's label."""


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """Who closed a recommendation, how, when, and why."""

    outcome: Outcome
    by: str
    at_ms: int
    note: str = ""


class Recommendation(msgspec.Struct, frozen=True, kw_only=True):
    """One recommendation by its code, what it rests on in words, and how it was closed; ``closed`` None: it is open."""

    code: str
    grounds: tuple[Wording, ...]
    closed: Closing | None = None


class LegalFinding(msgspec.Struct, frozen=True, kw_only=True):
    """What a person's confirmed forged refunds come to, and the tier of the law that they reach."""

    sums: ForgedSums
    reached: Reached


def recommendations(
    case: Case,
    decision: RefundDecided,
    trail: Iterable[AuditEntry],
    criteria: Mapping[str, Wording],
    law: LegalFinding | None = None,
) -> tuple[Recommendation, ...]:
    """Return what is recommended on a case, the policy's first, each with its grounds and how it was closed.

    ``trail`` are the entries that may be shown, ``criteria`` the words of each reason. ``law`` None: no forgery is
    confirmed on the case.
    """
    why = tuple(criteria[one.code] for one in decision.reasons if one.code in criteria)
    grounds: dict[str, tuple[Wording, ...]] = dict.fromkeys(decision.recommended, why)
    if law is not None and case.verdict == FORGERY_CONFIRMED and case.state in ENDED:
        for code, ground in _of_forgery(decision, law):
            grounds[code] = (*grounds.get(code, ()), ground)
    closed = _closings(trail)
    return tuple(Recommendation(code=code, grounds=why, closed=closed.get(code)) for code, why in grounds.items())


def close(case: Case, code: str, outcome: Outcome, act: AuditAct, known: Iterable[Recommendation]) -> Transition | None:
    """Return the transition by which ``act.by`` closes a recommendation; None: they closed it the same way before.

    :class:`NotFound` where nothing of that code is recommended on the case.
    """
    found = {one.code: one for one in known}
    if code not in found:
        listed = ", ".join(found) or "none"
        msg = f"{code} is not recommended on case {case.case_id}; recommended are: {listed}"
        raise NotFound(msg)
    before = found[code].closed
    if before is not None and (before.outcome, before.by, before.note) == (outcome, act.by, act.note):
        return None
    return noted(case, act, Action.RECOMMENDATION_CLOSED, {"recommendation": code, "outcome": outcome})


def _of_forgery(decision: RefundDecided, law: LegalFinding) -> Iterator[tuple[str, Wording]]:
    said = texts("recommendations/grounds")
    yield RESTRICT, said["forgery"]
    reached = law.reached
    if reached.row is not None and reached.tier.rank >= Tier.CRIMINAL.rank:
        ground = said["tier_regional" if reached.regional else "tier"].filled(
            paid=_in_words(law.sums.completed),
            tried=_in_words(law.sums.attempted),
            sanction=reached.row.sanction,
            source=reached.row.source,
        )
        yield CLOSE_ACCOUNT, ground
        yield POLICE, ground
    if any(reason.code in _LABELLED for reason in decision.reasons):
        yield PROVIDER, said["label"]


def _in_words(sums: Mapping[str, int]) -> str:
    return ", ".join(money.in_words(minor, currency) for currency, minor in sorted(sums.items())) or "0"


class _Detail(msgspec.Struct, frozen=True, kw_only=True):
    recommendation: str
    outcome: Outcome
    note: str = ""


def _closings(trail: Iterable[AuditEntry]) -> dict[str, Closing]:
    """Return how each was closed last; what was erased is not known any more."""
    found: dict[str, Closing] = {}
    for entry in trail:
        if entry.action == Action.RECOMMENDATION_CLOSED and entry.payload is not None:
            said = msgspec.json.decode(entry.payload, type=_Detail)
            found[said.recommendation] = Closing(
                outcome=said.outcome, by=entry.actor, at_ms=entry.at_ms, note=said.note
            )
    return found
