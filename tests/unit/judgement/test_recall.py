"""Recall from the random audit: who was drawn with a small share stands for many."""

from random import Random
from typing import Any

import pytest

from streams.cases.intervals import wilson
from streams.judgement.ports import Trial
from streams.judgement.report import report
from streams.judgement.tally import Labelled, Stratum, Tally, written
from tests.builders import AT_MS


def recall(caught: int, *strata: Stratum) -> dict[str, Any]:
    found = Labelled(caught=caught, strata={f"{one.share:g}": one for one in strata})
    trial = Trial(
        trial_id=1,
        kind="backtest",
        policy_sha256="0" * 64,
        begun_at_ms=AT_MS,
        begun_by="test",
        since_ms=0,
        before_ms=AT_MS,
        place=0,
        ended_at_ms=AT_MS,
        tally=written(Tally(labelled=found)),
    )
    told: dict[str, Any] = report(trial, "t")["recall"]
    return told


def test_each_stratum_counts_by_its_own_share() -> None:
    told = recall(48, Stratum(0.02, audited=100, forged=1, missed=1), Stratum(0.5, audited=10, forged=1, missed=1))

    assert told["value"] == 48 / (48 + 50 + 2)
    assert told["audited"] == 110
    assert [one["share"] for one in told["strata"]] == [0.02, 0.5]
    below, above = told["interval_95"]
    assert 0 < below < told["value"] < above < 1


def test_of_one_stratum_the_interval_is_that_of_its_share() -> None:
    told = recall(40, Stratum(0.1, audited=50, forged=1, missed=1))

    low, high = wilson(1, 50)
    assert told["interval_95"] == pytest.approx([40 / (40 + high * 500), 40 / (40 + low * 500)], abs=1e-4)


def test_a_drawn_forgery_that_the_policy_catches_now_stands_for_as_many() -> None:
    told = recall(2, Stratum(0.1, audited=100, forged=2, missed=0))

    assert told["value"] == 1.0
    assert told["interval_95"][0] == pytest.approx(20 / (20 + wilson(0, 100).high * 1_000), abs=1e-4)


def test_without_drawn_requests_nobody_knows_what_is_missed() -> None:
    assert recall(40) == {"value": None, "interval_95": None, "audited": 0, "strata": []}
    assert recall(0, Stratum(0.1, audited=50))["value"] is None


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Two strata drawn again and again: 30 of 3,000 and 20 of 200 are missed, 100 are caught."""
    dice, truth, held, times = Random(11), 100 / 150, 0, 400  # noqa: S311 - draws, no secret
    for _ in range(times):
        drawn = []
        for share, size, missed in ((0.1, 3_000, 30), (0.5, 200, 20)):
            taken = [dice.random() < share for _ in range(size)]
            drawn.append(Stratum(share, audited=sum(taken), forged=sum(taken[:missed]), missed=sum(taken[:missed])))
        below, above = recall(100, *drawn)["interval_95"]
        held += below <= truth <= above
    assert held / times >= 0.9
