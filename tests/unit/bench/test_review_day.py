"""A simulated day of review, in small: a flooding cluster keeps nobody waiting but itself, and nobody starves."""

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


def test_the_day_repeats() -> None:
    assert simulate(SMALL) == simulate(SMALL)
