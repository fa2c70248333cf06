"""Cases are handed out, kept, parked, handed over and given back, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from streams.access.accounts import Account
from streams.adapters.sql.accounts import SqlAccounts
from streams.adapters.sql.cases.quality import SqlQuality
from streams.cases.acts import AuditAct
from streams.cases.looks import Given
from streams.cases.procedure import Procedure
from streams.cases.reviewing.assignment import DEFAULT_TERMS, Reviewer, Terms
from streams.cases.reviewing.conflicts import Conflict, Scope
from streams.cases.reviewing.ordering import FREE_FOR_MS
from streams.cases.states import CaseState
from streams.casework.assignment_ports import Taker
from streams.casework.reviewing.assignments import Assigned, Assignments
from streams.casework.reviewing.verdicts import Verdicts
from streams.errors import CaseChanged, Invalid, NotAllowed, NotFound, OperatorError
from tests.contract.judging import NOW_MS, some_evidence, suspecting
from tests.contract.sql import Database

LEASE_MS = DEFAULT_TERMS.lease_s * 1_000
HOUR_MS = 3_600_000


def act(by: str, after_ms: int = 10_000, note: str = "as it was") -> AuditAct:
    return AuditAct(by=by, note=note, at_ms=NOW_MS + after_ms)


def waiting(database: Database, *names: str, at_ms: int = 1_000, **changes: object) -> None:
    """Make cases that wait for a reviewer, each from another buyer unless told otherwise."""
    for name in names:
        about: dict[str, Any] = {"buyer_id": f"b-{name}"} | changes
        database.decide(suspecting(name), some_evidence(name, **about))
        database.hearings.state(name, act("m-1", at_ms, note=""), "merchant")


def given(database: Database, by: str, after_ms: int = 10_000) -> Assigned:
    found = database.assignments.next(act(by, after_ms))
    assert found is not None
    return found


def hand_to(database: Database, assignment_id: str, to: str, after_ms: int) -> str:
    """Let lin.wei hand a case over to somebody, who takes it; return the assignment of theirs."""
    database.assignments.know(Reviewer(name=to), act("senior"))
    theirs = database.assignments.hand_over(assignment_id, act("lin.wei", after_ms), to)
    return database.assignments.heartbeat(theirs.assignment_id, act(to, after_ms + 1)).assignment.assignment_id


def test_the_next_case_is_in_one_reviewers_hands_until_they_decide(database: Database) -> None:
    waiting(database, "rr-1")

    mine = given(database, "lin.wei")

    assert (mine.case.state, mine.case.assignee) == (CaseState.ASSIGNED, "lin.wei")
    assert (mine.assignment.ready_at_ms, mine.assignment.lease_until_ms) == (NOW_MS + 1_000, NOW_MS + 10_000 + LEASE_MS)
    assert database.assignments.next(act("chen.yu")) is None
    with pytest.raises(NotAllowed, match="somebody else's hands"):
        database.verdicts.decide("rr-1", act("chen.yu", 11_000), "GRANT", "R-1")
    done = database.verdicts.decide("rr-1", act("lin.wei", 12_000), "GRANT", "R-1")
    assert (done.state, done.assignee) == (CaseState.DECIDED, None)
    ended = database.rows("SELECT outcome, ended_at_ms FROM assignments")
    assert ended == [("GRANTED", NOW_MS + 12_000)]
    assert database.rows("SELECT count(*) FROM review_queue") == [(0,)]
    with pytest.raises(CaseChanged, match="is over"):
        database.assignments.heartbeat(mine.assignment.assignment_id, act("lin.wei", 13_000))


def test_what_a_party_adds_to_a_case_that_waits_leaves_it_its_place_in_the_queue(database: Database) -> None:
    waiting(database, "rr-1")
    waiting(database, "rr-2", at_ms=2_000)

    said = database.hearings.state("rr-1", act("b-rr-1", 5_000), "buyer")
    demanded = database.human_reviews.demand("rr-1", act("b-rr-1", 6_000), "buyer").case

    assert demanded is not None
    assert (said.version, demanded.version) == (3, 4)
    first = given(database, "lin.wei")
    assert (first.case.request_id, first.assignment.ready_at_ms) == ("rr-1", NOW_MS + 1_000)


def test_who_asks_twice_gets_the_same_case_and_who_works_on_two_gets_two(database: Database) -> None:
    waiting(database, "rr-1", "rr-2", "rr-3")
    database.assignments.know(Reviewer(name="chen.yu", capacity=2), act("senior"))

    assert given(database, "lin.wei").assignment.assignment_id == given(database, "lin.wei").assignment.assignment_id
    first, second, again = (given(database, "chen.yu", after_ms).case.case_id for after_ms in (11_000, 12_000, 13_000))
    assert first != second
    assert again == first


def test_a_lease_that_nobody_renews_ends_and_the_draft_survives(database: Database) -> None:
    waiting(database, "rr-1")
    mine = given(database, "lin.wei").assignment
    database.assignments.draft(mine.assignment_id, act("lin.wei", 20_000), "the crack looks painted")
    ends = 20_000 + LEASE_MS
    assert database.timers.expire_leases(NOW_MS + ends - 1) == 0

    with pytest.raises(CaseChanged, match="ran out"):
        database.verdicts.decide("rr-1", act("lin.wei", ends), "GRANT", "R-1")
    with pytest.raises(CaseChanged, match="ran out"):
        database.assignments.heartbeat(mine.assignment_id, act("lin.wei", ends))
    assert database.timers.expire_leases(NOW_MS + ends) == 1

    assert database.rows("SELECT outcome FROM assignments") == [("LEASE_EXPIRED",)]
    with pytest.raises(CaseChanged, match="is over"):
        database.assignments.draft(mine.assignment_id, act("lin.wei", ends + 1), "late")
    with pytest.raises(CaseChanged, match="ran out"):
        database.verdicts.decide("rr-1", act("lin.wei", ends + 1), "GRANT", "R-1")
    again = given(database, "lin.wei", ends + 2)
    assert again.draft is not None
    assert again.draft.text == "the crack looks painted"
    assert again.assignment.ready_at_ms == mine.ready_at_ms
    assert database.verdicts.decide("rr-1", act("lin.wei", ends + 3), "GRANT", "R-1").verdict == "GRANT"


def test_a_heartbeat_keeps_a_case_for_as_long_as_the_reviewer_is_there(database: Database) -> None:
    waiting(database, "rr-1")
    mine = given(database, "lin.wei").assignment
    for after_ms in range(10_000, 4 * LEASE_MS, LEASE_MS // 2):
        database.assignments.heartbeat(mine.assignment_id, act("lin.wei", after_ms))
        assert database.timers.expire_leases(NOW_MS + after_ms) == 0

    assert database.cases.show("rr-1").case.changes == 3  # opened, heard, assigned: a heartbeat changes no case


def test_a_case_is_parked_for_a_day_at_most_and_its_reviewer_gets_another_one(database: Database) -> None:
    waiting(database, "rr-1", "rr-2")
    mine = given(database, "lin.wei").assignment

    held = database.assignments.hold(mine.assignment_id, act("lin.wei", 20_000, "waits for the lab"), 20 * HOUR_MS)

    other = given(database, "lin.wei", 21_000)
    assert other.case.case_id != held.case.case_id
    with pytest.raises(Invalid, match="at most 24 hours"):
        database.assignments.hold(mine.assignment_id, act("lin.wei", 30_000), 25 * HOUR_MS)
    longest = database.assignments.hold(mine.assignment_id, act("lin.wei", HOUR_MS))
    assert longest.assignment.lease_until_ms == NOW_MS + 20_000 + 24 * HOUR_MS
    assert database.timers.expire_leases(longest.assignment.lease_until_ms - 1) == 1  # the other one
    back = database.assignments.heartbeat(mine.assignment_id, act("lin.wei", 2 * HOUR_MS))
    assert (back.assignment.parked, back.assignment.lease_until_ms) == (False, NOW_MS + 2 * HOUR_MS + LEASE_MS)
    again = database.assignments.hold(mine.assignment_id, act("lin.wei", 2 * HOUR_MS + 1, "again"))
    assert again.assignment.lease_until_ms == NOW_MS + 20_000 + 24 * HOUR_MS, "working on it begins no new day"
    last = database.assignments.heartbeat(mine.assignment_id, act("lin.wei", 24 * HOUR_MS))
    with pytest.raises(Invalid, match="at most 24 hours"):
        database.assignments.hold(mine.assignment_id, act("lin.wei", 24 * HOUR_MS + 20_000))
    hers = hand_to(database, last.assignment.assignment_id, "chen.yu", 24 * HOUR_MS + 30_000)
    assert database.assignments.hold(hers, act("chen.yu", 24 * HOUR_MS + 40_000), HOUR_MS).assignment.parked


def test_a_case_is_handed_over_to_a_named_person_who_gets_it_next(database: Database) -> None:
    waiting(database, "rr-1", "rr-2")
    database.assignments.know(Reviewer(name="chen.yu"), act("senior"))
    mine = given(database, "lin.wei")

    database.assignments.hand_over(mine.assignment.assignment_id, act("lin.wei", 20_000, "knows pottery"), "chen.yu")

    with pytest.raises(CaseChanged, match="is over"):
        database.assignments.heartbeat(mine.assignment.assignment_id, act("lin.wei", 21_000))
    assert given(database, "ma.li", 22_000).case.case_id != mine.case.case_id
    theirs = given(database, "chen.yu", HOUR_MS)
    assert (theirs.case.case_id, theirs.case.assignee) == (mine.case.case_id, "chen.yu")
    assert theirs.assignment.lease_until_ms == NOW_MS + HOUR_MS + LEASE_MS
    assert [entry.action for entry in database.cases.show(mine.case.case_id).audit][-2:] == ["ASSIGNED", "HANDED_OVER"]
    with pytest.raises(NotAllowed, match="somebody else's"):
        database.assignments.skip(theirs.assignment.assignment_id, act("lin.wei", HOUR_MS))


def test_a_case_is_handed_over_to_somebody_who_reviews_and_to_no_other_name(database: Database) -> None:
    waiting(database, "rr-1")
    mine = given(database, "lin.wei").assignment
    accounts = SqlAccounts(database.engine)
    for name, scope in (("wu.min", "auditor"), ("zhou.ya", "reviewer"), ("sun.li", "senior")):
        accounts.add(Account(name=name, scopes=(scope,), made_at_ms=1, made_by="x"), "no hash")
    accounts.close("zhou.ya", 1)

    for name in ("chen.yuu", "wu.min", "zhou.ya"):
        with pytest.raises(Invalid, match=f"nobody called {name} reviews here"):
            database.assignments.hand_over(mine.assignment_id, act("lin.wei", 20_000), name)

    assert database.assignments.hand_over(mine.assignment_id, act("lin.wei", 20_000), "sun.li").reviewer == "sun.li"


def accounts_of(database: Database, **scopes: str) -> None:
    """Make accounts that never asked for a case, each with one role."""
    for name, scope in scopes.items():
        SqlAccounts(database.engine).add(Account(name=name, scopes=(scope,), made_at_ms=1, made_by="x"), "no hash")


def test_offered_are_those_alone_who_may_take_a_case_and_first_whoever_is_at_work(database: Database) -> None:
    waiting(database, "rr-1", "rr-2", "rr-3", merchant_id="m-5")
    mine = given(database, "lin.wei")
    accounts_of(database, an="reviewer", sun="senior", wu="auditor", gone="reviewer", kin="reviewer", parked="senior")
    SqlAccounts(database.engine).close("gone", 1)
    database.assignments.exclude(
        Conflict(reviewer="kin", scope="merchant", subject_id="m-5", note="", named_by="sun", named_at_ms=NOW_MS)
    )
    given(database, "by.key")
    held = given(database, "parked", 11_000).assignment.assignment_id
    database.assignments.hold(held, act("parked", 12_000, "asks the shop"))
    database.assignments.know(Reviewer(name="once.by.key"), act("x", -2 * HOUR_MS))

    offered = database.assignments.takers(mine.case, act("lin.wei", 20_000))
    later = database.assignments.takers(mine.case, act("lin.wei", HOUR_MS))

    assert offered == [
        Taker("by.key", here=True, in_hand=1),
        Taker("parked", here=True, in_hand=1),
        Taker("an", here=False, in_hand=0),
        Taker("sun", here=False, in_hand=0),
    ]
    assert [(one.name, one.here) for one in later] == [("by.key", True), *((n, False) for n in ("an", "parked", "sun"))]
    mine_id = mine.assignment.assignment_id
    for name in ("wu", "gone", "kin"):
        with pytest.raises((Invalid, NotAllowed)):
            database.assignments.hand_over(mine_id, act("lin.wei", 20_000), name)
    assert database.assignments.hand_over(mine_id, act("lin.wei", 20_000), offered[-1].name).reviewer == "sun"


def test_a_case_on_which_two_differ_is_offered_to_seniors_who_gave_neither_verdict(database: Database) -> None:
    waiting(database, "rr-1")
    accounts_of(database, an="reviewer", chen="senior", ma="senior", sun="senior")
    twice = Verdicts(database.casework, Procedure(second_review_share=1))
    twice.decide("rr-1", act("chen"), "REFUSE", "R-1")
    twice.decide("rr-1", act("ma", 11_000), "GRANT", "R-1")
    mine = database.assignments.next(act("zhou", 12_000), senior=True)

    assert mine is not None
    assert [one.name for one in database.assignments.takers(mine.case, act("zhou", 13_000))] == ["sun"]


def test_what_is_handed_over_and_never_taken_goes_back_after_a_day(database: Database) -> None:
    waiting(database, "rr-1")
    database.assignments.know(Reviewer(name="chen.yu"), act("senior"))
    mine = given(database, "lin.wei").assignment
    database.assignments.hand_over(mine.assignment_id, act("lin.wei", 20_000), "chen.yu")

    assert database.timers.expire_leases(NOW_MS + 20_000 + 24 * HOUR_MS) == 1
    assert given(database, "ma.li", 25 * HOUR_MS).case.request_id == "rr-1"


def test_what_somebody_skipped_goes_to_others_and_comes_back_after_a_day_or_never(database: Database) -> None:
    waiting(database, "rr-1", "rr-2")
    first = given(database, "lin.wei")
    database.assignments.skip(first.assignment.assignment_id, act("lin.wei", 20_000, "cannot tell"))
    second = given(database, "lin.wei", 21_000)
    assert second.case.case_id != first.case.case_id
    database.assignments.skip(second.assignment.assignment_id, act("lin.wei", 22_000, "my brother"), conflict=True)

    assert database.assignments.next(act("lin.wei", 23_000)) is None
    with pytest.raises(NotAllowed, match="conflict of interest"):
        database.verdicts.decide(second.case.case_id, act("lin.wei", 24_000), "GRANT", "R-1")
    later = given(database, "lin.wei", 48 * HOUR_MS)
    assert later.case.case_id == first.case.case_id
    assert given(database, "chen.yu").case.case_id == second.case.case_id


@pytest.mark.parametrize(("scope", "subject"), [("merchant", "m-5"), ("buyer", "b-rr-1")])
def test_nobody_is_given_a_case_that_they_are_excluded_from(database: Database, scope: Scope, subject: str) -> None:
    waiting(database, "rr-1", merchant_id="m-5")
    conflict = Conflict(
        reviewer="lin.wei", scope=scope, subject_id=subject, note="kin", named_by="senior", named_at_ms=NOW_MS
    )
    database.assignments.exclude(conflict)

    assert database.assignments.next(act("lin.wei")) is None
    with pytest.raises(NotAllowed, match="conflict of interest"):
        database.verdicts.decide("rr-1", act("lin.wei"), "GRANT", "R-1")
    mine = given(database, "chen.yu").assignment
    with pytest.raises(NotAllowed, match="may not decide"):
        database.assignments.hand_over(mine.assignment_id, act("chen.yu", 20_000), "lin.wei")


def test_who_speaks_for_a_party_decides_none_of_its_cases_now_or_later(database: Database) -> None:
    waiting(database, "rr-own", merchant_id="m-own")
    waiting(database, "rr-other", merchant_id="m-2", at_ms=2_000)
    shop = msgspec.structs.replace(act("lin.wei"), speaks_for=frozenset({("merchant", "m-own")}))

    with pytest.raises(NotAllowed, match="conflict of interest"):
        database.verdicts.decide("rr-own", shop, "GRANT", "R-1")
    found = database.assignments.next(shop)
    assert found is not None
    assert found.case.request_id == "rr-other"
    database.assignments.skip(found.assignment.assignment_id, shop)
    assert database.assignments.next(act("lin.wei", 20_000)) is None


def test_an_appeal_goes_to_somebody_who_did_not_decide_the_case(database: Database) -> None:
    waiting(database, "rr-1")
    given(database, "lin.wei")
    database.verdicts.decide("rr-1", act("lin.wei", 20_000), "REFUSE", "R-1")
    database.hearings.appeal("rr-1", act("b-1", 30_000), "buyer")

    assert database.assignments.next(act("lin.wei", 40_000)) is None
    theirs = given(database, "chen.yu", 40_000)
    with pytest.raises(NotAllowed, match="may not decide"):
        database.assignments.hand_over(theirs.assignment.assignment_id, act("chen.yu", 50_000), "lin.wei")
    assert theirs.assignment.ready_at_ms == NOW_MS + 30_000


def test_reviewers_get_what_they_know(database: Database) -> None:
    waiting(database, "rr-1", category="ceramics")
    waiting(database, "rr-2", category="fruit")
    database.hearings.state("rr-2", act("m-1", 2_000, "坏了"), "merchant")
    database.assignments.know(Reviewer(name="lin.wei", categories=("fruit", "meat")), act("senior"))
    database.assignments.know(Reviewer(name="chen.yu", languages=("en",)), act("senior"))
    database.decide(suspecting("rr-3"), some_evidence("rr-3", buyer_id="b-3"))
    database.hearings.state("rr-3", act("m-1", 3_000, "收到时完好"), "merchant")

    assert given(database, "lin.wei").case.request_id == "rr-2"
    assert given(database, "chen.yu").case.request_id == "rr-1"
    database.verdicts.decide("rr-1", act("chen.yu", 20_000), "GRANT", "R-1")
    assert database.assignments.next(act("chen.yu", 30_000)) is None  # what is left was said in Chinese
    assert given(database, "ma.li").case.request_id == "rr-3"


def test_a_cluster_cannot_flood_the_queue(database: Database) -> None:
    flood = [f"rr-{n}" for n in range(5)]
    for number, name in enumerate(flood):
        like = (flood[number - 1],) if number else ()
        database.decide(suspecting(name), some_evidence(name, buyer_id=f"b-{name}", like=like))
    for name in flood:
        database.hearings.state(name, act("m-1", 1_000), "merchant")
    waiting(database, "rr-9", at_ms=2_000)

    got = [given(database, f"reviewer-{n}").case.request_id for n in range(3)]

    assert got[:2] == ["rr-0", "rr-9"]


def test_a_share_is_reserved_for_small_claims_and_the_rest_goes_by_risk(database: Database) -> None:
    waiting(database, "rr-1", "rr-2")
    waiting(database, "rr-3", amount_minor=900)
    database.change("UPDATE review_queue SET lane = 'reserved' WHERE case_id LIKE '%rr-3%'")

    got = [given(database, f"reviewer-{n}").case.request_id for n in range(3)]

    assert got == ["rr-3", "rr-1", "rr-2"]
    waiting(database, "rr-4", "rr-5", "rr-7", at_ms=20_000)
    waiting(database, "rr-6", at_ms=21_000)
    database.change("UPDATE review_queue SET lane = 'reserved' WHERE case_id LIKE '%rr-6%'")
    assert [given(database, f"later-{n}").case.request_id for n in range(3)] == ["rr-4", "rr-5", "rr-6"]


def small_ones_were_decided(database: Database, worked_ms: int) -> None:
    """Have small claims decided within the last hour that somebody worked on for so long together."""
    begun_ms = NOW_MS - LEASE_MS
    for number, left_ms in enumerate(range(worked_ms, 0, -LEASE_MS)):
        name, by = f"small-{number}", f"earlier-{number}"
        waiting(database, name)
        database.verdicts.decide(name, act(given(database, by).assignment.reviewer, 11_000), "GRANT", "R-1")
        times = {"begun": begun_ms, "ended": begun_ms + min(left_ms, LEASE_MS), "by": by}
        database.change(
            "UPDATE assignments SET lane = 'reserved', assigned_at_ms = :begun, ended_at_ms = :ended"
            " WHERE reviewer = :by",
            **times,
        )
    database.change("UPDATE reviewers SET seen_at_ms = 0")


def test_of_so_many_reviewers_one_stays_free_for_small_claims(database: Database) -> None:
    small_ones_were_decided(database, HOUR_MS)
    waiting(database, "rr-1", "rr-2", "rr-3", "rr-4")
    hands = Assignments(database.casework, Terms(kept_free=2, reserved_share=0))
    ask = (
        (name, hands.next(act(name, after_ms)))
        for name, after_ms in zip(("lin", "chen", "wu", "chen"), range(4), strict=True)
    )

    got = [(name, found and found.case.request_id) for name, found in ask]

    assert got == [("lin", "rr-1"), ("chen", None), ("wu", "rr-2"), ("chen", None)], "chen is the one who stays free"
    database.change("UPDATE review_queue SET lane = 'reserved' WHERE case_id LIKE '%rr-4%'")
    small = hands.next(act("chen", 10))
    assert small is not None
    assert small.case.request_id == "rr-4"
    later = hands.next(act("ma", 10 + FREE_FOR_MS))
    assert later is None, "of four one or two stay free, and nobody is"


def test_whoever_acts_under_two_names_is_one_of_those_at_work(database: Database) -> None:
    waiting(database, "rr-1")
    for name in ("lin", "local:lin", "chen", "local:Chen", "ma"):
        database.assignments.next(act(name))

    with database.casework.seeing_cases() as work:
        assert work.assignments.at_work("local:ma", 0) == (3, 1), "ma, lin with a case in hand, and chen"
    assert SqlQuality(database.engine).queue(NOW_MS + 20_000).reviewers == 3


@pytest.mark.parametrize(("worked_ms", "kept_free"), [(HOUR_MS - 1, 1), (HOUR_MS, 0), (0, 1)])
def test_nobody_sits_idle_where_small_claims_kept_nobody_busy_in_the_last_hour_or_where_nobody_is_to(
    worked_ms: int, kept_free: int, database: Database
) -> None:
    small_ones_were_decided(database, worked_ms)
    waiting(database, "rr-1", "rr-2")
    hands = Assignments(database.casework, Terms(kept_free=kept_free))

    assert [hands.next(act(name)) is not None for name in ("lin", "chen", "wu")] == [True, True, False]


def test_a_small_claim_that_lies_parked_keeps_nobody_busy_and_counts_for_one_lease(database: Database) -> None:
    small_ones_were_decided(database, LEASE_MS)
    waiting(database, "rr-1", "rr-2")
    database.change("UPDATE assignments SET ended_at_ms = assigned_at_ms + 2 * :hour", hour=HOUR_MS)
    given(database, "chen")

    found = Assignments(database.casework, Terms(kept_free=1)).next(act("lin"))

    assert found is not None, "two hours in somebody's hands are one lease of work"


def skipping(database: Database, by: str, after_ms: int, *, conflict: bool = False) -> str:
    """Let somebody skip the next case; return which it was."""
    mine = given(database, by, after_ms)
    database.assignments.skip(mine.assignment.assignment_id, act(by, after_ms, "not this one"), conflict=conflict)
    return mine.case.case_id


def test_nobody_comes_to_the_case_that_they_want_by_skipping_all_others(database: Database) -> None:
    most = DEFAULT_TERMS.skips_per_hour
    waiting(database, *(f"rr-{number}" for number in range(most + 5)))
    doors = ("lin.wei", "local:lin.wei")
    skipped = {skipping(database, doors[number % 2], 10_000 + number) for number in range(most)}
    assert len(skipped) == most

    mine = given(database, "lin.wei", 20_000)
    for by in ("lin.wei", "LIN.WEI"):
        other = mine if by == "lin.wei" else given(database, by, 20_500)
        with pytest.raises(NotAllowed, match=f"{most} cases were skipped"):
            database.assignments.skip(other.assignment.assignment_id, act(by, 21_000))
    assert given(database, "lin.wei", 22_000).case.case_id == mine.case.case_id, "it is still theirs"
    database.assignments.skip(mine.assignment.assignment_id, act("lin.wei", 23_000, "my brother"), conflict=True)
    parked = given(database, "lin.wei", 24_000)
    database.assignments.hold(parked.assignment.assignment_id, act("lin.wei", 25_000))
    assert skipping(database, "chen.yu", 26_000), "others may"

    assert skipping(database, "lin.wei", 10_000 + HOUR_MS + most), "and an hour later they may again"


def test_an_operator_says_how_many_cases_may_be_skipped(database: Database) -> None:
    waiting(database, "rr-1")
    hands = Assignments(database.casework, Terms(skips_per_hour=0))
    mine = given(database, "lin.wei").assignment.assignment_id

    with pytest.raises(NotAllowed, match="0 cases were skipped"):
        hands.skip(mine, act("lin.wei", 11_000))
    assert hands.skip(mine, act("lin.wei", 12_000), conflict=True).state == CaseState.READY


@pytest.mark.parametrize(("one", "other"), [("lin.wei", "local:lin.wei"), ("local:lin.wei", "lin.wei")])
def test_a_person_is_one_by_whichever_door_they_come(one: str, other: str, database: Database) -> None:
    waiting(database, "rr-1")
    excluded = Conflict(
        reviewer=one, scope="merchant", subject_id="m-1", note="cousin", named_by="ma", named_at_ms=NOW_MS
    )
    database.assignments.exclude(excluded)
    assert database.assignments.next(act(other)) is None, "a conflict of interest is the person's"
    theirs = given(database, "chen.yu").assignment.assignment_id
    database.assignments.know(Reviewer(name=other), act("senior"))
    with pytest.raises(NotAllowed, match="may not decide"):
        database.assignments.hand_over(theirs, act("chen.yu"), other)
    with pytest.raises(NotAllowed, match="conflict of interest"):
        database.verdicts.give("rr-1", act(other), Given(verdict="GRANT", rule="R-1"))

    database.change("DELETE FROM conflicts")
    database.assignments.skip(theirs, act("chen.yu"))
    mine = given(database, one).assignment.assignment_id
    database.assignments.know(Reviewer(name=one), act("senior"))
    with pytest.raises(Invalid, match="name somebody else"):
        database.assignments.hand_over(mine, act(one), other)
    database.assignments.skip(mine, act(one))
    assert database.assignments.next(act(other)) is None, "what somebody skipped does not come back by the other door"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("lin.wei", "local:lin.wei"),
        ("local:lin.wei", "lin.wei"),
        ("lin.wei", "Lin.Wei"),
        ("LIN.WEI", "local:lin.wei"),
        ("lin.wei", "\uff4cin.wei"),
    ],
)
def test_who_gave_the_first_verdict_is_given_the_case_by_no_door(one: str, other: str, database: Database) -> None:
    waiting(database, "rr-1")
    given(database, one)
    Verdicts(database.casework, Procedure(second_review_share=1)).decide("rr-1", act(one), "REFUSE", "R-1")

    assert [database.assignments.next(act(name, 11_000)) for name in (one, other)] == [None, None]
    theirs = given(database, "chen.yu", 12_000).assignment.assignment_id
    with pytest.raises(NotAllowed, match="may not decide"):
        database.assignments.hand_over(theirs, act("chen.yu", 13_000), other)


def test_a_party_can_take_a_case_out_of_a_reviewers_hands_and_nothing_is_left_behind(database: Database) -> None:
    waiting(database, "rr-1")
    mine = given(database, "lin.wei").assignment

    database.hearings.withdraw("rr-1", act("platform", 20_000))

    assert database.rows("SELECT outcome FROM assignments") == [("WITHDRAWN",)]
    assert database.rows("SELECT count(*) FROM review_queue") == [(0,)]
    with pytest.raises(CaseChanged):
        database.assignments.hold(mine.assignment_id, act("lin.wei", 21_000))


def test_an_unknown_assignment_is_said_to_be_none(database: Database) -> None:
    with pytest.raises(NotFound, match="no assignment a-1"):
        database.assignments.heartbeat("a-1", act("lin.wei"))


def test_of_many_reviewers_at_once_no_two_get_the_same_case(database: Database) -> None:
    waiting(database, *(f"rr-{n}" for n in range(12)))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: database.assignments.next(act(f"reviewer-{n}")), range(14)))

    cases = [each.case.case_id for each in found if each is not None]
    assert len(cases) == len(set(cases)) == 12
    assert found.count(None) == 2


def test_one_reviewer_who_asks_twice_at_once_gets_one_case(database: Database) -> None:
    waiting(database, *(f"rr-{n}" for n in range(4)))

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: given(database, "lin.wei").case.case_id, range(4)))

    assert len(set(found)) == 1


def test_a_case_in_nobodys_hands_is_decided_by_command_line_in_one_step(database: Database) -> None:
    waiting(database, "rr-1")

    database.verdicts.decide("rr-1", act("lin.wei"), "REFUSE", "R-1")

    assert database.rows("SELECT count(*) FROM review_queue") == [(0,)]
    with pytest.raises(OperatorError):
        database.verdicts.decide("rr-1", act("chen.yu"), "REFUSE", "R-1")


def test_a_clock_that_jumps_back_ends_no_lease_and_moves_no_deadline(database: Database) -> None:
    waiting(database, "rr-1")
    mine = given(database, "lin.wei").assignment
    database.decide(suspecting("rr-2"), some_evidence("rr-2", buyer_id="b-2"))
    [due_at_ms] = database.rows("SELECT due_at_ms FROM cases WHERE request_id = 'rr-2'")[0]

    for at_ms in (NOW_MS - 24 * HOUR_MS, NOW_MS - 1, due_at_ms - 1):
        assert database.timers.move_due(at_ms) == 0
    assert database.timers.expire_leases(NOW_MS - 24 * HOUR_MS) == 0
    back = database.assignments.heartbeat(mine.assignment_id, act("lin.wei", -24 * HOUR_MS))
    assert back.case.state == CaseState.ASSIGNED
    assert back.assignment.lease_until_ms == mine.lease_until_ms, "nor is it shortened"


def test_a_hold_and_a_lease_of_a_clock_that_was_far_ahead_end_with_the_next_heartbeat(database: Database) -> None:
    waiting(database, "rr-1")
    mine = given(database, "lin.wei").assignment.assignment_id
    database.assignments.hold(mine, act("lin.wei", 11_000))

    worked_on = database.assignments.heartbeat(mine, act("lin.wei", 12_000)).assignment
    database.assignments.heartbeat(mine, act("lin.wei", 12_000 + LEASE_MS - 1))
    with database.engine.begin() as connection:
        in_a_year = {"until": NOW_MS + 365 * 24 * HOUR_MS}
        connection.execute(text("UPDATE assignments SET lease_until_ms = :until"), in_a_year)
    after = database.assignments.heartbeat(mine, act("lin.wei", 13_000)).assignment

    assert worked_on.lease_until_ms == NOW_MS + 12_000 + LEASE_MS
    assert after.lease_until_ms == NOW_MS + 13_000 + LEASE_MS


def test_a_clock_that_jumps_ahead_ends_each_wait_once_and_back_again_none_twice(database: Database) -> None:
    waiting(database, "rr-1")
    given(database, "lin.wei")
    database.decide(suspecting("rr-2"), some_evidence("rr-2", buyer_id="b-2"))

    ahead = [(database.timers.move_due(at), database.timers.expire_leases(at)) for at in (NOW_MS + 72 * HOUR_MS,) * 2]
    again = [(database.timers.move_due(at), database.timers.expire_leases(at)) for at in (NOW_MS, NOW_MS + HOUR_MS)]

    assert (ahead, again) == ([(1, 1), (0, 0)], [(0, 0), (0, 0)])
    states = database.rows("SELECT request_id, state FROM cases ORDER BY request_id")
    assert states == [("rr-1", "READY"), ("rr-2", "READY")]


def test_looking_at_a_case_says_that_its_reviewer_is_there_but_is_not_written_down_at_each_look(
    database: Database,
) -> None:
    waiting(database, "rr-1")
    mine = given(database, "lin.wei")
    database.assignments.draft(mine.assignment.assignment_id, act("lin.wei"), "half a thought")
    beat_ms = DEFAULT_TERMS.heartbeat_s * 1_000

    at_once = database.assignments.looked_at(mine.case, act("lin.wei", 10_000 + beat_ms - 1))
    later = database.assignments.looked_at(mine.case, act("lin.wei", 10_000 + beat_ms))

    assert at_once is not None
    assert later is not None
    assert at_once.assignment.lease_until_ms == mine.assignment.lease_until_ms
    assert later.assignment.lease_until_ms == mine.assignment.lease_until_ms + beat_ms
    assert [one.draft and one.draft.text for one in (at_once, later)] == ["half a thought"] * 2


def test_whoever_has_the_case_not_in_hand_looks_at_it_without_a_trace(database: Database) -> None:
    waiting(database, "rr-1")
    mine = given(database, "lin.wei")

    assert database.assignments.looked_at(mine.case, act("chen.yu")) is None
    assert database.assignments.looked_at(mine.case, act("lin.wei", 10_000 + LEASE_MS)) is None
    parked = database.assignments.hold(mine.assignment.assignment_id, act("lin.wei"))
    assert database.assignments.looked_at(parked.case, act("lin.wei", 11_000)) is None
    [held] = database.assignments.in_hand("lin.wei")
    assert held.parked


def test_a_case_that_was_handed_over_is_taken_by_looking_at_it(database: Database) -> None:
    waiting(database, "rr-1")
    database.assignments.know(Reviewer(name="chen.yu"), act("senior"))
    mine = given(database, "lin.wei")
    database.assignments.hand_over(mine.assignment.assignment_id, act("lin.wei"), "chen.yu")

    found = database.assignments.looked_at(database.cases.case("rr-1"), act("chen.yu", 11_000))

    assert found is not None
    assert (found.assignment.taken, found.assignment.lease_until_ms) == (True, NOW_MS + 11_000 + LEASE_MS)
