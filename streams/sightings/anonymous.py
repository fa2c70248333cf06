"""A sighting that is nobody's, to search by."""

from schemas.names import catalogue_sighting
from schemas.records import Fingerprint, PhotoSighted


def anonymous(fingerprint: Fingerprint, seen_at_ms: int) -> PhotoSighted:
    """Return a sighting of no request, buyer or order: a search for what is like it leaves nobody out.

    The look-back counts from ``seen_at_ms``.
    """
    return PhotoSighted(
        sighting_id=catalogue_sighting("search"),
        source="catalogue",
        fingerprint=fingerprint,
        sha256="0" * 64,
        merchant_id="search",
        product_id="search",
        seen_at_ms=seen_at_ms,
    )
