"""What is measured: anything that says of a claim and its references what this project's evidence says."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from schemas.records import Reading
from streams.bench.evaluation.pixels import Mask
from streams.evidence.examination import compare, examine
from streams.evidence.limits import Limits

Box = tuple[int, int, int, int]
LOOKING = frozenset({"decode", "hash", "features", "compare", "look"})
"""Stages that every photo pays; any other stage is paid only where derivation was found."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found. ``mask`` is in claim pixels, upright; ``altered`` None says that nobody looked for alterations.

    ``score`` grows with how sure derivation is, on any scale; from 0 to 1 it is read as a probability. ``seconds`` are
    of processor time, by stage; a stage that was not gone through is left out.
    """

    derived: bool
    best_reference: int | None
    altered: bool | None = None
    mask: Mask | None = None
    regions: Sequence[Box] = ()
    score: float | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)


class Subject(Protocol):
    """A system under test."""

    def inspect(self, claim: bytes, references: Sequence[bytes]) -> Inspection:
        """Return what is found; what was seen of a photo may be kept, so that it is decoded once for many pairs."""


class PairFound(Protocol):
    """What comes of one claim beside one reference; the names mean what they mean in :class:`Inspection`."""

    @property
    def derived(self) -> bool: ...  # noqa: D102 - as above, and below
    @property
    def score(self) -> float: ...  # noqa: D102
    @property
    def altered(self) -> bool | None: ...  # noqa: D102
    @property
    def mask(self) -> Mask | None: ...  # noqa: D102
    @property
    def regions(self) -> Sequence[Box]: ...  # noqa: D102
    @property
    def seconds(self) -> Mapping[str, float]: ...  # noqa: D102


class Pairwise:
    """A subject that compares a claim with one reference at a time: the likeliest source answers."""

    def __init__(self, inspect_pair: Callable[[bytes, bytes], PairFound]) -> None:
        self._inspect_pair = inspect_pair

    def inspect(self, claim: bytes, references: Sequence[bytes]) -> Inspection:
        """Return what the best pair shows; the seconds are those of all pairs."""
        found = [self._inspect_pair(claim, reference) for reference in references]
        at = max(range(len(found)), key=lambda each: (found[each].derived, found[each].score))
        best = found[at]
        seconds: dict[str, float] = {}
        for stage, spent in (lap for each in found for lap in each.seconds.items()):
            seconds[stage] = seconds.get(stage, 0.0) + spent
        return Inspection(
            derived=best.derived,
            best_reference=at if best.derived else None,
            altered=best.altered,
            mask=best.mask,
            regions=best.regions,
            score=best.score,
            seconds=seconds,
        )


NEAR_BITS = 31
ENOUGH_INLIERS = 25
ENOUGH_COVERAGE = 0.02
"""With the two above: the operating point of the packaged default policy's rule on altered photos."""
_LIMITS = Limits(size_bytes=50_000_000, pixels=100_000_000)
_PHOTOS_KEPT = 4_096


class Packaged:
    """The project's own evidence at its default operating point: hash and features; it does not look for regions."""

    def __init__(self) -> None:
        self._seen: OrderedDict[bytes, bytes] = OrderedDict()
        self._laps: dict[str, float] = {}

    def inspect(self, claim: bytes, references: Sequence[bytes]) -> Inspection:
        """Return derivation by the best of the references, the one with the most inliers first."""
        self._laps = {}
        ours, *theirs = (self._look(file) for file in (claim, *references))
        lap = _watch(self._laps)
        found = [_values(compare(ours, each)) for each in theirs]
        lap("compare")
        ranked = sorted(
            range(len(found)), key=lambda at: (not _derived(found[at]), -found[at].get("feature_inliers", 0))
        )
        best = found[ranked[0]] if ranked else {}
        derived = bool(best) and _derived(best)
        return Inspection(
            derived=derived,
            best_reference=ranked[0] if derived else None,
            score=best.get("feature_inliers"),
            seconds=dict(self._laps),
        )

    def _look(self, file: bytes) -> bytes:
        """Return a photo's features, from its first look where there was one."""
        digest = hashlib.sha256(file).digest()
        if digest not in self._seen:
            self._seen[digest] = examine(file, _LIMITS, _watch(self._laps)).features
        self._seen.move_to_end(digest)
        if len(self._seen) > _PHOTOS_KEPT:
            self._seen.popitem(last=False)
        return self._seen[digest]


def _watch(laps: dict[str, float]) -> Callable[[str], None]:
    """Return what adds the processor time since the last call to the stage that is over."""
    since = time.process_time()

    def lap(stage: str) -> None:
        nonlocal since
        now = time.process_time()
        laps[stage] = laps.get(stage, 0.0) + now - since
        since = now

    return lap


def _values(readings: Sequence[Reading]) -> dict[str, float]:
    """Return what was measured; a photo with too little to see has no features to compare."""
    return {each.name: each.value for each in readings if isinstance(each.value, int | float)}


def _derived(values: Mapping[str, float]) -> bool:
    return values["hash_distance_bits"] <= NEAR_BITS or (
        values.get("feature_inliers", 0) >= ENOUGH_INLIERS and values.get("inlier_coverage", 0) >= ENOUGH_COVERAGE
    )
