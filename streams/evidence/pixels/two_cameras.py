"""Two cameras: whether two alike photos were certainly taken one by one, though their places lie as one file's.

Whoever lays a printed article flat and lets it fill the frame, as scanner apps do, sends a similar picture of it, as
everybody else does who takes it so. But grain, focus and sharpening move each place a little by itself, so that most
places miss: a file that is sent on moves them so much only where it loses its sharpness, and a warp takes neighbours
along. And each of the two was lit in its own way, while a file keeps its light. Only all of it together is certain.
"""

import math

from streams.evidence.files.colours import ColourImage
from streams.evidence.pixels.alignment import Alignment
from streams.evidence.pixels.fine_detail import fine_detail
from streams.evidence.pixels.light_over_goods import light_over_goods

_WANDER_PX, _FOUND_AGAIN = 0.35, 0.35
"""From what typical places miss, each by itself, and up to which share of them is found again. Decision record 5 has
what was measured."""
_LIGHT_VARIES, _LIGHT_EXPLAINS = 0.1, 0.05
"""From by how much light varies over the goods, and from by how much less tones miss for it; both are logarithms."""
_AS_SHARP = 0.6
"""Beyond this logarithm of how much sharper one is, its places wander for that reason."""
_FEWEST_CORNERS = 20


def two_cameras(found: Alignment, mine: ColourImage, other: ColourImage) -> bool:
    """Return whether two aligned photos were certainly taken one by one; False says nothing. Deterministic."""
    lie = found.geometry
    if lie is None or lie.corners < _FEWEST_CORNERS:
        return False
    by_itself = lie.similar_px * math.sqrt(1 - max(0.0, min(1.0, lie.bending.alike)))
    if by_itself < _WANDER_PX or found.corners > _FOUND_AGAIN * found.tracked:
        return False
    ours, theirs = mine.grey(), other.grey()
    light = light_over_goods(ours, theirs, found.matrix, lie.places)
    if light is None or light.varies < _LIGHT_VARIES or light.explains < _LIGHT_EXPLAINS:
        return False
    detail = fine_detail(ours, theirs, found.matrix, lie.places)
    return detail is not None and abs(detail.sharper) <= _AS_SHARP
