"""A case's life from the hearing to its end, on both databases."""

import json

import pytest

from streams.cases.acts import AuditAct
from streams.cases.procedure import DEFAULT
from streams.cases.record.query import CaseQuery
from streams.cases.states import CaseState
from streams.errors import CaseChanged, OperatorError
from streams.metrics import Metrics
from tests.contract.judging import NOW_MS, changed, some_evidence, suspecting
from tests.contract.sql import Database

WAITS = DEFAULT.of("ceramics")
HEARING_ENDS_MS = WAITS.hearing_ends_ms(NOW_MS)


def act(by: str, after_ms: int = 1_000, note: str = "as it was") -> AuditAct:
    return AuditAct(by=by, note=note, at_ms=NOW_MS + after_ms)


@pytest.fixture
def case(database: Database) -> str:
    [decision] = database.decide(suspecting("rr-1"), some_evidence("rr-1"))
    return str(decision.case_id)


def told(database: Database) -> list[tuple[str, str | None]]:
    return [(event.event, event.detail) for event in database.events()]


def test_a_hearing_has_an_end_from_the_start(database: Database, case: str) -> None:
    shown = database.cases.show(case).case

    assert shown.due_at_ms is not None
    assert shown.due_at_ms >= HEARING_ENDS_MS
    assert shown.category != ""
    assert database.events()[0].due_at_ms == shown.due_at_ms


def test_a_case_goes_from_the_statement_over_a_verdict_and_an_appeal_to_its_end(database: Database, case: str) -> None:
    stated = database.hearings.state(case, act("m-1", note="it left us whole"), "merchant")
    assert (stated.state, stated.due_at_ms) == (CaseState.READY, None)

    refused = database.verdicts.decide("rr-1", act("lin.wei", 2_000), "REFUSE", "NO_DAMAGE_SHOWN")
    assert refused.due_at_ms == WAITS.appeal_ends_ms(NOW_MS + 2_000)

    appealed = database.hearings.appeal(case, act("b-1", 3_000), "buyer")
    assert (appealed.state, appealed.verdict) == (CaseState.APPEALED, None)
    with pytest.raises(OperatorError, match="somebody else"):
        database.verdicts.decide(case, act("lin.wei", 4_000), "REFUSE", "NO_DAMAGE_SHOWN")

    granted = database.verdicts.decide(case, act("chen.yu", 5_000), "GRANT", "DAMAGE_SHOWN")
    with pytest.raises(OperatorError, match="appealed before"):
        database.hearings.appeal(case, act("m-1", 6_000), "merchant")

    assert granted.due_at_ms is not None
    metrics = database.counted()
    assert database.timers.move_due(granted.due_at_ms - 1) == 0
    assert database.timers.move_due(granted.due_at_ms) == 1
    assert delays(metrics, "appeal") == (1, 1)
    assert delays(metrics, "hearing") == (0, 0)
    ended = database.cases.show(case)
    assert (ended.case.state, ended.case.verdict, ended.case.due_at_ms) == (CaseState.CLOSED, "GRANT", None)
    assert told(database) == [
        ("CASE_OPENED", None),
        ("DECIDED", "REFUSED"),
        ("APPEALED", "APPEALED"),
        ("DECIDED", "GRANTED"),
        ("CLOSED", "CLOSED"),
    ]
    assert [entry.action for entry in ended.audit] == [
        "CASE_OPENED",
        "STATEMENT_MADE",
        "ASSIGNED",
        "REFUSED",
        "APPEALED",
        "ASSIGNED",
        "GRANTED",
        "CLOSED",
    ]


def test_a_statement_stands_on_record_word_for_word(database: Database, case: str) -> None:
    database.hearings.state(case, act("m-1", note="出库时完好 <b>\u202e"), "merchant")

    entry = database.cases.show(case).audit[-1]
    assert json.loads(entry.payload or b"{}")["note"] == "出库时完好 <b>\u202e"
    assert entry.actor == "m-1"


def test_silence_leads_to_review_and_an_outage_of_hours_forgets_nobody(database: Database) -> None:
    names = [f"rr-{n}" for n in range(1_203)]
    for start in range(0, len(names), 200):
        some = names[start : start + 200]
        database.decide(suspecting(*some), *(some_evidence(name) for name in some))
    late_ms = HEARING_ENDS_MS + 9 * 86_400_000

    metrics = database.counted()
    moved = [database.timers.move_due(late_ms) for _ in range(4)]

    assert moved == [500, 500, 203, 0]
    assert delays(metrics, "hearing") == (1_203, 0)
    assert database.rows("SELECT state, count(*) FROM cases GROUP BY state") == [("READY", len(names))]
    assert database.rows("SELECT count(*) FROM audit WHERE action = 'TIMED_OUT' AND actor = 'system'") == [(1_203,)]


def test_a_merchant_objects_to_what_a_machine_cleared_and_a_person_looks(database: Database) -> None:
    [decision] = database.decide(suspecting(), some_evidence("rr-1"))
    assert decision.verdict == "CLEAR"

    done = database.hearings.object_to("rr-1", act("m-1", note="this is our own photo"), "c1")

    assert done.opened
    assert (done.case.state, done.case.reason_codes) == (CaseState.READY, ("MERCHANT_OBJECTION",))
    assert told(database) == [("CASE_OPENED", None)]
    trail = database.cases.show("rr-1").audit
    assert [entry.action for entry in trail] == ["CASE_OPENED", "OBJECTED"]
    assert json.loads(trail[1].payload or b"{}")["media_id"] == "c1"
    again = database.hearings.object_to("rr-1", act("m-1", 2_000, "and once more"))
    assert (again.opened, again.case.case_id) == (False, done.case.case_id)


def test_an_objection_to_an_unknown_request_opens_nothing(database: Database) -> None:
    with pytest.raises(OperatorError, match="there is no case rr-404"):
        database.hearings.object_to("rr-404", act("m-1"))


def test_a_request_is_withdrawn_with_all_contents_that_came_under_its_id(database: Database) -> None:
    first = some_evidence("rr-2")
    database.decide(suspecting("rr-2"), first, changed(first))
    [one, other] = [case.case_id for case in database.cases.list_cases(CaseQuery(request_id="rr-2"))]
    database.hearings.state(one, act("m-1"), "merchant")
    database.verdicts.decide(one, act("lin.wei"), "GRANT", "R-1")

    assert database.hearings.withdraw("rr-2", act("platform")).case_id == other
    assert [database.cases.case(each).state for each in (one, other)] == [CaseState.DECIDED, CaseState.CLOSED]
    with pytest.raises(OperatorError, match="no longer be withdrawn"):
        database.hearings.withdraw("rr-2", act("platform"))


def test_a_withdrawn_request_is_closed_and_late_comers_are_told(database: Database, case: str) -> None:
    read = database.cases.show(case).case.version
    database.hearings.state(case, act("m-1"), "merchant")

    with pytest.raises(CaseChanged):
        database.hearings.withdraw(case, act("platform"), version=read)
    assert database.hearings.withdraw(case, act("platform")).state == CaseState.CLOSED
    with pytest.raises(OperatorError, match="can no longer be withdrawn"):
        database.hearings.withdraw(case, act("platform"))


@pytest.mark.parametrize("given", ["GRANT", "FORGERY_CONFIRMED"])
def test_a_forgery_counts_until_the_verdict_on_an_appeal(database: Database, given: str) -> None:
    decisions = database.decide(suspecting("rr-1"), some_evidence("rr-1"), some_evidence("rr-2", like=("rr-1",)))
    case_id, linked = str(decisions[0].case_id), "rr-2"
    database.forgeries.confirm(case_id, act("lin.wei"), heard=True)
    database.hearings.appeal(case_id, act("b-1", 2_000), "buyer")
    assert database.rows("SELECT count(*) FROM forged_photos") == [(1,)]
    assert database.cases.show(linked).case.state == CaseState.AWAITING_MERCHANT

    if given == "GRANT":
        database.verdicts.decide(case_id, act("chen.yu", 3_000), "GRANT", "DAMAGE_SHOWN")
        assert database.rows("SELECT count(*) FROM forged_photos") == [(0,)]
        assert database.cases.show(linked).case.state == CaseState.CLOSED
    else:
        database.forgeries.confirm(case_id, act("chen.yu", 3_000))
        assert database.rows("SELECT count(*) FROM forged_photos") == [(1,)]
        assert database.cases.show(linked).case.state == CaseState.AWAITING_MERCHANT


def delays(metrics: Metrics, wait: str) -> tuple[float | None, float | None]:
    """Return how many deadlines of a kind were dealt with, and how many of them within a minute."""
    known = metrics.registry
    name = "sentinel_case_deadline_delay_seconds"
    labels = {"wait": wait}
    within = known.get_sample_value(f"{name}_bucket", labels | {"le": "60.0"})
    return known.get_sample_value(f"{name}_count", labels), within
