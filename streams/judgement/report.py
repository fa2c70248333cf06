"""The one report of backtests and shadows: what a policy would have done, beside what was done."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from schemas.units import DAY_MS
from streams.cases.intervals import wilson
from streams.judgement.ports import Trial
from streams.judgement.tally import Group, Labelled, Stratum, Tally, read_tally

MINUTES_A_CASE = 6.0


def report(
    trial: Trial, name: str, *, minutes: float = MINUTES_A_CASE, capacity: float | None = None
) -> dict[str, Any]:
    """Return the report of a trial, for JSON.

    ``minutes`` is how long a case takes a reviewer, ``capacity`` how many minutes there are a day.
    """
    tally = read_tally(trial.tally)
    days = max(1.0, ((tally.last_ms or 0) - (tally.first_ms or 0)) / DAY_MS)
    not_judged = sum(tally.not_judged.values())
    return {
        "kind": trial.kind,
        "policy": {"name": name, "sha256": trial.policy_sha256},
        "begun_at_ms": trial.begun_at_ms,
        "ended_at_ms": trial.ended_at_ms,
        "since_ms": trial.since_ms,
        "records": tally.judged + not_judged,
        "judged": tally.judged,
        "not_judged": tally.not_judged,
        "reproduced": tally.reproduced,
        "not_reproduced": tally.not_reproduced,
        "review_before": tally.review_before,
        "review_after": tally.review_after,
        "to_review": tally.to_review,
        "to_clear": tally.to_clear,
        "rules": _rules(tally),
        "review_minutes_a_day": {
            "before": round(tally.review_before * minutes / days, 1),
            "after": round(tally.review_after * minutes / days, 1),
            "capacity": capacity,
        },
        "money_held_minor": tally.held,
        "money_released_minor": tally.released,
        "precision": share_told(tally.labelled.caught, tally.labelled.caught + tally.labelled.false_alarms),
        "recall": _recall(tally.labelled),
        "by": {kind: groups_told(groups) for kind, groups in sorted(tally.groups.items())},
        "differences": {kind: difference(groups) for kind, groups in sorted(tally.groups.items())},
        "examples": [msgspec.structs.asdict(one) for one in tally.examples],
    }


def difference(groups: Mapping[str, Group]) -> dict[str, Any] | None:
    """Return whether groups go to review unequally often: the chi-square test of their shares; None of fewer than two.

    ``p`` is the chance of shares as far apart as these where none differ (Wilson and Hilferty's approximation).
    """
    some = [one for one in groups.values() if one.judged]
    judged, review = sum(one.judged for one in some), sum(one.review_after for one in some)
    if len(some) < 2 or review in {0, judged}:  # noqa: PLR2004 - a comparison needs two
        return None
    share = review / judged
    chi = sum((one.review_after - one.judged * share) ** 2 / (one.judged * share * (1 - share)) for one in some)
    free = len(some) - 1
    z = ((chi / free) ** (1 / 3) - (1 - 2 / (9 * free))) / math.sqrt(2 / (9 * free))
    return {"chi_square": round(chi, 2), "degrees_of_freedom": free, "p": round(math.erfc(z / math.sqrt(2)) / 2, 6)}


def _rules(tally: Tally) -> dict[str, dict[str, int]]:
    return {
        rule: {"fired": fired, "alone": tally.alone.get(rule, 0)}
        for rule, fired in sorted(tally.fired.items(), key=lambda one: (-one[1], one[0]))
    }


def share_told(part: int, whole: int) -> dict[str, Any]:
    """Return a share with its 95 % interval, for JSON; without a value where there is nothing."""
    return {
        "value": round(part / whole, 4) if whole else None,
        "interval_95": [round(one, 4) for one in wilson(part, whole)] if whole else None,
        "of": whole,
    }


def _recall(found: Labelled) -> dict[str, Any]:
    """Return what share of forgeries is caught: those missed are estimated from the ones drawn at random.

    A request that was drawn with a share stands for 1 / share requests. The strata's Wilson intervals of what is missed
    are put together by their distances from the estimate (MOVER: Zou and Donner, 2008).
    """
    strata = [found.strata[name] for name in sorted(found.strata, key=float)]
    told = {"audited": sum(one.audited for one in strata), "strata": [msgspec.structs.asdict(one) for one in strata]}
    caught = found.caught + sum((one.forged - one.missed) * (1 / one.share - 1) for one in strata)
    missed = sum(one.missed / one.share for one in strata)
    if not strata or not caught + missed:
        return {"value": None, "interval_95": None, **told}
    below, above = _missed_bounds(strata)
    bounds = [round(caught / (caught + one), 4) if caught + one else 1.0 for one in (missed + above, missed - below)]
    return {"value": round(caught / (caught + missed), 4), "interval_95": bounds, **told}


def _missed_bounds(strata: Iterable[Stratum]) -> tuple[float, float]:
    """Return how far the 95 % interval of what is missed reaches below and above the estimate."""
    below = above = 0.0
    for one in strata:
        low, high = wilson(one.missed, one.audited)
        share, stands_for = one.missed / one.audited, one.audited / one.share
        below += ((share - low) * stands_for) ** 2
        above += ((high - share) * stands_for) ** 2
    return math.sqrt(below), math.sqrt(above)


def groups_told(groups: Mapping[str, Group]) -> dict[str, Any]:
    """Return the largest groups with the interval of the share that goes to review, for JSON."""
    largest = sorted(groups.items(), key=lambda one: (-one[1].judged, one[0]))
    return {
        name: {
            "judged": one.judged,
            "review_before": one.review_before,
            "review_after": one.review_after,
            "interval_95": [round(bound, 4) for bound in wilson(one.review_after, one.judged)] if one.judged else [],
        }
        for name, one in largest[:50]
    }
