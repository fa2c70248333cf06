"""Under which ids a golden case is shown."""

import pytest

from streams.cases.quality.golden import drawn_for_golden
from streams.cases.quality.golden_names import Ids, as_given_now

NEAR = [Ids("rr-5009", "o-2026-0410"), Ids("rr-5008", "o-2026-0409"), Ids("rr-4990", "o-2026-0001")]


@pytest.mark.parametrize(
    ("own", "known"),
    [
        (Ids("rr-0007", "o-2024-0003"), Ids("rr-5007", "o-2026-0408")),
        (Ids("rr-7", "o-2024-0003"), Ids("rr-5007", "o-2026-0408")),
        (Ids("9f8a-11c", "o-x"), Ids("9f8a-11c", "o-x")),
    ],
    ids=["both count up", "one that was shorter once", "ids that are drawn tell nothing"],
)
def test_ids_that_count_up_are_counted_on_to_these_days(own: Ids, known: Ids) -> None:
    assert as_given_now(own, NEAR) == known


def test_where_no_other_id_is_near_or_free_the_own_one_stays() -> None:
    assert as_given_now(Ids("rr-7", "o-1"), []) == Ids("rr-7", "o-1")
    assert as_given_now(Ids("rr-7", "o-1"), [Ids("rr-0", "o-0")]) == Ids("rr-7", "o-1")


@pytest.mark.parametrize("share", [0, 0.02, 0.5, 1])
def test_the_lot_draws_its_share_and_each_reviewer_anew(share: float) -> None:
    many = 4_000
    drawn = {
        by: [drawn_for_golden(b"k" * 32, f"c-{number}", by, share) for number in range(many)] for by in ("lin", "chen")
    }

    for each in drawn.values():
        assert abs(sum(each) - share * many) <= 0.02 * many
    assert (drawn["lin"] == drawn["chen"]) is (share in {0, 1})
