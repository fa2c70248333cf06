"""Earlier photos that a claim resembles: found in the log, recognised by their features, and what references explain.

Everything is asked as of the claim's own position in the log, so a replay gives the same answer, but for what was
withdrawn, erased or compacted since.
"""

from collections.abc import Awaitable, Callable, Container, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from schemas.records import Comparison, EarlierSighting, PhotoSighted, Reading, ReferenceMedium
from streams.cases.clusters import STRONG_BITS
from streams.errors import ReplicaBehind
from streams.ports import Examined, KnownPhoto, Recognised, Resemblance, SightingLog
from streams.sightings.found import NO_ROOM, Room

Recognise = Callable[[Examined, Sequence[KnownPhoto], Sequence[Resemblance]], Awaitable[list[Recognised]]]

LISTED = "catalogue:"
"""How the name of a sighting of the catalogue begins; a reference that is named so explains nothing, to be sure."""
FAR_BITS = 60
"""Farther apart, fingerprints say nothing."""
MOST_CLAIMS, MOST_LISTED = 20, 4
"""Earlier photos of claims and of the catalogue that are told of one photo, the nearest."""
MOST_IN_ALL = 100
"""Earlier claims that are told of all photos of a request, dealt out evenly: evidence is one message."""
MOST_REFERENCES = 2
"""References, and photos of the catalogue, that may explain a resemblance: each is compared pixel by pixel."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the log has of photos before this one: ``position`` is this one's own, None where nobody could look."""

    position: int | None = None
    sightings: list[EarlierSighting] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    left: Room = NO_ROOM


NOTHING = Earlier()


@dataclass(frozen=True, slots=True)
class Own:
    """A reference of the request that is a photo and older than the claim, and how the claim compares with it.

    ``altered`` is as in :class:`streams.ports.Compared`.
    """

    medium: ReferenceMedium
    look: Examined
    comparison: Comparison
    altered: bytes | None = None


@dataclass(frozen=True, slots=True)
class _Explaining:
    """A photo of goods that may explain why a claim resembles others: a reference, or one that is ``listed``.

    ``own`` where it is of the goods that the claim is about.
    """

    name: str
    photo: KnownPhoto
    own: bool = True
    registered_at_ms: int = 0
    listed: EarlierSighting | None = None

    def may_explain(self, sighting: EarlierSighting, *, of_own_goods: bool) -> bool:
        """Return whether an earlier photo may be like the claim for no more than that both are like this one.

        Another claim only where this one was there first: else a forged photo that a merchant lists afterwards would
        explain its own reuse. A listing only by the claim's own goods: merchants share their makers' photos.
        """
        if sighting.source == "catalogue":
            return self.own and (self.listed is None or not of_own_goods)
        if self.listed is not None:
            return (self.listed.seen_at_ms or 0) < (sighting.seen_at_ms or 0)
        return self.registered_at_ms < (sighting.seen_at_ms or 0)


async def look_up(log: SightingLog, sighting: PhotoSighted, variants: Sequence[str]) -> Earlier:
    """Return what a claim photo resembles in the log, up to :data:`FAR_BITS`; it stands in the log itself then."""
    try:
        position = await log.publish(sighting)
        found = await log.earlier(sighting, position, variants, FAR_BITS)
    except ReplicaBehind as exc:
        return Earlier(readings=[Reading(name="earlier_sightings", media_id=sighting.media_id, unmeasured=str(exc))])
    readings = []
    if found.other_versions:
        why = "earlier photos with fingerprints of another version could not be compared"
        readings = [Reading(name="earlier_sightings", media_id=sighting.media_id, unmeasured=why)]
    return Earlier(position, found.sightings, readings, found.left)


async def recognised(
    sighting: PhotoSighted, look: Examined, found: Earlier, own: Sequence[Own], recognise: Recognise
) -> Earlier:
    """Return what is left of what was found once features and references were asked, and what could not be said.

    How many of them are told is for :func:`the_nearest` to say.
    """
    explaining = [*_references(own), *_listings(sighting, found.sightings)]
    asked = [_resemblance(sighting, one, explaining) for one in found.sightings]
    open_ = [one for one in asked if one.far or one.references]
    answers = iter(await recognise(look, [one.photo for one in explaining], open_) if open_ else [])
    told, whys = list[EarlierSighting](), dict[str, None]()
    for one, how in zip(found.sightings, asked, strict=True):
        answer = next(answers) if how.far or how.references else Recognised()
        if answer.why is not None:
            whys[answer.why] = None
        if answer.confirmed is not False:
            told.append(_answered(one, answer, explaining))
    readings = [Reading(name="earlier_confirmation", unmeasured=why) for why in whys]
    return replace(found, sightings=told, readings=[*found.readings, *readings])


async def with_claims_before(log: SightingLog, sighting: PhotoSighted, look: Examined, found: Earlier) -> Earlier:
    """Return the same, and of each photo of the catalogue whether a claim had shown the picture before it was listed.

    Whoever claims: a merchant may have taken the very photo of this buyer, from this order. What counts is when each
    was first seen: in the log, a photo that was withdrawn and listed again may stand further on than it did.
    """
    position = found.position
    if position is None:
        return found

    async def claimed_before(at_ms: int) -> bool:
        if sighting.seen_at_ms < at_ms:
            return True
        before = await log.earlier(_anyones(sighting), position, look.variants, before_ms=at_ms)
        return any(other.source == "claim" for other in before.sightings)

    told = [
        msgspec.structs.replace(one, first_seen_as_claim=await claimed_before(one.seen_at_ms or 0))
        if one.source == "catalogue"
        else one
        for one in found.sightings
    ]
    return replace(found, sightings=told)


async def references_that_were_claims(
    log: SightingLog, sighting: PhotoSighted, position: int | None, own: Sequence[Own]
) -> dict[str, list[Reading]]:
    """Return by reference whether its picture was a claim's before it was registered, and of which request then.

    Such a reference says nothing against a buyer: it may be made from the buyer's own photo.
    """
    found: dict[str, list[Reading]] = {}
    for one in own:
        if position is None or one.look.fingerprint is None:
            continue
        asked = msgspec.structs.replace(_anyones(sighting), fingerprint=one.look.fingerprint)
        before = await log.earlier(asked, position, before_ms=one.medium.registered_at_ms)
        claims = (other for other in before.sightings if other.source == "claim")
        first = min(claims, key=lambda other: other.position, default=None)
        found[one.medium.media_id] = [Reading(name="reference_seen_as_claim", value=first is not None)]
        if first is not None and first.request_id is not None:
            found[one.medium.media_id].append(Reading(name="reference_claim", value=first.request_id))
    return found


def _anyones(sighting: PhotoSighted) -> PhotoSighted:
    """Return the same photo as nobody's, so that a search leaves nobody out."""
    return msgspec.structs.replace(sighting, request_id=None, buyer_id=None, order_id=None)


def _references(own: Sequence[Own]) -> list[_Explaining]:
    """Return the references that the claim was made from, place by place: those that may explain something."""
    found = []
    for one in own:
        names = {reading.name: reading.value for reading in one.comparison.readings}
        if one.look.sha256 is not None and (names.get("same_bytes") is True or "altered_fraction" in names):
            photo = KnownPhoto(one.look.sha256, "reference", one.altered)
            explaining = _Explaining(one.medium.media_id, photo, registered_at_ms=one.medium.registered_at_ms)
            found.append((names, explaining))
    found.sort(key=lambda one: (one[0].get("same_bytes") is not True, -_number(one[0].get("derived_score"))))
    return [one for _, one in found[:MOST_REFERENCES]]


def _listings(sighting: PhotoSighted, found: Sequence[EarlierSighting]) -> list[_Explaining]:
    """Return the photos of the catalogue that may explain something, those of the claim's own goods first."""
    listed = [
        _Explaining(one.sighting_id, KnownPhoto(one.sha256, "reference"), _own_goods(sighting, one), listed=one)
        for one in found
        if one.source == "catalogue" and one.sha256 is not None
    ]
    return sorted(listed, key=lambda one: not one.own)[:MOST_REFERENCES]


def _own_goods(sighting: PhotoSighted, one: EarlierSighting) -> bool:
    return (one.merchant_id, one.product_id) == (sighting.merchant_id, sighting.product_id)


def _resemblance(sighting: PhotoSighted, one: EarlierSighting, explaining: Sequence[_Explaining]) -> Resemblance:
    mine = _own_goods(sighting, one)
    return Resemblance(
        KnownPhoto(one.sha256 or "", "claim" if one.source == "claim" else "reference"),
        one.distance_bits > STRONG_BITS,
        tuple(place for place, other in enumerate(explaining) if other.may_explain(one, of_own_goods=mine)),
    )


def _answered(one: EarlierSighting, answer: Recognised, explaining: Sequence[_Explaining]) -> EarlierSighting:
    return msgspec.structs.replace(
        one,
        confirmed=answer.confirmed,
        explained_by=None if answer.explained_by is None else explaining[answer.explained_by].name,
        shared_alteration=answer.shared_alteration,
    )


def the_nearest(found: Earlier, photos: int) -> Earlier:
    """Return as many as are told of one of so many photos, the nearest, and how many more there are as readings.

    Listings that explain others come first, and one that is not told explains nothing: no rule would see it.
    """
    explaining = {one.explained_by for one in found.sightings}
    listed = [one for one in found.sightings if one.source == "catalogue"]
    told = {
        "claim": [one for one in found.sightings if one.source == "claim"][: min(MOST_CLAIMS, MOST_IN_ALL // photos)],
        "catalogue": sorted(listed, key=lambda one: one.sighting_id not in explaining)[:MOST_LISTED],
    }
    over = {source: sum(one.source == source for one in found.sightings) - len(those) for source, those in told.items()}
    left_out = {
        "earlier_sightings_left_out": found.left.claims + over["claim"],
        "earlier_candidates_left_out": found.left.far_claims,
        "catalogue_photos_left_out": found.left.catalogue + over["catalogue"],
        "catalogue_candidates_left_out": found.left.far_catalogue,
    }
    readings = [Reading(name=name, value=count, unit="photos") for name, count in left_out.items() if count]
    names = {one.sighting_id for one in told["catalogue"]}
    sightings = [
        _explained_by_what_is_told(one, names)
        for one in found.sightings
        if one in told["claim"] or one in told["catalogue"]
    ]
    return replace(found, sightings=sightings, readings=[*found.readings, *readings])


def _explained_by_what_is_told(one: EarlierSighting, listings: Container[str]) -> EarlierSighting:
    by = one.explained_by
    if by is None or not by.startswith(LISTED) or by in listings:
        return one
    return msgspec.structs.replace(one, explained_by=None, shared_alteration=None)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
