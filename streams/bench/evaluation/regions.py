"""Regions that are replaced: pasted from another photo, removed and filled from around, or made up anew."""

import cv2
import numpy as np
import numpy.typing as npt

from streams.bench.evaluation.pixels import Chance, Pixels, Share, blended, clouds, sized
from streams.bench.evaluation.spots import Spot, like, middle, spot

_FILLED_SIDE = 320
"""Fills are worked out on at most this many pixels a side: more only takes longer."""
_TONE = 5.0
"""Levels by which a generator's round trip moves the tones of the whole picture, at most."""


def pasted(photo: Pixels, donor: Pixels, chance: Chance, area: float) -> tuple[Pixels, Spot]:
    """Return the photo with a piece of ``donor`` on it, one in three blended by gradients; and the piece's shape."""
    where = spot(photo, chance, area, ragged=float(chance.choice([0.05, 0.4])), soft=0.03)
    piece = like(where.share, _cut(donor, chance))
    altered = photo.copy()
    below = altered[where.window]
    altered[where.window] = (
        _gradient_blended(below, piece, where.share)
        if chance.random() < 1 / 3 and _inside(where, photo)
        else blended(below, piece, where.share)
    )
    return altered, where


def removed(photo: Pixels, chance: Chance, area: float, method: int) -> tuple[Pixels, Spot]:
    """Return the photo with a region filled from around it; ``method`` is OpenCV's INPAINT_TELEA or INPAINT_NS."""
    where = spot(photo, chance, area, ragged=0.3, soft=0.0, busy=True)
    altered = photo.copy()
    rows, columns = _around(where, photo)
    wide = photo[rows, columns]
    hole = np.asarray(where.within(photo)[rows, columns], np.float32)
    scale = min(1.0, _FILLED_SIDE / max(hole.shape))
    size = max(8, round(hole.shape[1] * scale)), max(8, round(hole.shape[0] * scale))
    holed = np.asarray(sized(hole, size) > 0, np.uint8)
    filled = cv2.inpaint(np.ascontiguousarray(sized(wide, size)), holed, 4.0, method)
    whole = np.asarray(sized(filled, (hole.shape[1], hole.shape[0])), np.uint8)
    altered[rows, columns] = np.where(hole[..., None] > 0, whole, wide)
    return altered, where


def regenerated(photo: Pixels, chance: Chance, area: float) -> tuple[Pixels, Spot]:
    """Return the photo with a region made up anew, as a generator does, and the region's shape.

    What is made up keeps the rough light of what was there, takes its texture from elsewhere, and is a bit too smooth.
    """
    where = spot(photo, chance, area, ragged=0.4, soft=0.06)
    height, width = where.share.shape
    blur = max(2.0, 0.12 * max(height, width))
    rough = cv2.GaussianBlur(photo[where.window].astype(np.float32), (0, 0), blur)
    texture = _quilt(photo, (width, height), chance)
    detail = texture - cv2.GaussianBlur(texture, (0, 0), blur)
    moved = (clouds(chance, (width, height), blur * 1.5)[..., None] - 0.5) * 60 + chance.normal(0, 14, 3)
    smooth = cv2.GaussianBlur(rough + detail * 1.3 + moved.astype(np.float32), (0, 0), 0.9)
    altered = photo.copy()
    altered[where.window] = blended(altered[where.window], smooth.clip(0, 255), where.share)
    return altered, where


def retoned(picture: Pixels, chance: Chance) -> Pixels:
    """Return the picture after a generator's round trip: its tones moved by a few levels, in each colour for itself."""
    levels = np.arange(256, dtype=np.float32)
    bend = chance.uniform(-_TONE, _TONE, (3, 1)) * np.sin(levels / 255 * np.pi)
    table = (levels + bend).round().clip(0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(picture, np.ascontiguousarray(table.T[None])), np.uint8)


def _quilt(photo: Pixels, size: tuple[int, int], chance: Chance) -> npt.NDArray[np.float32]:
    """Return ``size`` (width, height) filled with blocks from around one other point of the goods."""
    width, height = size
    block = int(np.clip(min(size) // 3, 8, 64))
    at_x, at_y = middle(photo, chance)
    quilt = np.zeros((height, width, 3), np.float32)
    for top in range(0, height, block):
        for left in range(0, width, block):
            x = int(np.clip(at_x + chance.normal(0, block), 0, max(0, photo.shape[1] - block)))
            y = int(np.clip(at_y + chance.normal(0, block), 0, max(0, photo.shape[0] - block)))
            piece = photo[y : y + min(block, height - top), x : x + min(block, width - left)]
            quilt[top : top + piece.shape[0], left : left + piece.shape[1]] = piece
    return np.asarray(cv2.GaussianBlur(quilt, (0, 0), max(0.8, block / 12)), np.float32)


def _cut(donor: Pixels, chance: Chance) -> Pixels:
    """Return a part of ``donor`` around a point of its goods."""
    height, width = donor.shape[:2]
    x, y = middle(donor, chance)
    reach = chance.uniform(0.1, 0.25) * min(height, width)
    left, top = int(np.clip(x - reach, 0, width - 2 * reach)), int(np.clip(y - reach, 0, height - 2 * reach))
    return donor[top : top + max(2, int(2 * reach)), left : left + max(2, int(2 * reach))]


def _inside(where: Spot, photo: Pixels) -> bool:
    bottom, right = where.top + where.share.shape[0], where.left + where.share.shape[1]
    return bool(min(where.top, where.left, photo.shape[0] - bottom, photo.shape[1] - right) > 1)


def _gradient_blended(below: Pixels, piece: Pixels, share: Share) -> Pixels:
    hole = np.asarray(share >= 0.5, np.uint8) * 255  # noqa: PLR2004 - half
    hole[:2], hole[-2:], hole[:, :2], hole[:, -2:] = 0, 0, 0, 0
    if not hole.any():
        return blended(below, piece, share)
    left, top, width, height = cv2.boundingRect(hole)
    centre = left + width // 2, top + height // 2
    return np.asarray(cv2.seamlessClone(piece, below.copy(), hole, centre, cv2.NORMAL_CLONE), np.uint8)


def _around(where: Spot, photo: Pixels) -> tuple[slice, slice]:
    rows, columns = where.window
    margin = 12
    return (
        slice(max(0, rows.start - margin), min(photo.shape[0], rows.stop + margin)),
        slice(max(0, columns.start - margin), min(photo.shape[1], columns.stop + margin)),
    )
