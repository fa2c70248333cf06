"""Records as rows: one function per table that a decision writes to."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from schemas.names import of_part
from schemas.records import EvidenceGathered
from streams.adapters.sql.tables import claims, decisions, photo_matches, request_origins
from streams.cases.photos.photos import packed
from streams.decide.batch import Decided, Match

Row = Mapping[str, Any]

COLUMNS = {
    table.name: [column.name for column in table.c] for table in (claims, request_origins, decisions, photo_matches)
}
"""The tables and columns that a decision writes beside cases, tables that others refer to first."""


def of_decided(decided: Sequence[Decided], kept_ids: Sequence[int], now_ms: int) -> dict[str, list[Row]]:
    """Return the rows that decisions make, by table; the cases that they open come later, once clusters are known.

    ``kept_ids`` say in which chunk each is that the judge saw.
    """
    return {
        claims.name: [claim(one, now_ms) for one in decided],
        request_origins.name: [origin(one.evidence) for one in decided if one.first],
        decisions.name: [decision(one, kept_id) for one, kept_id in zip(decided, kept_ids, strict=True)],
        photo_matches.name: [
            photo_match(one.evidence, ordinal, match) for one in decided for ordinal, match in enumerate(one.matches, 1)
        ],
    }


def claim(one: Decided, now_ms: int) -> Row:
    """Return what history counts of this request, with the running totals of the claims before it."""
    evidence, before = one.evidence, one.claim.before
    request = evidence.request
    return {
        "request_id": request.request_id,
        "request_digest": evidence.request_digest,
        "person": request.person,
        "buyer_id": request.buyer_id,
        "order_id": request.order_id,
        "merchant_id": request.merchant_id,
        "product_id": request.product_id,
        "category": request.category,
        "kind": request.kind,
        "amount_minor": request.amount_minor,
        "freight_minor": request.freight_minor,
        "currency": request.currency,
        "requested_at_ms": request.requested_at_ms,
        "appended_at_ms": evidence.appended_at_ms,
        "decided_at_ms": now_ms,
        "photos": packed(evidence),
        "reference_media": msgspec.json.encode(request.reference_media).decode(),
        "shared_photo": int(one.claim.claim.shared_photo),
        "claims_before": before.claims,
        "refund_only_before": before.refund_only,
        "shared_before": before.shared_photo,
        "sum_before_minor": before.sum_minor,
        "younger_reference": int(one.claim.claim.younger_reference),
    }


def origin(evidence: EvidenceGathered) -> Row:
    """Return the row that says that this content of the request came first."""
    return {"request_id": evidence.request.request_id, "request_digest": evidence.request_digest}


def decision(one: Decided, kept_id: int) -> Row:
    """Return the decision with the bytes that are sent."""
    decided = one.decision
    return {
        "request_id": decided.request_id,
        "request_digest": decided.request_digest,
        "decision_id": decided.decision_id,
        "verdict": decided.verdict,
        "content_changed": one.content_changed,
        "policy_sha256": decided.policy.sha256,
        "decided_at_ms": decided.decided_at_ms,
        "message": one.message,
        "kept_id": kept_id,
    }


def photo_match(evidence: EvidenceGathered, ordinal: int, match: Match) -> Row:
    """Return the row of one resemblance to an earlier photo; ``ordinal`` is its place among those of the request."""
    medium, earlier = match.medium, match.earlier
    part = next((one for one in medium.parts if one.part == earlier.of_part), None)
    made = medium.fingerprint if part is None else part.fingerprint
    return {
        "request_id": evidence.request.request_id,
        "request_digest": evidence.request_digest,
        "ordinal": ordinal,
        "media_id": of_part(medium.media_id, earlier.of_part),
        "position": medium.sighting_position if part is None else part.sighting_position,
        "earlier_sighting_id": earlier.sighting_id,
        "earlier_position": earlier.position,
        "earlier_source": earlier.source,
        "earlier_request_id": earlier.request_id,
        "earlier_media_id": None if earlier.media_id is None else of_part(earlier.media_id, earlier.part),
        "distance_bits": earlier.distance_bits,
        "method": None if made is None else made.version,
        "confirmed": earlier.confirmed,
        "sha256": medium.sha256 if part is None else part.sha256,
        "earlier_sha256": earlier.sha256,
        "joins": match.joins,
        "harmless_by": match.harmless_by,
        "explained_by": earlier.explained_by,
        "shared_alteration": earlier.shared_alteration,
    }
