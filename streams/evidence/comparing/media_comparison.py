"""One claim medium against its references, whatever it is: a photo, a moving picture, or a collage.

Of a collage each panel is compared as a photo of its own. That a listing is one of them is a fact and no suspicion: who
shows it beside an own photo compares the two. What counts are the other panels.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from streams.evidence.comparing import overlays, parts, stills
from streams.evidence.comparing.collages_told import Panel, is_shown, told
from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.insets import insets
from streams.evidence.comparing.joined import joined
from streams.evidence.comparing.others_shown import among_others
from streams.evidence.comparing.reference_shown import goes_on, is_altered, is_copy
from streams.evidence.comparing.same_place import is_banner, is_laid_into_both
from streams.evidence.comparing.stills import Still
from streams.evidence.looking.panels import Box

_DEEPEST = 3
"""How many references may be found one beside the next in what no seam divides."""

Lap = Callable[[str], None]


def compare(
    claim: Sequence[Still], references: Sequence[Sequence[Still]], lap: Lap = lambda _stage: None
) -> list[PairResult]:
    """Return what a claim has to do with each reference: of the looks at both, the pair that tells most.

    Of a collage ``claim_part`` names the panel that this is of, and ``reference_in_part`` the one that is the
    reference, unaltered, beside others that are not; ``reference_within`` is its box where no seam divides them,
    ``reference_marked`` where something was drawn or laid on it perhaps, ``picture_within`` of a picture laid into it.
    ``reference_among_others`` is the box of a reference, altered or not, beside pictures that none of them has.
    Where a reference lies across a seam, or no panel is one and the whole tells more, the whole picture is compared.
    """
    references = [list(map(stills.developed_once, each)) for each in references]
    whole, *cut = claim
    if cut and not any(one.box for one in cut):
        return stills.compare(claim, references, lap)
    as_whole = stills.compare([whole], references, lap)
    panels = _panels(whole, cut, as_whole, references, lap)
    pairs = told(whole, as_whole, panels) if panels else as_whole
    return [_among_others(at, one, claim, as_whole, panels) for at, one in enumerate(pairs)]


def _panels(
    whole: Still, cut: Sequence[Still], as_whole: Sequence[PairResult], references: Sequence[Sequence[Still]], lap: Lap
) -> list[Panel]:
    """Return the panels of a photo; none where it is no collage."""
    if not cut or any(map(insets, as_whole)):  # what a picture laid over goods leaves of them is no panel
        panels = _divided(whole, as_whole, references, lap)
        return panels if len(panels) > 1 else []
    if whole.beside:
        panels = _laid_in(whole, cut, as_whole, references, lap)
        return panels if len(panels) > 1 else []
    panels = [part for one in cut for part in _divided(one, stills.compare([one], references, lap), references, lap)]
    if _cut_amiss(as_whole, panels):
        panels = _divided(whole, as_whole, references, lap)
    return [one for one in panels if not any(is_banner(one.still, beside) for beside in one.found)]


def _among_others(
    at: int, beside: PairResult, claim: Sequence[Still], as_whole: Sequence[PairResult], panels: Sequence[Panel]
) -> PairResult:
    """Return a pair that shows a reference, with its place if other pictures are shown beside it."""
    if beside.found is None or not beside.found.worth_locating:
        return beside
    return replace(beside, readings=(*beside.readings, *among_others(at, claim, as_whole, panels)))


def _laid_in(
    whole: Still, cut: Sequence[Still], as_whole: Sequence[PairResult], references: Sequence[Sequence[Still]], lap: Lap
) -> list[Panel]:
    """Return the panels that were laid into a photo, and the photo without those that show a reference."""
    apart = [one for one in cut if not any(_goes_on_around(one, beside) for beside in as_whole)]
    found = [(one, stills.compare([one], references, lap)) for one in apart]
    found = [(one, each) for one, each in found if not any(is_laid_into_both(one, whole, pair) for pair in each)]
    panels = [part for one, beside in found for part in _divided(one, beside, references, lap)]
    laid = [one.box for one, beside in found if one.box is not None and any(map(is_shown, beside))]
    rest = parts.beside(whole, laid) if laid else whole
    beside_rest = stills.compare([rest], references, lap) if laid else as_whole
    return [*panels, *_divided(rest, beside_rest, references, lap)]


def _goes_on_around(panel: Still, beside: PairResult) -> bool:
    """Return whether a panel is a part of the reference that a photo shows around it, as a device's screen is."""
    return panel.box is not None and goes_on(beside, panel.box)


def _cut_amiss(as_whole: Sequence[PairResult], panels: Sequence[Panel]) -> bool:
    """Return whether the whole shows a reference, unaltered, beside something else, and none of its panels does.

    One that is nearly all white ground is no panel, and one that was laid into a photo is cut together with its rim.
    """
    for at, beside in enumerate(as_whole):
        apart = joined(beside)
        if apart is not None and not any(one.shows == at or is_copy(one.found[at]) for one in panels):
            return not any(_altered_in(apart.copy, one, at) for one in panels)
    return False


def _altered_in(copy: Box, panel: Panel, at: int) -> bool:
    """Return whether a panel, seen larger than in the whole, is altered within what the whole shows as it is."""
    box, found = panel.still.box, panel.found[at]
    there = None if box is None else copy.overlap(box)
    if box is None or there is None or not is_altered(found):
        return False
    return not is_copy(found, [replace(there, x=there.x - box.x, y=there.y - box.y)])


def _divided(
    look: Still, found: Sequence[PairResult], references: Sequence[Sequence[Still]], lap: Lap, deepest: int = _DEEPEST
) -> list[Panel]:
    """Return the parts of a look that shows references beside something else without a seam; else the look alone."""
    for at, beside in enumerate(found if deepest else ()):
        apart = joined(beside)
        laid = insets(beside) if apart is None else ()
        if beside.prints is not None:
            lap("regions")
        if beside.prints is None or (apart is None and not laid):
            continue
        if apart is not None:
            copy, *rest = (parts.cut(look, beside.prints[0], box) for box in (apart.copy, *apart.rest))
            panels = [Panel(copy, stills.compare([copy], references, lap), shows=at)]
        else:
            rest = [parts.cut(look, beside.prints[0], box) for box in laid]
            panels = _around(parts.without(look, beside.prints[0], laid), rest, at, references, lap, deepest)
        for one in rest:
            panels += _divided(one, stills.compare([one], references, lap), references, lap, deepest - 1)
        return panels
    return [Panel(look, found)]


def _around(
    look: Still, laid: Sequence[Still], at: int, references: Sequence[Sequence[Still]], lap: Lap, deepest: int
) -> list[Panel]:
    """Return the parts of a look without what is ``laid`` into it: if unaltered, it shows the reference ``at``."""
    found = stills.compare([look], references, lap)
    panels = _divided(look, found, references, lap, deepest - 1)
    if len(panels) > 1 or (is_altered(found[at]) and not overlays.is_all(found[at])):
        return panels
    return [replace(panels[0], shows=at, laid=tuple(one.box for one in laid if one.box is not None))]
