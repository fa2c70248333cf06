"""Made-up sightings: random hashes, spread over merchants, products and buyers as many claims would be."""

import numpy as np

from schemas.codec import encode
from schemas.names import claim_sighting
from schemas.records import Fingerprint, PhotoSighted
from schemas.units import FINGERPRINT_BITS

AT_MS = 1_790_000_000_000


def a_log(count: int, first: int, chance: np.random.Generator) -> list[tuple[int, bytes]]:
    """Return positions from ``first`` on, and what stands there in a log."""
    hashes = chance.integers(0, FINGERPRINT_BITS, (count, FINGERPRINT_BITS // 8), dtype=np.uint8)
    return [
        (first + number, encode(a_sighting(first + number, row.tobytes().hex()))) for number, row in enumerate(hashes)
    ]


def a_sighting(number: int, bits: str) -> PhotoSighted:
    """Return the sighting of a claim photo with these bits; ``number`` makes all its names."""
    digest = f"sha256:{number:064x}"
    return PhotoSighted(
        sighting_id=claim_sighting(f"rr-{number}", digest, "c1"),
        source="claim",
        fingerprint=Fingerprint(version="bench", bits=bits),
        sha256=f"{number:064x}",
        merchant_id=f"m-{number % 5_000}",
        product_id=f"p-{number % 90_000}",
        seen_at_ms=AT_MS,
        request_id=f"rr-{number}",
        request_digest=digest,
        buyer_id=f"b-{number % 700_000}",
        order_id=f"o-{number}",
        media_id="c1",
    )
