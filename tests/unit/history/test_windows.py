from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Reading
from streams.history.ledger import Ledger
from streams.history.past import PastClaim
from streams.history.windows import WINDOWS_DAYS, History, InWindow, summarise
from streams.wording import causes
from streams.wording.cause import Cause, unmeasured
from tests.builders import AT_MS, DAY_MS, a_request
from tests.history_model import Record


def a_claim(days_ago: float = 1, amount_minor: int = 1_000, currency: str = "CNY") -> PastClaim:
    return PastClaim(
        request_id=f"rr-{days_ago}-days-ago",
        appended_at_ms=AT_MS - int(days_ago * DAY_MS),
        amount_minor=amount_minor,
        currency=currency,
        kind="refund_only",
    )


def a_history(*claims: PastClaim, **changes: Any) -> History:
    return the_history(Record(claims), **changes)


def the_history(record: Record, **changes: Any) -> History:
    """The record as a batch comes to know it that decides these claims one after the other."""
    ledger = Ledger({}, {}, {})
    for claim in record.claims:
        ledger.add("b-1", claim)
    request = a_request(**changes)
    past = ledger.past("b-1", request.request_id, request.currency, AT_MS, record.forgeries_at_ms)
    return summarise(past, request, AT_MS)


def claims_by_window(history: History) -> list[int]:
    return [window.claims for window in history.windows]


def test_nobody_knows_a_new_person() -> None:
    history = the_history(Record())
    assert history.windows == tuple(InWindow(days, 0, 0, 0) for days in WINDOWS_DAYS)
    assert history.forgeries == 0


def test_a_claim_counts_in_every_window_that_reaches_it() -> None:
    assert claims_by_window(a_history(a_claim(1), a_claim(20), a_claim(80), a_claim(300))) == [1, 1, 2, 3, 3, 4]


@pytest.mark.parametrize("days", WINDOWS_DAYS)
def test_a_window_holds_what_is_exactly_as_old_as_it_is_long_and_nothing_older(days: int) -> None:
    at_the_edge = a_claim(days)
    one_older = PastClaim("rr-old", at_the_edge.appended_at_ms - 1, 1_000, "CNY", "refund_only")
    assert a_history(at_the_edge, one_older).within(days).claims == 1


def test_a_claim_with_a_later_time_that_was_decided_before_counts_as_new() -> None:
    assert claims_by_window(a_history(a_claim(days_ago=-2))) == [1] * 6


def test_a_forgery_confirmed_after_the_request_came_in_counts() -> None:
    history = the_history(Record(forgeries_at_ms=(AT_MS + 1,)))
    assert [window.forgeries for window in history.windows] == [1] * 6


def test_sums_take_only_the_currency_of_the_request_while_counts_take_all() -> None:
    window = a_history(a_claim(amount_minor=500), a_claim(amount_minor=900, currency="USD")).within(7)
    assert (window.claims, window.sum_minor) == (2, 500)


def test_a_forgery_of_any_age_counts_as_one_ever() -> None:
    history = the_history(Record(forgeries_at_ms=(AT_MS - 3_000 * DAY_MS, AT_MS - 80 * DAY_MS)))
    assert history.forgeries == 2
    assert [window.forgeries for window in history.windows] == [0, 0, 0, 1, 1, 1]


def test_the_rate_is_earlier_claims_for_each_order() -> None:
    rate = a_history(a_claim(1), a_claim(29), a_claim(31), orders_30d=8).claim_rate_30d
    assert rate == Reading(name="claim_rate_30d", value=0.25, unit="claims per order")


@pytest.mark.parametrize(
    ("orders", "why"),
    [
        (None, causes.ORDERS_UNKNOWN),
        (0, causes.NO_ORDERS),
    ],
)
def test_without_orders_the_rate_is_unmeasured_and_says_why(orders: int | None, why: Cause) -> None:
    assert a_history(a_claim(), orders_30d=orders).claim_rate_30d == unmeasured("claim_rate_30d", why)


some_claims = st.lists(
    st.builds(
        a_claim,
        days_ago=st.floats(-10, 400, allow_nan=False),
        amount_minor=st.integers(0, 10**12),
        currency=st.sampled_from(["CNY", "USD"]),
    ),
    max_size=30,
)
some_times = st.lists(st.integers(AT_MS - 500 * DAY_MS, AT_MS + DAY_MS), max_size=10)


@given(some_claims, some_times, st.randoms())
def test_the_order_in_which_the_store_reads_does_not_matter(
    claims: list[PastClaim], times: list[int], dice: Random
) -> None:
    shuffled = dice.sample(claims, len(claims))
    before = the_history(Record(tuple(claims), tuple(times)))
    after = the_history(Record(tuple(shuffled), tuple(reversed(times))))
    assert before == after


@given(some_claims, some_times)
def test_a_longer_window_never_holds_less(claims: list[PastClaim], times: list[int]) -> None:
    windows = the_history(Record(tuple(claims), tuple(times))).windows
    for shorter, longer in pairwise(windows):
        assert shorter.claims <= longer.claims
        assert shorter.sum_minor <= longer.sum_minor
        assert shorter.forgeries <= longer.forgeries


@given(some_claims, some_claims)
def test_one_more_claim_never_makes_the_record_lighter(claims: list[PastClaim], more: Sequence[PastClaim]) -> None:
    fewer, all_of_them = a_history(*claims), a_history(*claims, *more)
    for before, after in zip(fewer.windows, all_of_them.windows, strict=True):
        assert before.claims <= after.claims
        assert before.sum_minor <= after.sum_minor


@given(some_claims)
def test_windows_count_what_a_plain_filter_counts(claims: list[PastClaim]) -> None:
    expected = [sum(AT_MS - claim.appended_at_ms <= days * DAY_MS for claim in claims) for days in WINDOWS_DAYS]
    assert claims_by_window(a_history(*claims)) == expected
