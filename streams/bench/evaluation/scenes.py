"""A scene that is regenerated around the goods: these are kept, a little soft and bent, the rest is made up anew."""

import cv2
import numpy as np
import numpy.typing as npt

from streams.bench.evaluation.pixels import Chance, Pixels, Share, blended, clouds, sized
from streams.bench.evaluation.regions import retoned
from streams.bench.evaluation.spots import middle

KINDS = ("scene, goods in place", "scene, goods smaller and elsewhere")
_FROM_GROUND, _PLAIN = 12, 0.7
"""Levels by which goods differ from the frame's border, and which share of the border makes a plain ground."""
_KEPT = (0.6, 0.85)
"""Share of each side around the middle that is kept of a scene without plain ground."""
_SMALLER = (0.7, 1.0)
_BENT_PX, _SOFT_PX = 1.2, (0.5, 1.0)
"""By how much a generator bends what it keeps, and how soft it makes it."""
_GROUND_SOFT, _GROUND_PART = (0.6, 4.0), (0.3, 0.6)
"""How soft the new ground is, and which share of each side of another photo it is made of: a part without its own."""


def regenerated_around(kind: str, photo: Pixels, donor: Pixels, chance: Chance) -> Pixels:
    """Return the photo's goods in the scene of ``donor``; ``kind`` is one of :data:`KINDS`."""
    height, width = photo.shape[:2]
    share = goods_in(photo, chance)
    kept = bent(photo, chance)
    if kind == KINDS[1]:
        kept, share = _moved(kept, share, chance)
    ground = cv2.GaussianBlur(sized(_part(donor, chance), (width, height)), (0, 0), chance.uniform(*_GROUND_SOFT))
    return retoned(blended(np.asarray(ground, np.uint8), kept, share), chance)


def bent(photo: Pixels, chance: Chance) -> Pixels:
    """Return the photo with everything up to about a pixel off, by turns and smoothly, and a little soft."""
    height, width = photo.shape[:2]
    across, down = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    grain = max(height, width) / 6
    off = [(clouds(chance, (width, height), grain) - np.float32(0.5)) * 2 * _BENT_PX for _ in range(2)]
    moved = cv2.remap(photo, across + off[0], down + off[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.GaussianBlur(moved, (0, 0), chance.uniform(*_SOFT_PX)), np.uint8)


def _part(donor: Pixels, chance: Chance) -> Pixels:
    """Return a part of another photo around a busy point of it: a ground that is not plain."""
    height, width = donor.shape[:2]
    x, y = middle(donor, chance, busy=True)
    reach = chance.uniform(*_GROUND_PART)
    across, down = max(2, int(width * reach)), max(2, int(height * reach))
    left, top = (
        int(np.clip(at - long / 2, 0, all_ - long)) for at, long, all_ in ((x, across, width), (y, down, height))
    )
    return donor[top : top + down, left : left + across]


def goods_in(photo: Pixels, chance: Chance) -> Share:
    """Return where the goods are, with a soft edge: all but a plain ground, else an oval in the middle."""
    height, width = photo.shape[:2]
    rim = np.concatenate([photo[:2].reshape(-1, 3), photo[:, :2].reshape(-1, 3), photo[:, -2:].reshape(-1, 3)])
    ground = np.median(rim, axis=0)
    if float((np.abs(rim - ground).max(axis=1) <= _FROM_GROUND).mean()) > _PLAIN:
        goods = _whole((np.abs(photo - ground).max(axis=2) > _FROM_GROUND).astype(np.uint8))
    else:
        goods = np.zeros((height, width), np.uint8)
        axes = int(width * chance.uniform(*_KEPT) / 2), int(height * chance.uniform(*_KEPT) / 2)
        cv2.ellipse(goods, (width // 2, height // 2), axes, 0, 0, 360, 1, -1)
    return np.asarray(cv2.GaussianBlur(goods.astype(np.float32), (0, 0), 1.0), np.float32)


def _whole(goods: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the goods without holes and specks."""
    closed = cv2.morphologyEx(goods, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(cv2.drawContours(closed, outlines, -1, 1, -1), np.uint8)


def _moved(kept: Pixels, share: Share, chance: Chance) -> tuple[Pixels, Share]:
    """Return the goods and where they are, smaller and elsewhere in the frame."""
    height, width = share.shape
    scale = chance.uniform(*_SMALLER)
    right, below = (chance.uniform(0, length * (1 - scale)) for length in (width, height))
    into = np.array([[scale, 0, right], [0, scale, below]])
    return (
        np.asarray(cv2.warpAffine(kept, into, (width, height), flags=cv2.INTER_AREA), np.uint8),
        np.asarray(cv2.warpAffine(share, into, (width, height)), np.float32),
    )
