"""Which way a case can go."""

import pytest

from streams.cases.state_table import NEXT, OPENED
from streams.cases.states import ENDED, CaseState
from tests.case_ways import WAYS


@pytest.mark.parametrize("now", CaseState)
@pytest.mark.parametrize("then", CaseState)
def test_a_case_goes_only_the_ways_that_are_drawn(now: CaseState, then: CaseState) -> None:
    assert (then in NEXT[now]) == ((now.value, then.value) in WAYS)


def test_nobody_decides_before_the_merchant_could_be_heard() -> None:
    assert NEXT[OPENED] == {CaseState.READY, CaseState.CLOSED}
    assert [now for now in CaseState if CaseState.DECIDED in NEXT[now]] == [CaseState.ASSIGNED]


def test_every_state_is_reached_from_the_first_and_leads_to_the_end() -> None:
    reached = {OPENED}
    while new := {then for now in reached for then in NEXT[now]} - reached:
        reached |= new
    ending = {CaseState.CLOSED}
    while new := {now for now in CaseState if NEXT[now] & ending} - ending:
        ending |= new

    assert reached == ending == set(CaseState)


def test_what_has_ended_goes_on_only_by_an_appeal_or_when_it_comes_back() -> None:
    assert {now: NEXT[now] - ENDED for now in ENDED} == {
        CaseState.DECIDED: {CaseState.APPEALED, CaseState.MERCHANT_APPEALED},
        CaseState.CLOSED: {CaseState.AWAITING_MERCHANT},
    }
