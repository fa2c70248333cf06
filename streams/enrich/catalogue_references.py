"""References from the catalogue: what it has of a claim's goods, whether the request names it or not."""

import asyncio
from collections.abc import Sequence
from typing import Literal, NamedTuple

from schemas.names import catalogue_pointer, catalogue_sighting
from schemas.records import EvidenceGathered, Reading, ReferenceMedium
from streams.enrich.media import Asked, Seen, looks
from streams.errors import ReplicaBehind
from streams.ports import Examiner, MediumSource, SightingLog
from streams.sightings.found import Registered
from streams.wording.cause import unmeasured

MOST = 20
"""Photos and videos of the catalogue that a request is held against, the newest."""
LONGEST_ID = 128


class Listed(NamedTuple):
    """What the catalogue has of a request's goods, the newest first, and ``unread`` where nobody could ask it."""

    references: Sequence[tuple[ReferenceMedium, Seen]] = ()
    unread: Sequence[Reading] = ()


class CatalogueReferences:
    """The catalogue's photos of one request's goods, asked as of its first claim photo's position in the log.

    A replay gives the same ones, but for what was withdrawn or erased since.
    """

    def __init__(self, log: SightingLog, examiner: Examiner) -> None:
        """``examiner`` looks at them by the copies that the evidence store keeps."""
        self._log = log
        self._examiner = examiner

    async def of(self, asked: Asked, claims: Sequence[Seen], named: Sequence[Seen]) -> Listed:
        """Return what the catalogue has beside the references that the request names.

        Where the log is not read in time that is an unmeasured reading: the log may be there again when it is asked for
        the photos themselves, and what was not compared with its goods is not clear.
        """
        offered = [look for claim in claims for look in looks(asked, claim)]
        room = min(MOST, EvidenceGathered.most_media - len(claims) - len(named))
        if not offered or room <= 0:
            return Listed()
        sighting = offered[0].sighting
        try:
            registered = await self._log.registered(sighting, await self._log.publish(sighting), MOST)
        except ReplicaBehind as exc:
            return Listed(unread=[unmeasured("earlier_sightings", exc.cause, media_id=sighting.media_id)])
        taken = {one.source.media_id for one in (*claims, *named)}
        media = [_reference(one, taken) for one in registered]
        sources = [_source(medium, one) for medium, one in zip(media, registered, strict=True)]
        seen = await asyncio.gather(*(self._examiner.examine(source) for source in sources))
        known = {one.look.sha256 for one in named}
        found = [
            (medium, Seen(source, look))
            for medium, source, look in zip(media, sources, seen, strict=True)
            if look.sha256 is None or look.sha256 not in known
        ]
        return Listed(found[:room])


def _reference(one: Registered, taken: set[str]) -> ReferenceMedium:
    """Return a photo of the catalogue as a reference; ids of the request's own media are taken."""
    name = one.photo_id if one.photo_id not in taken else catalogue_sighting(one.photo_id)[:LONGEST_ID]
    kind: Literal["photo", "video"] = "video" if one.moving else "photo"
    return ReferenceMedium(
        media_id=name,
        uri=catalogue_pointer(one.photo_id),
        kind=kind,
        origin="dispatch" if one.of_order else "listing",
        registered_at_ms=one.seen_at_ms,
    )


def _source(medium: ReferenceMedium, one: Registered) -> MediumSource:
    return MediumSource(
        media_id=medium.media_id,
        role="reference",
        kind=medium.kind,
        uri=medium.uri,
        sha256=None,
        pointer=catalogue_pointer(one.photo_id),
    )
