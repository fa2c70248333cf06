"""Gathering: one request's media are looked at, compared, and looked up among all earlier photos."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import chain
from typing import Literal

import msgspec

from schemas.records import (
    CataloguePhotoRegistered,
    ClaimMedium,
    Comparison,
    EvidenceGathered,
    MediumEvidence,
    PhotoSighted,
    Reading,
    ReferenceMedium,
    RefundRequested,
)
from streams.cases.photos import pointer_of, segment, sighting_of
from streams.delivery.retry import retrying
from streams.enrich.claim_consistency import against_each_other
from streams.enrich.earlier_photos import (
    NOTHING,
    Earlier,
    Own,
    look_up,
    recognised,
    references_that_were_claims,
    the_nearest,
    with_claims_before,
)
from streams.enrich.keyed_lock import KeyedLocks
from streams.enrich.message_size import within_one_message
from streams.errors import MediaUnreadable, ReplicaBehind
from streams.ports import (
    Compared,
    Examined,
    Examiner,
    KnownPhoto,
    MediumSource,
    Recognised,
    Resemblance,
    SightingLog,
)


class Gatherer:
    """Turns requests into evidence and catalogue photos into sightings."""

    def __init__(self, examiner: Examiner, sightings: SightingLog, store_limit_s: float) -> None:
        """``store_limit_s`` bounds how long a store that does not answer is asked again."""
        self._examiner = examiner
        self._sightings = sightings
        self._store_limit_s = store_limit_s
        self._registering = KeyedLocks()

    async def gather(
        self, request: RefundRequested, digest: str, appended_at_ms: int, gathered_at_ms: int
    ) -> EvidenceGathered:
        """Return the evidence of one request.

        What is wrong with a photo is an unmeasured reading in it. Raises
        :class:`streams.errors.StoreUnavailable` when a store stays away.
        """
        sources = _sources(request, digest)
        looks = await asyncio.gather(*(self._examine(source) for source in sources))
        seen = list(zip(sources, looks, strict=True))
        references = [(source, look) for source, look in seen if source.role == "reference"]
        claims = [(source, look) for source, look in seen if source.role == "claim"]
        media = await asyncio.gather(
            *(self._claim(request, digest, appended_at_ms, source, look, references) for source, look in claims)
        )
        evidence = EvidenceGathered(
            request=request,
            request_digest=digest,
            appended_at_ms=appended_at_ms,
            gathered_at_ms=gathered_at_ms,
            media=[*media, *(_medium(source, look) for source, look in references)],
            readings=await against_each_other(claims, self._beside),
        )
        return within_one_message(evidence)

    async def register(self, photo: CataloguePhotoRegistered, seen_at_ms: int) -> None:
        """Return once a catalogue photo is in the log of sightings; a video has nothing to put there yet.

        Raises :class:`MediaUnreadable` when the photo cannot be looked at: there is no request to review, so its
        message becomes a dead letter that can be replayed once the photo is there.
        """
        if photo.kind == "video":
            return
        async with self._registering.of(photo.photo_id):  # a withdrawal must not overtake what it takes back
            await self._register(photo, seen_at_ms)

    async def _register(self, photo: CataloguePhotoRegistered, seen_at_ms: int) -> None:
        source = MediumSource(
            media_id=photo.photo_id,
            role="reference",
            kind=photo.kind,
            uri=photo.uri,
            sha256=photo.sha256,
            pointer=f"catalogue/{segment(photo.photo_id)}",
        )
        look = await self._examine(source)
        if look.fingerprint is None or look.sha256 is None:
            raise MediaUnreadable(_why(look.readings))
        sighting = PhotoSighted(
            sighting_id=f"catalogue:{photo.photo_id}",
            source="catalogue",
            fingerprint=look.fingerprint,
            sha256=look.sha256,
            merchant_id=photo.merchant_id,
            product_id=photo.product_id,
            order_id=photo.order_id,
            media_id=photo.photo_id,
            seen_at_ms=seen_at_ms,
            withdrawn=photo.withdrawn,
        )
        with suppress(ReplicaBehind):  # then it is in the log all the same
            await self._sightings.publish(sighting)

    async def _examine(self, source: MediumSource) -> Examined:
        """Look at a medium. It may wait long for a free process; each look has its own time limit."""
        return await retrying(lambda: self._examiner.examine(source), self._store_limit_s, queues=True)

    async def _claim(
        self,
        request: RefundRequested,
        digest: str,
        appended_at_ms: int,
        source: MediumSource,
        look: Examined,
        references: Sequence[tuple[MediumSource, Examined]],
    ) -> MediumEvidence:
        sighting = _sighting(request, digest, appended_at_ms, source, look)
        if sighting is None:
            return _medium(source, look, [one for one, _ in await self._compare(look, references)])
        compared, found = await asyncio.gather(
            self._compare(look, references), look_up(self._sightings, sighting, look.variants)
        )
        own = _own(request, appended_at_ms, references, compared)
        found = await recognised(sighting, look, found, own, self._recognise)
        found = the_nearest(found, len(request.claim_media))
        found = await with_claims_before(self._sightings, sighting, look, found)
        claims = await references_that_were_claims(self._sightings, sighting, found.position, own)
        comparisons = [
            msgspec.structs.replace(one, readings=[*one.readings, *claims.get(one.reference_id, ())])
            for one, _ in compared
        ]
        return _medium(source, look, comparisons, found)

    async def _compare(
        self, look: Examined, references: Sequence[tuple[MediumSource, Examined]]
    ) -> list[tuple[Comparison, bytes | None]]:
        """Compare with every reference that was looked at; each photo says itself when it could not be.

        With each comparison comes where the claim was altered: earlier photos are asked about by that.
        """
        comparable = [(source, other) for source, other in references if other.features is not None]
        if look.features is None or not comparable:
            return []
        others = [other for _, other in comparable]
        found = await self._beside(look, others)
        return [
            (
                Comparison(
                    reference_id=source.media_id,
                    readings=[*compared.readings, _same_bytes(look, other)],
                    regions=list(compared.regions),
                    overlay=compared.overlay,
                ),
                compared.altered,
            )
            for (source, other), compared in zip(comparable, found, strict=True)
        ]

    async def _beside(self, look: Examined, others: Sequence[Examined]) -> list[Compared]:
        return await retrying(lambda: self._examiner.compare(look, others), self._store_limit_s, queues=True)

    async def _recognise(
        self, look: Examined, references: Sequence[KnownPhoto], earlier: Sequence[Resemblance]
    ) -> list[Recognised]:
        return await retrying(
            lambda: self._examiner.recognise(look, references, earlier), self._store_limit_s, queues=True
        )


def _sighting(
    request: RefundRequested, digest: str, appended_at_ms: int, source: MediumSource, look: Examined
) -> PhotoSighted | None:
    """Return a claim photo as it stands in the log; None where it has nothing to be found by."""
    if look.fingerprint is None or look.sha256 is None:
        return None
    return PhotoSighted(
        sighting_id=sighting_of(request.request_id, digest, source.media_id),
        source="claim",
        fingerprint=look.fingerprint,
        sha256=look.sha256,
        merchant_id=request.merchant_id,
        product_id=request.product_id,
        seen_at_ms=appended_at_ms,
        request_id=request.request_id,
        request_digest=digest,
        buyer_id=request.buyer_id,
        person_id=request.person_id,
        order_id=request.order_id,
        media_id=source.media_id,
    )


def _own(
    request: RefundRequested,
    appended_at_ms: int,
    references: Sequence[tuple[MediumSource, Examined]],
    compared: Sequence[tuple[Comparison, bytes | None]],
) -> list[Own]:
    """Return the references that are photos and older than the claim, each with how the claim compares with it."""
    media = {medium.media_id: medium for medium in request.reference_media}
    looks = {source.media_id: look for source, look in references if source.kind == "photo"}
    return [
        Own(media[one.reference_id], looks[one.reference_id], one, altered)
        for one, altered in compared
        if one.reference_id in looks and media[one.reference_id].registered_at_ms < appended_at_ms
    ]


def _sources(request: RefundRequested, digest: str) -> list[MediumSource]:
    def source(role: Literal["claim", "reference"], medium: ClaimMedium | ReferenceMedium) -> MediumSource:
        return MediumSource(
            media_id=medium.media_id,
            role=role,
            kind=medium.kind,
            uri=medium.uri,
            sha256=medium.sha256,
            pointer=pointer_of(request.request_id, digest, role, medium.media_id),
        )

    return [
        *(source("claim", medium) for medium in request.claim_media),
        *(source("reference", medium) for medium in request.reference_media),
    ]


def _medium(
    source: MediumSource,
    look: Examined,
    comparisons: Sequence[Comparison] = (),
    earlier: Earlier = NOTHING,
) -> MediumEvidence:
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
        sightings=earlier.sightings,
        provenance=list(look.provenance),
    )


def _same_bytes(look: Examined, other: Examined) -> Reading:
    return Reading(name="same_bytes", value=look.sha256 == other.sha256)


def _why(readings: Sequence[Reading]) -> str:
    whys = [reading.unmeasured for reading in readings if reading.unmeasured is not None]
    return "; ".join(whys) or "the photo could not be looked at"
