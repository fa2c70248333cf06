"""What was found in a panel, told as places and shares of the whole photo."""

from dataclasses import replace

import cv2
import numpy as np

from schemas.records import Reading
from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.stills import Still
from streams.evidence.files.colours import ColourImage
from streams.evidence.looking.panels import Box
from streams.evidence.pixels.pixel_comparison import PixelComparison
from streams.evidence.readings import measured


def in_the_whole(beside: PairResult, panel: Still, whole: Still) -> PairResult:
    """Return a pair of a panel as one of the whole photo: regions, mask and shares are told there."""
    if panel.box is None or beside.found is None or beside.prints is None:
        return beside
    shown = whole.photo.develop()
    found = _in_whole(beside.found, panel.box, shown)
    share = panel.box.area / (shown.width * shown.height)
    readings = tuple(_shared(one, share) for one in beside.readings)
    fraction = None if found.altered_fraction is None else round(found.altered_fraction * share, 6)
    return PairResult(
        readings,
        replace(found, readings=tuple(_shared(one, share) for one in found.readings), altered_fraction=fraction),
        (shown, beside.prints[1]),
    )


def _in_whole(found: PixelComparison, box: Box, shown: ColourImage) -> PixelComparison:
    across, down = box.width / found.size[0], box.height / found.size[1]
    regions = (Box(*region).scaled(across, down) for region in found.regions)
    mask = None
    if found.mask is not None:
        rows, columns = shown.pixels.shape[:2]
        mask = np.zeros((rows, columns), np.bool_)
        there = box.scaled(columns / shown.width, rows / shown.height)
        there = Box(there.x, there.y, min(there.width, columns - there.x), min(there.height, rows - there.y))
        size = there.width, there.height
        mask[there.slices] = cv2.resize(found.mask.astype(np.uint8), size, interpolation=cv2.INTER_AREA) > 0
    return replace(
        found,
        regions=tuple((box.x + one.x, box.y + one.y, one.width, one.height) for one in regions),
        mask=mask,
        compared=None,
        seen=None,
        size=(shown.width, shown.height),
    )


def _shared(reading: Reading, share: float) -> Reading:
    """Return a reading of what was altered as a share of the whole photo."""
    if reading.name != "altered_fraction" or not isinstance(reading.value, float):
        return reading
    return measured(reading.name, round(reading.value * share, 6), reading.unit, reading.method)
