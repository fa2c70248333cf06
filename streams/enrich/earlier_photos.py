"""Earlier photos that a claim photo resembles: look up, recognise, trim to the nearest, annotate.

Everything is asked as of the claim's own position in the log, so a replay gives the same answer, but for what was
withdrawn, erased or compacted since.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import replace

import msgspec

from schemas.records import EarlierSighting, Fingerprint, PhotoSighted, Reading
from schemas.units import FAR_BITS, NEAR_BITS
from streams.enrich.explaining import OwnReference, answered, explaining, resemblance
from streams.enrich.trimming import Earlier, the_nearest
from streams.errors import ReplicaBehind
from streams.ports import Examined, Examiner, Recognised, Resemblance, SightingLog
from streams.sightings.anonymous import anonymous
from streams.wording import causes
from streams.wording.cause import Cause, unmeasured


class EarlierPhotos:
    """The log of sightings, asked about one claim photo at a time."""

    def __init__(self, log: SightingLog, examiner: Examiner) -> None:
        """``examiner`` recognises photos by their features, of which the evidence store keeps a copy."""
        self._log = log
        self._examiner = examiner

    async def of(
        self, sighting: PhotoSighted, look: Examined, own: Awaitable[Sequence[OwnReference]], photos: int
    ) -> Earlier:
        """Return the earlier photos that a claim photo resembles, after putting that photo itself into the log.

        It is one of ``photos`` photos of its request, which share the room of one message. ``own`` are the request's
        references, compared with the photo while the log is asked. Nothing is raised where the log is not read in time:
        that is an unmeasured reading. Raises :class:`streams.errors.StoreUnavailable` when the evidence store stays
        away.
        """
        found, references = await asyncio.gather(self._look_up(sighting, look), own)
        recognised = await self._recognised(sighting, look, found, references)
        told = the_nearest(recognised, photos)
        if told.position is None:
            return told
        return replace(
            told,
            sightings=await self._with_claims_before(sighting, look, told.position, told.sightings),
            of_references=await self._seen_as_claims(sighting, look, told.position, references),
        )

    async def _look_up(self, sighting: PhotoSighted, look: Examined) -> Earlier:
        """Return all that the photo resembles in the log, up to :data:`schemas.units.FAR_BITS`.

        Collages as wholes may share a panel, a listing for one, and be no more alike for that: panels are asked about.
        """
        reach = NEAR_BITS if look.parts else FAR_BITS
        try:
            position = await self._log.publish(sighting)
            found = await self._log.earlier(sighting, position, look.variants, reach)
        except ReplicaBehind as exc:
            return Earlier(readings=[unmeasured("earlier_sightings", exc.cause, media_id=sighting.media_id)])
        readings = []
        if found.other_versions:
            readings = [unmeasured("earlier_sightings", causes.OTHER_FINGERPRINT_VERSION, media_id=sighting.media_id)]
        return Earlier(position, found.sightings, readings, found.left)

    async def _recognised(
        self, sighting: PhotoSighted, look: Examined, found: Earlier, references: Sequence[OwnReference]
    ) -> Earlier:
        """Return the resemblances that features and photos of goods leave, and readings of what could not be asked."""
        may_explain = explaining(sighting, found.sightings, references)
        page = any(reading.name == "page" and reading.value is True for reading in look.readings)
        asked = [resemblance(sighting, one, may_explain, page=page) for one in found.sightings]
        open_ = [one for one in asked if _is_open(one, look)]
        goods = [one.photo for one in may_explain]
        answers = iter(await self._examiner.recognise(look, goods, open_) if open_ else [])
        kept, whys = list[EarlierSighting](), dict[Cause, None]()
        for one, how in zip(found.sightings, asked, strict=True):
            answer = next(answers) if _is_open(how, look) else Recognised()
            if answer.why is not None:
                whys[answer.why] = None
            if answer.confirmed is not False:
                kept.append(answered(one, answer, may_explain))
        readings = [unmeasured("earlier_confirmation", why) for why in whys]
        return replace(found, sightings=kept, readings=[*found.readings, *readings])

    async def _with_claims_before(
        self, sighting: PhotoSighted, look: Examined, position: int, told: Sequence[EarlierSighting]
    ) -> list[EarlierSighting]:
        """Return the photos, each one of the catalogue marked where a claim had shown it before it was listed.

        Whoever claims: a merchant may have taken the very photo of this buyer, from this order. What counts is when
        each was first seen: a photo that was withdrawn and listed again may stand further on in the log than it did.
        """
        asked = anonymous(sighting.fingerprint, sighting.seen_at_ms)

        async def claimed_before(at_ms: int) -> bool:
            if sighting.seen_at_ms < at_ms:
                return True
            before = await self._log.earlier(asked, position, look.variants, before_ms=at_ms)
            return any(other.source == "claim" for other in before.sightings)

        return [
            msgspec.structs.replace(one, first_seen_as_claim=await claimed_before(one.seen_at_ms or 0))
            if one.source == "catalogue"
            else one
            for one in told
        ]

    async def _seen_as_claims(
        self, sighting: PhotoSighted, look: Examined, position: int, references: Sequence[OwnReference]
    ) -> dict[str, list[Reading]]:
        """Return, by reference, the request that had shown its picture in a claim before it was registered.

        Such a reference says nothing against a buyer: it may be made from the buyer's own photo.
        """
        said: dict[str, list[Reading]] = {}
        for one in references:
            if one.look.fingerprint is None:
                continue
            first = await self._first_claim(one, one.look.fingerprint, (), sighting.seen_at_ms, position)
            if first is None and one.may_be_source:
                first = await self._first_claim(one, sighting.fingerprint, look.variants, sighting.seen_at_ms, position)
            said[one.medium.media_id] = [Reading(name="reference_seen_as_claim", value=first is not None)]
            if first is not None and first.request_id is not None:
                said[one.medium.media_id].append(Reading(name="reference_claim", value=first.request_id))
        return said

    async def _first_claim(
        self, reference: OwnReference, shown: Fingerprint, variants: Sequence[str], at_ms: int, position: int
    ) -> EarlierSighting | None:
        """Return the first claim, whoever's, that had ``shown`` this picture before a reference was registered.

        Besides the reference's own picture that may be the claim's: where a claim had shown it before there was the
        reference, it was not made from that, however much the reference was retouched since.
        """
        asked, before_ms = anonymous(shown, at_ms), reference.medium.registered_at_ms
        before = await self._log.earlier(asked, position, variants, before_ms=before_ms)
        claims = (other for other in before.sightings if other.source == "claim")
        return min(claims, key=lambda other: other.position, default=None)


def _is_open(one: Resemblance, look: Examined) -> bool:
    """Return whether fingerprints alone do not settle what a claim has to do with an earlier photo.

    Of near ones of claims, but for the very same bytes, pixels may say that a camera took each of the two.
    """
    if one.far or one.page or one.references:
        return True
    return one.photo.role == "claim" and one.photo.sha256 not in {"", look.sha256}
