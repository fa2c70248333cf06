"""One picture used again: whether an earlier photo that a claim resembles is the same picture.

Where fingerprints are far apart, features have to agree. Where they are near, pixels may deny it: two buyers whose own
photos of one printed article fill the frame alike have one fingerprint, and each had a camera of their own. Two claims
that were made from one photo of the goods resemble each other for that reason alone: then it counts what was altered,
and whether the earlier photo shows it too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np

from streams.errors import MediaUnreadable
from streams.evidence.comparing.known import Known
from streams.evidence.comparing.near_photos import NearPhotos, copied_from
from streams.evidence.comparing.recognised import Recognised, Resemblance
from streams.evidence.comparing.templates import DrawnOn, besides_marks, drawn_by, only_a_template
from streams.evidence.features.features import FEWEST_POINTS
from streams.evidence.features.prefilter import Prefilter, likeness
from streams.evidence.looking import pages
from streams.evidence.pixels import alteration
from streams.evidence.pixels.alignment import align, warped
from streams.evidence.pixels.alteration import Altered
from streams.evidence.pixels.derivation import LEAST_CORNERS
from streams.evidence.pixels.difference import Mask, difference
from streams.evidence.pixels.goods import COARSE
from streams.evidence.pixels.views import Matrix
from streams.wording import causes
from streams.wording.cause import Cause

SAME_INLIERS, FEWEST_INLIERS, SAME_COVERAGE = 60, 25, 0.02
"""From 60 inliers over 2 % of the claim features show one picture; of photos with few points a quarter of these is
enough, but never fewer than 25. Of 540 pairs of one picture at 32 to 60 bits none has fewer than 94 inliers, of 22
unlike catalogue photos none more than 17, and 9 of 10 pairs of drawn pots in one style 26 to 59."""
MOST_COMPARED = 8
"""Earlier photos whose pixels are compared, the nearest first: with the claim's, and where that may change the answer
with the reference's. Each comparison takes a quarter of a second."""
_NOT_ONE_FILE = 0.2
"""Up to this value of ``copied`` an earlier photo is left out as another photo of the same printed article. It bounds
the search, as features that deny do (decision 23); the policy says what counts as a copy."""
_ENOUGH_PLACES = 40
"""Corners looked for from which it says something that hardly one was found again."""

Lap = Callable[[str], None]


def recognise(
    claim: Known,
    references: Sequence[Known],
    earlier: Sequence[tuple[Known, Resemblance]],
    lap: Lap = lambda _stage: None,
) -> list[Recognised]:
    """Return what a claim has to do with each earlier photo, in order; ``lap`` is called at the end of each stage.

    Earlier photos of the same bytes are looked at once: often one forgery was sent a thousand times. Deterministic.
    """
    subtraction, near = _Subtraction(claim, references, drawn_by(how for _, how in earlier)), NearPhotos(claim)
    known: dict[tuple[str, Resemblance], Recognised] = {}
    for photo, how in earlier:
        asked = photo.sha256, how
        if asked not in known:
            known[asked] = _recognised(claim, photo, how, (near, subtraction), lap)
    return [known[photo.sha256, how] for photo, how in earlier]


def _recognised(
    claim: Known, earlier: Known, how: Resemblance, by: tuple[NearPhotos, "_Subtraction"], lap: Lap
) -> Recognised:
    near, subtraction = by
    asked = how.far or how.page
    confirmed, why = _confirmed(claim, earlier, page=how.page) if asked else _near(near.denied(earlier, how))
    lap("recognise")
    if confirmed is False or (asked and not confirmed):
        return Recognised(confirmed=confirmed, why=why)
    found = subtraction.of(earlier, how.references, confirmed=confirmed)
    lap("subtract")
    return found


def _near(denied: Cause | None) -> tuple[bool | None, Cause | None]:
    return (None, None) if denied is None else (False, denied)


def _confirmed(claim: Known, earlier: Known, *, page: bool) -> tuple[bool | None, Cause | None]:
    """Return whether features show one picture (of a page: one photograph in both), or None and the cause."""
    try:
        ours = pages.in_photographs(claim.features, claim.print.pixels) if page else claim.features
        if page and len(ours.points) < FEWEST_INLIERS:
            return False, None  # what two pages share besides is their template
        if claim.sha256 == earlier.sha256:
            return True, None
        if not page:
            _show_enough(claim, earlier)
        alike = likeness(ours, earlier.features)
        agree = _agree(alike, min(len(ours.points), len(earlier.features.points)))
        if page and agree:
            return not only_a_template(claim, earlier, alike), None
        return _one_file(claim, earlier, alike) if agree else (False, None)
    except MediaUnreadable as exc:
        return None, exc.cause
    except (cv2.error, np.linalg.LinAlgError):
        return None, causes.PHOTOS_NOT_COMPARABLE


def _agree(alike: Prefilter, points: int) -> bool:
    """Return whether features show one picture; ``points`` is how many the photo with fewer of them has."""
    needed = max(FEWEST_INLIERS, min(SAME_INLIERS, points // 4))
    return alike.inliers >= needed and alike.coverage >= SAME_COVERAGE


def _one_file(claim: Known, earlier: Known, alike: Prefilter) -> tuple[bool | None, Cause | None]:
    """Return whether photos whose features agree come from one file; None and the cause where that cannot be told.

    Two cameras' photos of one printed article agree in features too.
    """
    said = copied_from(claim, earlier, alike)
    return (None, causes.TOO_FEW_PLACES) if said is None else (said > _NOT_ONE_FILE, None)


def _show_enough(one: Known, other: Known) -> None:
    if min(len(one.features.points), len(other.features.points)) < FEWEST_POINTS:
        raise MediaUnreadable(causes.TOO_LITTLE_DETAIL)


class _AnotherPicture(MediaUnreadable):
    """There are enough corners to find again, and pixels find hardly one of them."""


class _Subtraction:
    """What a claim's references explain. Each is compared with the claim once, when it is first needed."""

    def __init__(self, claim: Known, references: Sequence[Known], drawn_on: DrawnOn) -> None:
        self._claim, self._references, self._drawn_on = claim, references, drawn_on
        self._altered = cache(self._compared_with)
        self._left = MOST_COMPARED

    def of(self, earlier: Known, references: Sequence[int], *, confirmed: bool | None) -> Recognised:
        """Return what a resemblance says beside the first reference that explains it.

        Where features alone confirmed it, as they do for some shots of one style, pixels may deny it: then it is
        unknown. A claim that comes here was made from a photo of the goods, so this holds up no honest one.
        """
        for place in references:
            try:
                shared = self._shared(self._references[place], place, earlier)
            except _AnotherPicture as exc:
                if confirmed:
                    return Recognised(explained_by=place, why=causes.FEATURES_AND_PIXELS_DISAGREE)
                return Recognised(explained_by=place, why=exc.cause)
            except MediaUnreadable as exc:
                return Recognised(confirmed=confirmed, explained_by=place, why=exc.cause)
            except (cv2.error, np.linalg.LinAlgError):
                return Recognised(confirmed=confirmed, explained_by=place, why=causes.PHOTOS_NOT_COMPARABLE)
            if shared is not None:
                return Recognised(confirmed=confirmed, explained_by=place, shared_alteration=shared)
        return Recognised(confirmed=confirmed)

    def _shared(self, reference: Known, place: int, earlier: Known) -> float | None:
        """Return the share of the alteration that the earlier photo shows too; None where nothing is explained."""
        if reference.sha256 in {self._claim.sha256, earlier.sha256}:  # a copy has nothing altered to show
            return 0.0
        mine = self._altered(place)
        if isinstance(mine, MediaUnreadable):
            raise mine
        if mine is None:
            return None
        if not mine.anything:
            return 0.0
        return 1.0 if earlier.sha256 == self._claim.sha256 else self._agreeing(mine, reference, earlier)

    def _agreeing(self, mine: Altered, reference: Known, earlier: Known) -> float:
        if not self._left:
            raise MediaUnreadable(causes.earlier_photos_over_limit(MOST_COMPARED))
        self._left -= 1
        beside = _place_by_place(self._claim, earlier)
        differs = beside.altered
        if not (mine.mask.any() or differs.mask.any()):
            raise MediaUnreadable(causes.EARLIER_PHOTO_NOT_ALIGNABLE)
        share, settled = alteration.alike(mine, differs)
        if not settled:
            theirs = beside.as_seen(_altered_before(earlier, reference))
            share = alteration.shared(mine, differs, theirs[COARSE])
        return round(share, 4)

    def _compared_with(self, place: int) -> Altered | MediaUnreadable | None:
        """Return where the claim differs from a reference, or the error that says why that is unknown.

        None where the claim was not made from that reference, or shows another scene.
        """
        reference = self._references[place]
        if reference.beside is not None:
            return reference.beside
        like = likeness(self._claim.features, reference.features)
        if not like.worth_comparing:
            return None
        found = besides_marks(like, self._claim.print, reference.print)
        if found is None or not found.worth_locating or (found.altered is True and found.mask is None):
            return None
        altered = alteration.altered(found)
        if altered is not None and self._drawn_on(found, self._claim, reference):
            return replace(altered, anything=False)
        return altered or MediaUnreadable(causes.DIFFERENCE_NOT_LOCATED)


@dataclass(frozen=True, slots=True)
class _PairResult:
    """Where two photos of one picture differ, in the first one's pixels; ``matrix`` takes these to the other's."""

    mask: Mask
    compared: Mask
    matrix: Matrix

    @property
    def altered(self) -> Altered:
        return Altered(self.mask[COARSE], self.compared, bool(self.mask.any()))

    def as_seen(self, mask: Mask) -> Mask:
        """Return a mask of the other photo as the first one shows it."""
        size = self.mask.shape[1], self.mask.shape[0]
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpPerspective(mask.astype(np.uint8) * 255, self.matrix, size, flags=flags) > 127)  # noqa: PLR2004 - the half


def _altered_before(earlier: Known, reference: Known) -> Mask:
    try:
        return _place_by_place(earlier, reference).mask
    except _AnotherPicture as exc:  # than the reference: that says nothing of the claim
        raise MediaUnreadable(exc.cause) from exc


def _place_by_place(one: Known, other: Known) -> _PairResult:
    """Return where two photos of one picture differ, without judging it.

    Raises :class:`MediaUnreadable` where they cannot be aligned, and :class:`_AnotherPicture` where there are enough
    corners to find again, and hardly one is found.
    """
    found = align(likeness(one.features, other.features).projections, one.print, other.print)
    if found is None or found.corners < LEAST_CORNERS:
        why = causes.EARLIER_PHOTO_NOT_ALIGNABLE
        if found is not None and found.tracked >= _ENOUGH_PLACES:
            raise _AnotherPicture(why)
        raise MediaUnreadable(why)
    mine = one.print.pixels
    seen, there = warped(other.print.pixels, found.matrix, (mine.shape[1], mine.shape[0]))
    unlike = difference(mine, seen, there)
    return _PairResult(unlike.mask, unlike.compared, found.matrix)
