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
from schemas.units import BOX
from streams.evidence.comparing import reference_shown, windows
from streams.evidence.comparing.collages_told import Panel
from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.edges import around, parted
from streams.evidence.comparing.frames import frame_of, seen_of
from streams.evidence.comparing.stills import Still
from streams.evidence.files.decoding import Grey
from streams.evidence.looking import other_pictures, pages, panels
from streams.evidence.looking.panels import Box
from streams.evidence.pixels.alignment import warped
from streams.evidence.pixels.difference import Mask
from streams.evidence.pixels.goods import COARSE
from streams.evidence.readings import measured

_OTHER = 0.5
"""Share of a part, or of its details, that is a reference's, up to which the part shows something else."""
_TONES = 0.3
"""Least share of the rest's box that has tones where a photo fills it. An app's page with prices and buttons has .18.
An own photo that lies on a page has less than this, and is looked for by itself."""
_SEAM = 9
"""Width, in coarse pixels, of what is not looked at around what shows a reference: a frame, a shadow, the rest of a
seam."""
_REACHED, _GOES_ON, _RIM = 0.8, 0.7, 4
"""Share of an edge of the frame that shows the reference, from which the scene goes on there where less than so much of
the edge divides two pictures; and how wide a rim is looked at, in coarse pixels."""


def among_others(at: int, claim: Sequence[Still], as_whole: Sequence[PairResult], of: Sequence[Panel]) -> list[Reading]:
    """Return the box in which a claim shows the reference ``at`` a place, where it shows other pictures too.

    None of the references has these. ``claim`` is the whole and what it was cut into, ``as_whole`` the whole beside
    every reference, and ``of`` the panels that were compared. An empty list where nothing else is shown, or the
    reference is not.
    """
    shown = claim[0].photo.develop()
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
    others = any(_is_other(one, as_whole, of) for one in claim[1:])
    others = others or (_has_picture(~(theirs | frame), grey) and not _goes_on(as_whole[at], grey))
    if not mine.any() or not others:
        return []
    box = Box(*cv2.boundingRect(mine.astype(np.uint8)))
    box = box.scaled(shown.width / frame.shape[1], shown.height / frame.shape[0])
    return [measured("reference_among_others", f"{box.x},{box.y},{box.width},{box.height}", BOX)]


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
    """Return whether the ``rest`` of a claim, at :data:`COARSE`, is a picture, or holds one."""
    side = 2 * round(panels.LEAST_SIDE * min(rest.shape) / 2) + 1
    room = np.pad(rest.astype(np.uint8), side)
    opened = cv2.morphologyEx(room, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))[side:-side, side:-side]
    _, _, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(opened))
    hidden = cv2.resize(cv2.dilate((~rest).astype(np.uint8), np.ones((_SEAM, _SEAM), np.uint8)), grey.shape[::-1]) > 0
    boxes = [Box(*each) for each in stats[1:, :4].tolist()]
    scale = grey.shape[1] / rest.shape[1], grey.shape[0] / rest.shape[0]
    if any(_shows_a_photo(box.scaled(*scale), grey, np.asarray(hidden, bool)) for box in boxes):
        return True
    return other_pictures.holds_a_photo(grey, np.asarray(~hidden, bool))


def _shows_a_photo(box: Box, grey: Grey, hidden: Mask) -> bool:
    """Return whether what is not ``hidden`` in a box shows a photo; the rest counts as its ground."""
    ground = np.median(box.of(grey)[~hidden[box.slices]]) if not hidden[box.slices].all() else 0
    shown = np.where(hidden, np.uint8(ground), grey)
    return pages.share_of_tones(np.ascontiguousarray(box.of(shown))) >= _TONES and panels.is_panel(box, shown)


def _is_other(part: Still, as_whole: Sequence[PairResult], of: Sequence[Panel]) -> bool:
    """Return whether a part that a claim was cut into shows none of the references, nor does the claim there."""
    box = part.box
    if box is None or any(_agrees(one, box) for one in as_whole):
        return False
    showing = [one.still.box for one in of if one.still.box and any(_area(each) is not None for each in one.found)]
    return all((shared := one.overlap(box)) is None or shared.area < _OTHER * one.area for one in showing)


def _agrees(beside: PairResult, box: Box) -> bool:
    """Return whether half of a box of the whole photo, or of the details in it, is a reference's."""
    found = beside.found
    if found is None or found.agreeing is None or not found.worth_locating:
        return False
    height, width = found.agreeing.shape
    there = found.agreeing[box.scaled(width / found.size[0], height / found.size[1]).slices]
    return float(there.mean()) >= _OTHER or reference_shown.shares(beside, [box])[0] >= _OTHER


def _goes_on(beside: PairResult, grey: Grey) -> bool:
    """Return whether a scene goes on across an edge of a reference's frame, as one that was drawn further does."""
    found, prints = beside.found, beside.prints
    if found is None or found.matrix is None or found.agreeing is None or prints is None:
        return False
    frame = frame_of(found.matrix, (prints[1].pixels.shape[1], prints[1].pixels.shape[0]))
    shown = None if frame is None else seen_of(frame, grey)
    if frame is None or shown is None:
        return False
    sides = [side for side, one in around(shown, grey).items() if min(one.width, one.height) >= panels.LEAST_PIXELS]
    reached = _reached(shown.scaled(1 / 3, 1 / 3), found.agreeing)
    return any(reached[side] >= _REACHED and parted(grey, frame, side) < _GOES_ON for side in sides)


def _reached(box: Box, area: Mask) -> dict[str, float]:
    """Return the share of a rim along each edge of a box, within it, that is in an area."""
    there = area[box.slices]
    inner, outer = slice(1, _RIM), slice(-_RIM, -1)
    rims = {"left": there[:, inner], "right": there[:, outer], "top": there[inner], "below": there[outer]}
    return {side: float(rim.mean()) if rim.size else 0.0 for side, rim in rims.items()}
