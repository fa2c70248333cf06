"""Sister colours: whether a claim shows a reference's goods in another colour, as listings of one article do.

One curve of tones for each channel explains a new colour away, as it does a filter: then nothing differs. A filter
changes the whole picture, and leaves no coloured thing as it was beside one that has another colour.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from streams.evidence.pixels.goods import Mask, Shades, on_plain_ground

_ANOTHER, _THE_SAME = 24, 10
"""Levels by which colour (the farther of two channels) differs where it is another one, and up to which it is one."""
_COLOURED = 12
"""Levels of colour from which something is coloured."""
_SOME, _A_LITTLE = 0.2, 0.05
"""Share of the goods that has another colour, and share of them that is coloured and has the same."""
_TURNED, _DARKER = 0.5, 40
"""Cosine of the angle between two hues below which one is no paler or stronger shade of the other, and levels of luma
by which black or white goods are others than what a picture without colours makes of them."""
_MOSTLY, _FEWEST, _NEUTRAL = 0.5, 200, 128

_Levels = npt.NDArray[np.int16]


def in_another_colour(shades: Shades, compared: Mask) -> bool:
    """Return whether a part of the goods has another colour where nothing else differs, as no filter gives it.

    Either a coloured thing beside it has its own, or the hue is another one, or the goods are black or white and were
    not. ``compared`` is at :data:`streams.evidence.pixels.goods.COARSE`. A ground that is not plain tells nothing.
    """
    mine, other = (
        np.asarray(cv2.cvtColor(each, cv2.COLOR_RGB2YCrCb), np.uint8) for each in (shades.mine, shades.theirs)
    )
    goods = on_plain_ground(other.astype(np.int16))
    if goods is None:
        return False
    apart = _stronger(cv2.absdiff(mine, other))
    alike = compared & ~shades.unlike
    around, whole = ~goods & alike, max(1, int(np.count_nonzero(goods)))
    dyed = goods & alike & (apart >= _ANOTHER)
    if np.count_nonzero(dyed) < max(_FEWEST, _SOME * whole) or np.count_nonzero(around) < _FEWEST:
        return False
    if float(np.median(apart[around])) > _THE_SAME:
        return False
    ours, theirs = (each.astype(np.int16) - _NEUTRAL for each in (mine, other))
    both = (_stronger(np.abs(ours)) >= _COLOURED) & (_stronger(np.abs(theirs)) >= _COLOURED)
    same = np.count_nonzero(goods & alike & both & (apart <= _THE_SAME))
    darker = abs(float(np.median((ours - theirs)[..., 0][dyed])))
    turned = both[dyed] & _turned(ours[..., 1:][dyed], theirs[..., 1:][dyed])
    return bool(same >= _A_LITTLE * whole or darker >= _DARKER or turned.mean() >= _MOSTLY)


def _turned(ours: _Levels, theirs: _Levels) -> npt.NDArray[np.bool_]:
    """Return where two colours are of other hues."""
    one, other = ours.astype(np.float32), theirs.astype(np.float32)
    along = (one * other).sum(axis=-1)
    return np.asarray(along < _TURNED * np.linalg.norm(one, axis=-1) * np.linalg.norm(other, axis=-1), bool)


def _stronger(levels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the greater of both channels of colour, beside luma."""
    return np.asarray(np.maximum(levels[..., 1], levels[..., 2]))
