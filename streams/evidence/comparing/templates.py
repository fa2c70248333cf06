"""Templates: what an app shows of its own beside photographs, and lays over them, which says nothing of a claim."""

from collections.abc import Mapping

from PIL import Image

from streams.evidence.comparing import overlays
from streams.evidence.comparing.comparison import PairResult
from streams.evidence.comparing.known import Known
from streams.evidence.features.prefilter import Prefilter
from streams.evidence.files.colours import ColourImage
from streams.evidence.files.decoding import Grey, working_picture
from streams.evidence.looking.pages import is_page
from streams.evidence.looking.panels import Box
from streams.evidence.pixels import marks
from streams.evidence.pixels.alignment import align
from streams.evidence.pixels.pixel_comparison import PixelComparison, compare_pixels

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


def only_buttons(found: PixelComparison, claim: Known, reference: Known) -> bool:
    """Return whether all that differs may be what an app lays over a listing in its pages: buttons, numbers."""
    return overlays.is_all(PairResult((), found, (claim.print, reference.print)))
