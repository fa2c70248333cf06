"""Golden cases: closed ones that reviewers are given again, on both databases; what they do moves nothing."""

from typing import Any

import msgspec
import pytest

from streams.adapters.sql.cases.case_files import SqlCaseRecords
from streams.adapters.sql.cases.erasures import SqlErasureRecords
from streams.adapters.sql.cases.quality import SqlQuality
from streams.cases.acts import AuditAct
from streams.cases.asked import Asked, Wanted
from streams.cases.looks import Given
from streams.cases.procedure import Procedure
from streams.cases.quality.golden import GoldenTally, Viewer, drawn_for_golden
from streams.cases.quality.golden_showing import as_known, sighting_as_known
from streams.cases.record.query import CaseOrder, CaseQuery
from streams.cases.reviewing.assignment import Reviewer, Terms
from streams.cases.reviewing.conflicts import Conflict
from streams.cases.states import CaseState
from streams.casework.files import CaseFiles
from streams.casework.quality.golden import GoldenCases
from streams.casework.quality.quality import quality_of
from streams.casework.reviewing.assignments import Assigned, Assignments
from streams.casework.reviewing.verdicts import Verdicts
from streams.errors import CaseChanged, Invalid, NotAllowed, NotFound, OperatorError
from tests.contract.judging import NOW_MS, an_earlier_sighting, some_evidence, suspecting
from tests.contract.sql import Database

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
LATER = 30 * DAY_MS
"""When golden cases go out: long after their verdict is final."""
LIN = Viewer("lin")
ASKING = Given(verdict="MORE_EVIDENCE", rule="R-1", asked=(Asked(Wanted.CLOSE_UP),))
MOVED_BY_VERDICTS = ("cases", "verdicts", "audit", "outbox", "forged_photos", "review_queue", "merchant_days")


def act(by: str, after_ms: int = LATER, note: str = "as it was") -> AuditAct:
    return AuditAct(by=by, note=note, at_ms=NOW_MS + after_ms)


def heard(database: Database, name: str, after_ms: int = 0, **about: Any) -> None:
    evidence = some_evidence(name, **({"buyer_id": f"b-{name}", "merchant_id": f"m-{name}"} | about))
    database.decide(suspecting(name), evidence, now_ms=NOW_MS + after_ms)
    database.hearings.state(name, act(f"m-{name}", after_ms + 1_000, "packed whole"), "merchant")


def closed(database: Database, name: str, verdict: Any = "FORGERY_CONFIRMED") -> None:
    heard(database, name)
    database.verdicts.decide(name, act("ma", HOUR_MS), verdict, "R-1")
    database.timers.move_due(NOW_MS + 20 * DAY_MS)


def golden_cases(database: Database) -> GoldenCases:
    return GoldenCases(database.cases, database.casework)


def mark(database: Database, name: str, verdict: Any = "FORGERY_CONFIRMED") -> GoldenTally:
    closed(database, name, verdict)
    return golden_cases(database).mark(name, act("lead", 21 * DAY_MS))


def drawing(database: Database, share: float = 1) -> Assignments:
    return Assignments(database.casework, Terms(golden_share=share))


def given(database: Database, by: str = "lin", after_ms: int = LATER) -> Assigned:
    """What a reviewer is given when the lot draws a golden case; another one waits."""
    found = drawing(database).next(act(by, after_ms), golden=True)
    assert found is not None
    return found


@pytest.fixture
def waiting(database: Database) -> str:
    """A case that waits for a reviewer, so that there is one in whose place a golden case goes out."""
    heard(database, "rr-waits", LATER - HOUR_MS)
    return database.cases.case("rr-waits").case_id


def everything(database: Database) -> dict[str, list[Any]]:
    statement = "SELECT * FROM {}"
    return {table: sorted(map(repr, database.rows(statement.format(table)))) for table in MOVED_BY_VERDICTS}


@pytest.mark.usefixtures("waiting")
def test_a_verdict_on_a_golden_case_moves_nothing_and_counts_as_agreement(database: Database) -> None:
    right, wrong = mark(database, "rr-1").mark.case_id, mark(database, "rr-2", "GRANT").mark.case_id
    before = everything(database)

    for by in ("lin", "chen"):
        found = given(database, by)
        assert (found.case.state, found.case.assignee, found.case.verdict) == (CaseState.ASSIGNED, by, None)
        done = database.verdicts.decide(found.case.case_id, act(by, LATER + 1), "FORGERY_CONFIRMED", "R-2")
        assert (done.state, done.verdict) == (CaseState.DECIDED, "FORGERY_CONFIRMED")

    assert everything(database) == before
    quality = quality_of(SqlQuality(database.engine), 1, NOW_MS + LATER + HOUR_MS)
    assert (quality.golden.agreed.hits, quality.golden.agreed.of) == (1, 2)
    assert {name: one.agreed.hits for name, one in quality.golden_by_reviewer.items()} in (
        {"lin": 1, "chen": 0},
        {"lin": 0, "chen": 1},
    )
    assert (quality.handling.of, quality.agreement.agreed.of) == (0, 0)
    tallies = {one.mark.case_id: (one.answers, one.agreed) for one in golden_cases(database).list()}
    assert tallies == {right: (1, 1), wrong: (1, 0)}


@pytest.mark.usefixtures("waiting")
def test_a_golden_case_looks_as_it_did_before_its_verdict_with_its_times_moved_to_now(database: Database) -> None:
    mark(database, "rr-1")
    files = CaseFiles(SqlCaseRecords(database.engine))
    with pytest.raises(NotFound):
        files.show("rr-1", viewer=LIN)
    assert files.show("rr-1", viewer=Viewer("lead", senior=True)).case.verdict == "FORGERY_CONFIRMED"

    found = given(database)
    seen = files.show("rr-1", viewer=LIN)

    assert seen.case == found.case
    assert [one.action for one in seen.audit] == ["CASE_OPENED", "STATEMENT_MADE", "ASSIGNED"]
    assert [NOW_MS + LATER - one.at_ms for one in seen.audit] == [HOUR_MS, HOUR_MS - 1_000, 0]
    assert (seen.audit_broken_at, seen.verdicts) == (None, ())
    assert seen.case.opened_at_ms == NOW_MS + LATER - HOUR_MS
    assert files.show("rr-1").case.state is CaseState.CLOSED
    assert files.cluster("rr-1", LIN)[1][0].state is CaseState.ASSIGNED


@pytest.mark.usefixtures("waiting")
def test_lists_show_a_reviewer_their_golden_case_in_its_place_and_no_other(database: Database) -> None:
    mark(database, "rr-1")
    mark(database, "rr-2")
    heard(database, "rr-3", LATER - 2 * HOUR_MS)
    shown = given(database).case.request_id
    hidden = "rr-2" if shown == "rr-1" else "rr-1"

    def listed(order: CaseOrder, **wanted: Any) -> list[str]:
        query, names, last = CaseQuery(order=order, blind=True, viewer=LIN, **wanted), [], None
        while page := database.cases.page(query, last, 1):
            last = page[0]
            names.append(last.request_id)
        return names

    assert listed(CaseOrder.AGE) == ["rr-3", *sorted([shown, "rr-waits"], key=lambda one: one == "rr-waits")]
    assert sorted(listed(CaseOrder.NEWEST)) == sorted(listed(CaseOrder.DUE)) == sorted([shown, "rr-3", "rr-waits"])
    assert listed(CaseOrder.DUE, state=CaseState.ASSIGNED) == [shown]
    assert listed(CaseOrder.NEWEST, state=CaseState.CLOSED) == []
    assert listed(CaseOrder.NEWEST, request_id=hidden) == []
    every = [one.request_id for one in database.cases.list_cases(CaseQuery(state=CaseState.CLOSED))]
    assert sorted(every) == ["rr-1", "rr-2"]


def test_the_lot_gives_a_golden_case_once_in_the_place_of_one_that_waits_and_none_to_seniors(
    database: Database,
) -> None:
    mark(database, "rr-1")
    mark(database, "rr-2")
    assert drawing(database).next(act("lin"), golden=True) is None
    heard(database, "rr-waits", LATER - HOUR_MS)

    def asked(share: float, by: str, **how: bool) -> str:
        found = drawing(database, share).next(act(by), **how)
        assert found is not None
        drawing(database).skip(found.assignment.assignment_id, act(by))
        return found.case.request_id

    assert asked(0, "chen", golden=True) == "rr-waits"
    assert asked(1, "lead2", golden=True, senior=True) == "rr-waits"
    assert asked(1, "local:wu") == "rr-waits"
    assert asked(1, "lin", golden=True) in {"rr-1", "rr-2"}
    assert asked(1, "lin", golden=True) == "rr-waits"


def test_the_lot_repeats_and_is_that_of_the_key_that_the_database_keeps(database: Database) -> None:
    with database.casework.changing_cases() as work:
        key = work.cases.lot_key(NOW_MS)
    mark(database, "rr-1")
    heard(database, "rr-waits", LATER - HOUR_MS)
    waiting = database.cases.case("rr-waits").case_id
    names = [f"reviewer-{number}" for number in range(8)]

    for name in names:
        found = drawing(database, 0.5).next(act(name), golden=True)
        assert found is not None
        drawn = drawn_for_golden(key, waiting, name, 0.5)
        assert (found.case.request_id == "rr-1") is drawn, name
        if not drawn:
            drawing(database).skip(found.assignment.assignment_id, act(name))


@pytest.mark.usefixtures("waiting")
def test_nobody_is_given_a_golden_case_that_they_know_or_may_not_decide(database: Database) -> None:
    case_id = mark(database, "rr-1").mark.case_id
    database.change("INSERT INTO photo_views VALUES (:case, 1, 'looked', 'c0', 'screen')", case=case_id)
    interest = Conflict(
        reviewer="cousin", scope="merchant", subject_id="m-rr-1", note="", named_by="lead", named_at_ms=1
    )
    database.assignments.exclude(interest)
    database.assignments.know(Reviewer(name="potter", categories=("ceramics-only",)), act("lead"))
    heard(database, "rr-pots", LATER - 2 * HOUR_MS, category="ceramics-only")

    for name in ("ma", "lead", "looked", "cousin", "potter"):
        found = given(database, name)
        assert found.case.request_id != "rr-1", name
        database.assignments.skip(found.assignment.assignment_id, act(name))
    assert given(database, "lin").case.case_id == case_id


@pytest.mark.usefixtures("waiting")
def test_a_golden_case_is_kept_parked_given_back_and_runs_out_like_any_other(database: Database) -> None:
    mark(database, "rr-1")
    before = everything(database)
    mine = given(database).assignment.assignment_id

    assert given(database, after_ms=LATER + 1).assignment.assignment_id == mine
    database.assignments.draft(mine, act("lin", LATER + 2), "painted")
    assert database.assignments.hold(mine, act("lin", LATER + 3), HOUR_MS).assignment.parked
    assert database.assignments.show_buyer(mine, act("lin", LATER + 4)).buyer_id == "b-rr-1"
    kept = database.assignments.heartbeat(mine, act("lin", LATER + 5))
    assert (kept.draft.text if kept.draft else None, kept.assignment.parked) == ("painted", False)
    with pytest.raises(CaseChanged):
        database.verdicts.decide("rr-1", act("lin", LATER + 6), "GRANT", "R-1", version=99)
    assert database.timers.expire_leases(NOW_MS + LATER + DAY_MS) == 1
    assert everything(database) == before
    seen = CaseFiles(SqlCaseRecords(database.engine)).show("rr-1", viewer=LIN)
    assert [one.action for one in seen.audit][-3:] == ["HELD", "BUYER_SHOWN", "LEASE_EXPIRED"]
    assert seen.case.state is CaseState.READY
    ended = database.rows("SELECT outcome FROM assignments WHERE assignment_id = :id", id=mine)
    assert ended == [("LEASE_EXPIRED",)]
    assert given(database, after_ms=LATER + 2 * DAY_MS).case.request_id == "rr-waits"


@pytest.mark.usefixtures("waiting")
def test_a_golden_case_is_handed_over_to_who_does_not_know_it(database: Database) -> None:
    case_id = mark(database, "rr-1").mark.case_id
    before = everything(database)
    given_case = given(database)
    mine = given_case.assignment.assignment_id

    database.assignments.know(Reviewer(name="chen"), act("lead"))
    offered = database.assignments.takers(given_case.case, act("lin"))
    assert [one.name for one in offered] == ["chen"]
    with pytest.raises(NotAllowed, match="name somebody else"):
        database.assignments.hand_over(mine, act("lin"), "ma")
    theirs = database.assignments.hand_over(mine, act("lin"), "chen")
    found = database.assignments.next(act("chen", LATER + 1))

    assert found is not None
    assert (found.assignment.assignment_id, found.case.case_id) == (theirs.assignment_id, case_id)
    with pytest.raises(NotAllowed, match="somebody else's hands"):
        database.verdicts.decide(case_id, act("lin", LATER + 2), "REFUSE", "R-1")
    with pytest.raises(NotAllowed, match="name somebody else"):
        database.assignments.hand_over(theirs.assignment_id, act("chen", LATER + 2), "lin")
    database.verdicts.decide(case_id, act("chen", LATER + 3), "FORGERY_CONFIRMED", "R-1")
    assert everything(database) == before
    assert set(quality_of(SqlQuality(database.engine), 1, NOW_MS + LATER + 4).golden_by_reviewer) == {"chen"}


@pytest.mark.usefixtures("waiting")
def test_more_evidence_on_a_golden_case_ends_as_silence_does_and_a_verdict_becomes_final(database: Database) -> None:
    mark(database, "rr-1")
    before = everything(database)
    case_id = given(database).case.case_id
    asked = database.verdicts.give(case_id, act("lin"), ASKING)
    assert (asked.case.state, asked.case.asked) != (CaseState.CLOSED, ())

    database.timers.move_due(NOW_MS + LATER + 4 * DAY_MS)
    assert _state(database) == (CaseState.READY, None)
    database.verdicts.decide(case_id, act("lin", LATER + 5 * DAY_MS), "REFUSE", "R-1")
    database.timers.move_due(NOW_MS + LATER + 20 * DAY_MS)

    assert _state(database) == (CaseState.CLOSED, "REFUSE")
    with pytest.raises(OperatorError, match="only a case that is open"):
        database.verdicts.decide(case_id, act("lin", LATER + 21 * DAY_MS), "GRANT", "R-1")
    assert everything(database) == before
    assert database.rows("SELECT verdict FROM golden_assignments") == [("REFUSE",)]


@pytest.mark.usefixtures("waiting")
def test_a_golden_verdict_that_needs_another_persons_is_answered_with_its_like(database: Database) -> None:
    mark(database, "rr-1")
    before = everything(database)
    twice = Verdicts(database.casework, Procedure(second_review_share=1))
    case_id = given(database).case.case_id

    kept = twice.decide(case_id, act("lin", LATER + 1), "REFUSE", "R-1")
    assert (kept.state, kept.verdict) == (CaseState.AWAITING_SECOND_REVIEWER, None)
    assert database.timers.move_due(NOW_MS + LATER + HOUR_MS - 1) == 0
    assert database.timers.move_due(NOW_MS + LATER + DAY_MS + HOUR_MS) == 1
    assert _state(database) == (CaseState.DECIDED, "REFUSE")
    database.timers.move_due(NOW_MS + LATER + 20 * DAY_MS)

    assert _state(database) == (CaseState.CLOSED, "REFUSE")
    assert everything(database) == before
    assert database.rows("SELECT verdict FROM golden_assignments") == [("REFUSE",)]
    quality = quality_of(SqlQuality(database.engine), 1, NOW_MS + LATER + HOUR_MS)
    assert (quality.golden.agreed.of, quality.agreement.agreed.of) == (1, 0)


def test_a_golden_case_has_the_ids_of_these_days_for_whoever_gets_it(database: Database) -> None:
    mark(database, "rr-0007")
    heard(database, "rr-5001", LATER - 2 * HOUR_MS, order_id="o-8001")
    heard(database, "rr-5009", LATER - 30 * 60_000, order_id="o-8009")
    records = SqlCaseRecords(database.engine)
    mine = given(database).assignment.assignment_id

    def known(name: str, viewer: Viewer) -> str | None:
        found = records.golden_known_as(name, viewer)
        return None if found is None else found.request_id

    assert known("rr-5008", LIN) == "rr-0007"
    assert (known("rr-0007", LIN), known("rr-5008", Viewer("chen"))) == (None, None)
    [listed] = database.cases.page(CaseQuery(request_id="rr-5008", blind=True, viewer=LIN), None, 5)
    assert as_known(listed).request_id == "rr-5008"
    assert database.cases.page(CaseQuery(request_id="rr-0007", blind=True, viewer=LIN), None, 5) == []
    database.assignments.know(Reviewer(name="chen"), act("lead"))
    database.assignments.hand_over(mine, act("lin"), "chen")
    assert known("rr-5008", Viewer("chen")) == "rr-0007"


def test_a_later_claim_on_the_picture_of_a_golden_case_shows_it_as_its_reviewer_knows_it(database: Database) -> None:
    mark(database, "rr-0007")
    heard(database, "rr-5001", LATER - HOUR_MS)
    given(database)
    heard(database, "rr-5002", LATER - HOUR_MS, like=("rr-0007",))
    files = CaseFiles(SqlCaseRecords(database.engine))

    def shown(viewer: Viewer | None) -> list[tuple[str, CaseState | None, str | None]]:
        members = files.cluster("rr-5002", viewer)[1]
        return [(one.request_id, one.state, one.case_verdict) for one in members]

    later = ("rr-5002", CaseState.READY, None)
    assert shown(None) == [("rr-0007", CaseState.CLOSED, "FORGERY_CONFIRMED"), later]
    assert shown(Viewer("lead", senior=True)) == shown(None)
    assert shown(LIN) == [("rr-5000", CaseState.ASSIGNED, None), later]
    assert shown(Viewer("chen")) == [later]
    related = {viewer: files.show("rr-5002", viewer=viewer).related for viewer in (LIN, Viewer("chen"))}
    assert [[as_known(one).request_id for one in found] for found in related.values()] == [["rr-5000"], []]
    seen = [files.golden_among({"rr-0007"}, viewer) for viewer in (LIN, Viewer("chen"), None)]
    earlier = msgspec.structs.replace(an_earlier_sighting("rr-0007"), seen_at_ms=NOW_MS)
    known = [sighting_as_known(earlier, golden) for golden in seen]
    moved = NOW_MS + LATER - HOUR_MS
    assert [one and (one.request_id, one.seen_at_ms) for one in known] == [
        ("rr-5000", moved),
        None,
        ("rr-0007", NOW_MS),
    ]


@pytest.mark.usefixtures("waiting")
def test_who_is_erased_is_shown_to_nobody_again_and_agreement_stays(database: Database) -> None:
    mark(database, "rr-1")
    heard(database, "rr-2", LATER - HOUR_MS)
    decided = given(database, "lin").case.case_id
    database.verdicts.decide(decided, act("lin", LATER + 1), "FORGERY_CONFIRMED", "R-1")
    open_one = given(database, "chen")
    assert open_one.case.case_id == decided
    records = SqlErasureRecords(database.engine)
    assert records.readable(["b-rr-1"]) > 0

    with database.casework.changing_clusters() as work:
        work.erased.destroy_keys(["b-rr-1"])

    assert records.readable(["b-rr-1"]) == 0
    assert golden_cases(database).list() == []
    assert given(database, "chen", LATER + 2).case.request_id != "rr-1"
    assert given(database, "wu", LATER + 2).case.request_id != "rr-1"
    assert quality_of(SqlQuality(database.engine), 1, NOW_MS + LATER + 4).golden.agreed.of == 1
    with pytest.raises(Invalid, match="erased"):
        golden_cases(database).mark("rr-1", act("lead", LATER + 3))


def test_only_a_closed_case_that_nothing_gives_away_is_golden_and_only_until_it_is_not(database: Database) -> None:
    cases = golden_cases(database)
    heard(database, "rr-open")
    with pytest.raises(Invalid, match="only a closed case"):
        cases.mark("rr-open", act("lead"))
    made = mark(database, "rr-1")
    entries = len(database.cases.show("rr-1").audit)
    assert cases.mark("rr-1", act("lead")) == made
    assert len(database.cases.show("rr-1").audit) == entries

    cases.unmark("rr-1", act("lead", note="known by now"))

    assert cases.list() == []
    assert [one.action for one in database.cases.show("rr-1").audit][-2:] == ["GOLDEN_MARKED", "GOLDEN_UNMARKED"]
    with pytest.raises(NotFound, match="not golden"):
        cases.unmark("rr-1", act("lead"))
    assert database.cases.show("rr-1").audit_broken_at is None


def test_a_case_that_shares_its_picture_is_not_golden_and_goes_out_no_longer(database: Database) -> None:
    mark(database, "rr-1")
    closed(database, "rr-2")
    linked = some_evidence("rr-3", buyer_id="b-rr-3", merchant_id="m-rr-3", like=("rr-1", "rr-2"))
    database.decide(suspecting("rr-3"), linked, now_ms=NOW_MS + LATER - HOUR_MS)
    database.hearings.state("rr-3", act("m-rr-3", LATER - HOUR_MS + 1), "merchant")

    with pytest.raises(Invalid, match="shares a picture"):
        golden_cases(database).mark("rr-2", act("lead"))
    assert given(database).case.request_id == "rr-3"


def _state(database: Database) -> tuple[CaseState, str | None]:
    case = CaseFiles(SqlCaseRecords(database.engine)).case("rr-1", LIN)
    return case.state, case.verdict
