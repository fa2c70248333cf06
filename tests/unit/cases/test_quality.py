"""Agreement, precision and recall, each with its interval."""

from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cases.looks import Look
from streams.cases.quality.quality import (
    Looked,
    VerdictCount,
    blind_pairs,
    by_merchant,
    compared,
    overturned,
    precision,
)
from streams.cases.quality.statistics import Pair, agreement, by_reviewer, by_rule, recall, share, spread

VERDICTS = ["GRANT", "REFUSE", "FORGERY_CONFIRMED"]
pairs = st.lists(
    st.builds(
        Pair,
        reviewer=st.sampled_from(["lin", "chen"]),
        other=st.sampled_from(["ma", "wu"]),
        rule=st.sampled_from(["R-1", "R-2"]),
        verdict=st.sampled_from(VERDICTS),
        other_verdict=st.sampled_from(VERDICTS),
    ),
    max_size=40,
)


def a_pair(verdict: str, other: str, rule: str = "R-1") -> Pair:
    return Pair(reviewer="lin", other="chen", rule=rule, verdict=verdict, other_verdict=other)


def test_a_person_is_counted_once_for_all_their_names() -> None:
    one = Pair(reviewer="local:Lin", other="chen", rule="R-1", verdict="GRANT", other_verdict="GRANT")
    other = Pair(reviewer="ma", other="lin", rule="R-1", verdict="GRANT", other_verdict="REFUSE")

    found = by_reviewer([one, other])

    assert {name: (each.agreed.hits, each.agreed.of) for name, each in found.items()} == {
        "chen": (1, 1),
        "lin": (1, 2),
        "ma": (0, 1),
    }


def test_wilson_s_interval_is_the_one_of_the_books() -> None:
    found = share(10, 50)

    assert found.share == 0.2
    assert (found.low or 0, found.high or 0) == pytest.approx((0.1124, 0.3304), abs=1e-4)
    assert share(0, 0).share is None


@given(hits=st.integers(0, 500), more=st.integers(0, 500))
def test_a_share_lies_in_its_interval(hits: int, more: int) -> None:
    found = share(hits, hits + more)
    if found.share is not None and found.low is not None and found.high is not None:
        assert 0 <= found.low <= found.share + 1e-12
        assert found.share - 1e-12 <= found.high <= 1


def test_kappa_is_the_one_of_the_books() -> None:
    # Cohen's own kind of table: 20 both yes, 5 and 10 differ, 15 both no: observed .7, by chance .5
    table = [("GRANT", "GRANT", 20), ("GRANT", "REFUSE", 5), ("REFUSE", "GRANT", 10), ("REFUSE", "REFUSE", 15)]
    found = agreement([a_pair(a, b) for a, b, times in table for _ in range(times)])

    assert found.agreed.share == pytest.approx(0.7)
    assert found.kappa == pytest.approx(0.4)
    assert found.low == pytest.approx(0.1459, abs=1e-3)
    assert found.high == pytest.approx(0.6541, abs=1e-3)


def test_agreement_that_chance_alone_would_give_says_nothing() -> None:
    assert agreement([a_pair("GRANT", "GRANT")] * 9).kappa is None
    assert agreement([]).agreed.share is None


@given(pairs)
def test_everybody_s_pairs_are_counted_for_both_of_them(found: list[Pair]) -> None:
    assert sum(each.agreed.of for each in by_reviewer(found).values()) == 2 * len(found)
    assert sum(each.agreed.of for each in by_rule(found).values()) == len(found)
    for each in by_reviewer(found).values():
        if each.kappa is not None and each.low is not None and each.high is not None:
            assert -1 <= each.low <= each.kappa <= each.high <= 1


def test_recall_is_projected_from_the_random_audit() -> None:
    found = recall(share(2, 100), cleared=10_000, caught=800)

    assert found.recall == pytest.approx(0.8)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.8 < found.high
    assert recall(share(0, 0), cleared=10, caught=1).recall is None


def looked(reviewer: str, look: Look, verdict: str, case_id: str = "c-1") -> Looked:
    return Looked(case_id=case_id, reviewer=reviewer, look=look, verdict=verdict, rule="R-1")


def test_only_verdicts_that_saw_nothing_of_each_other_are_compared() -> None:
    record = [
        looked("lin", Look.FIRST, "MORE_EVIDENCE"),
        looked("ma", Look.FIRST, "GRANT"),
        looked("chen", Look.SECOND, "REFUSE"),
        looked("wu", Look.SENIOR, "REFUSE"),
        looked("lin", Look.FIRST, "GRANT", "c-2"),
    ]

    assert blind_pairs(record) == [
        Pair(reviewer="ma", other="chen", rule="R-1", verdict="GRANT", other_verdict="REFUSE")
    ]


def test_an_appeal_overturns_the_verdict_that_stood() -> None:
    record = [
        looked("ma", Look.FIRST, "GRANT"),
        looked("wu", Look.SENIOR, "REFUSE"),
        looked("lin", Look.APPEAL, "GRANT"),
        looked("wu", Look.FIRST, "REFUSE", "c-2"),
        looked("lin", Look.APPEAL, "REFUSE", "c-2"),
    ]

    assert overturned(record) == {"wu": [True, False]}


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"), st.sampled_from(["lin", "ma"]), st.sampled_from(Look), st.sampled_from(VERDICTS)
        ),
        max_size=30,
    )
)
def test_cases_that_are_read_one_after_the_other_say_what_all_of_them_say_together(
    rows: list[tuple[str, str, Look, str]],
) -> None:
    record = [looked(who, look, verdict, case) for case, who, look, verdict in sorted(rows, key=lambda row: row[0])]

    found = compared(iter(record))

    assert sorted(found.pairs, key=repr) == sorted(blind_pairs(record), key=repr)
    assert found.appealed == overturned(record)


def test_a_reason_is_precise_where_people_decide_against_the_buyer() -> None:
    decided = [
        VerdictCount(verdict="REFUSE", reason_codes=("USED_BEFORE", "EDITED")),
        VerdictCount(verdict="GRANT", reason_codes=("USED_BEFORE",)),
        VerdictCount(verdict="FORGERY_CONFIRMED", reason_codes=("USED_BEFORE",)),
    ]

    found = {code: (each.hits, each.of) for code, each in precision(decided).items()}
    assert found == {"EDITED": (1, 1), "USED_BEFORE": (2, 3)}


@given(st.lists(st.integers(0, 9), min_size=1))
def test_a_spread_of_counts_is_that_of_the_durations_one_by_one(durations: list[int]) -> None:
    ordered, of = sorted(durations), len(durations)
    found = spread(Counter(1_000 * one for one in durations))

    assert (found.of, found.median_s, found.p95_s) == (of, ordered[(of + 1) // 2 - 1], ordered[-(-95 * of // 100) - 1])


def test_cases_that_are_counted_are_as_many_as_cases_told_one_by_one() -> None:
    one = VerdictCount(verdict="REFUSE", reason_codes=("A", "A"), merchant_id="m")
    three = VerdictCount(verdict="GRANT", reason_codes=("A",), merchant_id="m", cases=3)

    assert by_merchant([one, three]) == by_merchant([one, *[msgspec.structs.replace(three, cases=1)] * 3])
    assert precision([one, three])["A"] == share(1, 4)


def test_a_spread_is_in_seconds() -> None:
    found = spread({1_000 * n: 1 for n in range(1, 101)})
    assert (found.of, found.median_s, found.p95_s) == (100, 50, 95)
    assert spread({}).median_s is None
