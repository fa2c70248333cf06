"""How much of a picture, or of a part of it, is a reference: its details, and whether anything in it was altered."""

from collections.abc import Sequence

import cv2
import numpy as np

from streams.evidence.comparison import PairResult
from streams.evidence.difference import Mask
from streams.evidence.drawn_marks import undrawn
from streams.evidence.goods import COARSE
from streams.evidence.panels import Box

_DETAIL = 16
"""By how many grey levels a detail stands out."""
_ALONE = 0.65
"""Share of a panel's details that are a reference's where nothing else is in it."""
_SEAM = 0.03
"""Share of a panel's sides along its edges in which a seam may still be seen."""


def shares(beside: PairResult, boxes: Sequence[Box]) -> list[float]:
    """Return of each part of a picture the share of its details that are a reference's; none where none is seen."""
    found, prints = beside.found, beside.prints
    if found is None or found.agreeing is None or prints is None or not found.worth_locating:
        return []
    detail = cv2.Laplacian(cv2.cvtColor(prints[0].pixels, cv2.COLOR_RGB2GRAY), cv2.CV_16S)[COARSE]
    seen = np.abs(detail) >= _DETAIL
    across, down = seen.shape[1] / found.size[0], seen.shape[0] / found.size[1]
    places = [box.scaled(across, down).slices for box in boxes]
    return [float((found.agreeing & seen)[place].sum() / max(1, seen[place].sum())) for place in places]


def is_copy_alone(beside: PairResult) -> bool:
    """Return whether a panel is a reference with nothing altered, and hardly anything else is in it."""
    return is_copy(beside) and beside.found is not None and shares(beside, [Box(0, 0, *beside.found.size)])[0] >= _ALONE


def is_copy(beside: PairResult, boxes: Sequence[Box] = ()) -> bool:
    """Return whether a picture is a reference with nothing altered, in ``boxes`` alone where there are any.

    Strokes and words that somebody drew on it are no alteration.
    """
    found, altered = beside.found, altered_place(beside)
    if found is None or altered is None:
        return found is not None and found.worth_locating and found.altered is False
    across, down = altered.shape[1] / found.size[0], altered.shape[0] / found.size[1]
    inner = [without_seams(box).scaled(across, down) for box in boxes or [Box(0, 0, *found.size)]]
    return not any(altered[box.slices].any() for box in inner)


def altered_place(beside: PairResult) -> Mask | None:
    """Return where a picture was altered, (h, w) at its print's size, without what is drawn on it.

    None where nobody looked, or could not say.
    """
    found = beside.found
    if found is None or not found.worth_locating or found.altered is None or found.mask is None:
        return None
    if beside.prints is None or not found.altered:
        return found.mask
    return undrawn(beside.prints[0].pixels, found.mask)


def is_altered(beside: PairResult) -> bool:
    """Return whether a panel shows by itself what was altered in it: it is seen larger there than in the whole."""
    return beside.found is not None and beside.found.altered is True and not is_copy(beside)


def without_seams(box: Box) -> Box:
    """Return a panel without its edges: what is left of a seam is no alteration."""
    across, down = round(_SEAM * box.width), round(_SEAM * box.height)
    return Box(box.x + across, box.y + down, box.width - 2 * across, box.height - 2 * down)
