"""A request's media: what is looked at, and what is written of each once it was."""

from collections.abc import Sequence
from itertools import chain
from typing import Literal, NamedTuple

from schemas.names import claim_sighting, request_pointer
from schemas.records import (
    ClaimMedium,
    Comparison,
    MediumEvidence,
    PhotoSighted,
    Reading,
    ReferenceMedium,
    RefundRequested,
)
from streams.enrich.trimming import NOTHING, Earlier
from streams.ports import Examined, MediumSource


class Seen(NamedTuple):
    """A medium that was looked at."""

    source: MediumSource
    look: Examined


class Asked(NamedTuple):
    """A request, its digest, and when the broker appended it."""

    request: RefundRequested
    digest: str
    appended_at_ms: int


def sources(request: RefundRequested, digest: str) -> list[MediumSource]:
    """Return what is to be looked at: the claim's media, then the references."""

    def source(role: Literal["claim", "reference"], medium: ClaimMedium | ReferenceMedium) -> MediumSource:
        return MediumSource(
            media_id=medium.media_id,
            role=role,
            kind=medium.kind,
            uri=medium.uri,
            sha256=medium.sha256,
            pointer=request_pointer(request.request_id, digest, role, medium.media_id),
        )

    return [
        *(source("claim", medium) for medium in request.claim_media),
        *(source("reference", medium) for medium in request.reference_media),
    ]


def sighting(asked: Asked, seen: Seen) -> PhotoSighted | None:
    """Return a claim photo as it stands in the log; None where it has nothing to be found by."""
    request, look = asked.request, seen.look
    if look.fingerprint is None or look.sha256 is None:
        return None
    return PhotoSighted(
        sighting_id=claim_sighting(request.request_id, asked.digest, seen.source.media_id),
        source="claim",
        fingerprint=look.fingerprint,
        sha256=look.sha256,
        merchant_id=request.merchant_id,
        product_id=request.product_id,
        seen_at_ms=asked.appended_at_ms,
        request_id=request.request_id,
        request_digest=asked.digest,
        buyer_id=request.buyer_id,
        person_id=request.person_id,
        order_id=request.order_id,
        media_id=seen.source.media_id,
    )


def medium_evidence(seen: Seen, comparisons: Sequence[Comparison] = (), earlier: Earlier = NOTHING) -> MediumEvidence:
    """Return what the evidence says of one medium."""
    source, look = seen
    return MediumEvidence(
        media_id=source.media_id,
        role=source.role,
        kind=source.kind,
        readings=list(chain(look.readings, earlier.readings)),
        sha256=look.sha256,
        size_bytes=look.size_bytes,
        stored=look.stored,
        fingerprint=look.fingerprint,
        sighting_position=earlier.position,
        comparisons=list(comparisons),
        sightings=list(earlier.sightings),
        provenance=list(look.provenance),
    )


def same_bytes(look: Examined, other: Examined) -> Reading:
    """Return whether two media are one file."""
    return Reading(name="same_bytes", value=look.sha256 == other.sha256)
