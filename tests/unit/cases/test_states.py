"""Which way a case can go."""

import pytest

from streams.cases.states import NEXT, OPENED, WITHDRAWABLE, CaseState, may_become

WAYS = {
    ("AWAITING_MERCHANT", "READY"),
    ("READY", "ASSIGNED"),
    ("ASSIGNED", "READY"),
    ("ASSIGNED", "NEEDS_BUYER_EVIDENCE"),
    ("ASSIGNED", "AWAITING_SECOND_REVIEWER"),
    ("ASSIGNED", "DECIDED"),
    ("NEEDS_BUYER_EVIDENCE", "READY"),
    ("AWAITING_SECOND_REVIEWER", "ASSIGNED"),
    ("DECIDED", "APPEALED"),
    ("DECIDED", "CLOSED"),
    ("APPEALED", "ASSIGNED"),
    ("AWAITING_MERCHANT", "CLOSED"),
    ("READY", "CLOSED"),
    ("ASSIGNED", "CLOSED"),
    ("NEEDS_BUYER_EVIDENCE", "CLOSED"),
    ("CLOSED", "AWAITING_MERCHANT"),
}


@pytest.mark.parametrize("now", CaseState)
@pytest.mark.parametrize("then", CaseState)
def test_a_case_goes_only_the_ways_that_are_drawn(now: CaseState, then: CaseState) -> None:
    assert may_become(now, then) == ((now.value, then.value) in WAYS)


def test_nobody_decides_before_the_merchant_could_be_heard() -> None:
    assert NEXT[OPENED] == {CaseState.READY, CaseState.CLOSED}
    assert [now for now in CaseState if may_become(now, CaseState.DECIDED)] == [CaseState.ASSIGNED]


def test_only_a_case_without_any_verdict_is_withdrawn() -> None:
    assert {now for now in CaseState if may_become(now, CaseState.CLOSED)} == WITHDRAWABLE | {CaseState.DECIDED}


def test_every_state_is_reached_from_the_first_and_leads_to_the_end() -> None:
    reached = {OPENED}
    while new := {then for now in reached for then in NEXT[now]} - reached:
        reached |= new
    ending = {CaseState.CLOSED}
    while new := {now for now in CaseState if NEXT[now] & ending} - ending:
        ending |= new

    assert reached == ending == set(CaseState)
