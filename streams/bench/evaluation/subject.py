"""What is measured: anything that says of a claim and its references what this project's evidence says."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from streams.bench.evaluation.pixels import Mask
from streams.evidence.comparing import stills
from streams.evidence.comparing.comparison import derivation
from streams.evidence.comparing.media_comparison import compare
from streams.evidence.comparing.stills import Still
from streams.evidence.comparing.thin_lines import whole_mask
from streams.evidence.files.colours import ColourImage, develop
from streams.evidence.files.limits import Limits
from streams.evidence.looking import kept_panels
from streams.evidence.looking.examination import NOTHING, Examination, Means, examine
from streams.policy.pair_verdict import likeliest, photo_verdict

Box = tuple[int, int, int, int]
LOOKING = frozenset({"decode", "visible_label", "provenance", "hash", "features", "clarity", "compare", "look"})
"""Stages that every photo pays; any other stage is paid only where derivation was found."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found. ``mask`` is in claim pixels, upright; ``altered`` None says that nobody looked for alterations.

    ``score`` grows with how sure derivation is, on any scale; from 0 to 1 it is read as a probability. ``reasons`` are
    the codes for which a person looks, none where a machine would clear the claim, and None where nobody judged.
    ``seconds`` are of processor time, by stage; a stage that was not gone through is left out.
    """

    derived: bool
    best_reference: int | None
    altered: bool | None = None
    mask: Mask | None = None
    regions: Sequence[Box] = ()
    score: float | None = None
    reasons: Sequence[str] | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)


class Subject(Protocol):
    """A system under test."""

    def inspect(self, claim: bytes, references: Sequence[bytes]) -> Inspection:
        """Return what is found; what was seen of a photo may be kept, so that it is decoded once for many pairs."""


_LIMITS = Limits(size_bytes=50_000_000, pixels=100_000_000)
_PHOTOS_KEPT = 1_024
_OF_REFERENCE = Means(mirrored=False)


class Product:
    """The product's own path at the operating point of its packaged policy: looks are kept, as workers keep them."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[bytes, Means], Examination] = OrderedDict()

    def inspect(self, claim: bytes, references: Sequence[bytes]) -> Inspection:
        """Return what the evidence shows of a claim and its references, and what the policy makes of it."""
        laps: dict[str, float] = {}
        lap = _watch(laps)
        files = (claim, *references)
        looks = [self._look(claim, lap), *(self._look(file, lap, _OF_REFERENCE) for file in references)]
        shown, *others = (_stills(look, file) for look, file in zip(looks, files, strict=True))
        found = compare(shown, others, lap)
        same, names = [file == claim for file in references], [f"r{at}" for at in range(len(found))]
        judged = photo_verdict(looks[0].readings, found, same, names)
        at = likeliest(judged.pairs)
        likely = None if at is None else judged.pairs[at]
        pair = None if likely is None else likely.found
        mask = None
        if likely is not None and at is not None and pair is not None:
            mask = whole_mask(likely.beside, (claim, references[at]), _LIMITS)
        return Inspection(
            derived=likely is not None and likely.derived,
            best_reference=at if likely is not None and likely.derived else None,
            altered=None if likely is None else likely.altered,
            mask=mask,
            regions=() if pair is None else pair.regions,
            score=max((derivation(beside) for beside in found), default=None),
            reasons=[reason.code for reason in judged.reasons],
            seconds=laps,
        )

    def _look(self, file: bytes, lap: Callable[[str], None], means: Means = NOTHING) -> Examination:
        """Return the first look at a photo, as a claim's unless ``means`` say otherwise."""
        key = hashlib.sha256(file).digest(), means
        if key not in self._seen:
            self._seen[key] = examine(file, _LIMITS, lap, means)
        self._seen.move_to_end(key)
        if len(self._seen) > _PHOTOS_KEPT:
            self._seen.popitem(last=False)
        return self._seen[key]


def _stills(look: Examination, photo: bytes) -> list[Still]:
    """Return the looks that a photo offers: itself, and its panels."""
    names = [sha256 for _, sha256 in kept_panels.parts(look.features)]
    pictures = dict(zip(names, look.pictures, strict=True))

    def developed(part: str | None) -> ColourImage:
        return develop(photo if part is None else pictures[part], _LIMITS)

    return stills.looks(look.features, developed)


def _watch(laps: dict[str, float]) -> Callable[[str], None]:
    """Return what adds the processor time since the last call to the stage that is over."""
    since = time.process_time()

    def lap(stage: str) -> None:
        nonlocal since
        now = time.process_time()
        laps[stage] = laps.get(stage, 0.0) + now - since
        since = now

    return lap
