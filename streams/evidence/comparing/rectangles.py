"""Whether what differs between two photos fills a rectangle: a picture laid in does, a painted hole does not."""

from collections.abc import Sequence

import numpy as np

from streams.evidence.files.decoding import Grey
from streams.evidence.looking.panels import Box

CORNER = 0.14
"""Share of a side at either end that is not looked at: corners may be rounded."""
OUTSIDE, LEAST_REACH = 0.25, 6
"""How far outside a rectangle its edge may lie, or what differs may begin, as share of its side (in pixels at least):
both pictures may be plain there, and a shadow or frame goes on beyond."""
_EVEN, _LEAST_EVEN = 0.01, 3
"""How far from a line the end of what differs may lie, as share of the side (in pixels at least)."""
_ON_THE_LINE = 0.6
"""Share of a side on which what differs ends along a line; what was laid in may be like the other photo on the rest."""
_SIDES = 4


def is_rectangle(box: Box, asked: Sequence[bool], differs: Grey) -> bool:
    """Return whether what differs (not 0) ends along straight lines at the sides of a box, whatever lies around it.

    ``asked`` says which sides count: left, right, top and bottom. One of four may be like the other photo.
    """
    level = np.ascontiguousarray(differs.T)
    sides = (
        (box, differs),
        (_mirrored(box, differs), differs[:, ::-1]),
        (turned(box), level),
        (_mirrored(turned(box), level), level[:, ::-1]),
    )
    straight = [_begins_along_a_line(*side) for counts, side in zip(asked, sides, strict=True) if counts]
    return len(straight) - sum(straight) <= (1 if len(straight) == _SIDES else 0)


def turned(box: Box) -> Box:
    """Return the box in the picture whose rows are the columns."""
    return Box(box.y, box.x, box.height, box.width)


def _begins_along_a_line(box: Box, differs: Grey) -> bool:
    """Return whether what differs begins along a line at the left of a box."""
    off, reach = round(CORNER * box.height), max(LEAST_REACH, round(OUTSIDE * box.width))
    rows = slice(box.y + off, box.y + box.height - off)
    seen = differs[rows, max(0, box.x - reach) : box.x + box.width] > 0
    some = seen.any(axis=1)
    if not some.any():
        return False
    begins = seen.argmax(axis=1)
    even = np.abs(begins - np.median(begins[some])) <= max(_LEAST_EVEN, _EVEN * box.height)
    return float((even & some).mean()) >= _ON_THE_LINE


def _mirrored(box: Box, picture: Grey) -> Box:
    return Box(picture.shape[1] - box.x - box.width, box.y, box.width, box.height)
