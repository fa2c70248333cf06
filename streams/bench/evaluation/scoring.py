"""What came of one pair: what was found, held against what is true."""

from collections.abc import Mapping, Sequence

import cv2
import msgspec
import numpy as np

from streams.bench.evaluation.pairs import Pair
from streams.bench.evaluation.pixels import Mask
from streams.bench.evaluation.subject import Inspection

EDGE_TOLERANCE = 0.004
"""How far an edge may be off, as a share of the claim's longer side."""
HIT = 0.1
"""The tolerant IoU from which an alteration counts as hit: the box lies on it, however roughly."""
_MADE_FROM_A_REFERENCE = frozenset(
    {
        "altered",
        "unedited",
        "regenerated",
        "warped",
        "on a screen",
        "disguised",
        "forged collage",
        "given",
        "given, sent",
        "edited",
        "edited, drawn anew",
    }
)
ACCUSING = frozenset({"DERIVED_AND_ALTERED", "SCENE_REGENERATED", "RESENT_REFERENCE", "USED_BEFORE", "OTHERS_LISTING"})
"""Reasons that say of a claim photo that it was made from another photo, or is one."""
LIKENESS = "LIKE_REFERENCE"
"""The reason that has a person look at a resemblance, and accuses nobody."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One pair's outcome. ``iou`` and ``tolerant`` are 0 where nothing was found, and None where no mask is known.

    ``false_share`` is the share of the area that was called altered though it was not, of unedited pairs only;
    ``looked`` says whether alterations were looked for at all. ``reasons`` are those for which a person looks, None
    where nobody judged. ``error`` is what went wrong instead of an answer.
    """

    question: str
    photo: str
    way: str
    damage: str = ""
    derived: bool = False
    right_reference: bool | None = None
    looked: bool = False
    iou: float | None = None
    tolerant: float | None = None
    false_share: float | None = None
    score: float | None = None
    reasons: Sequence[str] | None = None
    seconds: Mapping[str, float] = {}
    error: str | None = None

    @property
    def made_from_a_reference(self) -> bool:
        """Whether the claim truly is derived."""
        return self.question in _MADE_FROM_A_REFERENCE

    @property
    def hit(self) -> bool:
        """Whether the alteration was found at all."""
        return self.tolerant is not None and self.tolerant >= HIT

    @property
    def cleared(self) -> bool | None:
        """Whether a machine would clear the claim; None where nobody judged."""
        return None if self.reasons is None else not self.reasons

    @property
    def accused(self) -> bool | None:
        """Whether the claim is said to be made from another photo; None where nobody judged."""
        return None if self.reasons is None else not ACCUSING.isdisjoint(self.reasons)

    @property
    def likened(self) -> bool | None:
        """Whether a person looks at a resemblance, and nothing worse is said; None where nobody judged."""
        return None if self.reasons is None else LIKENESS in self.reasons and not self.accused


class Truth(msgspec.Struct, frozen=True):
    """What an outcome is about: names of what was done."""

    question: str
    photo: str
    way: str
    damage: str = ""


def outcome(truth: Truth, pair: Pair, found: Inspection) -> Outcome:
    """Return what was found against what is true of the pair. Raises ValueError for a mask of another size."""
    about = Outcome(
        **msgspec.structs.asdict(truth),
        derived=found.derived,
        right_reference=found.best_reference == pair.source if found.derived and pair.source is not None else None,
        looked=found.altered is not None,
        score=found.score,
        reasons=found.reasons,
        seconds=found.seconds,
    )
    if pair.mask is None:
        return about
    mask = _within(found, pair)
    if pair.mask.any():
        strict, tolerant = overlap(mask, pair.mask), tolerant_overlap(mask, pair.mask)
        return msgspec.structs.replace(about, iou=strict, tolerant=tolerant)
    return msgspec.structs.replace(about, false_share=float(mask.mean()))


def overlap(found: Mask, true: Mask) -> float:
    """Return the intersection over the union; 1 where both are empty."""
    union = int((found | true).sum())
    return int((found & true).sum()) / union if union else 1.0


def tolerant_overlap(found: Mask, true: Mask) -> float:
    """Return the overlap where an edge may be off by :data:`EDGE_TOLERANCE`.

    A pixel that was found is right when the truth is that near, a true one is found when what was found is that near;
    from these shares p and r the overlap is p r / (p + r - p r), which is the plain one where nothing is tolerated.
    """
    if not found.any() or not true.any():
        return float(found.any() == true.any())
    right = float(_near(true)[found].mean())
    got = float(_near(found)[true].mean())
    return right * got / (right + got - right * got) if right and got else 0.0


def _near(mask: Mask) -> Mask:
    reach = max(1, round(EDGE_TOLERANCE * max(mask.shape)))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), disc), np.bool_)


def _within(found: Inspection, pair: Pair) -> Mask:
    """Return what was found, without what the way of sending drew over the photo: that differs, and is no forgery."""
    if pair.mask is None or found.mask is None:
        return np.zeros((1, 1) if pair.mask is None else pair.mask.shape, np.bool_)
    if found.mask.shape != pair.mask.shape:
        msg = f"the mask has {found.mask.shape[::-1]} pixels, the claim {pair.mask.shape[::-1]}"
        raise ValueError(msg)
    return found.mask if pair.drawn is None else found.mask & ~(_near(pair.drawn) & ~pair.mask)
