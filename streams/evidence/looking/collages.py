"""A collage, looked at: each panel is cut out of the file, and is a photo of its own from then on."""

import hashlib
import math
from collections.abc import Sequence

import cv2
import numpy as np

from schemas.records import Reading
from streams.evidence.features import features, fingerprints
from streams.evidence.files import decoding
from streams.evidence.files.colours import Colour, rgb
from streams.evidence.files.decoding import Grey, Opened, decode
from streams.evidence.files.limits import Limits
from streams.evidence.files.orientation import turned
from streams.evidence.looking import kept_panels, laid_in, panels
from streams.evidence.looking.blankness import is_blank
from streams.evidence.looking.kept_panels import KeptPanel
from streams.evidence.looking.panels import Box
from streams.evidence.readings import measured

PANEL_PIXELS = 1920 * 1080
"""Area of a panel's file at most."""
_QUALITY = 95
_GROUND, _STRIP = 1 / 3, 3.0
"""A strip that shows next to nothing is ground, as a blurred wall above a table's edge is: up to which share of the
picture, and from how many times as long as high."""
_INSET = 1
"""Pixels of the working picture that each side of a panel loses: a seam is blurred."""


def examine(photo: bytes, limits: Limits, grey: Grey, whole: bytes) -> tuple[bytes, tuple[bytes, ...]] | None:
    """Return the kept features of a collage and the file of each panel; None of a photo that is none.

    ``grey`` is its working picture and ``whole`` the packed features of that. The same file gives the same bytes.
    """
    if panels.is_pattern(grey):
        return None
    divided = panels.panels(grey)
    boxes = divided or laid_in.laid_in(grey)
    if not boxes:
        return None
    size, files = decoding.read(photo, limits, lambda opened: (opened.size, _cut(opened, grey, boxes)))
    kept = [_look(box, size, file, limits) for box, file in files]
    looked = [(one, file) for one, (_, file) in zip(kept, files, strict=True) if one is not None]
    found = _without_ground(looked) if divided else [(one, file) for one, file in looked if _has_detail(one)]
    if not found or (divided and len(found) < 2):  # noqa: PLR2004 - one alone is a photo with a border
        return None
    packed = kept_panels.pack(whole, [one for one, _ in found], laid_in=not divided)
    return packed, tuple(file for _, file in found)


def _without_ground(found: list[tuple[KeptPanel, bytes]]) -> list[tuple[KeptPanel, bytes]]:
    area = sum(one.box.area for one, _ in found)
    return [(one, file) for one, file in found if not _is_ground(one, area)]


def _is_ground(panel: KeptPanel, area: int) -> bool:
    shorter, longer = sorted((panel.box.width, panel.box.height))
    if panel.box.area > _GROUND * area or longer < _STRIP * shorter:
        return False
    return not _has_detail(panel)


def _has_detail(panel: KeptPanel) -> bool:
    """Return whether a panel shows enough to be compared: a window or a lid in a photo looks like one laid in."""
    return len(features.unpack(panel.features).points) >= features.FEWEST_POINTS


def readings(packed: bytes) -> tuple[Reading, ...]:
    """Return how many panels a photo has: 0 where it is no collage."""
    return (measured("panels", len(kept_panels.unpack(packed)), "panels", panels.VERSION),)


def _cut(opened: Opened, grey: Grey, boxes: Sequence[Box]) -> list[tuple[Box, bytes]]:
    """Return the place of each panel in the whole photo, and its file."""
    opened.image.load()
    pixels = np.asarray(turned(rgb(opened.image), opened.orientation))
    across, down = pixels.shape[1] / grey.shape[1], pixels.shape[0] / grey.shape[0]
    places = [
        Box(one.x + _INSET, one.y + _INSET, one.width - 2 * _INSET, one.height - 2 * _INSET).scaled(across, down)
        for one in boxes
    ]
    return [
        (place, _file(pixels[place.y : place.y + place.height, place.x : place.x + place.width])) for place in places
    ]


def _file(pixels: Colour) -> bytes:
    height, width = pixels.shape[:2]
    scale = min(1.0, math.sqrt(PANEL_PIXELS / (width * height)))
    if scale < 1.0:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    how = [cv2.IMWRITE_JPEG_QUALITY, _QUALITY, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    _, packed = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), how)
    return packed.tobytes()


def _look(box: Box, size: tuple[int, int], file: bytes, limits: Limits) -> KeptPanel | None:
    """Return a panel looked at, from its file: whoever decodes that again sees the same; None of one that is blank."""
    grey = decode(file, limits).grey
    if is_blank(grey):
        return None
    found = features.detect(grey, fingerprints.poses(grey))
    return KeptPanel(hashlib.sha256(file).hexdigest(), box, size, features.pack(found))
