"""From wherever a case stands a verdict goes the ways that are drawn, each step with an entry in its trail."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from streams.cases.acts import AuditAct
from streams.cases.parties import linking
from streams.cases.procedure import DEFAULT
from streams.cases.states import CaseState
from streams.errors import CaseChanged, OperatorError
from tests.contract.judging import NOW_MS, some_evidence, suspecting
from tests.contract.sql import Database

if TYPE_CHECKING:
    from streams.cases.case import Case

LIN = AuditAct(by="lin.wei", note="painted in", at_ms=NOW_MS + 60_000)
CHEN = AuditAct(by="chen.yu", note="so it is", at_ms=NOW_MS + 120_000)
HEARD, ASSIGNED, DECIDED = (
    ("HEARD_ELSEWHERE", "{}", "READY"),
    ("ASSIGNED", "READY", "ASSIGNED"),
    ("FORGERY_CONFIRMED", "ASSIGNED", "DECIDED"),
)


@pytest.fixture
def case(database: Database) -> str:
    [decision] = database.decide(suspecting("rr-1"), some_evidence("rr-1"))
    return str(decision.case_id)


def put(database: Database, state: CaseState) -> None:
    database.change("UPDATE cases SET state = :state, version = 5", state=state.value)


def steps(database: Database, case_id: str) -> list[tuple[str, str, str]]:
    """The acts that moved the case after it was opened, and between which states."""
    found = []
    for entry in database.cases.show(case_id).audit[1:]:
        said: dict[str, Any] = json.loads(entry.payload or b"{}")
        found.append((entry.action, said["from"], said["to"]))
    return found


WAYS = {
    CaseState.AWAITING_MERCHANT: [HEARD, ASSIGNED, DECIDED],
    CaseState.AWAITING_BUYER_EVIDENCE: [HEARD, ASSIGNED, DECIDED],
    CaseState.AWAITING_BOTH: [HEARD, ASSIGNED, DECIDED],
    CaseState.READY: [ASSIGNED, DECIDED],
    CaseState.ASSIGNED: [DECIDED],
    CaseState.AWAITING_SECOND_REVIEWER: [("ASSIGNED", "AWAITING_SECOND_REVIEWER", "ASSIGNED"), DECIDED],
    CaseState.APPEALED: [("ASSIGNED", "APPEALED", "ASSIGNED"), DECIDED],
    CaseState.MERCHANT_APPEALED: [("ASSIGNED", "MERCHANT_APPEALED", "ASSIGNED"), DECIDED],
}


@pytest.mark.parametrize(("state", "way"), WAYS.items(), ids=WAYS)
def test_a_verdict_walks_to_its_end_in_one_transaction(
    database: Database, case: str, state: CaseState, way: list[tuple[str, str, str]]
) -> None:
    put(database, state)

    done = database.forgeries.confirm(case, LIN, heard=True)

    assert steps(database, case) == [(act, before.format(state), after) for act, before, after in way]
    assert (done.case.state, done.case.version, done.case.due_at_ms) == (
        CaseState.DECIDED,
        6,
        DEFAULT.of("ceramics").appeal_ends_ms(LIN.at_ms),
    )
    assert database.cases.show(case).case == done.case


def test_that_somebody_was_heard_elsewhere_is_on_record_with_who_says_so(database: Database, case: str) -> None:
    database.forgeries.confirm(case, LIN, heard=True)

    heard, _, verdict = database.cases.show(case).audit[1:]
    assert (heard.action, heard.actor, heard.at_ms) == ("HEARD_ELSEWHERE", "lin.wei", LIN.at_ms)
    assert json.loads(verdict.payload or b"{}")["heard"] is True


def test_a_deadline_that_passed_is_on_record(database: Database, case: str) -> None:
    due = database.cases.show(case).case.due_at_ms
    assert due is not None

    database.forgeries.confirm(case, AuditAct(by="lin.wei", note="silence", at_ms=due))

    timed_out = database.cases.show(case).audit[1]
    assert (timed_out.action, json.loads(timed_out.payload or b"{}")["due_at_ms"]) == ("TIMED_OUT", due)


@pytest.mark.parametrize("state", [CaseState.AWAITING_SECOND_REVIEWER, CaseState.APPEALED, CaseState.READY])
def test_a_second_verdict_is_for_somebody_else(database: Database, case: str, state: CaseState) -> None:
    database.forgeries.confirm(case, LIN, heard=True)
    database.change("UPDATE cases SET state = :state, verdict = NULL, decided_at_ms = NULL", state=state.value)
    database.change("DELETE FROM forged_photos")
    before = database.counts()

    with pytest.raises(OperatorError, match="somebody else has to decide it now"):
        database.forgeries.confirm(case, LIN, heard=True)
    assert database.counts() == before
    assert not database.forgeries.confirm(case, CHEN).repeated


def test_a_closed_case_whose_verdict_is_revoked_stays_closed(database: Database, case: str) -> None:
    database.forgeries.confirm(case, LIN, heard=True)
    put(database, CaseState.CLOSED)

    done = database.forgeries.revoke(case, CHEN)

    assert (done.case.state, done.case.verdict) == (CaseState.CLOSED, None)
    assert [event.event for event in database.events()] == ["CASE_OPENED", "DECIDED", "CLOSED"]


def withdraw(database: Database, changed: "Case", *others: "Case") -> None:
    """Write of these cases that they are closed, as they were read."""
    with database.casework.changing_clusters() as work:
        work.cases.apply([linking.withdraw(case, LIN) for case in (*others, changed)])


def test_a_case_that_somebody_changed_meanwhile_is_not_written(database: Database, case: str) -> None:
    read = database.cases.show(case).case
    database.change("UPDATE cases SET changes = changes + 1")

    with pytest.raises(CaseChanged, match="somebody else changed case"):
        withdraw(database, read)

    assert database.cases.show(case).case.state == CaseState.AWAITING_MERCHANT
    assert len(database.cases.show(case).audit) == 1


@pytest.mark.parametrize("change", ["state = 'READY'", "changes = 7"])
def test_of_many_cases_one_that_changed_keeps_all_as_they_were(database: Database, change: str) -> None:
    names = ("rr-1", "rr-2", "rr-3")
    database.decide(suspecting(*names), *(some_evidence(name) for name in names))
    first, *others = database.cases.list_cases()
    database.change(f"UPDATE cases SET {change} WHERE case_id = :id", id=first.case_id)  # noqa: S608 - as drawn

    with pytest.raises(CaseChanged, match="one of 3 cases"):
        withdraw(database, first, *others)

    assert CaseState.CLOSED not in {case.state for case in database.cases.list_cases()}
    assert database.counts()["audit"] == len(names)
