"""One claim medium against its references, whatever it is: a photo, a moving picture, or a collage.

Of a collage each panel is compared as a photo of its own. That a listing is one of them is a fact and no suspicion: who
shows it beside an own photo compares the two. What counts are the other panels.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

import cv2
import numpy as np

from schemas.records import Reading
from streams.evidence import stills
from streams.evidence.colours import ColourImage
from streams.evidence.comparison import PairResult
from streams.evidence.drawn_marks import undrawn
from streams.evidence.goods import COARSE
from streams.evidence.panels import Box
from streams.evidence.pixel_comparison import PixelComparison
from streams.evidence.readings import measured
from streams.evidence.stills import Still

_SHOWN, _DETAIL = 0.5, 16
"""Share of a panel's details from which it shows a reference, and by how much one stands out, in grey levels."""
_ALONE = 0.65
"""Share of a panel's details that are a reference's where nothing else is in it."""
_SEAM = 0.03
"""Share of a panel's sides along its edges in which a seam may still be seen."""

Lap = Callable[[str], None]


def compare(
    claim: Sequence[Still], references: Sequence[Sequence[Still]], lap: Lap = lambda _stage: None
) -> list[PairResult]:
    """Return what a claim has to do with each reference: of the looks at both, the pair that tells most.

    Of a collage ``claim_part`` names the panel that this is of, and ``reference_in_part`` the one that is the
    reference, unaltered, beside others that are not. A reference that is seen across a seam is compared with the whole.
    A picture may be divided wrongly: where no panel is a reference, the whole counts too, if it tells more.
    """
    whole, *panels = claim
    if not any(one.box for one in panels):
        return stills.compare(claim, references, lap)
    as_whole = stills.compare([whole], references, lap)
    of_panels = [stills.compare([panel], references, lap) for panel in panels]
    shown = [_shown(beside, panels) for beside in as_whole]
    copies = {place for place, found in enumerate(of_panels) if any(map(_is_copy_alone, found))}
    copies |= {
        place
        for at, places in enumerate(shown)
        if _is_copy(as_whole[at], _boxes(panels, places))
        for place in places
        if not _is_altered(of_panels[place][at])
    }
    own = [place for place in range(len(panels)) if place not in copies] or list(range(len(panels)))
    told = []
    for at, beside in enumerate(as_whole):
        found = [one[at] for one in of_panels]
        if not _divides(beside, shown[at], copies, found):
            told.append(beside)
            continue
        divided = _of_collage(found, panels, own, whole)
        told.append(beside if not copies and stills.tells(beside) > stills.tells(divided) else divided)
    return told


def _divides(
    beside: PairResult, shown: Sequence[int], copies: AbstractSet[int], of_panels: Sequence[PairResult]
) -> bool:
    """Return whether a collage's panels say what it has to do with a reference.

    Not where a seam runs through what shows the reference, unless that is unaltered and something else is beside it;
    nor where the reference is seen in the whole and in no panel.
    """
    if beside.found is None or not beside.found.worth_locating:
        return True
    if copies >= set(shown) and (shown or _is_copy(beside)):
        return min(len(copies), len(shown)) < len(of_panels)
    found = [one for one in of_panels if one.found is not None and one.found.worth_locating]
    return bool(found) and len(shown) <= 1


def _shown(beside: PairResult, panels: Sequence[Still]) -> list[int]:
    """Return the places of the panels that show a reference, as the whole picture was compared with it.

    Two of them are one view: a seam is in the picture then, and divides nothing.
    """
    boxes = _boxes(panels, range(len(panels)))
    return [at for at, share in enumerate(_shares(beside, boxes)) if share >= _SHOWN]


def _shares(beside: PairResult, boxes: Sequence[Box]) -> list[float]:
    """Return of each part of a picture the share of its details that are a reference's; none where none is seen."""
    found, prints = beside.found, beside.prints
    if found is None or found.agreeing is None or prints is None or not found.worth_locating:
        return []
    detail = cv2.Laplacian(cv2.cvtColor(prints[0].pixels, cv2.COLOR_RGB2GRAY), cv2.CV_16S)[COARSE]
    seen = np.abs(detail) >= _DETAIL
    across, down = seen.shape[1] / found.size[0], seen.shape[0] / found.size[1]
    places = [_slices(box.scaled(across, down)) for box in boxes]
    return [float((found.agreeing & seen)[place].sum() / max(1, seen[place].sum())) for place in places]


def _is_copy_alone(beside: PairResult) -> bool:
    """Return whether a panel is a reference with nothing altered, and hardly anything else is in it."""
    return (
        _is_copy(beside) and beside.found is not None and _shares(beside, [Box(0, 0, *beside.found.size)])[0] >= _ALONE
    )


def _is_copy(beside: PairResult, boxes: Sequence[Box] = ()) -> bool:
    """Return whether a picture is a reference with nothing altered, in ``boxes`` alone where there are any.

    Strokes and words that somebody drew on it are no alteration.
    """
    found = beside.found
    if found is None or not found.worth_locating or found.altered is None:
        return False
    if found.altered is False or found.mask is None:
        return found.altered is False
    altered = found.mask if beside.prints is None else undrawn(beside.prints[0].pixels, found.mask)
    across, down = found.mask.shape[1] / found.size[0], found.mask.shape[0] / found.size[1]
    inner = [_inner(box).scaled(across, down) for box in boxes or [Box(0, 0, *found.size)]]
    return not any(altered[_slices(box)].any() for box in inner)


def _is_altered(beside: PairResult) -> bool:
    """Return whether a panel shows by itself what was altered in it: it is seen larger there than in the whole."""
    return beside.found is not None and beside.found.altered is True and not _is_copy(beside)


def _inner(box: Box) -> Box:
    """Return a panel without its edges: what is left of a seam is no alteration."""
    across, down = round(_SEAM * box.width), round(_SEAM * box.height)
    return Box(box.x + across, box.y + down, box.width - 2 * across, box.height - 2 * down)


def _boxes(panels: Sequence[Still], places: Sequence[int]) -> list[Box]:
    return [box for place in places if (box := panels[place].box) is not None]


def _of_collage(found: Sequence[PairResult], panels: Sequence[Still], own: Sequence[int], whole: Still) -> PairResult:
    """Return the pair that tells most among a collage's ``own`` panels, beside one reference."""
    best = max(own, key=lambda place: stills.tells(found[place]))
    told = [measured("claim_part", panels[best].part or "")]
    contained = next((place for place, one in enumerate(found) if place not in own and _is_copy(one)), None)
    if contained is not None:
        told.append(measured("reference_in_part", panels[contained].part or ""))
    for place in own:
        told += [
            one for one in found[place].readings if place != best and one.name == "derived_score" and one.value is None
        ]
    beside = _placed(found[best], panels[best], whole)
    return replace(beside, readings=(*beside.readings, *told))


def _not_looked(reading: Reading) -> bool:
    """Return whether nobody could say whether a panel was made from the reference."""
    return reading.name == "derived_score" and reading.value is None


def _placed(beside: PairResult, panel: Still, whole: Still) -> PairResult:
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
        mask[_slices(there)] = cv2.resize(found.mask.astype(np.uint8), size, interpolation=cv2.INTER_AREA) > 0
    return replace(
        found,
        regions=tuple((box.x + one.x, box.y + one.y, one.width, one.height) for one in regions),
        mask=mask,
        compared=None,
        size=(shown.width, shown.height),
    )


def _shared(reading: Reading, share: float) -> Reading:
    """Return a reading of what was altered as a share of the whole photo."""
    if reading.name != "altered_fraction" or not isinstance(reading.value, float):
        return reading
    return measured(reading.name, round(reading.value * share, 6), reading.unit, reading.method)


def _slices(box: Box) -> tuple[slice, slice]:
    return slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)
