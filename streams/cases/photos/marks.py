"""What people found out about photos: which were confirmed as forged, and which resemble others by mere chance."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

from schemas.records import EarlierSighting, MediumEvidence
from streams.cases.photos.photos import names_of

ANY = ""
"""In place of the other photo of a pair: the photo is harmless beside whichever."""

Pair = tuple[str, str]


def pair_of(one: str, other: str = ANY) -> Pair:
    """Return two names of photos in the order in which pairs are stored: sorted, and :data:`ANY` second."""
    return (one or other, ANY) if ANY in {one, other} else (min(one, other), max(one, other))


@dataclass(frozen=True, slots=True)
class PhotoMarks:
    """The marks that concern some photos: names of forged ones, and harmless pairs with the id of their mark."""

    forged: frozenset[str] = frozenset()
    harmless: Mapping[Pair, str] = field(default_factory=dict)

    def is_forged(self, medium: MediumEvidence) -> bool:
        """Return whether people confirmed that a photo of these very bytes, or of a part of it, is forged."""
        bytes_ = (medium.sha256, *(part.sha256 for part in medium.parts))
        return any(not self.forged.isdisjoint(names_of(None, sha256)) for sha256 in bytes_)

    def was_forged(self, sighting: EarlierSighting) -> bool:
        """Return whether people confirmed that this earlier photo is forged."""
        return not self.forged.isdisjoint(names_of(sighting.sighting_id, sighting.sha256))

    def harmless_by(self, medium: MediumEvidence, sighting: EarlierSighting) -> str | None:
        """Return the mark that says that this resemblance means nothing, or None."""
        if not self.harmless:
            return None
        parts = {part.part: part.sha256 for part in medium.parts}
        ours = parts.get(sighting.of_part or "", medium.sha256)
        return self.between(names_of(None, ours), names_of(sighting.sighting_id, sighting.sha256))

    def between(self, one: tuple[str, ...], other: tuple[str, ...]) -> str | None:
        """Return the mark on two photos as a pair, or on either of them, each given by all its names; None: no mark."""
        asked = [*product(one, other), *product((*one, *other), (ANY,))]
        return next((mark for pair in asked if (mark := self.harmless.get(pair_of(*pair))) is not None), None)


UNMARKED = PhotoMarks()
"""Nothing was found out about any photo."""
