"""The catalogue: a photo of goods that the platform registers is put into the log of sightings."""

from collections.abc import Sequence
from contextlib import suppress

from schemas.names import catalogue_pointer, catalogue_sighting
from schemas.records import CataloguePhotoRegistered, PhotoSighted, Reading
from streams.enrich.keyed_lock import KeyedLocks
from streams.errors import MediaUnreadable, ReplicaBehind
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
        """Return once a catalogue photo is in the log of sightings.

        A video has nothing to put there yet, nor has a picture that shows nothing.
        Raises :class:`MediaUnreadable` when the photo cannot be looked at: there is no request to review, so its
        message becomes a dead letter that can be replayed once the photo is there.
        """
        if photo.kind == "video":
            return
        async with self._registering.of(photo.photo_id):  # a withdrawal must not overtake what it takes back
            look = await self._examiner.examine(_source(photo))
            if look.features is not None and look.fingerprint is None:  # it shows nothing that could be found again
                return
            sighting = _sighting(photo, look, seen_at_ms)
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


def _sighting(photo: CataloguePhotoRegistered, look: Examined, seen_at_ms: int) -> PhotoSighted:
    if look.fingerprint is None or look.sha256 is None:
        raise MediaUnreadable(_why(look.readings))
    return PhotoSighted(
        sighting_id=catalogue_sighting(photo.photo_id),
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


def _why(readings: Sequence[Reading]) -> Cause:
    return next((cause for one in readings if (cause := cause_of(one)) is not None), causes.LOOK_FAILED)
