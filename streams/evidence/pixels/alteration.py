"""What was altered in a photo that was made from another, and how much of it two such photos share.

A claim beside a photo of goods is compared before anybody asks for earlier photos, and not by the process that is asked
then: where it was altered goes from one to the other as bytes.
"""

import struct
from dataclasses import dataclass

import cv2
import numpy as np

from streams.evidence.pixels.difference import Mask
from streams.evidence.pixels.goods import COARSE
from streams.evidence.pixels.pixel_comparison import PixelComparison

LEAST_SHARED = 2.5e-4
"""Share of the claim's area from which two photos can share an alteration: the smallest spot that counts as one. Edges
where one mask ends a pixel before another come to less."""
_SURE, _SMALL = 0.1, 0.01
"""By how much a share may be too low before it is worth a comparison more, and the share of the claim's area below
which an alteration may be found beside one photo and missed beside another."""
_HEAD = struct.Struct(">HH?")


@dataclass(frozen=True, slots=True)
class Altered:
    """Where a photo is not what it was made from: ``mask`` of what was ``compared``, (height, width) at ``COARSE``.

    ``anything`` says whether it was altered at all: a hair-thin crack may lie between the places that ``mask`` has.
    """

    mask: Mask
    compared: Mask
    anything: bool


def altered(found: PixelComparison) -> Altered | None:
    """Return where a photo was altered; None where nobody could say."""
    if found.mask is None or found.compared is None:
        return None
    return Altered(found.mask[COARSE], found.compared, bool(found.mask.any()))


def pack(where: Altered) -> bytes:
    """Return the same as bytes: 2 bits a place."""
    bits = np.packbits(np.stack([where.mask, where.compared]))
    return _HEAD.pack(*where.mask.shape, where.anything) + bits.tobytes()


def unpack(packed: bytes) -> Altered:
    """Return what :func:`pack` took."""
    height, width, anything = _HEAD.unpack_from(packed)
    bits = np.frombuffer(packed, np.uint8, offset=_HEAD.size)
    mask, compared = np.unpackbits(bits, count=2 * height * width).reshape(2, height, width) > 0
    return Altered(mask, compared, anything)


def alike(mine: Altered, beside: Altered) -> tuple[float, bool]:
    """Return the share of all that was altered in either photo that both show alike, and whether that settles it.

    ``mine`` is the claim beside the reference, ``beside`` the claim beside the earlier photo: where these differ, one
    of them was altered. It does not settle it where the share may be low for what one photo has beyond the other, or
    high because a hair-thin crack is missed beside the earlier photo: :func:`shared` has to know what was altered in
    that one.
    """
    same = mine.mask & beside.compared & ~beside.mask
    both, either = _count(same), _count(mine.mask | beside.mask)
    ours, share = _count(mine.mask), both / max(1, either)
    most = both / max(1, min(ours, _count(same | (beside.mask & ~mine.mask))))
    settled = both < LEAST_SHARED * same.size or (most - share < _SURE and ours >= _SMALL * same.size)
    return share, settled


def shared(mine: Altered, beside: Altered, theirs: Mask) -> float:
    """Return the share of what was altered in one of two photos, in the one with less, that both show alike.

    ``theirs`` is what was altered in the earlier photo, seen as the claim would show it. What the other photo has
    beyond that counts for nothing: painting more into a forged photo, or taking some of it back, does not hide it.
    Nor does what only one of them can show, because the other was cut. 0 below :data:`LEAST_SHARED`.
    """
    known = mine.compared & beside.compared
    ours, others = mine.mask & known, theirs & known
    like = known & ~beside.mask
    less, more = sorted((ours, others), key=_count)
    both = _count(less & _grown(more) & like)
    return both / _count(less) if both >= max(1, LEAST_SHARED * like.size) else 0.0


def _grown(mask: Mask) -> Mask:
    """Return the places and those right beside them: two masks of one crack may be a pixel apart."""
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)


def _count(mask: Mask) -> int:
    return int(np.count_nonzero(mask))
