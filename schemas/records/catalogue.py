"""``catalogue.photos.v1``: listing and dispatch photos, when the platform registers them."""

from typing import Literal

from schemas.records.base import Identifier, Record, Sha256, TimeMs, Uri
from schemas.records.requests import MediumKind


class CataloguePhotoRegistered(Record):
    """A photo of goods, known before any claim; ``withdrawn`` takes it back."""

    photo_id: Identifier
    merchant_id: Identifier
    product_id: Identifier
    uri: Uri
    registered_at_ms: TimeMs
    order_id: Identifier | None = None
    origin: Literal["listing", "dispatch", "packing"] = "listing"
    sha256: Sha256 | None = None
    kind: MediumKind = "photo"
    withdrawn: bool = False
