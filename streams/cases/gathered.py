"""What was gathered on a request, kept with its case: the evidence as it was judged, and which bytes its photos were.

The first entry of the case commits to both by their SHA-256, so that each photo's bytes lead to a sealed head.
"""

from hashlib import sha256

import msgspec

from schemas.records import EvidenceGathered

_ENCODER = msgspec.json.Encoder(order="sorted")


def record_of(evidence: EvidenceGathered) -> bytes:
    """Return the evidence as it is kept: JSON, the same bytes for the same evidence."""
    return _ENCODER.encode(evidence)


def media_of(evidence: EvidenceGathered) -> bytes:
    """Return the SHA-256 of each medium by ``role/media_id``, as JSON; null for a medium that nobody could fetch."""
    return _ENCODER.encode({f"{medium.role}/{medium.media_id}": medium.sha256 for medium in evidence.media})


def digests(evidence: EvidenceGathered, record: bytes) -> dict[str, str]:
    """Return what the first entry of a case says of the evidence; ``record`` is :func:`record_of` it."""
    return {
        "evidence_sha256": sha256(record).hexdigest(),
        "media_sha256": sha256(media_of(evidence)).hexdigest(),
    }
