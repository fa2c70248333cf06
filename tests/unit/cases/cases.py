"""Cases for tests: each builder gives a valid one, and a test names only what it is about."""

from typing import Any

from streams.cases.acts import AuditAct
from streams.cases.case import Case
from streams.cases.states import CaseState
from tests.builders import AT_MS

DIGEST = "sha256:" + "a" * 64
LIN = AuditAct(by="lin.wei", note="the crack is painted in", at_ms=AT_MS + 60_000)


def a_case(**changes: Any) -> Case:
    given: dict[str, Any] = {
        "case_id": "c-1",
        "cluster_id": "rr-1",
        "request_id": "rr-1",
        "request_digest": DIGEST,
        "order_id": "o-991",
        "person": "b-1",
        "buyer_id": "b-1",
        "merchant_id": "m-1",
        "category": "ceramics",
        "state": CaseState.AWAITING_MERCHANT,
        "version": 1,
        "score": 90,
        "reason_codes": ("DERIVED_AND_ALTERED",),
        "amount_minor": 12_900,
        "currency": "CNY",
        "opened_at_ms": AT_MS,
        "due_at_ms": None,
    }
    return Case(**given | changes)
