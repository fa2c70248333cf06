"""Verdicts that one person alone does not give, and evidence that is asked for, on both databases."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine

from streams.adapters.sql.cases.work import SqlCaseDatabase
from streams.adapters.sql.keys import SECOND_LOOK_KEY
from streams.cases.acts import AuditAct
from streams.cases.asked import Asked, Wanted
from streams.cases.looks import Given, Look
from streams.cases.procedure import Procedure
from streams.cases.states import CaseState
from streams.casework.reviewing.rulings import CODE_LENGTH
from streams.casework.reviewing.verdicts import Verdicts
from streams.errors import NotAllowed, OperatorError
from tests.contract.judging import NOW_MS, an_outcome, some_evidence, suspecting
from tests.contract.sql import NO_LOT, Database

SERIOUS = 300_000
ALL_TWICE = Procedure(second_review_share=1)
RATIONALE = "the crack ends at a straight edge"


def act(by: str, after_ms: int = 1_000, note: str = "as it was") -> AuditAct:
    return AuditAct(by=by, note=note, at_ms=NOW_MS + after_ms)


def opened(database: Database, request_id: str = "rr-1", **changes: Any) -> str:
    [decision] = database.decide(suspecting(request_id), some_evidence(request_id, **changes))
    return str(decision.case_id)


def all_that_is_shown(database: Database, case_id: str, *, senior: bool = False) -> str:
    return repr(database.cases.show(case_id, senior=senior))


def test_a_forgery_from_the_criminal_tier_on_needs_a_second_person_who_sees_nothing_of_the_first(
    database: Database,
) -> None:
    case_id = opened(database, amount_minor=SERIOUS)

    kept = database.forgeries.confirm(case_id, act("lin.wei", note=RATIONALE), heard=True)

    assert (kept.case.state, kept.case.look, kept.case.verdict) == (
        CaseState.AWAITING_SECOND_REVIEWER,
        Look.SECOND,
        None,
    )
    assert (kept.photos, kept.opened) == ((), ())
    assert database.rows("SELECT count(*) FROM forged_photos") == [(0,)]
    assert [event.event for event in database.events()] == ["CASE_OPENED"]
    shown = all_that_is_shown(database, case_id)
    assert "WITHHELD" in shown
    assert not [word for word in ("FORGERY", RATIONALE, "PHOTO_FORGED", "VERDICT_KEPT") if word in shown]
    assert database.cases.show(case_id).audit_broken_at is None
    with pytest.raises(OperatorError, match="somebody else has to decide it now"):
        database.forgeries.confirm(case_id, act("lin.wei", 2_000))

    done = database.verdicts.decide(case_id, act("chen.yu", 3_000), "FORGERY_CONFIRMED", "PHOTO_FORGED")
    assert (done.state, done.verdict) == (CaseState.DECIDED, "FORGERY_CONFIRMED")
    assert database.rows("SELECT count(*) FROM forged_photos") == [(1,)]
    assert [event.event for event in database.events()] == ["CASE_OPENED", "DECIDED"]
    assert RATIONALE in all_that_is_shown(database, case_id)


def test_where_two_differ_a_senior_who_gave_neither_sees_both_and_decides(database: Database) -> None:
    case_id = opened(database, amount_minor=SERIOUS)
    database.forgeries.confirm(case_id, act("lin.wei", note=RATIONALE), heard=True)
    second = database.verdicts.decide(case_id, act("chen.yu", 2_000, "a real crack"), "GRANT", "DAMAGE_SHOWN")
    assert (second.state, second.look, second.verdict) == (CaseState.AWAITING_SECOND_REVIEWER, Look.SENIOR, None)

    assert RATIONALE not in all_that_is_shown(database, case_id)
    for_senior = all_that_is_shown(database, case_id, senior=True)
    assert RATIONALE in for_senior
    assert "a real crack" in for_senior
    with pytest.raises(NotAllowed):
        database.verdicts.decide(case_id, act("wu.min", 3_000), "GRANT", "DAMAGE_SHOWN")
    with pytest.raises(OperatorError, match="somebody else"):
        database.verdicts.decide(case_id, act("chen.yu", 3_000), "GRANT", "DAMAGE_SHOWN", senior=True)
    done = database.verdicts.decide(case_id, act("wu.min", 3_000), "GRANT", "DAMAGE_SHOWN", senior=True)
    assert (done.state, done.verdict) == (CaseState.DECIDED, "GRANT")
    given = database.rows("SELECT number, reviewer, look, verdict FROM verdicts ORDER BY number")
    assert given == [
        (1, "lin.wei", "FIRST", "FORGERY_CONFIRMED"),
        (2, "chen.yu", "SECOND", "GRANT"),
        (3, "wu.min", "SENIOR", "GRANT"),
    ]


def test_forgeries_of_one_person_add_up_where_they_were_paid(database: Database) -> None:
    for number in (1, 2):
        name = f"rr-{number}"
        case_id = opened(database, name, buyer_id="b-1", amount_minor=160_000)
        done = database.forgeries.confirm(case_id, act("lin.wei", number), heard=True)
        assert (done.case.verdict is None) is (number == 2)
        database.store.record_outcomes([an_outcome(name, request_id=name, amount_minor=160_000)], NOW_MS)


def test_forgeries_that_were_never_paid_are_compared_apart(database: Database) -> None:
    for number in (1, 2):
        case_id = opened(database, f"rr-{number}", buyer_id="b-1", amount_minor=160_000)
        assert database.forgeries.confirm(case_id, act("lin.wei", number), heard=True).case.verdict is not None


def test_a_sum_in_a_currency_that_cannot_be_compared_is_looked_at_twice(database: Database) -> None:
    case_id = opened(database, currency="USD", amount_minor=1)
    assert database.forgeries.confirm(case_id, act("lin.wei"), heard=True).case.look is Look.SECOND


def test_the_lot_sends_whatever_verdict_to_a_second_person_and_equal_ones_stand(database: Database) -> None:
    case_id = opened(database)
    verdicts = Verdicts(database.casework, ALL_TWICE)

    first = verdicts.decide(case_id, act("lin.wei", note=RATIONALE), "REFUSE", "NO_DAMAGE_SHOWN", heard=True)

    assert (first.state, first.verdict) == (CaseState.AWAITING_SECOND_REVIEWER, None)
    shown = all_that_is_shown(database, case_id)
    assert not [word for word in ("REFUSE", RATIONALE, "NO_DAMAGE_SHOWN") if word in shown]
    second = verdicts.decide(case_id, act("chen.yu", 2_000), "REFUSE", "DAMAGE_OLD")
    assert (second.state, second.verdict) == (CaseState.DECIDED, "REFUSE")
    assert database.rows("SELECT count(*) FROM secrets WHERE name = :name", name=SECOND_LOOK_KEY) == [(1,)]


def test_who_decides_an_appeal_is_shown_nothing_of_the_verdict_before(database: Database) -> None:
    case_id = opened(database)
    database.forgeries.confirm(case_id, act("lin.wei", note=RATIONALE), heard=True)
    assert RATIONALE in all_that_is_shown(database, case_id)

    database.hearings.appeal(case_id, act("b-1", 2_000, "the crack is real"), "buyer")

    shown = all_that_is_shown(database, case_id)
    assert "the crack is real" in shown
    assert not [word for word in ("FORGERY_CONFIRMED", RATIONALE, "PHOTO_FORGED") if word in shown]
    assert database.verdicts.decide(case_id, act("chen.yu", 3_000), "GRANT", "DAMAGE_SHOWN").verdict == "GRANT"
    assert RATIONALE in all_that_is_shown(database, case_id)


def test_evidence_is_asked_for_with_a_code_of_its_own_and_twice_at_most(database: Database) -> None:
    case_id = opened(database)
    wanted = (Asked(Wanted.PAPER_CODE), Asked(Wanted.DISPATCH_VIDEO))

    asked = database.verdicts.decide(
        case_id, act("lin.wei"), "MORE_EVIDENCE", "DAMAGE_UNCLEAR", asked=wanted, heard=True
    )

    assert (asked.state, asked.verdict) == (CaseState.AWAITING_BOTH, None)
    [paper, video] = asked.asked
    assert (len(paper.text), video) == (CODE_LENGTH, wanted[1])
    assert database.cases.show(case_id).case == asked
    notices = [event for event in database.events() if event.detail == "MORE_EVIDENCE"]
    assert [event.event for event in notices] == ["BUYER_NOTICE", "MERCHANT_NOTICE"]
    assert notices[0].notice is not None
    assert paper.text in notices[0].notice.en

    answered = database.hearings.state(case_id, act("b-1", 2_000), "buyer")
    assert (answered.state, answered.asked) == (CaseState.AWAITING_MERCHANT, ())
    database.hearings.state(case_id, act("m-1", 3_000), "merchant")
    again = database.verdicts.decide(
        case_id, act("lin.wei", 4_000), "MORE_EVIDENCE", "DAMAGE_UNCLEAR", asked=wanted[:1]
    )
    assert again.state is CaseState.AWAITING_BUYER_EVIDENCE
    assert again.due_at_ms is not None
    assert database.timers.move_due(again.due_at_ms) == 1
    silent = database.cases.show(case_id).case
    assert (silent.state, silent.asked, silent.verdict) == (CaseState.READY, (), None)
    late = act("lin.wei", again.due_at_ms - NOW_MS + 1)
    with pytest.raises(OperatorError, match="asked for 2 times"):
        database.verdicts.decide(case_id, late, "MORE_EVIDENCE", "DAMAGE_UNCLEAR", asked=wanted)
    assert database.verdicts.decide(case_id, late, "REFUSE", "NO_DAMAGE_SHOWN").verdict == "REFUSE"


def test_what_a_party_says_after_a_kept_verdict_makes_it_count_no_more(database: Database) -> None:
    case_id = opened(database)
    verdicts = Verdicts(database.casework, ALL_TWICE)
    verdicts.decide(case_id, act("lin.wei"), "REFUSE", "NO_DAMAGE_SHOWN", heard=True)
    asked = (Asked(Wanted.ANGLE),)
    assert verdicts.decide(case_id, act("chen.yu"), "MORE_EVIDENCE", "DAMAGE_UNCLEAR", asked=asked).look is Look.SECOND

    answered = database.hearings.state(case_id, act("b-1", 2_000), "buyer")

    assert answered.look is Look.FIRST
    database.hearings.state(case_id, act("m-1", 3_000), "merchant")
    with pytest.raises(OperatorError, match="somebody else"):
        verdicts.decide(case_id, act("lin.wei", 4_000), "REFUSE", "NO_DAMAGE_SHOWN")
    assert verdicts.decide(case_id, act("chen.yu", 4_000), "GRANT", "DAMAGE_SHOWN").look is Look.SECOND
    assert verdicts.decide(case_id, act("wu.min", 5_000), "GRANT", "DAMAGE_SHOWN").verdict == "GRANT"


def test_fields_that_the_procedure_wants_stand_with_the_verdict(database: Database) -> None:
    case_id = opened(database)
    procedure = Procedure(second_review_share=0, verdict_fields={"GRANT": ["damage"]})
    verdicts = Verdicts(database.casework, procedure)

    with pytest.raises(OperatorError, match="also needs: damage"):
        verdicts.decide(case_id, act("lin.wei"), "GRANT", "DAMAGE_SHOWN", heard=True)
    verdicts.decide(case_id, act("lin.wei"), "GRANT", "DAMAGE_SHOWN", fields={"damage": "a crack"}, heard=True)

    [(content,)] = database.rows("SELECT content FROM verdicts")
    assert json.loads(content)["fields"] == {"damage": "a crack"}
    assert NO_LOT.verdict_fields == {}


@pytest.mark.parametrize("url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_verdict_that_touches_no_cluster_waits_for_nobody_who_changes_clusters(
    database: Database, open_database: Callable[[], Engine]
) -> None:
    case_id = opened(database)
    other = Verdicts(SqlCaseDatabase(open_database()), NO_LOT)
    with ThreadPoolExecutor(1) as pool, database.casework.changing_clusters():
        given = pool.submit(other.decide, case_id, act("lin.wei"), "GRANT", "DAMAGE_SHOWN", heard=True)
        assert given.result(60).verdict == "GRANT"


def test_a_verdict_that_overturns_a_forgery_closes_what_it_had_opened(database: Database) -> None:
    database.decide(suspecting(), some_evidence("rr-0", buyer_id="b-0"))
    case_id = opened(database, like=("rr-0",))
    done = database.forgeries.confirm(case_id, act("lin.wei"), heard=True)
    assert [case.request_id for case in done.opened] == ["rr-0"]
    database.hearings.appeal(case_id, act("b-1", 2_000, "the crack is real"), "buyer")

    ruled = database.verdicts.give(case_id, act("chen.yu", 3_000), Given(verdict="GRANT", rule="DAMAGE_SHOWN"))

    assert [case.request_id for case in ruled.closed] == ["rr-0"]
    assert database.rows("SELECT count(*) FROM forged_photos") == [(0,)]
