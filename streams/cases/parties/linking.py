"""Verbs: cases that a confirmed forgery opens around itself, and that end when no forgery of their cluster stands."""

from dataclasses import dataclass

import msgspec

from streams.cases.acts import Action, AuditAct
from streams.cases.case import Case, demanded
from streams.cases.looks import Look
from streams.cases.parties.opening import opened_because
from streams.cases.procedure import Procedure
from streams.cases.states import CaseState
from streams.cases.transitions import Step, Transition, may_move, moved

LINKED_SCORE = 95
"""Where a case that is opened for a confirmed forgery stands among the others, 0 to 100."""
LINKED_REASON = "LINKED_TO_FORGERY"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearedClaim:
    """A content of a request that was decided without a case; ``message`` are the stored bytes of the decision."""

    request_id: str
    request_digest: str
    order_id: str
    person: str
    buyer_id: str
    merchant_id: str
    category: str
    amount_minor: int
    currency: str
    decision_id: str
    policy_sha256: str
    message: bytes


def link(claim: ClearedClaim, forgery: str, cluster_id: str, act: AuditAct, procedure: Procedure) -> Transition:
    """Return the transition that opens a case on a cleared claim because a forgery stands on the case ``forgery``."""
    case = case_of(claim, cluster_id, act, procedure, (LINKED_REASON,), LINKED_SCORE)
    return opened_because(msgspec.structs.replace(case, opened_for=forgery), act, claim.message, claim.policy_sha256)


def case_of(
    claim: ClearedClaim, cluster_id: str, act: AuditAct, procedure: Procedure, reasons: tuple[str, ...], score: int
) -> Case:
    """Return the case of a claim that was cleared, whose hearing begins now.

    The case's id is the one that the decision would have given it.
    """
    return Case(
        case_id=f"c-{claim.decision_id.removeprefix('d-')}",
        cluster_id=cluster_id,
        request_id=claim.request_id,
        request_digest=claim.request_digest,
        order_id=claim.order_id,
        person=claim.person,
        buyer_id=claim.buyer_id,
        merchant_id=claim.merchant_id,
        category=claim.category,
        state=CaseState.AWAITING_MERCHANT,
        version=1,
        score=score,
        reason_codes=reasons,
        amount_minor=claim.amount_minor,
        currency=claim.currency,
        opened_at_ms=act.at_ms,
        due_at_ms=procedure.of(claim.category).hearing_ends_ms(act.at_ms),
    )


def reopen(case: Case, forgery: str, act: AuditAct, procedure: Procedure) -> Transition:
    """Return the transition that opens a case again for ``forgery``; it was closed when an earlier one was revoked."""
    detail = {"opened_for": forgery, "cluster_id": case.cluster_id}
    step = Step(Action.CASE_REOPENED, CaseState.AWAITING_MERCHANT, detail)
    due_at_ms = procedure.of(case.category).hearing_ends_ms(act.at_ms)
    return moved(case, act, [step], tell="CASE_OPENED", opened_for=forgery, due_at_ms=due_at_ms, look=Look.FIRST)


def relink(case: Case, forgery: str, act: AuditAct) -> Transition:
    """Return the transition that keeps a case open for another forgery of its cluster."""
    return moved(case, act, [Step(Action.RELINKED, None, {"opened_for": forgery})], opened_for=forgery)


def withdraw(case: Case, act: AuditAct) -> Transition:
    """Return the transition that closes a case because no confirmed forgery stands in its cluster any more."""
    because = {"because": "no confirmed forgery of its cluster stands"}
    return moved(case, act, [Step(Action.CLOSED, CaseState.CLOSED, because)], tell="CLOSED")


def may_be_withdrawn(case: Case) -> bool:
    """Return whether the case may be closed: nobody gave a verdict on it, and no party demanded a human look.

    A verdict that is kept until another person came to one is a verdict too: the next look says that there is one.
    """
    untouched = case.verdict is None and case.look is Look.FIRST and not demanded(case)
    return untouched and may_move(case, CaseState.CLOSED)
