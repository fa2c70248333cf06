"""Others shown: whether a claim that shows a reference shows other pictures beside it, as a collage does.

Who puts the listing beside a photo of their own points at it with arrows, words, stickers and lenses of every kind, and
no list of those is ever complete. So where other pictures are shown, what differs from the reference is told and
accuses nobody: a person looks whether it was drawn on as a hint, or painted in. A photo that was forged by itself shows
nothing but its reference's frame, or a scene that was drawn further around it, which goes on across the frame's edge.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from schemas.records import Reading
from streams.evidence.comparing import reference_shown, windows
from streams.evidence.comparing.collages_told import Panel
from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.edges import around, parted
from streams.evidence.comparing.frames import frame_of, seen_of
from streams.evidence.comparing.stills import Still
from streams.evidence.files.decoding import Grey
from streams.evidence.looking import panels
from streams.evidence.looking.panels import Box
from streams.evidence.pixels.alignment import warped
from streams.evidence.pixels.difference import Mask
from streams.evidence.pixels.goods import COARSE
from streams.evidence.readings import measured

_OTHER = 0.5
"""Share of a panel's details that are a reference's, up to which the panel shows something else."""
_BOX = "x,y,width,height in px"
_PLAIN = 128
"""The level of what is not looked at."""
_REACHED, _GOES_ON, _RIM = 0.5, 0.4, 2
"""Share of an edge of the frame that shows the reference, from which the scene goes on there where less than so much of
the edge divides two pictures; and how wide a rim is looked at, in coarse pixels."""


def among_others(at: int, whole: Still, as_whole: Sequence[PairResult], of: Sequence[Panel]) -> list[Reading]:
    """Return the box in which a claim shows the reference ``at`` a place, where it shows other pictures too.

    None of the references has these. ``as_whole`` is the whole claim beside every reference, and ``of`` its panels. An
    empty list where nothing else is shown, or the reference is not.
    """
    shown = whole.photo.develop()
    grey = np.asarray(cv2.cvtColor(shown.pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    frame = _frame(as_whole[at], grey)
    theirs: Mask = np.zeros(frame.shape, bool)
    mine = theirs.copy()
    for place, box, area in _areas(as_whole, of, Box(0, 0, shown.width, shown.height)):
        there = box.scaled(frame.shape[1] / shown.width, frame.shape[0] / shown.height).overlap(_all_of(frame))
        if there is not None:
            theirs[there.slices] |= _sized(area, there)
            mine[there.slices] |= _sized(area, there) & (place == at)
            frame[there.slices] |= place == at and _area(as_whole[at]) is None
    beyond = any(_is_other(one, as_whole) for one in of) or (
        _has_picture(~(theirs | frame), grey) and not _goes_on(as_whole[at], grey)
    )
    if not mine.any() or not beyond:
        return []
    box = Box(*cv2.boundingRect(mine.astype(np.uint8)))
    box = box.scaled(shown.width / frame.shape[1], shown.height / frame.shape[0])
    return [measured("reference_among_others", f"{box.x},{box.y},{box.width},{box.height}", _BOX)]


def _areas(as_whole: Sequence[PairResult], of: Sequence[Panel], everything: Box) -> Iterator[tuple[int, Box, Mask]]:
    """Yield what shows a reference: its place, a box of the whole photo, and where in there."""
    for box, found in ((everything, as_whole), *((one.still.box or everything, one.found) for one in of)):
        for place, beside in enumerate(found):
            area = _area(beside)
            if area is not None:
                yield place, box, area


def _area(beside: PairResult) -> Mask | None:
    """Return where a picture shows a reference, at :data:`COARSE`, without gaps; None where it does not."""
    found = beside.found
    if found is None or found.agreeing is None or not found.worth_locating:
        return None
    return windows.shown(found.agreeing)


def _all_of(picture: Mask) -> Box:
    return Box(0, 0, picture.shape[1], picture.shape[0])


def _sized(area: Mask, box: Box) -> Mask:
    size = box.width, box.height
    return np.asarray(cv2.resize(area.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0, bool)


def _frame(beside: PairResult, grey: Grey) -> Mask:
    """Return where in the claim's ``grey`` print the frame of a reference lies, at :data:`COARSE`."""
    found, prints = beside.found, beside.prints
    if found is None or found.matrix is None or prints is None or _area(beside) is None:
        return np.zeros(grey[COARSE].shape, bool)
    full = np.full(prints[1].pixels.shape[:2], 255, np.uint8)
    _, there = warped(full, found.matrix, (grey.shape[1], grey.shape[0]))
    return np.asarray(there[COARSE] > 0, bool)


def _has_picture(rest: Mask, grey: Grey) -> bool:
    """Return whether the ``rest`` of a claim, at :data:`COARSE`, holds a picture."""
    side = 2 * round(panels.LEAST_SIDE * min(rest.shape) / 2) + 1
    room = np.pad(rest.astype(np.uint8), side)
    opened = cv2.morphologyEx(room, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))[side:-side, side:-side]
    _, _, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(opened))
    hidden = cv2.resize((~rest).astype(np.uint8), grey.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    left = np.where(hidden, np.uint8(_PLAIN), grey)
    boxes = [Box(*each) for each in stats[1:, :4].tolist()]
    scale = grey.shape[1] / rest.shape[1], grey.shape[0] / rest.shape[0]
    return any(panels.is_panel(box.scaled(*scale), left) for box in boxes)


def _is_other(panel: Panel, as_whole: Sequence[PairResult]) -> bool:
    """Return whether a panel shows none of the references, nor does the claim there as a whole."""
    box = panel.still.box
    if box is None or any(_area(one) is not None for one in panel.found):
        return False
    return all(share < _OTHER for one in as_whole for share in reference_shown.shares(one, [box]))


def _goes_on(beside: PairResult, grey: Grey) -> bool:
    """Return whether a scene goes on across an edge of a reference's frame, as one that was drawn further does."""
    found, prints = beside.found, beside.prints
    if found is None or found.matrix is None or found.agreeing is None or prints is None or not found.worth_locating:
        return False
    frame = frame_of(found.matrix, (prints[1].pixels.shape[1], prints[1].pixels.shape[0]))
    shown = None if frame is None else seen_of(frame, grey)
    if frame is None or shown is None:
        return False
    sides = [side for side, one in around(shown, grey).items() if min(one.width, one.height) >= panels.LEAST_PIXELS]
    rims = _rims(shown.scaled(1 / 3, 1 / 3), found.agreeing)
    return any(float(rims[side].mean()) >= _REACHED and parted(grey, frame, side) < _GOES_ON for side in sides)


def _rims(box: Box, agreeing: Mask) -> dict[str, Mask]:
    """Return what lies along each edge of a box, within it."""
    there = agreeing[box.slices]
    return {"left": there[:, :_RIM], "right": there[:, -_RIM:], "top": there[:_RIM], "below": there[-_RIM:]}
