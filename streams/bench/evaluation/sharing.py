"""Two photos of different products that show the same pixels: a shop's banner, a model's head, a thing beside both."""

import cv2
import numpy as np
import numpy.typing as npt

from streams.bench.evaluation.pixels import Chance, Pixels, sized
from streams.bench.evaluation.spots import middle

Place = npt.NDArray[np.float64]

KINDS = ("shared banner", "shared part, same place", "shared part, elsewhere")
_LEAST, _MOST = 0.06, 0.20
"""Share of each picture's area that the shared part covers."""
_SCALES = (0.8, 1.25)


def with_the_same(kind: str, photos: tuple[Pixels, Pixels], donor: Pixels, chance: Chance) -> tuple[Pixels, Pixels]:
    """Return both photos with the same part of ``donor`` on them; ``kind`` is one of :data:`KINDS`."""
    area = chance.uniform(_LEAST, _MOST)
    if kind == "shared banner":
        band, at_top = _part(donor, chance, (0.96, 0.3)), bool(chance.random() < 1 / 2)
        one, other = (_under(photo, band, area, at_top=at_top) for photo in photos)
        return one, other
    part, at = _part(donor, chance, (0.45, 0.45)), chance.uniform(0.05, 0.95, 2)
    places = (at, at if kind == "shared part, same place" else chance.uniform(0.05, 0.95, 2))
    scales = (1.0, 1.0 if kind == "shared part, same place" else chance.uniform(*_SCALES))
    one, other = (
        _beside(photo, part, area * scale, place) for photo, place, scale in zip(photos, places, scales, strict=True)
    )
    return one, other


def _part(donor: Pixels, chance: Chance, reach: tuple[float, float]) -> Pixels:
    """Return a part of the donor around a point of its goods; ``reach`` is its width and height as shares."""
    height, width = donor.shape[:2]
    x, y = middle(donor, chance, busy=True)
    across, down = max(2, int(width * reach[0])), max(2, int(height * reach[1]))
    left, top = (
        int(np.clip(at - length / 2, 0, whole - length))
        for at, length, whole in ((x, across, width), (y, down, height))
    )
    return donor[top : top + down, left : left + across]


def _under(photo: Pixels, band: Pixels, area: float, *, at_top: bool) -> Pixels:
    height, width = photo.shape[:2]
    tall = max(2, round(area * height))
    changed = photo.copy()
    strip = np.asarray(sized(band, (width, tall)), np.uint8)
    changed[slice(0, tall) if at_top else slice(height - tall, height)] = strip
    size = tall / 90
    cv2.putText(
        changed,
        "SHOP 24H  BEST PRICE",
        (int(tall * 0.3), _base(height, tall, at_top=at_top)),
        cv2.FONT_HERSHEY_DUPLEX,
        size,
        (255, 255, 255),
        max(1, round(size * 2)),
        cv2.LINE_AA,
    )
    return changed


def _base(height: int, tall: int, *, at_top: bool) -> int:
    return int(tall * 0.65) if at_top else int(height - tall * 0.35)


def _beside(photo: Pixels, part: Pixels, area: float, place: Place) -> Pixels:
    height, width = photo.shape[:2]
    scale = np.sqrt(area * height * width / (part.shape[0] * part.shape[1]))
    across, down = (
        min(whole, max(2, round(length * scale))) for length, whole in ((part.shape[1], width), (part.shape[0], height))
    )
    left, top = round(place[0] * (width - across)), round(place[1] * (height - down))
    changed = photo.copy()
    changed[top : top + down, left : left + across] = sized(part, (across, down))
    return changed
