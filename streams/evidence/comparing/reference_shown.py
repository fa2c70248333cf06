"""How much of a picture, or of a part of it, shows a reference, and whether anything of that was altered."""

from collections.abc import Sequence

import cv2
import numpy as np

from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.drawn_marks import undrawn
from streams.evidence.comparing.once import once
from streams.evidence.files.colours import Colour
from streams.evidence.looking.panels import Box
from streams.evidence.pixels.difference import Mask
from streams.evidence.pixels.goods import COARSE

_LEAST_COPIED = 0.2
"""How sure it must be that a photo was copied from the listing. It bounds the work; the policy says what a copy is."""
_DETAIL = 16
"""By how many grey levels a detail stands out."""
_ALONE = 0.65
"""Share of a panel's details that are the reference's, from which nothing else is in the panel."""
_EVERYWHERE = 0.97
"""The same of a panel's area: of a blurred part the few details are noise."""
_AROUND, _GOES_ON, _SIDES = 0.08, 0.7, 3
"""How wide a rim around a panel is looked at, as share of its sides, which share of one must be the reference's, and
of how many of the four."""
_SEAM = 0.03
"""Share of a panel's sides, at each edge, in which the rest of a seam may be seen."""


def shares(beside: PairResult, boxes: Sequence[Box]) -> list[float]:
    """Return for each box (in pixels of the whole photo) the share, 0 to 1, of its details that are the reference's.

    An empty list where pixels were not compared, or the two hardly resemble each other.
    """
    found, prints = beside.found, beside.prints
    if found is None or found.agreeing is None or prints is None or not found.worth_locating:
        return []
    seen = details(prints[0].pixels)
    across, down = seen.shape[1] / found.size[0], seen.shape[0] / found.size[1]
    places = [box.scaled(across, down).slices for box in boxes]
    return [float((found.agreeing & seen)[place].sum() / max(1, seen[place].sum())) for place in places]


def details(pixels: Colour) -> Mask:
    """Return where a picture has details, at :data:`streams.evidence.pixels.goods.COARSE`."""
    bent = cv2.Laplacian(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), cv2.CV_16S)[COARSE]
    return np.asarray(np.abs(bent) >= _DETAIL, bool)


def may_be_copied(beside: PairResult) -> bool:
    """Return whether the reference's own pixels may be in the photo: around printed goods lies whatever was there."""
    copied = next((one.value for one in beside.readings if one.name == "copied"), None)
    return isinstance(copied, float) and copied >= _LEAST_COPIED


def is_copy_alone(beside: PairResult) -> bool:
    """Return whether a panel shows a reference unaltered, and hardly anything else."""
    found = beside.found
    if found is None or found.agreeing is None or not is_copy(beside):
        return False
    return float(found.agreeing.mean()) >= _EVERYWHERE or shares(beside, [Box(0, 0, *found.size)])[0] >= _ALONE


def is_copy(beside: PairResult, boxes: Sequence[Box] = ()) -> bool:
    """Return whether a picture shows a reference unaltered; with ``boxes``, only these parts are asked.

    Strokes and words that somebody drew on it are no alteration.
    """
    found, altered = beside.found, altered_place(beside)
    if found is None or altered is None:
        return found is not None and found.worth_locating and found.altered is False
    across, down = altered.shape[1] / found.size[0], altered.shape[0] / found.size[1]
    inner = [without_seams(box).scaled(across, down) for box in boxes or [Box(0, 0, *found.size)]]
    return not any(altered[box.slices].any() for box in inner)


@once
def altered_place(beside: PairResult) -> Mask | None:
    """Return where a picture was altered, (h, w) at its print's size, without strokes and words drawn on it.

    None where that was not looked for, or could not be told.
    """
    found = beside.found
    if found is None or not found.worth_locating or found.altered is None or found.mask is None:
        return None
    if beside.prints is None or not found.altered:
        return found.mask
    return undrawn(beside.prints[0].pixels, found.mask)


def goes_on(beside: PairResult, box: Box) -> bool:
    """Return whether what lies around a box of the whole photo is the reference's too, on three sides at least.

    Such a box was cut from the midst of a listing, and no seam is at its edges. Not where nobody could say.
    """
    found = beside.found
    if found is None or found.agreeing is None or not found.worth_locating:
        return False
    height, width = found.agreeing.shape
    there = box.scaled(width / found.size[0], height / found.size[1])
    across, down = max(2, round(_AROUND * there.width)), max(2, round(_AROUND * there.height))
    rows, columns = there.slices
    rims = (
        found.agreeing[rows, max(0, columns.start - across) : columns.start],
        found.agreeing[rows, columns.stop : columns.stop + across],
        found.agreeing[max(0, rows.start - down) : rows.start, columns],
        found.agreeing[rows.stop : rows.stop + down, columns],
    )
    return sum(bool(rim.size) and float(rim.mean()) >= _GOES_ON for rim in rims) >= _SIDES


def is_altered(beside: PairResult) -> bool:
    """Return whether a panel, compared by itself and so seen larger than in the whole picture, shows an alteration."""
    return beside.found is not None and beside.found.altered is True and not is_copy(beside)


def without_seams(box: Box) -> Box:
    """Return a panel without its edges, where the rest of a seam would pass for an alteration."""
    return box.without_rim(_SEAM)
