"""One picture used again: an earlier photo that a claim resembles is recognised by features, and beside references.

Fingerprints far apart need features that agree. And two claims that were both made from one photo of goods resemble
each other for that alone: what counts then is what was altered, and whether the earlier photo shows it too.
"""

from collections.abc import Callable, Sequence
from functools import cache, cached_property

import cv2
import numpy as np

from streams.errors import MediaUnreadable
from streams.evidence import features, inspection
from streams.evidence.alignment import align, warped
from streams.evidence.colours import Print
from streams.evidence.comparison import FEWEST_POINTS
from streams.evidence.difference import difference
from streams.evidence.features import Features
from streams.evidence.goods import COARSE
from streams.evidence.inspection import PairInspection
from streams.evidence.likeness import likeness
from streams.evidence.recognised import Recognised, Resemblance

SAME_INLIERS, FEWEST_INLIERS, SAME_COVERAGE = 60, 25, 0.02
"""From here on features show one picture; of photos with few points a quarter of them is enough, but never fewer than
the second. Of 540 pairs of one picture at 32 to 60 bits none has fewer than 94 inliers, of 22 unlike catalogue photos
none more than 17, and 9 of 10 pairs of drawn pots in one style 26 to 59."""
MOST_COMPARED = 8
"""Earlier photos whose pixels are compared with the claim's, the nearest first: each takes a quarter of a second."""
_ENOUGH_PLACES = 40
"""Corners looked for, of which one picture would keep more than the few that an alignment needs."""

Lap = Callable[[str], None]


class Known:
    """A photo that is known: its bytes' name, its packed features and its pixels, each got when it is needed.

    Getting them may raise :class:`MediaUnreadable`.
    """

    def __init__(self, sha256: str, packed: Callable[[], bytes], develop: Callable[[], Print]) -> None:
        self.sha256 = sha256
        self._packed = packed
        self._develop = develop

    @cached_property
    def features(self) -> Features:
        """What was kept of the photo."""
        return features.unpack(self._packed())

    @cached_property
    def print(self) -> Print:
        """The photo in colour."""
        return self._develop()


def recognise(
    claim: Known,
    references: Sequence[Known],
    earlier: Sequence[tuple[Known, Resemblance]],
    lap: Lap = lambda _stage: None,
) -> list[Recognised]:
    """Return what a claim has to do with each earlier photo; ``lap`` hears the end of each stage. Deterministic.

    Earlier photos of the same bytes are looked at once: a forgery that was sent a thousand times is the usual case.
    """
    subtraction = _Subtraction(claim, references)
    known: dict[tuple[str, Resemblance], Recognised] = {}
    for photo, how in earlier:
        asked = photo.sha256, how
        if asked not in known:
            known[asked] = _recognised(claim, photo, how, subtraction, lap)
    return [known[photo.sha256, how] for photo, how in earlier]


def _recognised(claim: Known, earlier: Known, how: Resemblance, subtraction: "_Subtraction", lap: Lap) -> Recognised:
    confirmed, why = _confirmed(claim, earlier) if how.far else (None, None)
    lap("recognise")
    if how.far and not confirmed:
        return Recognised(confirmed=confirmed, why=why)
    found = subtraction.of(earlier, how.references, confirmed=confirmed)
    lap("subtract")
    return found


def _confirmed(claim: Known, earlier: Known) -> tuple[bool | None, str | None]:
    """Return whether features show one picture, or why they cannot say."""
    try:
        if claim.sha256 == earlier.sha256:
            return True, None
        _show_enough(claim, earlier)
        alike = likeness(claim.features, earlier.features)
    except MediaUnreadable as exc:
        return None, str(exc)
    except (cv2.error, np.linalg.LinAlgError):
        return None, "the photos could not be compared"
    points = min(len(claim.features.points), len(earlier.features.points))
    needed = max(FEWEST_INLIERS, min(SAME_INLIERS, points // 4))
    return alike.inliers >= needed and alike.coverage >= SAME_COVERAGE, None


def _show_enough(one: Known, other: Known) -> None:
    if min(len(one.features.points), len(other.features.points)) < FEWEST_POINTS:
        msg = "one of the two photos shows too little detail to compare them by"
        raise MediaUnreadable(msg)


class _AnotherPicture(MediaUnreadable):
    """There are places enough to compare, and pixels find hardly one of them again."""


class _Subtraction:
    """What the references of a claim explain; a reference's pixels are compared once, when they are first asked for."""

    def __init__(self, claim: Known, references: Sequence[Known]) -> None:
        self._claim = claim
        self._references = references
        self._altered = cache(self._compared_with)
        self._left = MOST_COMPARED

    def of(self, earlier: Known, references: Sequence[int], *, confirmed: bool | None) -> Recognised:
        """Return what is left of a resemblance, beside the first reference that explains it."""
        for place in references:
            try:
                shared = self._shared(place, earlier)
            except MediaUnreadable as exc:
                if confirmed and isinstance(exc, _AnotherPicture):  # by features alone, which shots of one style share
                    return Recognised(confirmed=False)
                return Recognised(confirmed=confirmed, explained_by=place, why=str(exc))
            except (cv2.error, np.linalg.LinAlgError):
                return Recognised(confirmed=confirmed, explained_by=place, why="the photos could not be compared")
            if shared is not None:
                return Recognised(confirmed=confirmed, explained_by=place, shared_alteration=shared)
        return Recognised(confirmed=confirmed)

    def _shared(self, place: int, earlier: Known) -> float | None:
        """Return the share of what was altered that the earlier photo shows too; None where nothing is explained."""
        reference = self._references[place]
        if reference.sha256 in {self._claim.sha256, earlier.sha256}:  # a copy has nothing altered to show
            return 0.0
        found = self._altered(place)
        if found is None:
            return None
        if found.mask is None:
            msg = "the photo was made from the reference, but shows too little detail to say where the two differ"
            raise MediaUnreadable(msg)
        if not found.mask.any():
            return 0.0
        return 1.0 if earlier.sha256 == self._claim.sha256 else self._agreeing(found, earlier)

    def _agreeing(self, altered: PairInspection, earlier: Known) -> float:
        if not self._left:
            msg = f"pixels were compared with the {MOST_COMPARED} nearest earlier photos only"
            raise MediaUnreadable(msg)
        self._left -= 1
        share = _alike(altered, _place_by_place(self._claim, earlier))
        if share is None:
            msg = "the earlier photo could not be compared place by place"
            raise MediaUnreadable(msg)
        return share

    def _compared_with(self, place: int) -> PairInspection | None:
        """Return how the claim was made from a reference; None where it was not, or shows another scene."""
        found = _inspected(self._claim, self._references[place])
        another_scene = found is not None and found.altered is True and found.mask is None
        return None if found is None or not found.derived or another_scene else found


def _inspected(claim: Known, other: Known) -> PairInspection | None:
    """Return what pixels show of two photos; None where it is not worth looking."""
    alike = likeness(claim.features, other.features)
    return inspection.compare_pixels(alike, claim.print, other.print) if alike.worth_comparing else None


def _place_by_place(claim: Known, earlier: Known) -> PairInspection | None:
    """Return where two photos of one picture differ, whatever that makes of them; None where they cannot be aligned.

    Raises :class:`_AnotherPicture` where there are places enough to find again, and hardly one of them is.
    """
    found = align(likeness(claim.features, earlier.features).projections, claim.print, earlier.print)
    if found is None or found.corners < inspection.LEAST_CORNERS:
        if found is not None and found.tracked >= _ENOUGH_PLACES:
            msg = "the earlier photo could not be compared place by place"
            raise _AnotherPicture(msg)
        return None
    mine = claim.print.pixels
    seen, shared = warped(earlier.print.pixels, found.matrix, (mine.shape[1], mine.shape[0]))
    unlike = difference(mine, seen, shared)
    return PairInspection(derived=False, score=0.0, mask=unlike.mask, compared=unlike.compared)


def _alike(altered: PairInspection, beside: PairInspection | None) -> float | None:
    """Return the share of all that was altered in either photo that both show alike; None where nobody can say.

    ``altered`` is the claim beside the reference, ``beside`` the claim beside the earlier photo: where these differ,
    one of them was altered. Of the claim's own alterations alone the share would be high where a hair-thin crack is
    found beside the reference and missed beside a photo that was altered somewhere else.
    """
    if beside is None or beside.mask is None or beside.compared is None or altered.mask is None:
        return None
    mine, differs = altered.mask[COARSE], beside.mask[COARSE]
    either = np.count_nonzero(mine | differs)
    return round(float(np.count_nonzero(mine & beside.compared & ~differs) / either), 4) if either else None
