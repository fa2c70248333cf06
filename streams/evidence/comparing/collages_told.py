"""What is told of a collage: the pair of each reference, as a whole and of the panels that count.

That a listing is one of the panels is a fact and no suspicion. What counts are the other panels.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from schemas.records import Reading
from schemas.units import BOX
from streams.evidence.comparing import cuts, overlays, stills
from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.joined import is_cut
from streams.evidence.comparing.panel_places import in_the_whole
from streams.evidence.comparing.reference_shown import goes_on, is_altered, is_copy, is_copy_alone, shares
from streams.evidence.comparing.stills import Still
from streams.evidence.looking.panels import Box
from streams.evidence.readings import measured

_SHOWN = 0.5
"""Share of a panel's details from which it shows a reference."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel beside each reference. ``shows`` is the place of the one that it was found to be where no seam is.

    ``laid`` are the boxes of the pictures that lie in it and are panels themselves, in pixels of the whole photo.
    """

    still: Still
    found: Sequence[PairResult]
    shows: int | None = None
    laid: tuple[Box, ...] = ()


def told(whole: Still, as_whole: Sequence[PairResult], panels: Sequence[Panel]) -> list[PairResult]:
    """Return the pair of each reference, of a collage as a whole and of its panels."""
    looks = [one.still for one in panels]
    shown = [_shown(beside, looks) for beside in as_whole]
    copies = {place for place, one in enumerate(panels) if one.shows is not None or any(map(is_copy_alone, one.found))}
    copies |= {
        place
        for at, places in enumerate(shown)
        if is_copy(as_whole[at], _boxes(looks, places))
        for place in places
        if not is_altered(panels[place].found[at])
    }
    marked = _marked(panels, copies)
    copies |= marked
    own = [place for place in range(len(panels)) if place not in copies] or list(range(len(panels)))
    pairs = []
    for at, beside in enumerate(as_whole):
        found = [one.found[at] for one in panels]
        if not any(one.shows == at for one in panels) and not _divides(beside, shown[at], copies, found):
            pairs.append(beside)
            continue
        divided = _of_collage(at, panels, own, marked | _cut_small(beside, panels, copies, at), whole)
        pairs.append(beside if not copies and stills.tells(beside) > stills.tells(divided) else divided)
    return pairs


def _marked(panels: Sequence[Panel], copies: AbstractSet[int]) -> set[int]:
    """Return the panels of a reference that something was drawn or laid on, perhaps, where others show something."""
    marked = {
        place
        for place, one in enumerate(panels)
        if place not in copies and any(is_altered(each) and _is_laid_over(each) for each in one.found)
    }
    return marked if len(marked) + len(copies) < len(panels) else set()


def _is_laid_over(beside: PairResult) -> bool:
    """Return whether all that was altered may have been laid over a reference, or lies beyond where it was cut."""
    return overlays.is_all(beside) or is_cut(beside)


def _cut_small(beside: PairResult, panels: Sequence[Panel], copies: AbstractSet[int], at: int) -> set[int]:
    """Return the panels that were cut from the midst of a reference that the whole shows to be altered.

    What was altered may lie beside such a panel, where nothing is looked at.
    """
    if not is_altered(beside) or overlays.is_all(beside):
        return set()
    return {
        place
        for place in copies
        if (box := panels[place].still.box) is not None and is_copy(panels[place].found[at]) and goes_on(beside, box)
    }


def _divides(
    beside: PairResult, shown: Sequence[int], copies: AbstractSet[int], of_panels: Sequence[PairResult]
) -> bool:
    """Return whether a collage's panels say what it has to do with a reference.

    Not where a seam runs through what shows the reference, unless that is unaltered and something else is beside it;
    nor where the reference is seen in the whole and in no panel.
    """
    if beside.found is None or not beside.found.worth_locating:
        return True
    if copies >= set(shown) and (shown or is_copy(beside)):
        return min(len(copies), len(shown)) < len(of_panels)
    found = [one for one in of_panels if one.found is not None and one.found.worth_locating]
    return bool(found) and len(shown) <= 1


def _shown(beside: PairResult, panels: Sequence[Still]) -> list[int]:
    """Return the places of the panels that show a reference, as the whole picture was compared with it.

    Two of them are one view: a seam is in the picture then, and divides nothing.
    """
    boxes = _boxes(panels, range(len(panels)))
    shown = [at for at, share in enumerate(shares(beside, boxes)) if share >= _SHOWN]
    return cuts.in_its_cell(beside, shown, boxes) if len(shown) > 1 else shown


def _boxes(panels: Sequence[Still], places: Sequence[int]) -> list[Box]:
    return [box for place in places if (box := panels[place].box) is not None]


def _of_collage(
    at: int, panels: Sequence[Panel], own: Sequence[int], marked: AbstractSet[int], whole: Still
) -> PairResult:
    """Return the pair that tells most among a collage's ``own`` panels, beside the reference ``at`` a place."""
    best = max(own, key=lambda place: stills.tells(panels[place].found[at]))
    shown, found = panels[best].still, panels[best].found[at]
    told = [] if shown.part is None else [measured("claim_part", shown.part)]
    others = [one for place, one in enumerate(panels) if place not in {*own, *marked}]
    told += _contained(at, others, looked_up=not whole.beside)
    told += [
        measured("reference_marked", _said(box), BOX)
        for place in sorted(marked)
        if (box := panels[place].still.box) is not None and is_shown(panels[place].found[at])
    ][:1]
    for place in own:
        told += [one for one in panels[place].found[at].readings if place != best and _not_looked(one)]
    beside = in_the_whole(found, shown, whole)
    return replace(beside, readings=(*beside.readings, *told))


def is_shown(found: PairResult) -> bool:
    """Return whether a panel shows a reference, as it is or altered."""
    return is_altered(found) or is_copy(found)


def _contained(at: int, others: Sequence[Panel], *, looked_up: bool) -> list[Reading]:
    """Return which of the panels is the reference, unaltered, and the largest picture that is laid into it.

    Its name where the other panels are ``looked_up`` among earlier claims; else its box, and a person looks.
    """
    for one in others:
        part, box = (one.still.part if looked_up else None), one.still.box
        if part is not None and is_copy(one.found[at]):
            return [measured("reference_in_part", part)]
        if box is not None and (one.shows == at or (part is None and is_copy(one.found[at]))):
            laid = [measured("picture_within", _said(each), BOX) for each in one.laid[:1]]
            return [measured("reference_within", _said(box), BOX), *laid]
    return []


def _said(box: Box) -> str:
    return f"{box.x},{box.y},{box.width},{box.height}"


def _not_looked(reading: Reading) -> bool:
    """Return whether nobody could say whether a panel was made from the reference."""
    return reading.name == "derived_score" and reading.value is None
