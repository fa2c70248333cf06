"""Shared part: a picture that lies in both of two photos, and is all that they share.

A shop lays one banner, badge or portrait into the photos of all its goods. What both show there agrees as in a copy,
but it ends at straight seams in either, and beyond them each goes on with something of its own. Goods that a generator
kept end at their outline, and what was pasted over goods leaves the rest of the reference as it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.files.colours import ColourImage
from streams.evidence.files.decoding import Grey
from streams.evidence.looking import panels
from streams.evidence.looking.panels import Box
from streams.evidence.pixels.alignment import Alignment, warped
from streams.evidence.pixels.views import mapped

Mask = npt.NDArray[np.bool_]

_MOST = 0.35
"""Share of a reference that such a part takes at most: of more, the rest is the part."""
_REACH, _LEAST_REACH, _INWARD = 0.35, 16, 4
"""How far beyond the places that agree a seam is looked for, as a share of their extent, and pixels at least; and how
far within."""
_AT_THE_EDGE = 0.03
"""Share of a frame's side within which a part ends with the frame."""
_PARTED, _JUMPS, _PLAIN, _AROUND = 0.8, 0.6, 12, 10
"""Share of a seam along which brightness must jump, or the ground be plain (within so many levels, for so many pixels
on either side), in both photos; and the share of all seams along which it must jump in both: goods jump too, but their
outline bends and slants (of one purse, .45; of pictures that were laid in, .69 and more)."""
_NEAR = 1
"""Within how many pixels a seam is straight in both. Of cloth with a coarse weave more is a seam anywhere."""
_LONGEST, _RIM = 320, 8
"""Longer side of the picture in which what lies beyond is looked at, and pixels around the part that are left out."""
_FINE, _CONTENT, _SHOWN, _UNLIKE = 6.0, 4.0, 0.1, 0.4
"""Within how many pixels light is evened out, what is left where something is shown, share of the frame in which each
must show something beyond the part, and up to which correlation it is something else."""


@dataclass(frozen=True, slots=True)
class _Both:
    """Both photos in the reference's frame; ``there`` is where the claim is seen."""

    theirs: Grey
    ours: Grey
    there: Mask

    def turned(self) -> "_Both":
        return self._as(lambda each: each.T)

    def flipped(self) -> "_Both":
        return self._as(lambda each: each[:, ::-1])

    def _as(self, turn: Callable[[Any], Any]) -> "_Both":
        return _Both(*(np.ascontiguousarray(turn(each)) for each in (self.theirs, self.ours, self.there)))


def is_shared_part(found: Alignment, mine: ColourImage, other: ColourImage) -> bool:
    """Return whether all that agrees in two aligned photos lies in a part that was laid into both. Deterministic."""
    if found.geometry is None:
        return False
    theirs = other.grey()
    size = theirs.shape[1], theirs.shape[0]
    ours, there = warped(mine.grey(), np.asarray(np.linalg.inv(found.matrix), np.float64), size)
    both = _Both(theirs, ours, np.asarray(there > 0, bool))
    box = _part(both, mapped(found.matrix, found.geometry.places))
    return box is not None and box.area <= _MOST * theirs.size and _go_on(both, box)


def _part(both: _Both, places: Any) -> Box | None:
    """Return the upright box around places that ends at seams in both photos, or with a frame; None where none does."""
    (left, top), (right, below) = (
        np.rint(np.quantile(places, end, axis=0)).astype(int).tolist() for end in (0.02, 0.98)
    )
    height, width = both.theirs.shape
    turned = both.turned()
    ends = (
        _end(both.flipped(), (width - left, width - right), (top, below)),
        _end(both, (right, left), (top, below)),
        _end(turned.flipped(), (height - top, height - below), (left, right)),
        _end(turned, (below, top), (left, right)),
    )
    seams = [end.jumps for end in ends if end is not None and end.jumps is not None]
    if None in ends or not seams or sum(seams) < _JUMPS * len(seams):
        return None
    before, after, above, under = (end.at for end in ends if end is not None)
    return Box(width - before, height - above, after - (width - before), under - (height - above))


@dataclass(frozen=True, slots=True)
class _End:
    """The column where a part ends, and the share of it along which brightness jumps; None where a frame ends too."""

    at: int
    jumps: float | None = None


def _end(both: _Both, across: tuple[int, int], rows: tuple[int, int]) -> _End | None:
    """Return where a part ends to the right of its ``across`` (last and first column); None where at no seam."""
    width, (last, first) = both.theirs.shape[1], across
    if width - last <= _AT_THE_EDGE * width:
        return _End(width)
    reach = max(_LEAST_REACH, round(_REACH * abs(last - first)))
    begin = max(0, last - _INWARD - _AROUND)
    part = np.s_[max(0, rows[0]) : max(0, rows[1]), begin : min(width, last + reach + _AROUND)]
    if both.theirs[part].shape[0] < _AROUND or both.theirs[part].shape[1] < 2 * _AROUND:
        return None
    seen = both.there[part].mean(axis=0) >= _PARTED
    told = (_parts(each[part]) for each in (both.theirs, both.ours))
    jumps, parted = (np.minimum(*each) for each in zip(*told, strict=True))
    good = seen & (parted >= _PARTED)
    if not good.any():
        return _End(begin + int((~seen).argmax())) if seen[0] and not seen[-1] else None
    place = int(np.where(good, jumps, -1).argmax())
    return _End(begin + place, float(jumps[place]))


def _parts(grey: Grey) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return of each column the share along which brightness jumps near it, and that or where ground is plain."""
    rim = np.ones((1, 2 * _AROUND + 1), np.uint8)
    plain = cv2.subtract(cv2.dilate(grey, rim), cv2.erode(grey, rim)) <= _PLAIN
    jumps = np.pad(panels.jumps(np.ascontiguousarray(grey)), ((0, 0), (3, 3)))
    there = cv2.dilate(jumps, np.ones((1, 2 * _NEAR + 1), np.uint8)) > 0
    return np.asarray(there.mean(axis=0), np.float64), np.asarray((there | plain).mean(axis=0), np.float64)


def _go_on(both: _Both, box: Box) -> bool:
    """Return whether both photos show something beyond a part, and not the same."""
    scale = _LONGEST / max(both.theirs.shape)
    size = max(8, round(both.theirs.shape[1] * scale)), max(8, round(both.theirs.shape[0] * scale))
    beyond = cv2.resize(both.there.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    part = box.scaled(scale, scale)
    rows, columns = (slice(max(0, each.start - _RIM), each.stop + _RIM) for each in part.slices)
    beyond[rows, columns] = False
    theirs, ours = (_content(cv2.resize(each, size, interpolation=cv2.INTER_AREA)) for each in (both.theirs, both.ours))
    if min(float((_shows(each) & beyond).mean()) for each in (theirs, ours)) < _SHOWN:
        return False
    first, second = (each[beyond] - each[beyond].mean() for each in (theirs, ours))
    alike = float((first * second).sum()) / float(np.sqrt((first**2).sum() * (second**2).sum()) + 1e-6)
    return alike <= _UNLIKE


def _content(grey: Any) -> npt.NDArray[np.float32]:
    light = grey.astype(np.float32)
    return np.asarray(light - cv2.GaussianBlur(light, (0, 0), _FINE), np.float32)


def _shows(content: npt.NDArray[np.float32]) -> Mask:
    return np.asarray(cv2.GaussianBlur(content**2, (0, 0), _FINE / 2) > _CONTENT**2, bool)
