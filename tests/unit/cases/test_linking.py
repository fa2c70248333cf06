"""Cases that a confirmed forgery opens around itself, keeps, and gives up."""

import json

import pytest

from streams.cases.looks import Look
from streams.cases.parties import linking
from streams.cases.parties.linking import ClearedClaim
from streams.cases.procedure import DEFAULT
from streams.cases.states import CaseState
from streams.errors import IllegalMove
from tests.unit.cases.cases import DIGEST, LIN, a_case

CLEARED = ClearedClaim(
    request_id="rr-7",
    request_digest=DIGEST,
    order_id="o-7",
    person="p-7",
    buyer_id="b-7",
    merchant_id="m-7",
    category="toys",
    amount_minor=700,
    currency="EUR",
    decision_id="d-77",
    policy_sha256="9" * 64,
    message=b"the answer that stays",
)
HEARING_ENDS_MS = DEFAULT.of("toys").hearing_ends_ms(LIN.at_ms)


def test_a_cleared_claim_becomes_a_case_under_the_id_that_its_decision_would_have_given_it() -> None:
    done = linking.link(CLEARED, "c-1", "rr-1", LIN, DEFAULT)

    case = done.after
    assert (case.case_id, case.cluster_id, case.opened_for, case.opened_at_ms) == ("c-77", "rr-1", "c-1", LIN.at_ms)
    assert (case.due_at_ms, case.category) == (HEARING_ENDS_MS, "toys")
    assert (case.reason_codes, case.score, case.order_id) == (("LINKED_TO_FORGERY",), 95, "o-7")
    [entry] = done.entries
    said = json.loads(entry.payload)
    assert (entry.actor, said["opened_for"], said["cluster_id"], said["note"]) == (LIN.by, "c-1", "rr-1", LIN.note)
    assert [event.event for event in done.events] == ["CASE_OPENED"]


def test_what_was_withdrawn_comes_back_for_another_forgery() -> None:
    done = linking.reopen(a_case(state=CaseState.CLOSED, opened_for="c-0"), "c-9", LIN, DEFAULT)
    assert (done.after.state, done.after.opened_for) == (CaseState.AWAITING_MERCHANT, "c-9")
    assert done.after.due_at_ms == HEARING_ENDS_MS
    assert [event.event for event in done.events] == ["CASE_OPENED"]


def test_a_case_that_is_kept_for_another_forgery_stays_where_it_is() -> None:
    done = linking.relink(a_case(state=CaseState.READY, opened_for="c-0"), "c-9", LIN)
    assert (done.after.state, done.after.opened_for, done.events) == (CaseState.READY, "c-9", ())


@pytest.mark.parametrize("state", CaseState)
def test_a_case_is_withdrawn_where_nobody_came_to_a_verdict_and_nowhere_else(state: CaseState) -> None:
    open_ = {"AWAITING_MERCHANT", "READY", "ASSIGNED", "AWAITING_BUYER_EVIDENCE", "AWAITING_BOTH"}
    case = a_case(state=state, verdict="GRANT" if state is CaseState.DECIDED else None)
    assert linking.may_be_withdrawn(case) == (state in open_)
    if state in open_:
        done = linking.withdraw(case, LIN)
        assert (done.after.state, [event.event for event in done.events]) == (CaseState.CLOSED, ["CLOSED"])


@pytest.mark.parametrize("look", Look)
@pytest.mark.parametrize("state", [CaseState.READY, CaseState.ASSIGNED])
def test_a_case_with_a_verdict_that_is_kept_is_not_withdrawn_whoever_has_it(state: CaseState, look: Look) -> None:
    assert linking.may_be_withdrawn(a_case(state=state, look=look)) == (look is Look.FIRST)


def test_a_case_with_a_first_verdict_is_not_withdrawn() -> None:
    with pytest.raises(IllegalMove):
        linking.withdraw(a_case(state=CaseState.AWAITING_SECOND_REVIEWER), LIN)
