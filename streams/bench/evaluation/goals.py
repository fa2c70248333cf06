"""The table of goals: each with its figure, the interval of it, and whether it is met."""

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

from streams.bench.evaluation.intervals import bootstrap
from streams.bench.evaluation.laundering import LIGHT
from streams.bench.evaluation.scoring import Outcome
from streams.bench.evaluation.subject import LOOKING
from streams.cases.intervals import Interval, wilson

Unit = Literal["share", "IoU", "ms", "errors"]
LARGEST_FALSE_SHARE = 0.005
_MS = 1_000


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One goal, or a figure that is told without one.

    ``figure`` is None where nothing was there to measure it on; ``count`` is how many pairs it is of.
    """

    what: str
    unit: Unit
    goal: float | None
    at_least: bool
    figure: float | None = None
    low: float | None = None
    high: float | None = None
    count: int = 0
    hits: int | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where it was not measured, or there is none."""
        if self.figure is None or self.goal is None:
            return None
        return self.figure >= self.goal if self.at_least else self.figure <= self.goal


Outcomes = Sequence[Outcome]


def table(outcomes: Outcomes) -> list[Row]:
    """Return every goal with what the outcomes say of it."""
    derived = [each for each in outcomes if each.question in {"altered", "unedited"}]
    light = [each for each in derived if each.way in LIGHT]
    given = [each for each in outcomes if each.question == "given"]
    regenerated = [each for each in outcomes if each.question == "regenerated"]
    altered = [each for each in outcomes if each.question == "altered"]
    sent = [each for each in outcomes if each.question == "given, sent"]
    cracks, region = of_damage(altered, "crack"), ("texture", "removal", "regeneration")
    return [
        recall("derived found: JPEG, resize", 1.0, light),
        recall("derived found: every damage, every laundering", 0.995, derived),
        recall("derived found: regenerated scenes", 0.90, regenerated),
        recall("derived found: given pairs (real edits)", 0.90, given),
        *_two_measures(outcomes),
        alarms("flagged: unrelated claims, 3 references each", 0.001, outcomes, "unrelated"),
        alarms("flagged: other photos of the same product", 0.01, outcomes, "same product"),
        alarms("flagged: other products that share pixels", 0.02, outcomes, "shared pixels"),
        alarms("flagged: other colours of one product", 0.02, outcomes, "other variant"),
        located("mask: patch, stain", 0.90, of_damage(altered, "patch", "stain")),
        located("mask: texture, removal, regeneration", 0.83, of_damage(altered, *region)),
        located("mask: crack, strict", 0.60, cracks),
        located("mask: crack, edge tolerance 0.4 %", 0.95, cracks, lambda each: each.tolerant),
        located("mask: given pairs after crop 4 %, JPEG 75", 0.80, sent),
        false_regions("unedited: false region over 0.5 % of the area", 0.01, outcomes),
        _looking_ms("comparing pixels (develop to regions), where derived", 120.0, outcomes),
        _errors("errors on good files", outcomes),
    ]


def _two_measures(outcomes: Outcomes) -> list[Row]:
    """Return what counts in the end: risky claims that a machine would clear, and honest ones that are accused."""
    risky: tuple[tuple[str, float | None, str], ...] = (
        ("altered", 0.002, "painted, pasted, removed"),
        ("regenerated", 0.05, "scenes regenerated around the goods"),
        ("edited", 0.05, "real edits that keep pixels"),
        ("warped", 0.10, "warped, bent or lit anew"),
        ("on a screen", None, "photographed from a screen"),
        ("disguised", 0.05, "forged photos in a disguise"),
        ("forged collage", 0.02, "a forged photo among others in a collage"),
    )
    honest = (
        ("unrelated", 0.001, "unrelated, 3 references each"),
        ("same product", 0.01, "other photos of the same product"),
        ("shared pixels", 0.02, "other products that share pixels"),
        ("printed goods", 0.01, "photos of printed goods"),
        ("honest", 0.01, "real photos of printed goods"),
        ("honest collage", 0.001, "the listing beside an own photo in one picture"),
    )
    likened = (("printed goods", "photos of printed goods"), ("honest", "real photos of printed goods"))
    return [
        *(
            _judged(f"risky and cleared: {what}", goal, outcomes, of, lambda each: each.cleared)
            for of, goal, what in risky
        ),
        recall(
            "derived found: real edits that keep pixels", 0.90, [one for one in outcomes if one.question == "edited"]
        ),
        *(
            _judged(f"honest and accused: {what}", goal, outcomes, of, lambda each: each.accused)
            for of, goal, what in honest
        ),
        *(
            _judged(f"honest and likened: {what}", 0.05, outcomes, of, lambda each: each.likened)
            for of, what in likened
        ),
    ]


def _judged(
    what: str, goal: float | None, outcomes: Outcomes, question: str, answer: Callable[[Outcome], bool | None]
) -> Row:
    """Return the share of a question's outcomes for which the packaged policy gave an answer; those that it judged."""
    answers = [said for each in outcomes if each.question == question and (said := answer(each)) is not None]
    return _share(what, goal, answers, at_least=False)


def of_damage(outcomes: Iterable[Outcome], *kinds: str) -> list[Outcome]:
    """Return the outcomes whose damage is one of ``kinds``, or a finer kind of it ("crack, hair" is a crack)."""
    return [each for each in outcomes if each.damage.split(",")[0] in kinds or each.damage in kinds]


def recall(what: str, goal: float, outcomes: Outcomes) -> Row:
    """Return the share of outcomes that were found derived."""
    return _share(what, goal, [each.derived for each in outcomes], at_least=True)


def alarms(what: str, goal: float, outcomes: Outcomes, question: str) -> Row:
    """Return the share of false alarms: outcomes of the question that were called derived, though none is."""
    return _share(what, goal, [each.derived for each in outcomes if each.question == question], at_least=False)


def located(
    what: str, goal: float, outcomes: Outcomes, value: Callable[[Outcome], float | None] = lambda each: each.iou
) -> Row:
    """Return the mean overlap of what was found with what was altered; what was not found counts as 0."""
    values = [found for each in outcomes if (found := value(each)) is not None]
    if not values or not any(each.looked for each in outcomes):
        return Row(what=what, unit="IoU", goal=goal, at_least=True)
    return _row(what, "IoU", goal, statistics.fmean(values), bootstrap(values), len(values))


def false_regions(what: str, goal: float, outcomes: Outcomes) -> Row:
    """Return the share of unedited pairs where more than a speck was called altered."""
    if not any(each.looked for each in outcomes):
        return Row(what=what, unit="share", goal=goal, at_least=False)
    shares = [each.false_share for each in outcomes if each.question == "unedited" and each.false_share is not None]
    return _share(what, goal, [share > LARGEST_FALSE_SHARE for share in shares], at_least=False)


def _looking_ms(what: str, goal: float, outcomes: Outcomes) -> Row:
    spent = [
        _MS * sum(value for stage, value in each.seconds.items() if stage not in LOOKING)
        for each in outcomes
        if each.derived and each.looked
    ]
    if not spent:
        return Row(what=what, unit="ms", goal=goal, at_least=False)
    return _row(what, "ms", goal, statistics.fmean(spent), bootstrap(spent), len(spent), at_least=False)


def _errors(what: str, outcomes: Outcomes) -> Row:
    wrong = sum(each.error is not None for each in outcomes)
    return Row(what=what, unit="errors", goal=0, at_least=False, figure=wrong, count=len(outcomes), hits=wrong)


def _share(what: str, goal: float | None, answers: Sequence[bool], *, at_least: bool) -> Row:
    if not answers:
        return Row(what=what, unit="share", goal=goal, at_least=at_least)
    hits = sum(answers)
    interval = wilson(hits, len(answers))
    row = _row(what, "share", goal, hits / len(answers), interval, len(answers), at_least=at_least)
    return msgspec.structs.replace(row, hits=hits)


def _row(  # noqa: PLR0913 - a row is these
    what: str, unit: Unit, goal: float | None, figure: float, interval: Interval, count: int, *, at_least: bool = True
) -> Row:
    low, high = (None if math.isnan(end) else end for end in interval)
    return Row(what=what, unit=unit, goal=goal, at_least=at_least, figure=figure, low=low, high=high, count=count)
