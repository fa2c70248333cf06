"""The outcomes by damage and by laundering, what each stage costs, and how well scores are calibrated."""

import statistics
from collections.abc import Callable, Iterable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from streams.bench.evaluation.goals import false_regions, located, recall
from streams.bench.evaluation.scoring import Outcome
from streams.cases.intervals import wilson

_BINS = 10
_OF_KINDS = frozenset({"shared pixels", "regenerated", "warped", "on a screen", "disguised", "printed goods", "edited"})
_MS = 1_000


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the pairs of one condition; a figure is None where it was not measured.

    ``found_low`` is the lower end of the interval of ``found``, the share that was found derived. ``cleared``,
    ``accused`` and ``likened`` are shares of what the packaged policy judged.
    """

    name: str
    pairs: int
    found: float | None
    found_low: float | None
    right_reference: float | None
    hit: float | None
    iou: float | None
    tolerant: float | None
    false_regions: float | None
    cleared: float | None
    accused: float | None
    likened: float | None


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds of processor time that one stage took of a pair, of the pairs that went through it."""

    name: str
    pairs: int
    mean_ms: float
    p95_ms: float


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """Pairs whose scores lie between two ends, and which share of them was derived."""

    at_least: float
    at_most: float
    pairs: int
    derived: float
    low: float
    high: float


def by_damage(outcomes: Iterable[Outcome]) -> list[Condition]:
    """Return the altered pairs by kind of damage."""
    return _grouped([each for each in outcomes if each.question == "altered"], lambda each: each.damage)


def by_way(outcomes: Iterable[Outcome]) -> list[Condition]:
    """Return the pairs that were made from a reference by the way they were sent."""
    return _grouped([each for each in outcomes if each.question in {"altered", "unedited"}], lambda each: each.way)


def by_question(outcomes: Iterable[Outcome]) -> list[Condition]:
    """Return all pairs by what they are; ``found`` is a false alarm where nothing was derived."""
    return _grouped(list(outcomes), lambda each: " / ".join(_question(each)))


def stages(outcomes: Sequence[Outcome]) -> list[Stage]:
    """Return what each stage cost, in the order in which the stages first appear."""
    names = dict.fromkeys(name for each in outcomes for name in each.seconds)
    spent = {name: [_MS * each.seconds[name] for each in outcomes if name in each.seconds] for name in names}
    return [
        Stage(
            name=name,
            pairs=len(values),
            mean_ms=round(statistics.fmean(values), 2),
            p95_ms=round(float(np.percentile(values, 95)), 2),
        )
        for name, values in spent.items()
    ]


def calibration(outcomes: Iterable[Outcome]) -> list[Bin]:
    """Return the share that was derived by score, in bins of about equally many pairs; none without scores."""
    scored = sorted((each.score, each.made_from_a_reference) for each in outcomes if each.score is not None)
    if not scored:
        return []
    scores = np.array([score for score, _ in scored])
    ends = np.unique(np.quantile(scores, np.linspace(0, 1, _BINS + 1)))
    at = np.clip(np.searchsorted(ends, scores, side="right") - 1, 0, max(0, len(ends) - 2))
    truths = np.array([truth for _, truth in scored])
    return [_bin(scores[at == each], truths[at == each]) for each in np.unique(at)]


def _bin(scores: npt.NDArray[np.float64], truths: npt.NDArray[np.bool_]) -> Bin:
    low, high = wilson(int(truths.sum()), len(truths))
    return Bin(
        at_least=float(scores.min()),
        at_most=float(scores.max()),
        pairs=len(truths),
        derived=float(truths.mean()),
        low=low,
        high=high,
    )


def _question(outcome: Outcome) -> tuple[str, ...]:
    return (outcome.question, outcome.damage) if outcome.question in _OF_KINDS else (outcome.question,)


def _grouped(outcomes: Sequence[Outcome], name: Callable[[Outcome], str]) -> list[Condition]:
    groups: dict[str, list[Outcome]] = {}
    for each in outcomes:
        groups.setdefault(name(each), []).append(each)
    return [_condition(key, groups[key]) for key in sorted(groups)]


def _condition(name: str, outcomes: Sequence[Outcome]) -> Condition:
    found = recall(name, 0, outcomes)
    located_ones = [each for each in outcomes if each.tolerant is not None]
    looked = any(each.looked for each in outcomes)
    return Condition(
        name=name,
        pairs=len(outcomes),
        found=found.figure,
        found_low=found.low,
        right_reference=_mean([each.right_reference for each in outcomes if each.right_reference is not None]),
        hit=_mean([each.hit for each in located_ones]) if looked else None,
        iou=located(name, 0, outcomes).figure,
        tolerant=located(name, 0, outcomes, lambda each: each.tolerant).figure,
        false_regions=false_regions(name, 0, outcomes).figure,
        cleared=_mean([each.cleared for each in outcomes if each.cleared is not None]),
        accused=_mean([each.accused for each in outcomes if each.accused is not None]),
        likened=_mean([each.likened for each in outcomes if each.likened is not None]),
    )


def _mean(values: Sequence[float]) -> float | None:
    return statistics.fmean(values) if values else None
