"""Records for tests: each builder gives a valid one, and a test names only what it is about."""

from typing import Any

import msgspec

from schemas.digest import request_digest
from schemas.records import (
    ClaimMedium,
    EvidenceGathered,
    Fingerprint,
    MediumEvidence,
    Reading,
    ReferenceMedium,
    RefundRequested,
    StatedReason,
)
from streams.wording import cause
from streams.wording.cause import Cause

AT_MS = 1_790_000_000_000
DAY_MS = 86_400_000


def a_claim_medium(media_id: str = "c1", **changes: Any) -> ClaimMedium:
    return ClaimMedium(**{"media_id": media_id, "uri": f"claims/{media_id}.jpg"} | changes)


def a_reference(media_id: str = "r1", **changes: Any) -> ReferenceMedium:
    given: dict[str, Any] = {
        "media_id": media_id,
        "uri": f"catalogue/{media_id}.jpg",
        "registered_at_ms": AT_MS - 90 * DAY_MS,
    }
    return ReferenceMedium(**given | changes)


def a_request(request_id: str = "rr-1", **changes: Any) -> RefundRequested:
    given: dict[str, Any] = {
        "request_id": request_id,
        "order_id": "o-1",
        "buyer_id": "b-1",
        "merchant_id": "m-1",
        "product_id": "p-1",
        "category": "ceramics",
        "kind": "refund_only",
        "amount_minor": 12_900,
        "currency": "CNY",
        "requested_at_ms": AT_MS,
        "orders_30d": 20,
        "reason": StatedReason(code="DAMAGED", text="杯子裂了"),
        "claim_media": [a_claim_medium()],
        "reference_media": [a_reference()],
    }
    return RefundRequested(**given | changes)


def a_fingerprint(bits: int = 0) -> Fingerprint:
    return Fingerprint(version="phash256/2", bits=f"{bits:064x}")


def a_medium_evidence(media_id: str = "c1", **changes: Any) -> MediumEvidence:
    given: dict[str, Any] = {
        "media_id": media_id,
        "role": "claim",
        "kind": "photo",
        "readings": [],
        "sha256": "0" * 64,
        "size_bytes": 1_000,
        "stored": f"blobs/{'0' * 64}",
        "fingerprint": a_fingerprint(),
    }
    return MediumEvidence(**given | changes)


def unmeasured(name: str, why: str | Cause, **changes: Any) -> Reading:
    """Return an unmeasured reading; one with a mere sentence is as records had it before there were codes."""
    if isinstance(why, Cause):
        return cause.unmeasured(name, why, **changes)
    return Reading(**{"name": name, "unmeasured": why} | changes)


def an_evidence(request: RefundRequested | None = None, **changes: Any) -> EvidenceGathered:
    asked = request or a_request()
    given: dict[str, Any] = {
        "request": asked,
        "request_digest": request_digest(asked),
        "appended_at_ms": asked.requested_at_ms,
        "gathered_at_ms": asked.requested_at_ms + 100,
        "media": [a_medium_evidence(medium.media_id) for medium in asked.claim_media]
        + [a_medium_evidence(medium.media_id, role="reference") for medium in asked.reference_media],
    }
    return EvidenceGathered(**given | changes)


def with_changes(record: Any, **changes: Any) -> Any:
    return msgspec.structs.replace(record, **changes)
