"""A simulated day of review, in small: a flooding cluster keeps nobody waiting but itself, and nobody starves."""

from collections import Counter

import msgspec
import pytest

from streams.bench.figures import percentile
from streams.bench.review_day import SHIFT_MS, Day, simulate

SMALL = Day(arrivals=2_000, reviewers=8, flood=1_000, small=380)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_small_honest_claims_hardly_wait_while_a_cluster_floods_the_queue(seed: int) -> None:
    waits = simulate(msgspec.structs.replace(SMALL, seed=seed))

    assert percentile(waits.small, 0.95) <= SMALL.handling_s
    assert waits.ratio <= 2
    assert percentile(waits.flood, 0.5) > percentile(waits.small, 0.95)


def test_with_one_reviewer_kept_free_a_small_claim_hardly_waits_and_the_others_little_longer() -> None:
    usual, kept = simulate(SMALL), simulate(msgspec.structs.replace(SMALL, kept_free=SMALL.reviewers))

    assert percentile(kept.small, 0.95) < percentile(usual.small, 0.95)
    assert percentile(kept.others, 0.95) <= 3 * percentile(usual.others, 0.95) + SMALL.handling_s
    assert kept.left <= usual.left + SMALL.arrivals // 20


def test_where_small_claims_are_rare_nobody_is_kept_free_and_nobody_sits_idle_beside_cases_that_wait() -> None:
    rare = msgspec.structs.replace(SMALL, small=40, kept_free=SMALL.reviewers)

    assert simulate(rare) == simulate(msgspec.structs.replace(rare, kept_free=0))
    assert simulate(rare).idle_h == 0
    assert simulate(msgspec.structs.replace(rare, small=SMALL.small)).idle_h > 0


def test_the_cluster_gets_every_turn_that_nobody_else_wants_and_its_end_within_the_day() -> None:
    waits = simulate(SMALL)

    assert waits.left == 0
    assert max(waits.flood) < SHIFT_MS / 1_000
    assert len(waits.everybody) == SMALL.arrivals


def test_with_fewer_people_than_are_needed_small_claims_still_go_out() -> None:
    waits = simulate(msgspec.structs.replace(SMALL, reviewers=6))

    assert waits.left > 0
    assert percentile(waits.small, 0.95) <= percentile(waits.everybody, 0.95) / 10
    assert len(waits.small) == SMALL.small


def test_nobody_but_the_cluster_waits_for_long_because_a_few_points_less_speak_against_them() -> None:
    waits = simulate(SMALL)
    of_the_rest = Counter(waits.everybody) - Counter(waits.flood)

    assert max(of_the_rest.elements()) <= 10 * SMALL.handling_s


def test_what_came_meanwhile_is_what_came_before_the_clusters_last_case_went_out() -> None:
    waits = simulate(SMALL)

    assert waits.meanwhile is not None
    assert len(waits.meanwhile.flood) == len(waits.flood) < len(waits.meanwhile.everybody) <= len(waits.everybody)
    assert waits.meanwhile.ratio <= waits.ratio


def test_the_day_repeats() -> None:
    assert simulate(SMALL) == simulate(SMALL)
