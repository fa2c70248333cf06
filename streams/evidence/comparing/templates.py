"""Templates: what an app shows of its own beside photographs, and lays over them, which says nothing of a claim."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from PIL import Image

from streams.evidence.comparing import overlays
from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.ink import BLURRED, grown, ink
from streams.evidence.comparing.known import Known
from streams.evidence.comparing.recognised import Resemblance
from streams.evidence.features.prefilter import Prefilter
from streams.evidence.files.colours import ColourImage
from streams.evidence.files.decoding import Grey, working_picture
from streams.evidence.looking.pages import is_page
from streams.evidence.looking.panels import Box
from streams.evidence.pixels import marks
from streams.evidence.pixels.alignment import align, warped
from streams.evidence.pixels.pixel_comparison import PixelComparison, compare_pixels

DrawnOn = Callable[[PixelComparison, Known, Known], bool]

_NO_INK = 0.05
"""Share of what differs that is beside ink at most, as JPEG leaves specks. Decision record 8 has what was measured."""
_WORDS = 0.15
"""Share of a page that its words take beside a listing at least, as below it in a shop's app."""


def words_beside(sides: Mapping[str, Box], grey: Grey) -> dict[str, Box]:
    """Return which sides of a listing are large enough to be a page's words, none in a picture that is no page."""
    if not is_page(working_picture(Image.fromarray(grey))):
        return {}
    return {side: box for side, box in sides.items() if box.area >= _WORDS * grey.size}


def only_a_template(claim: Known, earlier: Known, alike: Prefilter) -> bool:
    """Return whether what two pages have in common are letters and signs: a map's, a list's."""
    found = align(alike.projections, claim.print, earlier.print)
    return found is not None and marks.drawn(found, claim.print, earlier.print)


def besides_marks(like: Prefilter, claim: ColourImage, reference: ColourImage) -> PixelComparison | None:
    """Return what a claim's pixels show of a reference, None where the two share one app's marks and no more."""
    try:
        return compare_pixels(like, claim, reference)
    except marks.OnlyMarksShared:
        return None


def drawn_by(asked: Iterable[Resemblance]) -> DrawnOn:
    """Return what tells of a claim photo whether no more was drawn on a listing than apps and buyers draw there.

    In a photo that is neither a page nor a panel among others, whatever differs is an alteration.
    """
    what = {(how.page, how.panel) for how in asked}
    if any(page for page, _ in what):
        return only_buttons
    if any(panel for _, panel in what):
        return only_ink
    return lambda _found, _claim, _reference: False


def only_buttons(found: PixelComparison, claim: Known, reference: Known) -> bool:
    """Return whether all that differs may be what an app lays over a listing in its pages: buttons, numbers."""
    return overlays.is_all(PairResult((), found, (claim.print, reference.print)))


def only_ink(found: PixelComparison, claim: Known, reference: Known) -> bool:
    """Return whether all that differs is ink: pens and words of one hue, a sticker, an app's own name all over.

    Stricter than :func:`only_buttons`: a stain may be as round as a picture that was laid in, and is no ink.
    """
    if found.mask is None or found.matrix is None or not found.mask.any():
        return False
    ours, below = claim.print.pixels, found.seen
    if below is None:
        below, _ = warped(reference.print.pixels, found.matrix, (ours.shape[1], ours.shape[0]))
    drawn = grown(ink(ours, below, found.mask), BLURRED)
    return bool(np.count_nonzero(found.mask & ~drawn) <= _NO_INK * np.count_nonzero(found.mask))
