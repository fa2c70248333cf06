"""Which earlier photos the evidence lists for a claim photo: the nearest of each kind, and how many more there are."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from schemas.names import is_of_catalogue
from schemas.records import EarlierSighting, Reading
from streams.sightings.found import NO_ROOM, Room

MOST_CLAIMS, MOST_LISTED = 20, 4
"""Earlier photos of claims and of the catalogue that are told of one photo, the nearest."""
MOST_IN_ALL = 100
"""Earlier claims that are told of all photos of a request, dealt out evenly: evidence is one message."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the log has of photos before a claim photo, the nearest first, and readings of what could not be said.

    ``position`` is the claim photo's own, None where nobody could look. ``of_references`` are readings of what the log
    says of the request's references, by their media id. ``left`` is what found no room in the search.
    """

    position: int | None = None
    sightings: Sequence[EarlierSighting] = ()
    readings: Sequence[Reading] = ()
    left: Room = NO_ROOM
    of_references: Mapping[str, Sequence[Reading]] = field(default_factory=dict)


NOTHING = Earlier()


def the_nearest(found: Earlier, photos: int) -> Earlier:
    """Return the nearest earlier photos, as many as one of ``photos`` claim photos may tell; readings count the others.

    Listings that explain others come first, and one that is not told explains nothing: no rule would see it.
    """
    explaining = {one.explained_by for one in found.sightings}
    listed = [one for one in found.sightings if one.source == "catalogue"]
    share = max(1, min(MOST_CLAIMS, MOST_IN_ALL // photos))
    told = {
        "claim": [one for one in found.sightings if one.source == "claim"][:share],
        "catalogue": sorted(listed, key=lambda one: one.sighting_id not in explaining)[:MOST_LISTED],
    }
    names = {one.sighting_id for one in told["catalogue"]}
    sightings = [
        _explained_by_what_is_told(one, names)
        for one in found.sightings
        if one in told["claim"] or one in told["catalogue"]
    ]
    return replace(found, sightings=sightings, readings=[*found.readings, *_left_out(found, told)])


def _left_out(found: Earlier, told: Mapping[str, Sequence[EarlierSighting]]) -> list[Reading]:
    """Return, as readings, how many earlier photos of each kind are left out."""
    over = {source: sum(one.source == source for one in found.sightings) - len(those) for source, those in told.items()}
    counts = {
        "earlier_sightings_left_out": found.left.claims + over["claim"],
        "earlier_candidates_left_out": found.left.far_claims,
        "catalogue_photos_left_out": found.left.catalogue + over["catalogue"],
        "catalogue_candidates_left_out": found.left.far_catalogue,
    }
    return [Reading(name=name, value=count, unit="photos") for name, count in counts.items() if count]


def _explained_by_what_is_told(one: EarlierSighting, listings: Container[str]) -> EarlierSighting:
    by = one.explained_by
    if by is None or not is_of_catalogue(by) or by in listings:
        return one
    return msgspec.structs.replace(one, explained_by=None, shared_alteration=None)
