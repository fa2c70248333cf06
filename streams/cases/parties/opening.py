"""Opening a case: for a decision that asks for a person, or for a confirmed forgery that touches a cleared claim."""

from hashlib import sha256
from typing import Any

from schemas.records import EvidenceGathered, RefundDecided
from streams.cases.acts import AuditAct, by_system
from streams.cases.case import Case
from streams.cases.gathered import digests, record_of
from streams.cases.procedure import DEFAULT, Procedure
from streams.cases.states import CaseState
from streams.cases.transitions import Transition, opened


def opened_for_review(
    evidence: EvidenceGathered,
    decision: RefundDecided,
    message: bytes,
    cluster_id: str,
    procedure: Procedure = DEFAULT,
) -> Transition:
    """Return the transition that opens the case of a ``REVIEW``; ``message`` is the decision as it is sent.

    It is opened at the time of the decision. The hearing runs from then on, at least as long as the policy holds the
    refund back.
    """
    request, at_ms = evidence.request, decision.decided_at_ms
    case = Case(
        case_id=str(decision.case_id),
        cluster_id=cluster_id,
        request_id=decision.request_id,
        request_digest=decision.request_digest,
        order_id=request.order_id,
        person=request.person,
        buyer_id=request.buyer_id,
        merchant_id=request.merchant_id,
        category=request.category,
        state=CaseState.AWAITING_MERCHANT,
        version=1,
        score=decision.score,
        reason_codes=tuple(reason.code for reason in decision.reasons),
        amount_minor=request.amount_minor,
        currency=request.currency,
        opened_at_ms=at_ms,
        due_at_ms=max(decision.hold_until_ms or 0, procedure.of(request.category).hearing_ends_ms(at_ms)),
    )
    return opened_because(case, by_system(at_ms), message, decision.policy.sha256, evidence)


def opened_because(
    case: Case, act: AuditAct, message: bytes, policy_sha256: str, evidence: EvidenceGathered | None = None
) -> Transition:
    """Return the transition that opens ``case``; ``message`` is the decision that it is about, as it is stored.

    ``evidence`` is what was gathered, to be kept with the case; None: the decision is older than such records.
    """
    detail: dict[str, Any] = {
        "request_id": case.request_id,
        "request_digest": case.request_digest,
        "decision_sha256": sha256(message).hexdigest(),
        "policy_sha256": policy_sha256,
        "score": case.score,
        "reason_codes": case.reason_codes,
    }
    if case.opened_for is not None:
        detail |= {"opened_for": case.opened_for, "cluster_id": case.cluster_id}
    if evidence is None:
        return opened(case, act, detail)
    record = record_of(evidence)
    return opened(case, act, detail | digests(evidence, record), record)
