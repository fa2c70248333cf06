"""Dense features: faint corners all over a reference at full size, which find a small part of it that was enlarged.

Of what a claim shows of a quarter of the sides only a sixteenth of a reference's key points is left. Where a part was
enlarged, its coarse features are as large as what the reference has at full size: one level is enough.
"""

from streams.evidence.features.corners import Corners, Points
from streams.evidence.features.key_points import Described, describe
from streams.evidence.files.decoding import Grey

VERSION = "dense1500/1"

MOST = 1_500
_CORNERS = Corners(most=MOST, candidates=2_000, contrast=5, cell=20, edge=16, levels=1)
"""Of 32 parts that nothing else found, one level finds 14 (7 matches or more), five levels 13, in twice the time; of 90
unrelated pairs the most is 5 matches for 22."""


def detect(grey: Grey, strong: Points | None = None) -> Described:
    """Return the dense features of a working picture; points are in its pixels. For references: none are mirrored.

    ``strong`` are where its strong corners are, if that is known (:mod:`streams.evidence.features.corners`).
    """
    return describe(grey, _CORNERS, mirrored=False, strong=strong)
