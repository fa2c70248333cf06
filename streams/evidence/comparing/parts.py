"""A part of a look as a look of its own, cut out of the pixels at which photos are compared."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from PIL import Image

from streams.evidence.comparing.comparison import Photo, Within
from streams.evidence.comparing.stills import Still
from streams.evidence.features import features, fingerprints
from streams.evidence.files import decoding
from streams.evidence.files.colours import Colour, ColourImage
from streams.evidence.looking.blankness import is_blank
from streams.evidence.looking.panels import Box

_AROUND = 0.03
"""Share of the longer side around a part that is left out with it: there lie its frame and its shadow."""


def cut(look: Still, shown: ColourImage, box: Box) -> Still:
    """Return the part of a look in a box, which is in pixels of ``shown``'s whole photo; kept nowhere, it has no name.

    Its own box is in those of the photo that the look is a panel of.
    """
    height, width = shown.pixels.shape[:2]
    there = box.scaled(width / shown.width, height / shown.height).slices
    solid = None if shown.solid is None else shown.solid[there]
    part = ColourImage(np.ascontiguousarray(shown.pixels[there]), box.width, box.height, solid)
    place = np.array(
        [
            [box.width / shown.width, 0, box.x / shown.width],
            [0, box.height / shown.height, box.y / shown.height],
            [0, 0, 1],
        ]
    )
    within = look.photo.within
    within = Within(look.photo.features, place) if within is None else replace(within, place=within.place @ place)
    return Still(None, Photo(_features(part.pixels), lambda: part, within), box=_in_whole(look, shown, box))


def without(look: Still, shown: ColourImage, boxes: Sequence[Box]) -> Still:
    """Return a look of which the parts in ``boxes`` are not compared; these are in pixels of ``shown``'s whole photo.

    As large as before, it has a box and no name.
    """
    height, width = shown.pixels.shape[:2]
    solid = np.full((height, width), 255, np.uint8) if shown.solid is None else shown.solid.copy()
    around = round(_AROUND * max(height, width))
    for box in boxes:
        there = box.scaled(width / shown.width, height / shown.height)
        left, top = max(0, there.x - around), max(0, there.y - around)
        solid[top : there.y + there.height + around, left : there.x + there.width + around] = 0
    part = replace(shown, solid=solid)
    box = _in_whole(look, shown, Box(0, 0, shown.width, shown.height))
    return Still(None, replace(look.photo, develop=lambda: part), box=box)


def beside(look: Still, boxes: Sequence[Box]) -> Still:
    """Return a whole photo as one of its own beside what was laid into it at ``boxes``: nothing of that is left in it.

    The boxes are in pixels of the photo, which is looked at anew.
    """
    shown = look.photo.develop()
    rest = without(look, shown, boxes).photo.develop()
    hidden = np.ones(rest.pixels.shape[:2], np.bool_) if rest.solid is None else rest.solid == 0
    pixels = rest.pixels.copy()
    pixels[hidden] = np.median(rest.pixels[~hidden], axis=0) if not hidden.all() else 0
    rest = replace(rest, pixels=pixels)
    return Still(None, Photo(_features(pixels), lambda: rest))


def _in_whole(look: Still, shown: ColourImage, box: Box) -> Box:
    """Return a box of a look in pixels of the whole photo."""
    if look.box is None:
        return box
    there = box.scaled(look.box.width / shown.width, look.box.height / shown.height)
    return replace(there, x=look.box.x + there.x, y=look.box.y + there.y)


def _features(pixels: Colour) -> bytes:
    grey = decoding.working_picture(Image.fromarray(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)))
    found = features.of_nothing(grey) if is_blank(grey) else features.detect(grey, fingerprints.poses(grey))
    return features.pack(found)
