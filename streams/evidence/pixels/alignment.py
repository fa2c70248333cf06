"""Alignment: which view of the reference a claim photo is, to a fraction of a pixel.

Features give candidates, mirrored too (they do not mind turns); the one whose pixels correlate best is refined by
tracking corners. Of the views that explain the corners the plainest wins: a photo that was cropped, resized, mirrored
or turned by quarters is exactly that, and a bent view would only make differences at the edges of plain goods.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.features.matching import Projection
from streams.evidence.files.colours import ColourImage
from streams.evidence.files.decoding import Grey
from streams.evidence.pixels.photometric_model import tone_table
from streams.evidence.pixels.views import Fit, Geometry, Matrix, Points, View, axes, fits, geometry, mapped, plainest

_SMALL = 8
"""Candidates are compared by eye at an eighth of the size."""
_UNRELATED = 0.6
"""Correlation below which a candidate without features behind it is none."""
_VIEWS_TRIED = 3
"""Candidates tracked while fewer than ``_FEW_AGREE`` of corners agree: symmetric goods correlate mirrored too."""
_CORNERS, _TRACKED = 200, 6
_WANDER_PX = 10.0
_RETURN_PX = 0.3
_ONE_FRAME, _FEW_AGREE = 0.8, 0.5
"""Correlation of pictures that are one as a whole, and the share of their corners below which tones are to blame."""
_AROUND, _LEAST_SPREAD, _CONTRAST, _MIDDLE = (31, 31), 16.0, 48.0, 128
"""Pixels within which light and contrast are evened out, and to what; less than the second (a variance) is noise."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where the claim lies in the reference.

    ``matrix`` takes pixels of the claim's print to pixels of the reference's; ``inliers`` and ``coverage`` are the
    features' (0 for a candidate found by correlation alone); ``corners`` of ``tracked`` agree within half a pixel, and
    ``geometry`` says how they lie, None of too few.
    """

    matrix: Matrix
    mirrored: bool
    quarter_turns: int
    inliers: int
    coverage: float
    correlation: float
    corners: int
    tracked: int
    view: View
    geometry: Geometry | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    matrix: Matrix
    mirrored: bool
    inliers: int
    coverage: float
    correlation: float = -1.0


@dataclass(frozen=True, slots=True)
class _Pair:
    """The claim in grey and the reference ``beside`` it, and where each is opaque (None: all over)."""

    grey: Grey
    beside: Grey
    solid: Grey | None = None
    beside_solid: Grey | None = None


def align(suggested: Sequence[Projection], ours: ColourImage, theirs: ColourImage) -> Alignment | None:
    """Return how the claim lies in the reference, or None where nothing of what is suggested fits. Deterministic."""
    grey = np.asarray(cv2.cvtColor(ours.pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    beside = np.asarray(cv2.cvtColor(theirs.pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    pair = _Pair(grey, beside, ours.solid, theirs.solid)
    return _agreeing_best(_best_first([_candidate(one, grey, beside) for one in suggested], pair), pair)


def warped(
    picture: npt.NDArray[np.uint8], matrix: Matrix, size: tuple[int, int], solid: Grey | None = None
) -> tuple[Grey, Grey]:
    """Return a reference's pixels as the claim would show them, and 255 where it has any; ``size`` is width, height.

    ``solid`` is 255 where the reference is opaque, None where it is so all over.
    """
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpPerspective(picture, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    full = np.full(picture.shape[:2], 255, np.uint8) if solid is None else solid
    there = cv2.warpPerspective(full, matrix, size, flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    return np.asarray(seen, dtype=np.uint8), np.asarray(there, dtype=np.uint8)


def _candidate(suggested: Projection, grey: Grey, beside: Grey) -> _Candidate:
    """Return a projection in pixels of the prints."""
    into = _frame(beside) @ suggested.matrix @ np.linalg.inv(_frame(grey))
    return _Candidate(into, suggested.mirrored, suggested.inliers, suggested.coverage)


def _frame(picture: Grey) -> Matrix:
    """Return the matrix from shares of a frame to its pixels, whose centres lie at whole numbers."""
    height, width = picture.shape
    return np.array([[width, 0, -0.5], [0, height, -0.5], [0, 0, 1.0]])


def _scaling(across: float, down: float) -> Matrix:
    """Return the matrix of a resize, which keeps pixels' corners and so moves their centres."""
    return np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1.0]])


def _best_first(candidates: Sequence[_Candidate], pair: _Pair) -> list[_Candidate]:
    """Return the candidates, those first whose pixels correlate best, seen small: symmetric goods align both ways."""
    grey, beside = pair.grey, pair.beside
    height, width = max(1, grey.shape[0] // _SMALL), max(1, grey.shape[1] // _SMALL)
    ours = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    blurred = np.asarray(cv2.blur(beside, (_SMALL, _SMALL)), dtype=np.uint8)
    small = _scaling(grey.shape[1] / width, grey.shape[0] / height)
    solid, other_solid = (None if one is None else _within(one) for one in (pair.solid, pair.beside_solid))
    mine = None if solid is None else _resized(solid, (width, height))
    seen = []
    for one in candidates:
        theirs, there = warped(blurred, one.matrix @ small, (width, height), other_solid)
        there = there if mine is None else there & mine
        value = _correlation(ours[there > 0], theirs[there > 0].astype(np.float32))
        if one.inliers or value >= _UNRELATED:
            seen.append(_Candidate(one.matrix, one.mirrored, one.inliers, one.coverage, value))
    return sorted(seen, key=lambda one: -one.correlation)


def _correlation(ours: npt.NDArray[np.float32], theirs: npt.NDArray[np.float32]) -> float:
    if ours.size < 2:  # noqa: PLR2004 - nothing to correlate
        return -1.0
    one, other = ours - ours.mean(), theirs - theirs.mean()
    return float((one * other).sum() / math.sqrt(float((one * one).sum() * (other * other).sum()) + 1e-6))


def _resized(solid: Grey, size: tuple[int, int]) -> Grey:
    return np.asarray(cv2.resize(solid, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _within(solid: Grey) -> Grey:
    """Return what is solid without its rim, where averages hold some of the ground."""
    square = np.ones((2 * _SMALL + 1, 2 * _SMALL + 1), np.uint8)
    return np.asarray(cv2.erode(solid, square, borderType=cv2.BORDER_CONSTANT, borderValue=255), np.uint8)


def _agreeing_best(ranked: Sequence[_Candidate], pair: _Pair) -> Alignment | None:
    """Return the first view refined, or a later one where few corners agree in it and more of them in that one."""
    if not ranked:
        return None
    found = _refined(ranked[0], pair)
    for other in ranked[1:_VIEWS_TRIED]:
        if found.corners >= _FEW_AGREE * found.tracked:
            break
        better = _refined(other, pair) if other.inliers else found
        found = better if better.corners > found.corners and _more_agree(better, found) else found
    return found


def _more_agree(one: Alignment, other: Alignment) -> bool:
    """Return whether a larger share of one view's corners agree."""
    return one.corners * other.tracked > other.corners * one.tracked


def _refined(found: _Candidate, pair: _Pair) -> Alignment:
    refined = _tracked(found, pair, _toned)
    few = refined.corners < _FEW_AGREE * refined.tracked
    if refined.view in {"affine", "perspective"}:
        better = _tracked(replace(found, matrix=refined.matrix), pair, _evened)
    elif few and found.correlation > _ONE_FRAME:
        better = _tracked(found, pair, _evened)
    else:
        return refined
    return better if _more_agree(better, refined) else refined


def _tracked(found: _Candidate, pair: _Pair, matched: "_Matched") -> Alignment:
    """Return the view that corners say, tracked from one picture to the other after both were ``matched``."""
    grey = pair.grey
    seen, there = warped(pair.beside, found.matrix, (grey.shape[1], grey.shape[0]), pair.beside_solid)
    there = there if pair.solid is None else there & pair.solid
    start, end, kept = _followed(*matched(seen, grey, there), there)
    ours, theirs = end[kept], mapped(found.matrix, start[kept])
    best, lie = Fit("unrefined", found.matrix, np.zeros(0)), None
    if len(ours) >= _TRACKED:
        views = fits(ours, theirs, found.matrix, grey.shape)
        best, lie = plainest(views), geometry(views, ours, theirs, (_size(grey), _size(pair.beside)))
    return Alignment(
        matrix=best.matrix,
        mirrored=found.mirrored,
        quarter_turns=_quarter_turns(best.matrix, grey.shape, mirrored=found.mirrored),
        inliers=found.inliers,
        coverage=found.coverage,
        correlation=found.correlation,
        corners=best.agreeing,
        tracked=len(start),
        view=best.view,
        geometry=lie,
    )


def _size(picture: Grey) -> tuple[int, int]:
    return picture.shape[1], picture.shape[0]


_Matched = Callable[[Grey, Grey, Grey], tuple[Grey, Grey]]
"""What makes values mean the same in both pictures, which tracking compares: of the first as seen, where it is."""


def _toned(seen: Grey, grey: Grey, there: Grey) -> tuple[Grey, Grey]:
    """Return both in the second's tones, by one curve for the whole picture."""
    return np.asarray(cv2.LUT(seen, tone_table(seen[..., None], grey[..., None], there)), np.uint8), grey


def _evened(seen: Grey, grey: Grey, _there: Grey) -> tuple[Grey, Grey]:
    """Return both with the same light and contrast all over: a stain that covers most of the goods changes neither."""
    return _even(seen), _even(grey)


def _even(picture: Grey) -> Grey:
    around = cv2.boxFilter(picture, cv2.CV_32F, _AROUND)
    spread = np.maximum(cv2.sqrBoxFilter(picture, cv2.CV_32F, _AROUND) - around * around, 0) + _LEAST_SPREAD
    return np.asarray(((picture - around) * (_CONTRAST / np.sqrt(spread)) + _MIDDLE).clip(0, 255), np.uint8)


def _followed(seen: Grey, grey: Grey, there: Grey) -> tuple[Points, Points, npt.NDArray[np.bool_]]:
    """Return corners of the reference as seen, where the claim has them, and which were found and lead back."""
    inside = cv2.erode(there, np.ones((15, 15), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    apart = max(6, min(grey.shape) // 35)
    corners: Any = cv2.goodFeaturesToTrack(seen, _CORNERS, 0.005, apart, mask=inside)
    if corners is None:
        return np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0, bool)
    how: Any = {"winSize": (17, 17), "maxLevel": 2, "criteria": (3, 12, 0.02)}
    there_px, went, _ = cv2.calcOpticalFlowPyrLK(seen, grey, corners, None, **how)  # type: ignore[call-overload] # None is a fresh array
    back_px, came, _ = cv2.calcOpticalFlowPyrLK(grey, seen, there_px, None, **how)  # type: ignore[call-overload] # as above
    start, end, back = (np.asarray(p, np.float64).reshape(-1, 2) for p in (corners, there_px, back_px))
    kept = (went.ravel() == 1) & (came.ravel() == 1) & (np.abs(back - start).max(axis=1) < _RETURN_PX)
    return start, end, kept & (np.abs(end - start).max(axis=1) < _WANDER_PX)


def _quarter_turns(matrix: Matrix, shape: tuple[int, ...], *, mirrored: bool) -> int:
    """Return by how many quarter turns, clockwise, the claim (mirrored back first) was turned against the reference."""
    along = axes(matrix, shape) @ (np.diag([-1.0, 1.0]) if mirrored else np.eye(2))
    return {(1, 0): 0, (0, -1): 1, (-1, 0): 2, (0, 1): 3}[int(along[0, 0]), int(along[1, 0])]
