"""Prefilter: how alike two photos are by their kept features alone, and whether their pixels are worth comparing.

The cheap stage before :mod:`streams.evidence.pixels.pixel_comparison`. Every pair comes here, and hardly any unrelated
one passes. It must not lose a pair that pixels would confirm.
"""

from dataclasses import dataclass

import numpy as np

from schemas.units import NEAR_BITS
from streams.evidence.features import coarse_matching, fingerprints, matching
from streams.evidence.features.features import Features
from streams.evidence.features.matching import MIRROR, Matrix, Projection
from streams.evidence.features.other_sizes import at_other_size
from streams.evidence.features.similar_picture import SOME, fine, first_look
from streams.evidence.features.small_shades import by_shades, is_negative

_SURE_INLIERS = 60
"""With so many inliers and a fingerprint within ``NEAR_BITS`` the mirrored claim is not tried: even of symmetric goods,
mirroring changes about 64 bits."""
_FEW_INLIERS = 12
"""A mirrored view with fewer inliers is chance."""
_ENOUGH_INLIERS = 25
"""With fewer inliers the whole frame is tried as a view too."""

_WORTH_INLIERS, _WORTH_COVERAGE, _WORTH_BITS = 10, 0.01, 80
"""Of 497 derived development pairs none that pixels confirm lies beyond these (the farthest: 12 inliers, or 48 bits
without any), and 9 of 750 unrelated pairs pass."""
_WORTH_IN_A_CORNER = 25
"""Inliers that are worth it however little they cover: goods that lie small in a long screenshot. Of 6,447 unrelated
pairs one has 22 over less than the share above, none has more."""
_WORTH_SIMILAR = 12
"""Coarse matches of one similar picture that are worth it too. Of 55 real edits that keep pixels 52 have more than 30,
of 600 unrelated pairs 2 have more than 12, and those share pixels."""
_WORTH_AT_OTHER_SIZE = 6
"""Matches of one photo's fine features with the other's coarse ones that are worth it: of 1,200 unrelated pairs 2 have
as many, of 50 forged listings that lie in another photo at a third to a half of its side 46 have 8."""
_WORTH_SHADES = 0.76
"""Correlation of both photos' tiny pictures that is worth it too: of 1,249 unrelated pairs two have as much, of 70 real
photos of printed goods none, of 40 listings that were blurred around their damage 31."""
_WORTH_TURNED_OVER = 12
"""Coarse matches of a claim's negative with the reference that say that the claim is one, where more agree than of the
claim itself."""
_TURNED_OVER = 200
"""Bits of 256 from which one pose of a claim is the reference's negative: the most of 10,874 unrelated pairs is
160."""


@dataclass(frozen=True, slots=True)
class Prefilter:
    """What two packed photos have in common.

    ``distance_bits`` is between the photos as they are, ``nearest_bits`` the least of the claim's eight poses.
    ``projections`` are the ways in which the claim may show the reference; ``inliers`` and ``coverage`` are those of
    the one that explains most, 0 without any. ``similar`` are the coarse matches of one similar picture, None where
    features settled it without them. ``at_other_size`` are matches of fine with coarse features, counted where neither
    alone suggest a view, 0 elsewhere. ``shades`` is how well light and shade agree where nothing else suggests a view:
    below 0 where the claim is a negative. ``farthest_bits`` is the most of the eight poses, ``turned_over`` are coarse
    matches of the claim's negative, counted there too.
    """

    distance_bits: int
    nearest_bits: int
    projections: tuple[Projection, ...]
    inliers: int
    coverage: float
    similar: int | None = None
    at_other_size: int = 0
    shades: float = 0.0
    farthest_bits: int = 0
    turned_over: int = 0

    @property
    def most_similar(self) -> int:
        """The coarse matches that one similar picture explains, 0 where they were not counted."""
        return self.similar or 0

    @property
    def negative(self) -> bool:
        """Whether the claim shows in light what the reference has in shade."""
        by_features = self.turned_over >= _WORTH_TURNED_OVER and self.turned_over > self.most_similar
        return by_features or is_negative(self.shades) or self.farthest_bits >= _TURNED_OVER

    @property
    def worth_comparing(self) -> bool:
        """Whether one may have been made from the other, so that their pixels should be compared."""
        spread = self.inliers >= _WORTH_INLIERS and self.coverage >= _WORTH_COVERAGE
        by_features = spread or self.inliers >= _WORTH_IN_A_CORNER
        by_others = self.most_similar >= _WORTH_SIMILAR or self.at_other_size >= _WORTH_AT_OTHER_SIZE
        return by_features or by_others or self.nearest_bits <= _WORTH_BITS or self.shades >= _WORTH_SHADES


def likeness(claim: Features, reference: Features) -> Prefilter:
    """Return what a claim has in common with a reference. Deterministic."""
    theirs = reference.fingerprint
    bits = [fingerprints.distance_bits(pose, theirs) for pose in claim.poses]
    found = [matching.projection(claim, reference)]
    if found[0] is None or found[0].inliers < _SURE_INLIERS or bits[0] > NEAR_BITS:
        found.append(_mirrored(claim, reference))
    suggested = [one for one in found if one is not None]
    best = max(suggested, key=lambda one: one.inliers, default=None)
    similar, asked = None, best is None or best.inliers < _SURE_INLIERS
    if asked:
        similar = _similar(claim, reference)
        suggested += [similar] if similar is not None and similar.inliers >= _WORTH_SIMILAR else []
    resized, shades, turned_over = None, 0.0, 0
    if max((one.inliers for one in suggested), default=0) < _ENOUGH_INLIERS:
        resized = at_other_size(claim, reference)
        suggested += [resized] if resized is not None and resized.inliers >= _WORTH_AT_OTHER_SIZE else []
        suggested += _whole_frames(bits)
        turned_over = coarse_matching.of_negative(claim, reference)
        placed = by_shades(claim, reference)
        if placed is not None and (placed[1] >= _WORTH_SHADES or is_negative(placed[1])):
            suggested += [placed[0]] if placed[1] > 0 else []
            shades = placed[1]
    return Prefilter(
        distance_bits=bits[0],
        nearest_bits=min(bits),
        projections=tuple(suggested),
        inliers=_inliers(best),
        coverage=0.0 if best is None else best.coverage,
        similar=_inliers(similar) if asked else None,
        at_other_size=_inliers(resized),
        shades=shades,
        farthest_bits=max(bits),
        turned_over=turned_over,
    )


def _mirrored(claim: Features, reference: Features) -> Projection | None:
    """Return the view that explains most matches of the mirrored claim; None of few."""
    if first_look(fine(claim, mirrored=True), fine(reference)) < SOME:
        return None
    found = matching.projection(claim, reference, mirrored=True)
    return found if found is not None and found.inliers >= _FEW_INLIERS else None


def _inliers(found: Projection | None) -> int:
    return 0 if found is None else found.inliers


def _similar(claim: Features, reference: Features) -> Projection | None:
    """Return the similar picture that coarse matches agree on, of the claim as it is or mirrored."""
    found = coarse_matching.similar(claim, reference)
    if found is not None and found.inliers >= _WORTH_SIMILAR:
        return found
    over = coarse_matching.similar(claim, reference, mirrored=True)
    return max((one for one in (found, over) if one is not None), key=lambda one: one.inliers, default=None)


def _whole_frames(bits: list[int]) -> list[Projection]:
    """Return the frame as a whole as it is, mirrored, and in the pose whose fingerprint is nearest."""
    nearest = fingerprints.POSES[int(np.argmin(bits))]
    return [Projection(_pose(*pose), pose[0], 0, 0.0) for pose in dict.fromkeys(((False, 0), (True, 0), nearest))]


def _pose(mirrored: bool, turns: int) -> Matrix:  # noqa: FBT001 - a pose is these two
    """Return what takes the claim's frame to the reference's when posing the claim this way makes them alike."""
    quarter: Matrix = np.array([[0.0, -1, 1], [1, 0, 0], [0, 0, 1]])  # clockwise: the top goes to the right
    turned = np.linalg.matrix_power(quarter, turns)
    return turned @ MIRROR if mirrored else turned
