"""Gathering: one request's media are looked at, compared, and looked up among all earlier photos."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from schemas.records import Comparison, EvidenceGathered, MediumEvidence, Reading, RefundRequested
from streams.enrich.catalogue_references import CatalogueReferences
from streams.enrich.claim_consistency import against_each_other
from streams.enrich.earlier_photos import EarlierPhotos
from streams.enrich.explaining import OwnReference
from streams.enrich.media import Asked, Look, Seen, looks, medium_evidence, same_bytes, sources
from streams.enrich.message_size import within_one_message
from streams.enrich.parts import of_medium
from streams.ports import Compared, Examiner
from streams.tracing import part


class Gatherer:
    """Turns requests into evidence."""

    def __init__(self, examiner: Examiner, earlier: EarlierPhotos, catalogue: CatalogueReferences) -> None:
        """``examiner`` is to try again by itself while a store is away; the request may name fewer references."""
        self._examiner = examiner
        self._earlier = earlier
        self._catalogue = catalogue

    async def gather(
        self,
        request: RefundRequested,
        digest: str,
        appended_at_ms: int,
        gathered_at_ms: int,
        follow_up: tuple[str, int] | None = None,
    ) -> EvidenceGathered:
        """Return the evidence of one request, or of a ``follow_up`` (case and number) that stands in its place.

        What is wrong with a photo is an unmeasured reading in it. Raises
        :class:`streams.errors.StoreUnavailable` when a store stays away.
        """
        asked = Asked(request, digest, appended_at_ms)
        looked_at = sources(request, digest)
        with part("photos"):
            examined = await asyncio.gather(*(self._examiner.examine(source) for source in looked_at))
        seen = [Seen(source, look) for source, look in zip(looked_at, examined, strict=True)]
        references = [one for one in seen if one.source.role == "reference"]
        claims = [one for one in seen if one.source.role == "claim"]
        listed, unread = await self._catalogue.of(asked, claims, references)
        asked = asked._replace(catalogue=tuple(medium for medium, _ in listed))
        references += [one for _, one in listed]
        photos = sum(max(1, len(looks(asked, one))) for one in claims)
        media = await asyncio.gather(*(self._claim(asked, one, references, photos) for one in claims))
        evidence = EvidenceGathered(
            request=request,
            request_digest=digest,
            appended_at_ms=appended_at_ms,
            gathered_at_ms=gathered_at_ms,
            media=[*media, *map(medium_evidence, references)],
            catalogue_media=list(asked.catalogue),
            readings=[*_unsaid(unread, media), *await against_each_other(claims, self._examiner.compare)],
            case_id=None if follow_up is None else follow_up[0],
            follow_up=None if follow_up is None else follow_up[1],
        )
        return within_one_message(evidence)

    async def _claim(self, asked: Asked, claim: Seen, references: Sequence[Seen], photos: int) -> MediumEvidence:
        """Return the evidence of one medium of the claim; all media of the request together offer ``photos`` looks."""
        comparing = asyncio.ensure_future(self._compare(claim, references))
        offered = looks(asked, claim)
        if not offered:
            return medium_evidence(claim, [comparison for comparison, _ in await comparing])

        async def own(look: Look) -> list[OwnReference]:
            found = _own(asked, references, await comparing)
            whole = look.part is None and not look.look.parts
            return found if whole else [replace(one, altered=None) for one in found]

        with part("earlier photos"):
            found = await asyncio.gather(
                *(self._earlier.of(look.sighting, look.look, own(look), photos) for look in offered)
            )
        earlier = of_medium([None if look.part is None else look.part.part for look in offered], found)
        comparisons = [
            msgspec.structs.replace(one, readings=[*one.readings, *earlier.of_references.get(one.reference_id, ())])
            for one, _ in comparing.result()
        ]
        positions = {
            look.part.part: one.position for look, one in zip(offered, found, strict=True) if look.part is not None
        }
        return medium_evidence(claim, comparisons, earlier, positions)

    async def _compare(self, claim: Seen, references: Sequence[Seen]) -> list[tuple[Comparison, bytes | None]]:
        """Compare with every reference that was looked at; each photo says itself when it could not be.

        With each comparison comes where the claim was altered: earlier photos are asked about by that.
        """
        comparable = [one for one in references if one.look.features is not None]
        if claim.look.features is None or not comparable:
            return []
        with part("compare"):
            found = await self._examiner.compare(claim.look, [one.look for one in comparable])
        return [
            (_comparison(claim, one, compared), compared.altered)
            for one, compared in zip(comparable, found, strict=True)
        ]


def _unsaid(unread: Sequence[Reading], media: Sequence[MediumEvidence]) -> list[Reading]:
    """Return the unmeasured readings of the request as a whole: no single medium carries them."""
    said = {(one.media_id, reading.name) for one in media for reading in one.readings if reading.unmeasured is not None}
    return [one for one in unread if (one.media_id, one.name) not in said]


def _comparison(claim: Seen, reference: Seen, compared: Compared) -> Comparison:
    return Comparison(
        reference_id=reference.source.media_id,
        readings=[*compared.readings, same_bytes(claim.look, reference.look)],
        regions=list(compared.regions),
        overlay=compared.overlay,
    )


def _own(
    asked: Asked, references: Sequence[Seen], compared: Sequence[tuple[Comparison, bytes | None]]
) -> list[OwnReference]:
    """Return the references that are photos and older than the claim, each with how the claim compares with it."""
    media = {medium.media_id: medium for medium in (*asked.request.reference_media, *asked.catalogue)}
    still = {source.media_id: look for source, look in references if not look.parts}
    return [
        OwnReference(media[one.reference_id], still[one.reference_id], one, altered)
        for one, altered in compared
        if one.reference_id in still and media[one.reference_id].registered_at_ms < asked.appended_at_ms
    ]
