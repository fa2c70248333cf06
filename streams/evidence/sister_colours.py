"""Sister colours: whether a claim shows a reference's goods in another colour, as listings of one article do.

One curve of tones for each channel explains a new colour away, as it does a filter: then nothing differs. A filter
changes the whole picture, and leaves no coloured thing as it was beside one that has another colour.
"""

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.goods import Mask, Shades, on_plain_ground

_ANOTHER, _THE_SAME = 24, 10
"""Levels by which colour (the farther of two channels) differs where it is another one, and up to which it is one."""
_COLOURED = 12
"""Levels of colour from which something is coloured."""
_SOME, _A_LITTLE = 0.2, 0.05
"""Share of the goods that has another colour, and share of them that is coloured and has the same."""
_TURNED, _DARKER = 0.5, 40
"""Cosine of the angle between two hues below which one is no paler or stronger shade of the other, and levels of luma
by which black or white goods are others than what a picture without colours makes of them."""
_MOSTLY = 0.5
_FEWEST = 200

_Levels = npt.NDArray[np.int16]


def in_another_colour(shades: Shades, compared: Mask) -> bool:
    """Return whether a part of the goods has another colour where nothing else differs, as no filter gives it.

    Either a coloured thing beside it has its own, or the hue is another one, or the goods are black or white and were
    not. ``compared`` is at :data:`streams.evidence.goods.COARSE`. A ground that is not plain tells nothing.
    """
    mine, other = (cv2.cvtColor(each, cv2.COLOR_RGB2YCrCb).astype(np.int16) for each in (shades.mine, shades.theirs))
    goods = on_plain_ground(other)
    if goods is None:
        return False
    alike = compared & ~shades.unlike
    around = ~goods & alike
    if min(np.count_nonzero(goods & alike), np.count_nonzero(around)) < _FEWEST:
        return False
    ours, theirs = mine[..., 1:] - 128, other[..., 1:] - 128
    apart = _stronger(ours - theirs)
    dyed = goods & alike & (apart >= _ANOTHER)
    if float(np.median(apart[around])) > _THE_SAME or float(dyed[goods].mean()) < _SOME:
        return False
    both = (_stronger(ours) >= _COLOURED) & (_stronger(theirs) >= _COLOURED)
    same = goods & alike & both & (apart <= _THE_SAME)
    darker = abs(float(np.median((mine[..., 0] - other[..., 0])[dyed])))
    turned = both[dyed] & _turned(ours[dyed], theirs[dyed])
    return float(same[goods].mean()) >= _A_LITTLE or darker >= _DARKER or float(turned.mean()) >= _MOSTLY


def _turned(ours: _Levels, theirs: _Levels) -> npt.NDArray[np.bool_]:
    """Return where two colours are of other hues."""
    one, other = ours.astype(np.float32), theirs.astype(np.float32)
    along = (one * other).sum(axis=-1)
    return np.asarray(along < _TURNED * np.linalg.norm(one, axis=-1) * np.linalg.norm(other, axis=-1), bool)


def _stronger(colour: _Levels) -> _Levels:
    return np.asarray(np.maximum(np.abs(colour[..., 0]), np.abs(colour[..., 1])), np.int16)
