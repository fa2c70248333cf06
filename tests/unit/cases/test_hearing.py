"""What parties say, and deadlines that pass: where each leads to."""

import msgspec
import pytest

from streams.cases.acts import AuditAct, by_system
from streams.cases.asked import Party
from streams.cases.parties.hearing import state, time_out, withdraw
from streams.cases.states import ENDED, HEARINGS, CaseState
from streams.errors import IllegalMove, OperatorError
from tests.builders import AT_MS
from tests.unit.cases.cases import a_case

MERCHANT = AuditAct(by="m-1", note="it left us whole", at_ms=AT_MS)
LATER_MS = AT_MS + 1_000
DUE_MS = AT_MS + 500


@pytest.mark.parametrize(
    ("party", "now", "then", "due_at_ms"),
    [
        ("merchant", CaseState.AWAITING_MERCHANT, CaseState.READY, None),
        ("merchant", CaseState.AWAITING_BOTH, CaseState.AWAITING_BUYER_EVIDENCE, DUE_MS),
        ("buyer", CaseState.AWAITING_BUYER_EVIDENCE, CaseState.AWAITING_MERCHANT, LATER_MS),
        ("buyer", CaseState.AWAITING_BOTH, CaseState.AWAITING_MERCHANT, LATER_MS),
    ],
)
def test_a_statement_ends_the_wait_for_who_makes_it(
    party: Party, now: CaseState, then: CaseState, due_at_ms: int | None
) -> None:
    done = state(a_case(state=now, due_at_ms=DUE_MS), MERCHANT, party, rehearing_ends_ms=LATER_MS)

    assert (done.after.state, done.after.due_at_ms) == (then, due_at_ms)
    assert [event.event for event in done.events] == (["MERCHANT_ASKED"] if then == "AWAITING_MERCHANT" else [])


@pytest.mark.parametrize(
    ("party", "now"),
    [
        ("buyer", CaseState.AWAITING_MERCHANT),
        ("buyer", CaseState.READY),
        ("buyer", CaseState.ASSIGNED),
        ("merchant", CaseState.READY),
        ("merchant", CaseState.AWAITING_BUYER_EVIDENCE),
    ],
)
def test_a_statement_that_nobody_waits_for_is_kept_and_puts_nothing_off(party: Party, now: CaseState) -> None:
    case = a_case(state=now, due_at_ms=DUE_MS)

    done = state(case, MERCHANT, party, rehearing_ends_ms=LATER_MS)

    assert done.after == msgspec.structs.replace(case, version=2, changes=2), "there is more to read on it"
    assert b"it left us whole" in done.entries[0].payload


@pytest.mark.parametrize("ended", sorted(ENDED))
def test_after_the_verdict_only_an_appeal_is_heard(ended: CaseState) -> None:
    with pytest.raises(OperatorError, match="appeal instead" if ended == CaseState.DECIDED else "and it is over"):
        state(a_case(state=ended, verdict="GRANT"), MERCHANT, "merchant", rehearing_ends_ms=LATER_MS)


@pytest.mark.parametrize("waiting", sorted(HEARINGS))
def test_silence_moves_a_hearing_on_to_review_and_decides_nothing(waiting: CaseState) -> None:
    done = time_out(a_case(state=waiting, due_at_ms=DUE_MS), by_system(LATER_MS))

    assert done is not None
    assert (done.after.state, done.after.verdict, done.after.due_at_ms) == (CaseState.READY, None, None)


def test_a_verdict_that_nobody_appealed_is_final() -> None:
    done = time_out(a_case(state=CaseState.DECIDED, verdict="REFUSE", due_at_ms=DUE_MS), by_system(LATER_MS))

    assert done is not None
    assert (done.after.state, done.after.verdict) == (CaseState.CLOSED, "REFUSE")
    assert [(event.event, event.detail) for event in done.events] == [("CLOSED", "CLOSED")]


@pytest.mark.parametrize("now", sorted(set(CaseState) - HEARINGS - {CaseState.DECIDED}))
def test_no_deadline_moves_what_waits_for_a_reviewer(now: CaseState) -> None:
    assert time_out(a_case(state=now, due_at_ms=DUE_MS), by_system(LATER_MS)) is None


@pytest.mark.parametrize("now", sorted(CaseState))
def test_a_request_is_withdrawn_until_there_is_a_verdict(now: CaseState) -> None:
    case = a_case(state=now)
    open_for_withdrawal = HEARINGS | {CaseState.READY, CaseState.ASSIGNED}

    if now in open_for_withdrawal:
        assert withdraw(case, MERCHANT).after.state is CaseState.CLOSED
    else:
        with pytest.raises(OperatorError, match="can no longer be withdrawn") as refused:
            withdraw(case, MERCHANT)
        assert not isinstance(refused.value, IllegalMove)
