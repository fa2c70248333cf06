"""Sightings for tests: each builder gives a valid one, and a test names only what it is about."""

from random import Random
from typing import Any

from schemas.records import PhotoSighted
from schemas.units import FINGERPRINT_BITS
from tests.builders import AT_MS, a_fingerprint

DIGEST = "sha256:" + "ab" * 32


def a_claim_sighting(number: int = 1, bits: int = 0, **changes: Any) -> PhotoSighted:
    given_: dict[str, Any] = {
        "sighting_id": f"claim:rr-{number}:{DIGEST}:c1",
        "source": "claim",
        "fingerprint": a_fingerprint(bits),
        "sha256": f"{number:064x}",
        "merchant_id": "m-1",
        "product_id": "p-1",
        "seen_at_ms": AT_MS,
        "request_id": f"rr-{number}",
        "request_digest": DIGEST,
        "buyer_id": f"b-{number}",
        "order_id": f"o-{number}",
        "media_id": "c1",
    }
    return PhotoSighted(**given_ | changes)


def a_catalogue_sighting(number: int = 1, bits: int = 0, **changes: Any) -> PhotoSighted:
    given_: dict[str, Any] = {
        "sighting_id": f"catalogue:p-{number}",
        "source": "catalogue",
        "request_id": None,
        "request_digest": None,
        "buyer_id": None,
        "order_id": None,
        "media_id": f"p-{number}",
    }
    return a_claim_sighting(number, bits, **given_ | changes)


def chance_of(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - a test's data, not a secret


def flipped(bits: int, count: int, chance: Random) -> int:
    """Return a hash that differs in ``count`` bits chosen by chance."""
    for place in chance.sample(range(FINGERPRINT_BITS), count):
        bits ^= 1 << place
    return bits


ASKED = a_claim_sighting(999_999, request_id="rr-asked", buyer_id="b-asked", order_id="o-asked")
