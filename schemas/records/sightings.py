"""``image.sightings.v1``: the one log of every photo seen. A null value erases the photo of its key."""

from typing import Literal

from schemas.records.base import Digest, Identifier, Record, Sha256, TimeMs
from schemas.records.evidence import Fingerprint, Part, SightingId


class PhotoSighted(Record):
    """One photo of a claim or of the catalogue, or a part of one, with its fingerprint and whose it is."""

    sighting_id: SightingId
    source: Literal["claim", "catalogue"]
    fingerprint: Fingerprint
    sha256: Sha256
    merchant_id: Identifier
    product_id: Identifier
    seen_at_ms: TimeMs
    request_id: Identifier | None = None
    request_digest: Digest | None = None
    buyer_id: Identifier | None = None
    person_id: Identifier | None = None
    order_id: Identifier | None = None
    media_id: Identifier | None = None
    part: Part | None = None
    withdrawn: bool = False
