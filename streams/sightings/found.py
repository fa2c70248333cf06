"""What a search among earlier photos found."""

from dataclasses import dataclass, field

from schemas.records import EarlierSighting


@dataclass(frozen=True, slots=True)
class Found:
    """Earlier photos, nearest first, and how many more within the distance there were.

    ``variants`` says for each which of the asked fingerprints was nearest: 0 the photo as it is, then the variants in
    the order they were given.
    """

    sightings: list[EarlierSighting]
    left_out: int = 0
    variants: list[int] = field(default_factory=list)
