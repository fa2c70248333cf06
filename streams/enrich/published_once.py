"""A claim photo's place in the log of earlier photos, which is asked for twice in a row and looked for once."""

from collections.abc import Sequence

from schemas.records import PhotoSighted
from schemas.units import NEAR_BITS
from streams.ports import SightingLog
from streams.sightings.found import Found, Registered

REMEMBERED = 1_000
"""More than photos are looked at side by side: of the oldest beyond that the log is asked again."""


class PublishedOnce:
    """Fulfils :class:`streams.ports.SightingLog` by another one, for photos of claims alone.

    A claim photo is published to learn the references of its goods, and to be looked up. The second time neither the
    broker nor the index is asked. Others withdraw photos of the catalogue: those are to be published to the log itself.
    """

    def __init__(self, log: SightingLog) -> None:
        """Nothing is remembered yet."""
        self._log = log
        self._places = dict[str, int]()

    async def publish(self, sighting: PhotoSighted) -> int:
        """Return the position of this sighting, once for each time that the log was asked; errors as of the log."""
        if (place := self._places.pop(sighting.sighting_id, None)) is not None:
            return place
        place = self._places[sighting.sighting_id] = await self._log.publish(sighting)
        if len(self._places) > REMEMBERED:
            del self._places[next(iter(self._places))]
        return place

    async def earlier(
        self,
        sighting: PhotoSighted,
        position: int,
        variants: Sequence[str] = (),
        max_bits: int = NEAR_BITS,
        before_ms: int | None = None,
    ) -> Found:
        """Return what the log has earlier that is alike."""
        return await self._log.earlier(sighting, position, variants, max_bits, before_ms)

    async def registered(self, sighting: PhotoSighted, position: int, at_most: int) -> Sequence[Registered]:
        """Return what the catalogue had of a claim's goods."""
        return await self._log.registered(sighting, position, at_most)
