"""In which order waiting cases are handed out."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from schemas.units import MINUTE_MS
from streams.cases.case import Case
from streams.cases.looks import Look
from streams.cases.reviewing.ordering import (
    AGAIN_LEAD_MS,
    CLUSTER_SPACING_MS,
    DEADLINE_LEAD_MS,
    PERSON_SPACING_MS,
    POINT_LEAD_MS,
    RISK_LEAD_MS,
    SMALL_SCORE,
    Lane,
    Turns,
    has_to_stay_free,
    lane_of,
    lanes_for,
    language_of,
    rank_ms,
)
from streams.cases.states import CaseState
from tests.builders import AT_MS
from tests.unit.cases.cases import a_case

scores = st.integers(0, 100)
later = st.integers(0, 10**9)


def ready(number: int = 1, *, cluster: str | None = None, person: str | None = None, score: int = 50) -> Case:
    name = f"rr-{number}"
    return a_case(
        case_id=f"c-{number}",
        request_id=name,
        cluster_id=cluster or name,
        person=person or f"b-{number}",
        state=CaseState.READY,
        score=score,
    )


@given(score=scores, other=scores, gap=later)
def test_whoever_waits_half_an_hour_longer_is_overtaken_by_nobody(score: int, other: int, gap: int) -> None:
    first = rank_ms(ready(score=score), AT_MS)
    second = rank_ms(ready(2, score=other), AT_MS + RISK_LEAD_MS + 100 * POINT_LEAD_MS + 1 + gap)

    assert first < second


@given(score=scores, more=scores)
def test_of_two_that_came_together_the_riskier_goes_first(score: int, more: int) -> None:
    assert (rank_ms(ready(score=score), AT_MS) <= rank_ms(ready(score=more), AT_MS)) == (score >= more)


@given(score=scores, other=scores)
def test_of_those_on_one_step_of_risk_whoever_comes_first_goes_first(score: int, other: int) -> None:
    ranks = [rank_ms(ready(score=score), AT_MS), rank_ms(ready(2, score=other), AT_MS + 100 * POINT_LEAD_MS + 1)]

    assert (ranks[0] < ranks[1]) is not (other > SMALL_SCORE >= score)


def test_an_appeal_goes_before_a_first_look_and_a_deadline_before_both() -> None:
    first_look = rank_ms(ready(), AT_MS)
    appealed = rank_ms(a_case(state=CaseState.APPEALED, look=Look.APPEAL, score=50), AT_MS)
    due = rank_ms(a_case(state=CaseState.READY, score=50, due_at_ms=AT_MS + MINUTE_MS), AT_MS)

    assert appealed == first_look - AGAIN_LEAD_MS
    assert due == AT_MS + MINUTE_MS - DEADLINE_LEAD_MS


@given(size=st.integers(1, 300), score=scores)
def test_a_flood_of_one_cluster_gets_a_turn_a_minute_and_others_do_not_wait_for_it(size: int, score: int) -> None:
    turns = Turns({}, {})
    flood = [turns.place(ready(n, cluster="rr-1", score=100), AT_MS).rank_at_ms for n in range(size)]
    honest = turns.place(ready(1_000, score=score), AT_MS).rank_at_ms

    lead = RISK_LEAD_MS + 100 * POINT_LEAD_MS
    assert flood == [AT_MS - lead + n * CLUSTER_SPACING_MS for n in range(size)]
    assert sum(rank < honest for rank in flood) <= (lead // CLUSTER_SPACING_MS) + 1


@given(times=st.lists(later, min_size=2, max_size=20))
def test_a_person_gets_a_turn_every_five_minutes_and_never_goes_back_in_time(times: list[int]) -> None:
    turns = Turns({}, {})
    arrivals = [AT_MS + each for each in sorted(times)]
    starts = [turns.place(ready(n, person="b-1"), at).start_at_ms for n, at in enumerate(arrivals)]

    assert all(b - a >= PERSON_SPACING_MS for a, b in pairwise(starts))
    assert all(start >= at for start, at in zip(starts, arrivals, strict=True))


def test_turns_go_on_from_what_is_known() -> None:
    place = Turns({"rr-9": AT_MS + 5_000}, {"b-9": AT_MS}).place(ready(cluster="rr-9", person="b-9"), AT_MS)

    assert place.start_at_ms == AT_MS + PERSON_SPACING_MS


def test_small_claims_and_the_random_audit_have_a_share_of_their_own() -> None:
    assert lane_of(a_case(amount_minor=5_000, score=60)) is Lane.RESERVED
    assert lane_of(a_case(amount_minor=5_001, score=60)) is Lane.OTHER
    assert lane_of(a_case(amount_minor=5_000, score=61)) is Lane.OTHER
    assert lane_of(a_case(amount_minor=900_000, reason_codes=("RANDOM_AUDIT",))) is Lane.RESERVED
    assert lanes_for(1, 5, 0.2) == (Lane.RESERVED, None)
    assert lanes_for(1, 4, 0.2) == (None,)
    assert lanes_for(0, 0, 0) == (None,)


def test_one_of_so_many_reviewers_stays_free_for_the_reserved_lane_unless_another_one_is() -> None:
    assert lanes_for(99, 99, 0.2, stays_free=True) == (Lane.RESERVED,)
    assert [has_to_stay_free(at_work, 0, 40, 9) for at_work in (1, 19, 20, 40)] == [False, False, True, True]
    assert [has_to_stay_free(at_work, 1, 40, 9) for at_work in (59, 60, 99)] == [False, True, True]
    assert [has_to_stay_free(at_work, 0, 1, 9) for at_work in (1, 2)] == [False, True], "half of a few at most"
    assert not has_to_stay_free(1_000, 0, 0, 9), "0: nobody has to"


@given(at_work=st.integers(0, 500), one_in=st.integers(1, 100), busy=st.floats(0, 50))
def test_never_more_stay_free_than_small_claims_alone_keep_busy(at_work: int, one_in: int, busy: float) -> None:
    free = 0
    while has_to_stay_free(at_work, free, one_in, busy):
        free += 1

    assert free <= busy
    assert abs(free - at_work / one_in) <= 1 / 2 or free in {int(busy), at_work // 2}
    assert free <= at_work / 2


def test_the_language_is_that_of_what_the_parties_said() -> None:
    chinese = "\u597d"
    assert [language_of(words) for words in ([], ["12 %"], ["it broke"], ["OK", chinese])] == ["", "", "en", "zh"]
