"""Earlier photos that the parts of one medium resemble, joined into one list for the medium."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain

import msgspec

from schemas.records import EarlierSighting, Reading
from streams.enrich.trimming import Earlier


def of_medium(parts: Sequence[str | None], found: Sequence[Earlier]) -> Earlier:
    """Return what was found for ``parts`` (None: the medium itself), each earlier photo once, with its nearest part.

    The position is the first part's, None where one of them was not looked up: then the medium was not either.
    """
    if len(found) == 1 and parts[0] is None:
        return found[0]
    nearest: dict[str, EarlierSighting] = {}
    for part, one in zip(parts, found, strict=True):
        for sighting in one.sightings:
            mine = msgspec.structs.replace(sighting, of_part=part)
            best = nearest.setdefault(mine.sighting_id, mine)
            if _tells(mine) > _tells(best):
                nearest[mine.sighting_id] = mine
    positions = [one.position for one in found]
    return Earlier(
        position=None if None in positions else positions[0],
        sightings=sorted(nearest.values(), key=lambda one: (one.distance_bits, one.position)),
        readings=_summed(list(chain.from_iterable(one.readings for one in found))),
        of_references={name: readings for one in reversed(found) for name, readings in one.of_references.items()},
    )


def _tells(sighting: EarlierSighting) -> tuple[bool, bool, float, int]:
    """Return how much a resemblance tells: one that nothing explains more than one that a photo of goods explains."""
    explained = sighting.explained_by is not None
    return not explained, sighting.confirmed is True, sighting.shared_alteration or 0.0, -sighting.distance_bits


def _summed(readings: Sequence[Reading]) -> list[Reading]:
    """Return counts summed over the parts, and each unmeasured reading once for each cause."""
    counts = Counter[str]()
    for one in readings:
        if isinstance(one.value, int):
            counts[one.name] += one.value
    summed = [msgspec.structs.replace(one, value=counts[one.name]) for one in readings if one.name in counts]
    others = [one for one in readings if one.name not in counts]
    return list({(one.name, one.unmeasured_code): one for one in (*summed, *others)}.values())
