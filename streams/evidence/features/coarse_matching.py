"""Where a claim shows a part of its reference as a similar picture, asked of coarse features.

A file whose scene was replaced keeps a part as it was, at about the size that it had.
"""

from streams.evidence.features import coarse_features
from streams.evidence.features.features import Features
from streams.evidence.features.matching import Projection
from streams.evidence.features.similar_picture import SOME, agreeing, coarse, first_look, turned_over

_FIRST_OF_NEGATIVE = 150
"""Coarse features of a claim's negative that are looked at first."""


def similar(claim: Features, reference: Features, *, mirrored: bool = False) -> Projection | None:
    """Return the similar picture that most coarse matches agree on, of the claim as it is or mirrored; None without.

    Mirrored, the first corners alone are asked. Deterministic.
    """
    ours, theirs = coarse(claim, mirrored=mirrored), coarse(reference)
    first = ours.first(coarse_features.FIRST), theirs.first(coarse_features.FIRST)
    if first_look(*first) < SOME:
        return None
    return agreeing(*first) if mirrored else agreeing(ours, theirs)


def of_negative(claim: Features, reference: Features) -> int:
    """Return how many coarse features of a claim's negative agree on a similar picture; it may be mirrored too."""
    theirs, most = coarse(reference).first(coarse_features.FIRST), 0
    for mirrored in (False, True):
        ours = turned_over(claim, mirrored=mirrored)
        if first_look(ours.first(_FIRST_OF_NEGATIVE), theirs) >= SOME:
            found = agreeing(ours, theirs)
            most = max(most, 0 if found is None else found.inliers)
    return most
