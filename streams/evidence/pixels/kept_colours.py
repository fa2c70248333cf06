"""Kept colours: whether goods have the listing file's own colours, however it was bent, lit or filtered since.

Whoever warps a file so that it looks taken anew, and lays one more filter over it, takes its finest detail away. What
is left are its colours: one curve for each channel tells them. A press mixes inks, and a camera sees them through other
filters than the listing's, so that each channel shows something of the other two. And a file's places miss by no more
than a lens or a program bends, where grain and focus move each by itself.
"""

import math
from dataclasses import replace

from streams.evidence.files.colours import ColourImage
from streams.evidence.pixels import copied
from streams.evidence.pixels.alignment import Alignment
from streams.evidence.pixels.between import between
from streams.evidence.pixels.colours_over_goods import Colours, colours_over_goods
from streams.evidence.pixels.copied import UNSURE, Copied
from streams.evidence.readings import measured

METHOD = f"{copied.METHOD}.colours/2"

_FEWEST_CORNERS = 24
"""Fewer corners do not say by how much each misses by itself."""
_HUES, _HUES_WORTH, _EXACT_HUES = 0.02, 2.25, 0.008
"""What hues miss by where nobody can tell, what each factor of e is worth, and the least that is told of."""
_MOST_HUES = 0.018
"""Hues that miss by more are not surely a file's, whatever else is exact: those of sharp prints miss by so much."""
_OWN_PX, _OWN_WORTH, _EXACT_PX = 0.25, 3.0, 0.05
"""The same of what places miss by themselves, in pixels of the claim."""
_MIXED, _MIXED_WORTH, _UNMIXED, _MUCH_MIXED = 0.1, 26.0, -0.02, 0.2
"""By how much less (a logarithm) a channel is missed once the other two are asked, what a whole one is worth, and from
where to where it counts."""
_GREY = (0.0, 8.0)
"""Levels by which the channels of typical goods differ, from where to where it counts that they are not mixed: all
three of grey goods are the same."""
_THE_FILES = 2.3
"""Sum from which the colours are the file's. Decision record 5 has what was measured."""


def by_kept_colours(said: Copied, found: Alignment, mine: ColourImage, other: ColourImage) -> Copied:
    """Return what was said of a claim's being copied, unsure where it passes for a photo and has the file's colours.

    Deterministic.
    """
    if said.value is None or said.value >= UNSURE or not _are_the_files(found, mine, other):
        return said
    told = (measured("copied", UNSURE, "probability", METHOD), *said.readings[1:])
    return replace(said, value=UNSURE, readings=told)


def _are_the_files(found: Alignment, mine: ColourImage, other: ColourImage) -> bool:
    """Return whether goods have the reference file's colours; nothing is measured that could no longer say so."""
    lie = found.geometry
    if lie is None or lie.corners < _FEWEST_CORNERS:
        return False
    wanted = _THE_FILES - _OWN_WORTH * math.log(_OWN_PX / max(_EXACT_PX, lie.bending.own_px))
    unmixed = _MIXED_WORTH * (_MIXED - _UNMIXED)
    if wanted > unmixed + _HUES_WORTH * math.log(_HUES / _EXACT_HUES):
        return False
    seen = colours_over_goods(found, mine, other)
    if seen is None or (hues := seen.hues_off()) > _MOST_HUES:
        return False
    wanted -= _HUES_WORTH * math.log(_HUES / max(_EXACT_HUES, hues))
    return wanted <= unmixed and wanted <= _by_mixing(seen)


def _by_mixing(seen: Colours) -> float:
    """Return the log odds from whether a channel holds something of the other two."""
    odds = _MIXED_WORTH * (_MIXED - min(_MUCH_MIXED, max(_UNMIXED, seen.mixed())))
    return odds * between(seen.colour(), _GREY) if odds > 0 else odds
