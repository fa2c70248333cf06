"""A request's media: what is looked at, and what is written of each once it was."""

from collections.abc import Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import Literal, NamedTuple

from schemas.names import claim_sighting, of_part, request_pointer
from schemas.records import (
    ClaimMedium,
    Comparison,
    Fingerprint,
    MediumEvidence,
    PartEvidence,
    PhotoSighted,
    Reading,
    ReferenceMedium,
    RefundRequested,
)
from streams.enrich.banners import without_banners
from streams.enrich.trimming import NOTHING, Earlier
from streams.ports import Examined, ExaminedPart, MediumSource


class Seen(NamedTuple):
    """A medium that was looked at."""

    source: MediumSource
    look: Examined


class Asked(NamedTuple):
    """A request, its digest, and when the broker appended it; ``catalogue`` are references that it did not name."""

    request: RefundRequested
    digest: str
    appended_at_ms: int
    catalogue: tuple[ReferenceMedium, ...] = ()


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


class Look(NamedTuple):
    """One look that a medium offers, at itself or at a part; ``sighting`` is how that stands in the log."""

    part: ExaminedPart | None
    look: Examined
    sighting: PhotoSighted


def looks(asked: Asked, seen: Seen) -> list[Look]:
    """Return the looks that a claim's medium offers; none where it has nothing to be found by."""
    look = seen.look
    parts = [_part(asked, seen, part) for part in without_banners(look.parts)]
    if look.fingerprint is None or look.sha256 is None:
        return parts
    return [Look(None, look, _sighting(asked, seen, None, look.fingerprint, look.sha256)), *parts]


def _part(asked: Asked, seen: Seen, part: ExaminedPart) -> Look:
    """Return a part as a photo of its own: its features are where its bytes are."""
    look = Examined(readings=(), sha256=part.sha256, fingerprint=part.fingerprint, variants=part.variants)
    return Look(part, look, _sighting(asked, seen, part.part, part.fingerprint, part.sha256))


def _sighting(asked: Asked, seen: Seen, part: str | None, fingerprint: Fingerprint, sha256: str) -> PhotoSighted:
    request = asked.request
    return PhotoSighted(
        sighting_id=of_part(claim_sighting(request.request_id, asked.digest, seen.source.media_id), part),
        source="claim",
        fingerprint=fingerprint,
        sha256=sha256,
        merchant_id=request.merchant_id,
        product_id=request.product_id,
        seen_at_ms=asked.appended_at_ms,
        request_id=request.request_id,
        request_digest=asked.digest,
        buyer_id=request.buyer_id,
        person_id=request.person_id,
        order_id=request.order_id,
        media_id=seen.source.media_id,
        part=part,
    )


def medium_evidence(
    seen: Seen,
    comparisons: Sequence[Comparison] = (),
    earlier: Earlier = NOTHING,
    positions: Mapping[str, int | None] = MappingProxyType({}),
) -> MediumEvidence:
    """Return what the evidence says of one medium; ``positions`` are those of its parts in the log of sightings."""
    source, look = seen
    return MediumEvidence(
        media_id=source.media_id,
        role=source.role,
        kind=look.kind,
        readings=list(chain(look.readings, earlier.readings)),
        sha256=look.sha256,
        size_bytes=look.size_bytes,
        stored=look.stored,
        fingerprint=look.fingerprint,
        sighting_position=earlier.position,
        comparisons=list(comparisons),
        sightings=list(earlier.sightings),
        provenance=list(look.provenance),
        parts=[
            PartEvidence(
                part=one.part,
                sha256=one.sha256,
                fingerprint=one.fingerprint,
                at_ms=one.at_ms,
                region=one.region,
                sighting_position=positions.get(one.part),
            )
            for one in look.parts
        ],
    )


def same_bytes(look: Examined, other: Examined) -> Reading:
    """Return whether two media are one file."""
    return Reading(name="same_bytes", value=look.sha256 == other.sha256)
