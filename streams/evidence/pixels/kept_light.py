"""Kept light: where goods have the listing's own light, to a hundredth, their pixels are the file's.

A generator that draws a new scene around goods bends them, and draws their finest detail anew, as a lens and a camera
do. But what was as bright in the listing stays as bright: one curve of tones explains them all over. Before a camera,
light falls from somewhere, corners darken, paper shines: it never leaves what a curve explains so well. Where their
hues are the listing's too, to a hundredth, light may vary a little more.
"""

import math
from dataclasses import replace

from streams.evidence.files.colours import ColourImage
from streams.evidence.pixels import copied
from streams.evidence.pixels.alignment import Alignment
from streams.evidence.pixels.between import between
from streams.evidence.pixels.colours_over_goods import colours_over_goods
from streams.evidence.pixels.copied import FEWEST_CORNERS, Copied
from streams.evidence.pixels.light_over_goods import Light, light_over_goods
from streams.evidence.readings import measured

METHOD = f"{copied.METHOD}.light/2"

_WORTH = 7.0
"""Log odds of the listing's own light for the file."""
_VARIES, _OFF = (0.012, 0.006), (0.03, 0.02)
"""From where to where light that varies less over the goods, and what a curve of tones then misses, speaks for it. Of
real photos of printed goods the least are .02 and .02 (not of one photo), of drawn ones in even light .012 and .013."""
_VARIES_IN_HUES, _HUES = (0.04, 0.025), (0.013, 0.009)
"""The same of light, and of what hues miss, where they are kept: of goods around which a program drew another scene
.004 to .01, of real photos of printed goods .016 at the least, of drawn ones .009 (in a light that varies by .07)."""
_ASKED = (0.001, 0.98)
"""Below it a camera is certain, above it the file is: light would not change what a policy makes of it."""


def by_kept_light(said: Copied, found: Alignment, mine: ColourImage, other: ColourImage) -> Copied:
    """Return what was said of a claim's being copied, surer where it has the reference's own light. Deterministic."""
    lie = found.geometry
    if said.value is None or lie is None or lie.corners < FEWEST_CORNERS:
        return said
    if not _ASKED[0] <= said.value <= _ASKED[1]:
        return said
    kept = _kept(
        said.light or light_over_goods(mine.grey(), other.grey(), found.matrix, lie.places), found, mine, other
    )
    if not kept:
        return said
    odds = math.log(said.value / (1 - said.value)) + _WORTH * kept
    value = round(1 / (1 + math.exp(-odds)), 4)
    told = (measured("copied", value, "probability", METHOD), *said.readings[1:])
    return replace(said, value=value, readings=told)


def _kept(light: Light | None, found: Alignment, mine: ColourImage, other: ColourImage) -> float:
    """Return how surely goods have the listing's own light, 0 to 1."""
    if light is None:
        return 0.0
    kept = between(light.varies, _VARIES) * between(light.off, _OFF)
    in_hues = between(light.varies, _VARIES_IN_HUES)
    if kept == 1 or not in_hues:
        return kept
    seen = colours_over_goods(found, mine, other)
    return kept if seen is None else kept + (1 - kept) * in_hues * between(seen.hues_off(), _HUES)
