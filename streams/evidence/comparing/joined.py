"""Joined: a picture that shows a reference as it is beside something else, though no seam divides the two.

Two photos on white ground that touch have no seam, and a listing that lies in a photo has none through the whole
picture. Where the reference ends is known once both are aligned: there brightness jumps, or the ground is plain. A
scene that was drawn further around a photo goes on across its edge, and is no collage.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from streams.evidence.comparing import cuts, overlays, reference_shown
from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.edges import BESIDE, CORNER, PARTED, around, parted
from streams.evidence.comparing.frames import FLATTENED, LARGEST, frame_of, seen_of
from streams.evidence.comparing.insets import insets
from streams.evidence.comparing.templates import words_beside
from streams.evidence.comparing.windows import window
from streams.evidence.files.decoding import Grey
from streams.evidence.looking import panels
from streams.evidence.looking.panels import Box
from streams.evidence.pixels.difference import Mask
from streams.evidence.pixels.views import Matrix, mapped

_MOST = 0.9
"""Share of a picture from which a reference is all that it shows."""
_SMALL = 0.25
"""Share of a picture up to which a reference as it is lies in something else, however its edges look there."""
_LEAST_KEPT, _NOT_THE_REFERENCE = 0.5, 0.5
"""Share of the reference's frame that must be shown as it is where a collage cut it, and share of the details beyond
that cut up to which they are something else."""
_GOES_ON, _LEAST_RIM = 0.4, 4
"""Share of a frame's edge below which what lies there goes on beyond it, and the pixels that must lie there."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Where a picture shows the reference, and the parts beside it, which may overlap; in pixels of the whole photo."""

    copy: Box
    rest: tuple[Box, ...]


def joined(beside: PairResult) -> Joined | None:
    """Return how a picture is put together from a reference, unaltered, and other photos; None where it is not."""
    found = beside.found
    if found is None or found.mask is None or found.matrix is None or beside.prints is None:
        return None
    mine, other = (one.pixels for one in beside.prints)
    grey = np.asarray(cv2.cvtColor(mine, cv2.COLOR_RGB2GRAY), np.uint8)
    copied = reference_shown.may_be_copied(beside)
    copy = _in_its_frame(beside, grey, (other.shape[1], other.shape[0]), copied=copied)
    if copy is None:
        copy = _in_a_cell(beside, grey) if copied else None
    if copy is None:
        return None
    sides = _beside(copy, grey)
    scale = found.size[0] / grey.shape[1], found.size[1] / grey.shape[0]
    return Joined(copy.scaled(*scale), tuple(box.scaled(*scale) for box in sides.values()))


def _in_its_frame(beside: PairResult, grey: Grey, size: tuple[int, int], *, copied: bool) -> Box | None:
    """Return where a picture shows a reference of ``size`` as it is, beside something else."""
    frame = None if beside.found is None or beside.found.matrix is None else frame_of(beside.found.matrix, size)
    shown = None if frame is None else seen_of(frame, grey)
    if frame is None:
        copy, sure = ((_askew(beside, size, grey) or window(beside, grey)) if copied else None), True
    elif shown is None or shown.area > _MOST * grey.size:
        return None
    else:
        copy, sure = _as_it_is(beside, frame, shown, grey), shown.area <= _SMALL * grey.size
        if copy is None and copied:
            copy, sure = _in_a_cell(beside, grey), True
            if copy is None:
                marked = bool(_beside(shown, grey)) and overlays.is_all(beside)
                copy = shown if marked else window(beside, grey)
    sides = {} if copy is None else _beside(copy, grey)
    if copy is None or not sides or not (sure or all(parted(grey, copy, side) >= PARTED for side in sides)):
        return None
    return copy


def _in_a_cell(beside: PairResult, grey: Grey) -> Box | None:
    """Return the cell of a collage that shows the reference as it is, beside something else."""
    if not reference_shown.is_altered(beside) or insets(beside):
        return None
    cell = cuts.cell(beside, grey)
    return cell if cell is not None and cell.area <= _MOST * grey.size and _beside(cell, grey) else None


def is_cut(beside: PairResult) -> bool:
    """Return whether a picture shows a reference unaltered up to where a program cut it: beyond lies an empty page.

    Letters may stand on the page.
    """
    found, prints = beside.found, beside.prints
    if found is None or found.mask is None or found.matrix is None or prints is None:
        return False
    if not reference_shown.may_be_copied(beside):
        return False
    grey, other = np.asarray(cv2.cvtColor(prints[0].pixels, cv2.COLOR_RGB2GRAY), np.uint8), prints[1].pixels
    frame = frame_of(found.matrix, (other.shape[1], other.shape[0]))
    shown = None if frame is None else seen_of(frame, grey)
    if frame is not None and shown is not None and _as_it_is(beside, frame, shown, grey) is not None:
        return True
    return window(beside, grey) is not None or cuts.cell(beside, grey) is not None


def _beside(copy: Box, grey: Grey) -> dict[str, Box]:
    """Return what lies on each side of a box that shows enough to be a photo of its own, or the words of a page."""
    sides = around(copy, grey)
    return {side: box for side, box in sides.items() if panels.is_panel(box, grey)} or words_beside(sides, grey)


def _askew(beside: PairResult, size: tuple[int, int], grey: Grey) -> Box | None:
    """Return the box around a reference of ``size`` that lies askew in a picture, whole and as it is.

    None where it does not, or goes on beyond its edges.
    """
    found, altered = beside.found, reference_shown.altered_place(beside)
    if found is None or found.matrix is None or altered is None or (altered.any() and not overlays.is_all(beside)):
        return None
    scale = math.sqrt(abs(float(np.linalg.det(found.matrix[:2, :2]))))
    if abs(np.linalg.det(found.matrix)) < FLATTENED or not 1 / LARGEST < scale < LARGEST:
        return None
    back = np.asarray(np.linalg.inv(found.matrix), np.float64)
    quad = mapped(back, np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]]) - 0.5) + 0.5
    (left, top), (right, below) = quad.min(axis=0), quad.max(axis=0)
    if not np.isfinite(quad).all() or left < -BESIDE or top < -BESIDE:
        return None
    if (
        right > grey.shape[1] + BESIDE
        or below > grey.shape[0] + BESIDE
        or not _is_parted(grey, found.matrix, size, scale)
    ):
        return None
    box = seen_of(Box(int(left), int(top), int(right - left), int(below - top)), grey)
    return box if box is not None and box.area <= _MOST * grey.size else None


def _is_parted(grey: Grey, matrix: Matrix, size: tuple[int, int], scale: float) -> bool:
    """Return whether a frame that lies askew ends on all sides, as seen turned upright in the picture's own scale."""
    width, height = (max(1, round(side / scale)) for side in size)
    if min(width, height) < panels.LEAST_PIXELS:
        return False
    room = 2 * BESIDE
    to_upright = np.array([[1 / scale, 0, room], [0, 1 / scale, room], [0, 0, 1]]) @ matrix
    seen = width + 2 * room, height + 2 * room
    upright = np.asarray(cv2.warpPerspective(grey, to_upright, seen, borderMode=cv2.BORDER_REPLICATE), np.uint8)
    frame = Box(room, room, width, height)
    return all(parted(upright, frame, side) >= PARTED for side in around(frame, upright))


def _as_it_is(beside: PairResult, frame: Box, shown: Box, grey: Grey) -> Box | None:
    """Return where the reference is shown unaltered: in its whole frame, or up to where a collage cut it."""
    altered = reference_shown.altered_place(beside)
    if altered is None:
        return None
    inner, there = reference_shown.without_seams(shown), _without_corners(altered[shown.slices])
    left, top = inner.x - shown.x, inner.y - shown.y
    across = _longest_run(np.asarray(~there[top : top + inner.height].any(axis=0), bool))
    down = _longest_run(np.asarray(~there[:, left : left + inner.width].any(axis=1), bool))
    if there[top : top + inner.height, left : left + inner.width].any():
        # what is altered lies to one side of a cut, along one of the two ways
        wider = (across[1] - across[0]) * shown.height >= (down[1] - down[0]) * shown.width
        across, down = (across, (0, shown.height)) if wider else ((0, shown.width), down)
    kept = Box(shown.x + across[0], shown.y + down[0], across[1] - across[0], down[1] - down[0])
    if kept.area < _LEAST_KEPT * shown.area:
        return None
    return kept if all(_is_other(beside, *cut, grey) for cut in _cuts(kept, frame, shown, grey)) else None


def _without_corners(altered: Mask) -> Mask:
    """Return where a reference is altered, but for its corners, which may be rounded."""
    height, width = altered.shape
    off = round(CORNER * min(height, width))
    left = altered.copy()
    for rows in (slice(None, off), slice(height - off, None)):
        for columns in (slice(None, off), slice(width - off, None)):
            left[rows, columns] = False
    return left


def _longest_run(free: Mask) -> tuple[int, int]:
    """Return where the longest run of True begins and ends."""
    steps = np.flatnonzero(np.diff(np.concatenate([[False], free, [False]]).astype(np.int8)))
    starts, ends = steps[::2], steps[1::2]
    if not len(starts):
        return 0, 0
    longest = int((ends - starts).argmax())
    return int(starts[longest]), int(ends[longest])


def _cuts(kept: Box, frame: Box, shown: Box, grey: Grey) -> Iterator[tuple[Box, bool]]:
    """Yield of each side that was cut off what lies between the cut and the frame's edge, and whether that goes on.

    It goes on in a photo beyond the frame, or in a strip of one, where no edge divides the two. What is left of a seam
    is nothing.
    """
    seams = reference_shown.without_seams(shown)
    cut, beyond = around(kept, grey), around(frame, grey)
    for side, strip in cut.items():
        between = strip.overlap(shown)
        if between is not None and strip.overlap(seams) is not None:
            yield between, panels.is_panel(beyond[side], grey) or _goes_on(frame, beyond[side], side, grey)


def _goes_on(frame: Box, beyond: Box, side: str, grey: Grey) -> bool:
    rim = min(beyond.width, beyond.height)
    return rim >= _LEAST_RIM and parted(grey, frame, side) < _GOES_ON


def _is_other(beside: PairResult, between: Box, goes_on: bool, grey: Grey) -> bool:  # noqa: FBT001 - as _cuts yields it
    """Return whether something else begins before a reference's frame ends: a photo that goes on, or an empty page."""
    if beside.found is None or not (goes_on or not panels.shows_a_photo(between, grey)):
        return False
    scale = beside.found.size[0] / grey.shape[1], beside.found.size[1] / grey.shape[0]
    return reference_shown.shares(beside, [between.scaled(*scale)])[0] < _NOT_THE_REFERENCE
