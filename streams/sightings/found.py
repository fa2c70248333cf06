"""What a search among earlier photos found."""

from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.records import EarlierSighting


class Room(NamedTuple):
    """How many photos a search tells of each kind: claims or catalogue, near or far.

    Near ones (up to 31 bits) resemble by their hash alone, far ones are candidates whose features are compared. Kinds
    have room of their own, so that whoever floods one of them pushes nothing else off the list.
    """

    claims: int
    catalogue: int
    far_claims: int
    far_catalogue: int


NO_ROOM = Room(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Registered:
    """A photo or video that the catalogue has of a claim's product or, ``of_order``, of its very order.

    ``moving`` where it is a video: then its stills stand in the log.
    """

    photo_id: str
    position: int
    seen_at_ms: int
    of_order: bool
    moving: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Earlier photos, nearest first, and how many more within the distance there were.

    ``variants`` says for each which of the asked fingerprints was nearest: 0 the photo as it is, then the variants in
    the order they were given. ``left`` is how many of each kind found no room, where kinds had their own.
    ``other_versions`` says that some earlier photos have fingerprints of another version: those were passed over.
    """

    sightings: list[EarlierSighting]
    left_out: int = 0
    variants: list[int] = field(default_factory=list)
    left: Room = NO_ROOM
    other_versions: bool = False
