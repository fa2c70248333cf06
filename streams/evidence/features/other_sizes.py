"""Where a claim shows its reference much larger or much smaller: a part that was enlarged, or the whole laid in small.

Features find a picture at up to about twice its size. Coarse ones are those of a picture half as large: beside the
other photo's fine ones they reach twice as far. Of a small part few of a reference's key points are left: there its
dense ones are asked too. Damage painted into a listing is often sent enlarged, and a forged listing may be a small
picture within another.
"""

from collections.abc import Iterator

from streams.evidence.features import coarse_features, dense_features
from streams.evidence.features.features import Features
from streams.evidence.features.matching import Projection
from streams.evidence.features.similar_picture import SOME, CornerSet, agreeing, coarse, dense, fine, first_look

_FIRST_FINE = 300
"""Key points that are looked at first. Of what is enlarged all are: few of the reference's lie in so small a part."""

_Way = tuple[tuple[CornerSet, CornerSet], tuple[CornerSet, CornerSet]]


def at_other_size(claim: Features, reference: Features) -> Projection | None:
    """Return where a claim shows its reference larger or smaller, by matches of fine with coarse features.

    Of the claim as it is or mirrored. None where a first look finds nothing. Deterministic.
    """
    best, most = None, SOME - 1
    for first, every in _ways(claim, reference):
        found = first_look(*first)
        if found > most:
            best, most = every, found
    return None if best is None else agreeing(*best)


def _ways(claim: Features, reference: Features) -> Iterator[_Way]:
    """Yield the corners of both photos that are looked at first, and all that are matched then, of each way."""
    few, some = _FIRST_FINE, coarse_features.FIRST
    every, fines, coarses = dense(reference), fine(reference), coarse(reference)
    for mirrored in (False, True):
        larger, smaller = coarse(claim, mirrored=mirrored), fine(claim, mirrored=mirrored)
        if len(reference.dense.points):
            yield (larger, every.first(dense_features.FIRST)), (larger, every)
        if not mirrored or not len(reference.dense.points):
            yield (larger, fines.first(few) if mirrored else fines), (larger, fines)
        yield (smaller.first(few), coarses.first(some)), (smaller, coarses)
