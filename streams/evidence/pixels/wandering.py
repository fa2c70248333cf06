"""Wandering: whether places miss a file's one by one, as grain, focus and sharpening of a new photo make them.

A file that is sent on moves its places together; a warp takes neighbours along. What is edited in it is not found
again, but what is found lies exactly. Of a photo that was taken anew most places are moved a little, each by itself,
so that most of those that were looked for agree with no view.
"""

from streams.evidence.pixels.alignment import Alignment
from streams.evidence.pixels.between import between

_MISS_PX, _FOUND = (0.3, 0.45), (0.35, 0.5)
"""From which to which miss by itself (pixels of the claim), and share of the places that are found again, it counts.
Decision record 5 has what was measured."""


def wandering(found: Alignment) -> float:
    """Return how surely places of an aligned pair wander one by one, 0 to 1; 0 of few places. Deterministic."""
    lie = found.geometry
    if lie is None or not found.tracked:
        return 0.0
    agree = found.corners / found.tracked
    return between(min(lie.bending.own_px, lie.perspective_px), _MISS_PX) * (1 - between(agree, _FOUND))
