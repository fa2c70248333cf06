"""Copied: whether a claim's pixels come from the reference's file, or a camera took the goods anew.

An honest photo of printed goods matches its packshot in hundreds of places, and differs by glare and shadow: what tells
it from a forgery is how it was made. A file that is edited and sent on stays a similar picture (turned, resized, cut),
mostly in its own frame and in its own light; a camera sees goods in perspective, through a lens, under a lamp. Right
before goods perspective is next to nothing, and light and lens tell; where goods fill the frame as in the listing, the
lens together with the light or with the detail, or places that wander one by one in a light of their own. A file that
was warped or lit anew on a computer looks like that, but its detail is still the file's. Decision record 5 has what
was measured.
"""

import math
from dataclasses import dataclass

from schemas.records import Reading
from streams.evidence.files.colours import ColourImage
from streams.evidence.pixels.alignment import Alignment
from streams.evidence.pixels.between import between
from streams.evidence.pixels.fine_detail import FineDetail, fine_detail
from streams.evidence.pixels.light_over_goods import Light, light_over_goods
from streams.evidence.pixels.views import Geometry
from streams.evidence.pixels.wandering import wandering
from streams.evidence.readings import measured
from streams.wording import causes
from streams.wording.cause import unmeasured

METHOD = "copied/7"

FEWEST_CORNERS = 8
"""Fewer say nothing of how they lie, unless the frame as a whole is the same."""
_HALFWAY, _SLOPE = 0.003, 4.0
"""How far from a similar picture corners lie, as a share of their extent, where either is as likely, and the log odds
that each factor of e is worth."""
_NOISE_PX, _CLEARLY_BENT = 0.1, 2.0
"""What tracking errs by, and how many times better perspective must explain the corners to speak fully for a camera."""
_SAME_FRAME, _FRAME_WORTH = 0.1, 4.0
"""By how much of its sides a claim's frame may miss the reference's, and what the very same frame is worth."""
_REACHES = 0.25
"""Share of the claim's sides that corners must span to say where its frame lies."""
_SAME_FRAME_BITS = 31
_LIGHT_WORTH, _LIGHT_VARIES, _LIGHT_EXPLAINS, _LIGHT_OFF = 5.0, (0.03, 0.07), (0.25, 0.75), 0.1
"""What a camera's light is worth in another frame, from where to where it counts, and what may be left unexplained."""
_BENT_WORTH, _BENT_PX, _BENT_ALIKE = 5.0, (0.15, 0.3), (0.2, 0.7)
"""The same of places that miss a similar picture as their neighbours do."""
_ANEW_WORTH, _REDRAWN = 10.0, (1.5, 3.5)
"""What a camera is worth in the listing's own frame where the lens moved places and the light, or press and focus, are
its own: generators bend what they keep, and computers light it, but they do one of them. And from which to which log
odds against the file its finest detail is a camera's."""
_WANDER_WORTH, _UNEVEN, _UNTOLD, _GLARE = 10.0, (0.05, 0.1), (0.035, 0.05), (0.11, 0.13)
"""What places that wander are worth under a light that is not the listing's, from where to where it counts, from where
on tones miss what one curve and even a gradient tell (a program's do not), and up to where it is light at all."""
_NOISY, _SOFT = (0.1, 0.3), (0.6, 0.8)
"""From which to which logarithm of how much stronger, or weaker, a claim's fine detail is, it is why places wander."""
_SEEN_ASIDE, _OWN_DETAIL = (0.1, 0.3), (0.0, 0.02)
"""From which to which share of what speaks fully for perspective, and by how much the finest detail misses a file's, a
camera stood a step aside."""
_SETTLED = 4.0
"""Log odds beyond which detail is not asked."""
_DETAIL_KEPT, _DETAIL_WORTH = 0.93, 1.5
_SHARPNESS, _SHARPNESS_WORTH = 0.3, 6.0
_DETAIL_FOR, _DETAIL_AGAINST = 3.0, 4.0
"""The most that detail is worth: generators draw it anew where they keep everything in place."""
UNSURE = 0.4
"""The least value where the file's detail is there, or its colours, however it lies: warped, perhaps."""
_FILES_OWN = 7.5
"""From which sum of the log odds of both bands the detail is the file's: press, lens and grain of a sharp photo may
keep the finest, but not all of the coarser too."""


@dataclass(frozen=True, slots=True)
class Copied:
    """How sure it is that a claim was copied, 0 to 1, None where nobody can say; what speaks for it are readings.

    ``light`` is what was seen of the light over the goods, where it was asked for.
    """

    value: float | None
    readings: tuple[Reading, ...]
    light: Light | None = None


def copied(found: Alignment, bits: int, mine: ColourImage, other: ColourImage) -> Copied:
    """Return whether an aligned claim was copied from its reference; ``bits`` is how far their fingerprints lie apart.

    Deterministic.
    """
    lie = found.geometry
    same_frame = bits <= _SAME_FRAME_BITS
    if lie is None or lie.corners < FEWEST_CORNERS or not lie.extent_px:
        if not same_frame:
            return Copied(None, (unmeasured("copied", causes.TOO_FEW_PLACES),))
        return _said(_FRAME_WORTH, ())
    framed = _FRAME_WORTH if same_frame else _by_frame(lie, mine)
    odds = _by_places(lie) + framed
    elsewhere = 1 - framed / _FRAME_WORTH
    bent = between(lie.bending.px, _BENT_PX) * between(lie.bending.alike, _BENT_ALIKE)
    light = light_over_goods(mine.grey(), other.grey(), found.matrix, lie.places) if odds > -_LIGHT_WORTH else None
    lit = _lit(light)
    odds -= _BENT_WORTH * elsewhere * bent + _LIGHT_WORTH * lit * (1 + elsewhere) / 2
    wanders = wandering(found) * _uneven(light)
    told: tuple[Reading, ...] = (
        measured("similar_within", round(lie.similar_px / lie.extent_px, 5), "share of the extent", METHOD),
    )
    if odds >= _SETTLED and not bent and not wanders:
        return _said(odds, told, light)
    detail = fine_detail(mine.grey(), other.grey(), found.matrix, lie.places)
    anew = max(lit, _redrawn(detail), _in_depth(lie, light, detail))
    odds -= _ANEW_WORTH * (1 - elsewhere) * math.sqrt(bent * anew)
    if detail is None:
        return (
            _said(odds, told, light)
            if odds > 0
            else Copied(None, (unmeasured("copied", causes.TOO_LITTLE_DETAIL), *told))
        )
    told = (*told, measured("detail_kept", round(max(0.0, detail.fine), 4), "correlation", METHOD))
    odds -= _WANDER_WORTH * wanders * _as_clear(detail)
    if odds >= _SETTLED:
        return _said(odds, told, light)
    return _said(odds + _by_detail(detail), told, light, least=UNSURE if _is_the_files(detail) else 0.0)


def _by_places(lie: Geometry) -> float:
    """Return the log odds from how corners lie: beside noise, a similar picture or one in perspective."""
    apart = (lie.similar_px + _NOISE_PX) / lie.extent_px
    odds = _SLOPE * math.log(_HALFWAY / apart)
    if odds > 0:
        return odds
    bent = (lie.similar_px + _NOISE_PX) / (lie.perspective_px + _NOISE_PX)
    return odds * min(1.0, max(0.0, math.log(bent) / math.log(_CLEARLY_BENT)))


def _by_frame(lie: Geometry, mine: ColourImage) -> float:
    """Return the log odds from where the claim's frame lies: goods that are photographed anew are not framed alike.

    A small part of the claim says little of the whole frame.
    """
    height, width = mine.pixels.shape[:2]
    reaches = min(1.0, lie.extent_px / (_REACHES * math.sqrt(width * height)))
    return _FRAME_WORTH * reaches * max(0.0, 1 - lie.frame / _SAME_FRAME)


def _lit(light: Light | None) -> float:
    """Return how surely light falls on the goods from somewhere as before a camera, 0 to 1."""
    if light is None or light.off > _LIGHT_OFF:
        return 0.0
    return between(light.varies, _LIGHT_VARIES) * between(light.explains, _LIGHT_EXPLAINS)


def _uneven(light: Light | None) -> float:
    """Return how surely light is another than in the listing, 0 to 1, and none that a program laid over a file."""
    if light is None:
        return 0.0
    return between(light.varies, _UNEVEN) * between(light.off, _UNTOLD) * (1 - between(light.off, _GLARE))


def _as_clear(detail: FineDetail) -> float:
    """Return how surely a claim is neither noisier nor softer than the reference, 0 to 1."""
    return (1 - between(detail.sharper, _NOISY)) * (1 - between(-detail.sharper, _SOFT))


def _redrawn(detail: FineDetail | None) -> float:
    """Return how surely a press and a camera made the finest detail, 0 to 1; 0 where there is none to ask."""
    return 0.0 if detail is None else between(-_by_detail(detail), _REDRAWN)


def _in_depth(lie: Geometry, light: Light | None, detail: FineDetail | None) -> float:
    """Return how surely a camera stood a step aside, 0 to 1: perspective, another light, and detail that is its own.

    Two photos of one shelf, or of goods before one wall, are framed alike; what a program bends keeps its detail.
    """
    if light is None or detail is None:
        return 0.0
    seen = math.log((lie.similar_px + _NOISE_PX) / (lie.perspective_px + _NOISE_PX)) / math.log(_CLEARLY_BENT)
    own = between(_DETAIL_KEPT - detail.fine, _OWN_DETAIL) * _as_clear(detail)
    return own * between(light.off, _UNTOLD) * between(seen, _SEEN_ASIDE)


def _by_detail(detail: FineDetail) -> float:
    """Return the log odds from the finest detail: as in the file, and as sharp."""
    kept, least = (_log_odds(each) for each in (detail.fine, _DETAIL_KEPT))
    sharpness = _SHARPNESS_WORTH * max(0.0, abs(detail.sharper) - _SHARPNESS)
    return max(-_DETAIL_AGAINST, min(_DETAIL_FOR, _DETAIL_WORTH * (kept - least) - sharpness))


def _is_the_files(detail: FineDetail) -> bool:
    """Return whether both bands of detail are the file's own, which no press and no camera leaves."""
    return _by_detail(detail) > 0 and _log_odds(detail.fine) + _log_odds(detail.middle, 0.0005) >= _FILES_OWN


def _log_odds(correlation: float, least: float = 0.002) -> float:
    """Return the log odds of a correlation, of which nobody can tell the last ``least``."""
    return math.log(max(correlation, 0.01) / max(1 - correlation, least))


def _said(odds: float, told: tuple[Reading, ...], light: Light | None = None, least: float = 0.0) -> Copied:
    value = round(max(least, 1 / (1 + math.exp(-odds))), 4)
    return Copied(value, (measured("copied", value, "probability", METHOD), *told), light)
