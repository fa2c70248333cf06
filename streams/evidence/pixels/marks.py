"""Marks: what an app draws at the same place of every picture: a date in a corner, a maker's bar, its own buttons.

A shop's photo and a buyer's with marks of one app share these exactly, as a copy shares everything. They are letters
and signs on grounds of one shade, measured from a corner of the frame, and what the two show besides has nothing in
common.
"""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.files.colours import ColourImage
from streams.evidence.files.decoding import Grey
from streams.evidence.pixels.alignment import Alignment, warped
from streams.evidence.pixels.views import Matrix, Points, mapped

Mask = npt.NDArray[np.bool_]

_UPRIGHT, _ANCHORED = 0.02, 0.01
"""By how much of its scale a view may turn or stretch, and by how much of its longer side a reference's corner may miss
the claim's."""
_AROUND, _ONE_SHADE, _LEVELS = 8, 0.35, 2
"""Pixels around a place that are asked for their commonest shade, the share that has it, within how many levels."""
_GROUNDS, _ALIKE = 3, 4
"""On grounds of how many shades an app draws, each within how many levels."""
_DRAWN = 0.7
"""Share of the places in both that lie on such grounds from which marks are drawn. Decision record 5 has what was
measured."""
_MOST_COVERED = 0.45
"""Share of the frame that marks cover at most."""
_GRID, _REACH = 160, 10
"""Longer side of the picture in which marks are told from the rest, and how far they reach around a place there."""
_FINE, _CONTENT = 6.0, 4.0
"""Within how many pixels of that picture light is evened out, and what is left where something is shown."""
_SHOWN, _UNLIKE = 0.05, (0.5, 0.75)
"""Share of the frame in which both must show something besides, and up to which correlation it is something else: where
marks just are drawn, and where they are ``_CLEARLY`` (photos that an app lays on its page share their edges)."""
_CLEARLY = 0.85
_MOST_SHOWN = (0.4, 0.6)
"""Share of what either photo shows that marks cover at most, where they just are drawn and where they clearly are.
Plain goods of a listing that own photos hide in part would pass for marks too, and of these half and more is shared."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Where marks lie in the frames of a claim and of its reference: small pictures of either frame as a whole."""

    mine: Mask
    other: Mask


class OnlyMarksShared(Exception):
    """Two photos share nothing but ``marks`` in the view that was compared."""

    def __init__(self, shared: Marks) -> None:
        """``shared`` is where they lie."""
        super().__init__("nothing but an app's marks is shared")
        self.marks = shared


def refuse_marks(found: Alignment, mine: ColourImage, other: ColourImage) -> None:
    """Raise :class:`OnlyMarksShared` where two photos share marks and nothing else."""
    shared = marks(found, mine, other)
    if shared is not None:
        raise OnlyMarksShared(shared)


def marks(found: Alignment, mine: ColourImage, other: ColourImage) -> Marks | None:
    """Return the marks that two photos share where they share nothing else, None elsewhere. Deterministic."""
    if found.geometry is None or found.mirrored or not _from_a_corner(found.matrix, _size(mine), _size(other)):
        return None
    share = _drawn_in(found, mine, other)
    if share < _DRAWN:
        return None
    places, ours, theirs = found.geometry.places, mine.grey(), other.grey()
    there = mapped(found.matrix, places)
    at = Marks(_near(places, ours), _near(there, theirs))
    clearly = share >= _CLEARLY
    hidden = max(_shown_within(at.mine, ours), _shown_within(at.other, theirs))
    if at.mine.mean() > _MOST_COVERED or hidden > _MOST_SHOWN[clearly]:
        return None
    most = _UNLIKE[clearly]
    return at if _alike_besides(ours, theirs, found.matrix, at.mine) <= most else None


def drawn(found: Alignment, mine: ColourImage, other: ColourImage) -> bool:
    """Return whether what two aligned photos have in common are letters and signs on grounds of one shade."""
    return _drawn_in(found, mine, other) >= _DRAWN


def _drawn_in(found: Alignment, mine: ColourImage, other: ColourImage) -> float:
    if found.geometry is None:
        return 0.0
    places = found.geometry.places
    return (_drawn(mine.grey(), places) + _drawn(other.grey(), mapped(found.matrix, places))) / 2


def _size(image: ColourImage) -> tuple[int, int]:
    return image.pixels.shape[1], image.pixels.shape[0]


def _from_a_corner(matrix: Matrix, size: tuple[int, int], there: tuple[int, int]) -> bool:
    """Return whether a view is upright and leaves one corner of the frame where it is."""
    frame, whole = (np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float64) for w, h in (size, there))
    seen = mapped(matrix, frame)
    across, down = (seen[1] - seen[0]) / size[0], (seen[3] - seen[0]) / size[1]
    scale = math.sqrt(float(np.linalg.norm(across) * np.linalg.norm(down)))
    off = np.abs(np.array([across, down]) - scale * np.eye(2)).max()
    anchored = np.abs(seen - whole).max(axis=1).min() / max(there)
    return bool(scale > 0 and off <= _UPRIGHT * scale and anchored <= _ANCHORED)


def _drawn(grey: Grey, places: Points) -> float:
    """Return the share of places around which much has one shade, the same of a few, as around letters and signs."""
    height, width = grey.shape
    shades = np.zeros(256)
    for across, down in places.astype(int):
        top, left = max(0, down - _AROUND), max(0, across - _AROUND)
        around = grey[top : min(height, down + _AROUND), left : min(width, across + _AROUND)]
        near = _summed(np.bincount(around.ravel(), minlength=256), _LEVELS)
        if around.size and near.max() >= _ONE_SHADE * around.size:
            shades[near.argmax()] += 1
    usual = 0.0
    for _ in range(_GROUNDS):
        found = _summed(shades, _ALIKE)
        usual += found.max()
        shades[max(0, found.argmax() - _ALIKE) : found.argmax() + _ALIKE + 1] = 0
    return float(usual / len(places)) if len(places) else 0.0


def _summed(counts: npt.NDArray[Any], levels: int) -> npt.NDArray[Any]:
    """Return of each shade how often it or one within some levels is there."""
    return np.convolve(counts, np.ones(2 * levels + 1), mode="same")


def _near(places: Points, grey: Grey) -> Mask:
    """Return what lies near the places, in a small picture of the frame."""
    scale = _GRID / max(grey.shape)
    size = max(8, round(grey.shape[0] * scale)), max(8, round(grey.shape[1] * scale))
    near = np.zeros(size, np.uint8)
    for across, down in (places * scale).astype(int):
        cv2.circle(near, (int(across), int(down)), _REACH, 1, -1)
    return near > 0


def _alike_besides(ours: Grey, theirs: Grey, matrix: Matrix, covered: Mask) -> float:
    """Return how well what both show besides what is ``covered`` correlates, 1 where one of them shows nothing."""
    seen, there = warped(theirs, matrix, (ours.shape[1], ours.shape[0]))
    size = covered.shape[1], covered.shape[0]
    one, other = (_content(each, size) for each in (ours, seen))
    shared = cv2.resize(there, size, interpolation=cv2.INTER_NEAREST) > 0
    both = shared & ~covered & _shows(one) & _shows(other)
    if both.mean() < _SHOWN:
        return 1.0
    first, second = one[both] - one[both].mean(), other[both] - other[both].mean()
    spread = math.sqrt(float((first**2).sum() * (second**2).sum())) + 1e-6
    return float((first * second).sum()) / spread


def _shown_within(covered: Mask, grey: Grey) -> float:
    """Return the share of what a photo shows that lies where it is ``covered``."""
    shown = _shows(_content(grey, (covered.shape[1], covered.shape[0])))
    return float((shown & covered).sum() / max(1, shown.sum()))


def _content(grey: Grey, size: tuple[int, int]) -> npt.NDArray[np.float32]:
    light = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(light - cv2.GaussianBlur(light, (0, 0), _FINE), np.float32)


def _shows(content: npt.NDArray[np.float32]) -> Mask:
    return np.asarray(cv2.GaussianBlur(content**2, (0, 0), _FINE / 2) > _CONTENT**2, bool)
