"""Where a claim shows its reference much larger or much smaller: a part that was enlarged, or the whole laid in small.

Features find a picture at up to about twice its size. Coarse ones are those of a picture half as large: beside the
other photo's fine ones they reach twice as far. Of a small part few of a reference's key points are left: there its
dense ones are asked too. Damage painted into a listing is often sent enlarged, and a forged listing may be a small
picture within another.
"""

from collections.abc import Iterator

from streams.evidence.features.features import Features
from streams.evidence.features.matching import Projection
from streams.evidence.features.similar_picture import SOME, CornerSet, agreeing, coarse, dense, fine, first_look


def at_other_size(claim: Features, reference: Features) -> Projection | None:
    """Return where a claim shows its reference larger or smaller, by matches of fine with coarse features.

    Of the claim as it is or mirrored. None where a first look finds nothing. Deterministic.
    """
    best, most = None, SOME - 1
    for ours, theirs in _ways(claim, reference):
        found = first_look(ours, theirs)
        if found > most:
            best, most = (ours, theirs), found
    return None if best is None else agreeing(*best)


def _ways(claim: Features, reference: Features) -> Iterator[tuple[CornerSet, CornerSet]]:
    """Yield the corners of both photos that are matched, of each way. All are: of a small part few are left."""
    of_reference = [one for one in (dense(reference), fine(reference)) if len(one.points)]
    for mirrored in (False, True):
        yield from ((coarse(claim, mirrored=mirrored), one) for one in of_reference)
        yield fine(claim, mirrored=mirrored), coarse(reference)
