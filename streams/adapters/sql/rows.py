"""Records as rows: one function per table that a decision writes to."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b, sha256
from typing import Any

import msgspec

from schemas.codec import encode
from schemas.records import EvidenceGathered, RefundDecided, ReviewEvent
from schemas.topics import REVIEW_EVENTS
from streams.adapters.sql.tables import audit, cases, claims, decisions, outbox, photo_matches, request_origins
from streams.cases.audit import Act, AuditEntry, entry_after
from streams.cases.photos import packed
from streams.cases.states import OPENED
from streams.decide.batch import Decided, Match

Row = Mapping[str, Any]

WRITTEN = (claims, request_origins, decisions, cases, photo_matches, outbox, audit)
FILLED_LATER = {
    cases.c.verdict,
    cases.c.decided_at_ms,
    cases.c.opened_for,
    outbox.c.outbox_id,
    outbox.c.sent_at_ms,
}

COLUMNS = {table.name: [column.name for column in table.c if column not in FILLED_LATER] for table in WRITTEN}
"""The tables and columns that a decision writes, tables that others refer to first."""

SYSTEM = "system"


def of_decided(decided: Sequence[Decided], now_ms: int, salt: Callable[[], bytes]) -> dict[str, list[Row]]:
    """Return the rows that decisions make, by table; ``salt`` gives random bytes, others each time."""
    opened = [one for one in decided if one.decision.case_id is not None]
    return {
        claims.name: [claim(one.evidence, now_ms) for one in decided],
        request_origins.name: [origin(one.evidence) for one in decided if one.first],
        decisions.name: [decision(one) for one in decided],
        photo_matches.name: [
            photo_match(one.evidence, ordinal, match) for one in decided for ordinal, match in enumerate(one.matches, 1)
        ],
        cases.name: [case(one.evidence, one.decision, now_ms) for one in opened],
        audit.name: [opening(one, now_ms, salt()) for one in opened],
    }


def claim(evidence: EvidenceGathered, now_ms: int) -> Row:
    """Return what history counts of this request."""
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
    }


def origin(evidence: EvidenceGathered) -> Row:
    """Return that this content of the request came first."""
    return {"request_id": evidence.request.request_id, "request_digest": evidence.request_digest}


def decision(one: Decided) -> Row:
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
    }


def case(evidence: EvidenceGathered, decided: RefundDecided, now_ms: int) -> Row:
    """Return a newly opened case."""
    request = evidence.request
    return {
        "case_id": decided.case_id,
        "request_id": request.request_id,
        "request_digest": evidence.request_digest,
        "person": request.person,
        "buyer_id": request.buyer_id,
        "merchant_id": request.merchant_id,
        "state": OPENED.value,
        "version": 1,
        "score": decided.score,
        "reason_codes": " ".join(reason.code for reason in decided.reasons),
        "amount_minor": request.amount_minor,
        "currency": request.currency,
        "opened_at_ms": now_ms,
        "due_at_ms": decided.hold_until_ms,
    }


def photo_match(evidence: EvidenceGathered, ordinal: int, match: Match) -> Row:
    """Return that a photo of this request resembles an earlier photo, ``ordinal`` of all that its photos resemble."""
    medium, earlier = match.medium, match.earlier
    return {
        "request_id": evidence.request.request_id,
        "request_digest": evidence.request_digest,
        "ordinal": ordinal,
        "media_id": medium.media_id,
        "position": medium.sighting_position,
        "earlier_sighting_id": earlier.sighting_id,
        "earlier_position": earlier.position,
        "earlier_source": earlier.source,
        "earlier_request_id": earlier.request_id,
        "earlier_media_id": earlier.media_id,
        "distance_bits": earlier.distance_bits,
        "method": None if medium.fingerprint is None else medium.fingerprint.version,
        "confirmed": earlier.confirmed,
        "sha256": medium.sha256,
        "earlier_sha256": earlier.sha256,
        "joins": match.joins,
        "harmless_by": match.harmless_by,
        "explained_by": earlier.explained_by,
        "shared_alteration": earlier.shared_alteration,
    }


def review_event(event: ReviewEvent) -> Row:
    """Return the message that tells the platform what happened to a case."""
    return {
        "topic": REVIEW_EVENTS.name,
        "key": event.request_id.encode(),
        "value": encode(event),
        "created_at_ms": event.occurred_at_ms,
    }


def opened_event(one: Decided, cluster_id: str, now_ms: int) -> ReviewEvent:
    """Return the event that a case was opened."""
    decided, request = one.decision, one.evidence.request
    case_id = str(decided.case_id)
    return ReviewEvent(
        event_id=event_id("opened", case_id),
        event="CASE_OPENED",
        case_id=case_id,
        cluster_id=cluster_id,
        request_id=decided.request_id,
        request_digest=decided.request_digest,
        merchant_id=request.merchant_id,
        buyer_id=request.buyer_id,
        occurred_at_ms=now_ms,
        reason_codes=[reason.code for reason in decided.reasons],
        due_at_ms=decided.hold_until_ms,
    )


def event_id(event: str, case_id: str) -> str:
    """Return the id of what happens to a case once, or once for each ``event``."""
    return f"{event}:{blake2b(case_id.encode(), digest_size=16).hexdigest()}"


def opening(one: Decided, now_ms: int, salt: bytes) -> Row:
    """Return the first entry of a case's audit chain."""
    decided = one.decision
    payload = {
        "request_id": decided.request_id,
        "request_digest": decided.request_digest,
        "decision_sha256": sha256(one.message).hexdigest(),
        "policy_sha256": decided.policy.sha256,
        "score": decided.score,
        "reason_codes": [reason.code for reason in decided.reasons],
    }
    act = Act(at_ms=now_ms, actor=SYSTEM, action="CASE_OPENED", payload=msgspec.json.encode(payload))
    return audit_entry(entry_after(None, str(decided.case_id), act, salt))


def audit_entry(entry: AuditEntry) -> Row:
    """Return one thing that was done to a case."""
    return {name: getattr(entry, name) for name in entry.__dataclass_fields__}
