"""A decision that asks for a person opens a case, once and with what it was decided on."""

import json
from hashlib import sha256

import pytest

from schemas.codec import encode
from schemas.records import PolicyIdentity, Reason, ReasonText, RefundDecided
from schemas.units import DAY_MS
from streams.cases.gathered import media_of, record_of
from streams.cases.parties.opening import opened_for_review
from tests.builders import AT_MS, a_request, an_evidence

REASONS = [Reason(code=code, text=ReasonText(zh="为何", en="why")) for code in ("USED_BEFORE", "AI_LABEL")]


@pytest.mark.parametrize("hold_ms", [None, 5, 30 * DAY_MS])
def test_a_review_opens_a_case_for_the_merchant_to_be_heard(hold_ms: int | None) -> None:
    evidence = an_evidence(a_request("rr-1", person_id="p-1", order_id="o-5"))
    decision = RefundDecided(
        request_id="rr-1",
        request_digest=evidence.request_digest,
        decision_id="d-1",
        verdict="REVIEW",
        score=87,
        reasons=REASONS,
        policy=PolicyIdentity(name="default", sha256="7" * 64),
        decided_at_ms=AT_MS,
        case_id="c-1",
        hold_until_ms=None if hold_ms is None else AT_MS + hold_ms,
    )

    done = opened_for_review(evidence, decision, encode(decision), "rr-0")

    case, due_ms = done.after, AT_MS + max(2 * DAY_MS, hold_ms or 0)
    assert (case.state, case.version, case.opened_at_ms, case.due_at_ms) == ("AWAITING_MERCHANT", 1, AT_MS, due_ms)
    assert (case.cluster_id, case.person, case.order_id, case.score) == ("rr-0", "p-1", "o-5", 87)
    [entry] = done.entries
    assert (entry.actor, entry.action) == ("system", "CASE_OPENED")
    assert json.loads(entry.payload) == {
        "to": "AWAITING_MERCHANT",
        "request_id": "rr-1",
        "request_digest": evidence.request_digest,
        "decision_sha256": sha256(encode(decision)).hexdigest(),
        "policy_sha256": "7" * 64,
        "score": 87,
        "reason_codes": ["USED_BEFORE", "AI_LABEL"],
        "evidence_sha256": sha256(record_of(evidence)).hexdigest(),
        "media_sha256": sha256(media_of(evidence)).hexdigest(),
        "version": 1,
    }
    assert done.evidence == record_of(evidence)
    [event] = done.events
    assert (event.reason_codes, event.due_at_ms, event.cluster_id) == (["USED_BEFORE", "AI_LABEL"], due_ms, "rr-0")
