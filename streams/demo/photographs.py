"""Real photographs, from wheels that the demo installs anyway. Nothing is downloaded."""

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from streams.demo.pixels import Pixels, sized
from streams.errors import OperatorError

Box = tuple[float, float, float, float]
"""Left, top, right and bottom of a part of a picture, as shares of its width and height."""
WHOLE: Box = (0, 0, 1, 1)

_SKIMAGE = ("skimage", "data")
_SKLEARN = ("sklearn", "datasets", "images")
_MATPLOTLIB = ("matplotlib", "mpl-data", "sample_data")
_FILES = {
    "astronaut": (*_SKIMAGE, "astronaut.png"),
    "brick": (*_SKIMAGE, "brick.png"),
    "cat": (*_SKIMAGE, "chelsea.png"),
    "coffee": (*_SKIMAGE, "coffee.png"),
    "coins": (*_SKIMAGE, "coins.png"),
    "cameraman": (*_SKIMAGE, "camera.png"),
    "fabric": (*_SKIMAGE, "ihc.png"),
    "grass": (*_SKIMAGE, "grass.png"),
    "gravel": (*_SKIMAGE, "gravel.png"),
    "moon": (*_SKIMAGE, "moon.png"),
    "motorcycle_left": (*_SKIMAGE, "motorcycle_left.png"),
    "motorcycle_right": (*_SKIMAGE, "motorcycle_right.png"),
    "page": (*_SKIMAGE, "page.png"),
    "retina": (*_SKIMAGE, "retina.jpg"),
    "rocket": (*_SKIMAGE, "rocket.jpg"),
    "stars": (*_SKIMAGE, "hubble_deep_field.jpg"),
    "flower": (*_SKLEARN, "flower.jpg"),
    "palace": (*_SKLEARN, "china.jpg"),
    "officer": (*_MATPLOTLIB, "grace_hopper.jpg"),
}
NAMES = tuple(_FILES)


@dataclass(frozen=True, slots=True)
class Listed:
    """A part of a real photograph that serves as a merchant's photo, and where in that part the goods are."""

    photograph: str
    part: Box
    goods: Box


@cache
def photograph(name: str) -> Pixels:
    """Return one of :data:`NAMES` as it was shipped; grey ones in three equal channels.

    Raises :class:`OperatorError` when the wheel that carries it is not installed.
    """
    path = _path(*_FILES[name])
    if path is None or not path.is_file():
        msg = f"the photograph {name!r} is not installed: run `make setup-demo`, or pip install 'refund-sentinel[demo]'"
        raise OperatorError(msg)
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def part_of(name: str, box: Box = WHOLE) -> Pixels:
    """Return a part of a photograph in its own pixels."""
    picture = photograph(name)
    height, width = picture.shape[:2]
    left, top, right, bottom = box
    return picture[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]


def listing_photo(listed: Listed) -> Pixels:
    """Return the merchant's photo, in the size that a phone uploads."""
    return sized(part_of(listed.photograph, listed.part))


def _path(package: str, *parts: str) -> Path | None:
    """Return where a file of an installed package is, without importing it."""
    found = importlib.util.find_spec(package)
    return None if found is None or found.origin is None else Path(found.origin).parent.joinpath(*parts)
