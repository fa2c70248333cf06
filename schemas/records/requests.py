"""``refund.requests.v1``: what the platform asks."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from schemas.records.base import Code, Currency, Identifier, Minor, Record, Sha256, Text, TimeMs, Uri

MediumKind = Literal["photo", "video"]


class StatedReason(Record):
    """Why the buyer wants the money back, in the platform's code and the buyer's words."""

    code: Code
    text: Text = ""


class ClaimMedium(Record):
    """A photo or video that the buyer sent in."""

    media_id: Identifier
    uri: Uri
    sha256: Sha256 | None = None
    kind: MediumKind = "photo"
    capture_source: Literal["live_camera", "album", "unknown"] = "unknown"
    declared_ai: bool | None = None


class ReferenceMedium(Record):
    """A photo or video of the goods as they were listed, packed or dispatched.

    ``registered_at_ms`` is attested by the platform: a reference younger than the claim proves nothing.
    """

    media_id: Identifier
    uri: Uri
    registered_at_ms: TimeMs
    sha256: Sha256 | None = None
    kind: MediumKind = "photo"
    origin: Literal["listing", "dispatch", "packing"] = "listing"


class RefundRequested(Record):
    """One request for a refund, with what the buyer shows and what the goods looked like."""

    request_id: Identifier
    order_id: Identifier
    buyer_id: Identifier
    merchant_id: Identifier
    product_id: Identifier
    category: Code
    kind: Literal["refund_only", "return_and_refund"]
    amount_minor: Minor
    currency: Currency
    requested_at_ms: TimeMs
    reason: StatedReason
    person_id: Identifier | None = None
    freight_minor: Minor = 0
    orders_30d: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None = None
    claim_media: Annotated[list[ClaimMedium], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=list)
    reference_media: Annotated[list[ReferenceMedium], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=list)

    def __post_init__(self) -> None:
        _unique("claim_media", [medium.media_id for medium in self.claim_media])
        _unique("reference_media", [medium.media_id for medium in self.reference_media])

    @property
    def person(self) -> str:
        """The key that history counts by: the platform's person, else the buyer."""
        return self.person_id or self.buyer_id


def _unique(field: str, media_ids: Sequence[str]) -> None:
    if len(set(media_ids)) != len(media_ids):
        msg = f"media_id must be unique within {field}"
        raise ValueError(msg)
