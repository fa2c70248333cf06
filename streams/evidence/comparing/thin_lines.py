"""Thin lines: the mask of a crack in the claim's own pixels, from a second look at more of them.

Photos are compared at less than a megapixel, where a hair is less than a pixel wide, and what is found of it is a pixel
too wide or has gaps. Around the lines that were found the claim is held against its reference once more, as large as
both are: a line is what differs by a third of its own darkest, and goes on as far as the difference does, darker than
its ground or lighter, and over gaps where it is as light.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.ink import most
from streams.evidence.files.colours import CLOSE_PIXELS, Colour, ColourImage, develop
from streams.evidence.files.limits import Limits
from streams.evidence.looking.panels import Box
from streams.evidence.pixels.alignment import warped
from streams.evidence.pixels.difference import Mask
from streams.evidence.pixels.photometric_model import tone_table
from streams.evidence.pixels.spots import spots
from streams.evidence.pixels.views import Matrix

Reals = npt.NDArray[np.float32]
Prints = tuple[ColourImage, ColourImage]
"""The claim's and the reference's pixels."""

_WIDEST, _MOSTLY = 0.012, 0.3
"""Share of the longer side up to which something is a line, and the share of a spot that must be lines: where branches
meet, what lies between them was filled."""
_FURTHER = 0.2
"""Share of the longer side by which lines may go on beyond those that were found."""
_GAP, _LONG = 0.012, 0.008
"""Shares of the longer side: over so much a line goes on that cannot be seen there, with a piece so long at least."""
_FINER = 1.15
"""By how much finer than the claim's the reference's pixels may be before they are averaged."""
_SOFT = 1.2
"""Sigma in pixels of the blur in which it is seen how far a line goes. How wide it is, is seen without one."""
_OF_PEAK, _REACH = 0.3, 2.5
"""A line's pixels differ by this share of the most within so many pixels of the comparison's size."""
_AROUND, _LEAST = 41, 2.0
"""Side in pixels of the square in which a difference is usual, and the levels that a line must add to it."""
_USUAL, _EDGE_SHARE, _NEAR_PEAK = 2.0, 0.05, 0.5
"""A line goes on where the difference is so many times the usual one, beyond a share of the local contrast, and this
share of its peak."""


@dataclass(frozen=True, slots=True)
class _Closer:
    """A part of the claim and of the reference as the claim would show it; 0 of ``there`` where it has no pixels."""

    ours: Colour
    theirs: Colour
    there: npt.NDArray[np.uint8]

    def off(self) -> Reals:
        """Return by how many levels each pixel differs, in the channel that differs most."""
        apart = most(cv2.absdiff(self.ours, self.theirs)).astype(np.float32)
        return np.where(self.there > 0, apart, np.float32(0))

    def darker(self) -> Reals:
        """Return by how many levels the claim is darker, in luma."""
        ours, theirs = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY).astype(np.float32) for each in (self.ours, self.theirs))
        apart = np.where(self.there > 0, theirs - ours, np.float32(0))
        return np.asarray(cv2.GaussianBlur(apart, (0, 0), _SOFT), np.float32)

    def contrast(self) -> Reals:
        """Return how far the reference's luma ranges around each pixel."""
        theirs, square = cv2.cvtColor(self.theirs, cv2.COLOR_RGB2GRAY), np.ones((5, 5), np.uint8)
        return np.asarray(cv2.subtract(cv2.dilate(theirs, square), cv2.erode(theirs, square)), np.float32)


def whole_mask(beside: PairResult, files: tuple[bytes, bytes], limits: Limits) -> Mask | None:
    """Return the mask of a pair in the claim's own size, its lines traced anew; None where nothing was located.

    ``files`` are the claim's and the reference's photo, empty for what is none. Where there are no lines, or the pair
    is of parts of the photos or not opaque, it is the mask as it was found. Deterministic.
    """
    found, prints = beside.found, beside.prints
    if found is None or found.mask is None or found.matrix is None or prints is None:
        return None if found is None else found.whole_mask()
    lines = _lines(found.mask)
    if not lines.any() or found.compared is None or not all(files):
        return found.whole_mask()
    claim, reference = (develop(file, limits, CLOSE_PIXELS) for file in files)
    if not (_same(prints[0], claim) and _same(prints[1], reference)):
        return found.whole_mask()
    size = _size(claim)
    whole, drawn = _resized(found.mask, size), _resized(lines, size)
    if not drawn.any():
        return found.whole_mask()
    box = _around(drawn)
    closer = _closer(found.matrix, prints, (claim, reference), box)
    traced = _traced(closer, drawn[box.slices], whole[box.slices], (max(size), max(found.mask.shape)))
    whole[box.slices] = (whole[box.slices] & ~drawn[box.slices]) | traced
    return _resized(whole, found.size)


def _same(one: ColourImage, close: ColourImage) -> bool:
    """Return whether these are of the same opaque photo, and not one of a part of it."""
    return (one.width, one.height) == (close.width, close.height) and close.solid is None


def _size(image: ColourImage) -> tuple[int, int]:
    return image.pixels.shape[1], image.pixels.shape[0]


def _resized(mask: Mask, size: tuple[int, int]) -> Mask:
    soft = cv2.resize(mask.astype(np.uint8) * 255, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(soft > 127)  # noqa: PLR2004 - the half


def _lines(mask: Mask) -> Mask:
    """Return what of a mask is no wider than a crack, and spots that are such lines for a good part."""
    side = max(3, int(_WIDEST * max(mask.shape))) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    bodies = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, disc)
    thin = mask & (cv2.dilate(bodies, np.ones((5, 5), np.uint8)) == 0)
    count, spots = cv2.connectedComponents(cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)))
    share = np.bincount(spots[thin], minlength=count) / np.maximum(1, np.bincount(spots[mask], minlength=count))
    return np.asarray(thin | (mask & (share >= _MOSTLY)[spots]), bool)


def _around(lines: Mask) -> Box:
    """Return the part of the picture that lines lie in, and may go on in."""
    height, width = lines.shape
    room = round(_FURTHER * max(height, width))
    left, top, across, down = cv2.boundingRect(lines.astype(np.uint8))
    x, y = max(0, left - room), max(0, top - room)
    return Box(x, y, min(width, left + across + room) - x, min(height, top + down + room) - y)


def _closer(matrix: Matrix, prints: Prints, close: Prints, box: Box) -> _Closer:
    """Return both photos within a box of the claim, the reference in the claim's tones."""
    ours, theirs = close
    seen, shared = warped(prints[1].pixels, matrix, _size(prints[0]))
    tones = tone_table(seen, prints[0].pixels, shared)
    into = np.linalg.inv(_scaling(theirs, prints[1])) @ matrix @ _scaling(ours, prints[0])
    finer = math.sqrt(abs(float(np.linalg.det(into[:2, :2]))))
    pixels = theirs.pixels
    if finer > _FINER:
        height, width = (max(1, round(side / finer)) for side in pixels.shape[:2])
        reduced = np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        into = _between((pixels.shape[1], pixels.shape[0]), (width, height)) @ into
        pixels = reduced
    moved = np.array([[1.0, 0, box.x], [0, 1, box.y], [0, 0, 1]])
    beside, there = warped(pixels, into @ moved, (box.width, box.height))
    toned = np.asarray(cv2.LUT(beside, tones.reshape(1, 256, 3)), np.uint8)
    return _Closer(np.ascontiguousarray(ours.pixels[box.slices]), toned, there)


def _scaling(of: ColourImage, to: ColourImage) -> Matrix:
    return _between(_size(of), _size(to))


def _between(of: tuple[int, int], to: tuple[int, int]) -> Matrix:
    """Return what takes pixels of a picture to those of the same one in another size."""
    across, down = to[0] / of[0], to[1] / of[1]
    return np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1.0]])


def _traced(closer: _Closer, lines: Mask, whole: Mask, longer: tuple[int, int]) -> Mask:
    """Return the lines as the larger photos show them; ``longer`` is the longer side of these, and as compared."""
    side = longer[0] / longer[1]
    lines = _further(closer, lines, whole, longer[0])
    near = _grown(lines, round(side))
    off = closer.off()
    peak = cv2.dilate(np.where(near, off, np.float32(0)), np.ones((_odd(_REACH * side),) * 2, np.uint8))
    usual = _usual(off, whole | lines)
    differs = near & (off > np.maximum(_OF_PEAK * peak, _USUAL * usual + _LEAST))
    return _reached(differs, lines & differs)


def _further(closer: _Closer, lines: Mask, whole: Mask, longer: int) -> Mask:
    """Return the lines, longer: along the ridge of what is darker or lighter, as one line is both across its ground.

    Where it is as light as its ground nothing is seen of it: pieces that are long themselves go on beyond a gap.
    """
    darker = closer.darker()
    least = np.float32(_USUAL) * _usual(np.abs(darker), whole) + np.float32(_EDGE_SHARE) * closer.contrast()
    least += np.float32(_LEAST)
    along = lines | _ridge(darker, least) | _ridge(-darker, least)
    parts = spots(_grown(along, 1).astype(np.uint8))
    kept = np.hypot(parts.boxes[:, cv2.CC_STAT_WIDTH], parts.boxes[:, cv2.CC_STAT_HEIGHT]) >= _LONG * longer
    kept[parts.labels[lines]] = True
    along &= kept[parts.labels]
    return along & _reached(_grown(along, round(_GAP * longer)), lines)


def _ridge(more: Reals, least: Reals) -> Mask:
    """Return where a difference is enough, and a good part of the most right beside it."""
    return np.asarray((more > least) & (more > _NEAR_PEAK * cv2.dilate(more, np.ones((5, 5), np.uint8))))


def _usual(off: Reals, altered: Mask) -> Reals:
    """Return what differences are usual around each pixel, where nothing was found to be altered."""
    free = (~_grown(altered, 2)).astype(np.float32)
    square = (_AROUND, _AROUND)
    share = np.maximum(cv2.boxFilter(free, cv2.CV_32F, square), np.float32(0.05))
    return np.asarray(cv2.boxFilter(off * free, cv2.CV_32F, square) / share, np.float32)


def _reached(mask: Mask, seeds: Mask) -> Mask:
    """Return the connected parts of a mask that have a seed."""
    count, parts = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    reached = np.zeros(count, bool)
    reached[parts[seeds]] = True
    reached[0] = False
    return np.asarray(reached[parts], bool)


def _grown(mask: Mask, pixels: int) -> Mask:
    side = 2 * max(1, pixels) + 1
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((side, side), np.uint8)) > 0)


def _odd(length: float) -> int:
    return 2 * max(1, round(length)) + 1
