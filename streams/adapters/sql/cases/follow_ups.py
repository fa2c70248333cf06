"""What parties sent on cases later: taken with the case's move, and read by enrich afterwards."""

from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from schemas.codec import decode
from schemas.records import EvidenceGathered, ReferenceMedium, RefundRequested, StatedReason
from streams.adapters.sql.tables import cases, claims, follow_ups
from streams.cases.asked import Asked
from streams.cases.case import Case
from streams.cases.photos.photos import ClaimPhoto, unpacked
from streams.cases.sent_evidence import FollowUp, SentMedium

COLUMNS = ["case_id", "number", "party", "sent_by", "sent_at_ms", "media", "asked"]
ERASED = b""
"""What stands in place of evidence whose photos were erased: a repeat of it is not stored again."""

OF_FOLLOW_UP = (follow_ups.c.case_id == bindparam("of_case"), follow_ups.c.number == bindparam("of_number"))
_AS_ASKED = ("request_id", "order_id", "buyer_id", "merchant_id", "product_id", "category", "kind", "amount_minor")
_ALSO = ("freight_minor", "currency", "requested_at_ms")


def row_of(sent: FollowUp) -> dict[str, Any]:
    """Return a follow-up as it is stored when it is taken."""
    return {
        "case_id": sent.case_id,
        "number": sent.number,
        "party": sent.party,
        "sent_by": sent.by,
        "sent_at_ms": sent.sent_at_ms,
        "media": msgspec.json.encode(sent.media).decode(),
        "asked": msgspec.json.encode(sent.asked).decode(),
    }


def follow_ups_of(connection: Connection, case_id: str) -> list[FollowUp]:
    """Return what parties sent on a case, oldest first."""
    found = select(follow_ups).where(follow_ups.c.case_id == case_id).order_by(follow_ups.c.number)
    return [
        FollowUp(
            case_id=row.case_id,
            number=row.number,
            party=row.party,
            by=row.sent_by,
            sent_at_ms=row.sent_at_ms,
            media=msgspec.json.decode(row.media, type=tuple[SentMedium, ...]),
            asked=msgspec.json.decode(row.asked, type=tuple[Asked, ...]),
            evidence=decode(EvidenceGathered, bytes(row.evidence)) if row.evidence else None,
        )
        for row in connection.execute(found)
    ]


def photos_sent(connection: Connection, case_id: str) -> list[ClaimPhoto]:
    """Return the photos that the buyer sent on a case later and that were looked at."""
    found = select(follow_ups.c.photos).where(follow_ups.c.case_id == case_id, follow_ups.c.photos.is_not(None))
    return [photo for kept in connection.execute(found).scalars() for photo in unpacked(kept)]


def photos_in(media: str, photos: str | None) -> list[ClaimPhoto]:
    """Return the photos of a follow-up: those that were looked at as they are kept, else only their names."""
    if photos is not None:
        return unpacked(photos)
    return [ClaimPhoto(one.media_id) for one in msgspec.json.decode(media, type=list[SentMedium])]


def request_of(connection: Connection, case: Case) -> RefundRequested:
    """Return the request of a case as it was decided, without its claim media."""
    statement = select(claims).where(
        claims.c.request_id == case.request_id, claims.c.request_digest == case.request_digest
    )
    row = connection.execute(statement).mappings().one()
    references = row["reference_media"] or "[]"
    return RefundRequested(
        **{name: row[name] for name in (*_AS_ASKED, *_ALSO)},
        person_id=None if row["person"] == row["buyer_id"] else row["person"],
        reason=StatedReason(code="FURTHER_EVIDENCE"),
        reference_media=msgspec.json.decode(references, type=list[ReferenceMedium]),
    )


def clear_photos(connection: Connection, request_id: str, request_digest: str, media_ids: set[str]) -> None:
    """Clear what was read from the follow-ups of a claim that have one of these media."""
    of_claim = select(cases.c.case_id).where(cases.c.request_id == request_id, cases.c.request_digest == request_digest)
    found = select(follow_ups.c.case_id, follow_ups.c.number, follow_ups.c.media).where(
        follow_ups.c.case_id.in_(of_claim), follow_ups.c.party == "buyer"
    )
    for row in connection.execute(found).all():
        if media_ids & {one.media_id for one in msgspec.json.decode(row.media, type=list[SentMedium])}:
            of = {"of_case": row.case_id, "of_number": row.number}
            connection.execute(update(follow_ups).where(*OF_FOLLOW_UP).values(evidence=ERASED, photos=None), of)
