"""The catalogue: a photo of goods that the platform registers is put into the log of sightings."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from schemas.names import catalogue_pointer, catalogue_sighting, of_part
from schemas.records import CataloguePhotoRegistered, Fingerprint, PhotoSighted, Reading
from streams.enrich.keyed_lock import KeyedLocks
from streams.errors import MediaUnreadable, ReplicaBehind
from streams.evidence.looking import kept_stills
from streams.ports import Examined, Examiner, MediumSource, SightingLog
from streams.wording import causes
from streams.wording.cause import Cause, cause_of


class Catalogue:
    """Registers photos; what is said of one photo is taken up in the order in which it came."""

    def __init__(self, examiner: Examiner, sightings: SightingLog) -> None:
        """``examiner`` is to try again by itself while a store is away."""
        self._examiner = examiner
        self._sightings = sightings
        self._registering = KeyedLocks()

    async def register(self, photo: CataloguePhotoRegistered, seen_at_ms: int) -> None:
        """Return once a catalogue photo, or each still of a video, is in the log of sightings.

        A picture that shows nothing has nothing to put there.
        Raises :class:`MediaUnreadable` when the photo cannot be looked at: there is no request to review, so its
        message becomes a dead letter that can be replayed once the photo is there.
        """
        async with self._registering.of(photo.photo_id):  # a withdrawal must not overtake what it takes back
            look = await self._examiner.examine(_source(photo))
            if look.features is None:
                raise MediaUnreadable(_why(look.readings))
            for sighting in _sightings(photo, look, seen_at_ms):
                with suppress(ReplicaBehind):  # then it is in the log all the same
                    await self._sightings.publish(sighting)


def _source(photo: CataloguePhotoRegistered) -> MediumSource:
    return MediumSource(
        media_id=photo.photo_id,
        role="reference",
        kind=photo.kind,
        uri=photo.uri,
        sha256=photo.sha256,
        pointer=catalogue_pointer(photo.photo_id),
    )


def _sightings(photo: CataloguePhotoRegistered, look: Examined, seen_at_ms: int) -> Iterator[PhotoSighted]:
    """Yield what stands in the log of a photo: itself, or each part of a moving picture; nothing that shows nothing."""
    for part in look.parts:
        yield _sighting(photo, part.part, part.fingerprint, part.sha256, seen_at_ms)
    if photo.withdrawn and look.parts:  # another version of this program may have kept other stills, and more
        first, known = look.parts[0], {part.part for part in look.parts}
        for name in map(kept_stills.part, range(kept_stills.MOST_STILLS)):
            if name not in known:
                yield _sighting(photo, name, first.fingerprint, first.sha256, seen_at_ms)
    if not look.parts and look.fingerprint is not None and look.sha256 is not None:
        yield _sighting(photo, None, look.fingerprint, look.sha256, seen_at_ms)


def _sighting(
    photo: CataloguePhotoRegistered, part: str | None, fingerprint: Fingerprint, sha256: str, seen_at_ms: int
) -> PhotoSighted:
    return PhotoSighted(
        sighting_id=of_part(catalogue_sighting(photo.photo_id), part),
        source="catalogue",
        fingerprint=fingerprint,
        sha256=sha256,
        merchant_id=photo.merchant_id,
        product_id=photo.product_id,
        order_id=photo.order_id,
        media_id=photo.photo_id,
        part=part,
        seen_at_ms=seen_at_ms,
        withdrawn=photo.withdrawn,
    )


def _why(readings: Sequence[Reading]) -> Cause:
    return next((cause for one in readings if (cause := cause_of(one)) is not None), causes.LOOK_FAILED)
