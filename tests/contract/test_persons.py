"""Whoever acts under two names is one person: by the console, at the command line, in capitals or wide letters."""

import random
from collections.abc import Callable

import msgspec
import pytest

from streams.access.accounts import Account
from streams.adapters.sql.accounts import SqlAccounts
from streams.adapters.sql.cases.figures import SqlFigures
from streams.adapters.sql.cases.work_done import SqlWorkDone
from streams.cases.acts import LOCAL, person_of
from streams.cases.looks import Given
from streams.cases.quality.figures import AtWork
from streams.cases.quality.golden import Viewer
from streams.cases.record.query import CaseQuery
from streams.cases.reviewing.assignment import Reviewer
from streams.cases.reviewing.conflicts import Conflict, Scope
from streams.cases.states import CaseState
from streams.casework.reviewing.drafts import Drafts
from streams.errors import Invalid, NotAllowed
from tests.contract.judging import NOW_MS, some_evidence, suspecting
from tests.contract.sql import Database
from tests.contract.test_assignments import act, given, waiting
from tests.contract.test_golden_cases import HOUR_MS, LATER, heard, mark
from tests.contract.test_golden_cases import given as golden_given

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def written(name: str, chance: random.Random) -> str:
    """Return another way in which the person of a name may be written."""
    capitals = "".join(chance.choice((sign.upper(), sign)) for sign in name)
    return chance.choice(("", LOCAL)) + chance.choice((capitals, name, name.title()))


@pytest.fixture(params=range(6))
def names(request: pytest.FixtureRequest) -> tuple[str, str]:
    chance = random.Random(request.param)  # noqa: S311 - a test
    name = "".join(chance.choices(LETTERS, k=6)) + "." + "".join(chance.choices(LETTERS, k=3))
    one, other = written(name, chance), written(name, chance)
    return one, other if other != one else name.upper()


@pytest.mark.parametrize("scope", ["case", "merchant", "buyer"])
def test_a_conflict_of_interest_is_the_persons_however_their_name_is_written(
    names: tuple[str, str], scope: Scope, database: Database
) -> None:
    one, other = names
    waiting(database, "rr-1")
    case = database.cases.show("rr-1").case
    subject = {"case": case.case_id, "merchant": case.merchant_id, "buyer": case.buyer_id}[scope]
    database.assignments.exclude(
        Conflict(reviewer=one, scope=scope, subject_id=subject, note="cousin", named_by="ma", named_at_ms=NOW_MS)
    )

    assert database.assignments.next(act(other)) is None
    with pytest.raises(NotAllowed, match="conflict of interest"):
        database.verdicts.give("rr-1", act(other), Given(verdict="GRANT", rule="R-1"))
    theirs = given(database, "somebody.else").assignment.assignment_id
    database.assignments.know(Reviewer(name=other), act("senior"))
    with pytest.raises(NotAllowed, match="may not decide"):
        database.assignments.hand_over(theirs, act("somebody.else"), other)


def test_what_somebody_skipped_and_how_often_is_the_persons(names: tuple[str, str], database: Database) -> None:
    one, other = names
    waiting(database, "rr-1")

    database.assignments.skip(given(database, one).assignment.assignment_id, act(one))

    assert database.assignments.next(act(other)) is None
    with database.casework.seeing_cases() as work:
        assert [work.assignments.skipped(name, NOW_MS) for name in (one, other, "somebody.else")] == [1, 1, 0]


def test_what_somebody_has_in_hand_is_theirs_by_every_door_and_is_the_only_one(
    names: tuple[str, str], database: Database
) -> None:
    one, other = names
    waiting(database, "rr-1", "rr-2")
    first = given(database, one).assignment

    again = given(database, other, 11_000).assignment
    draft = database.assignments.draft(again.assignment_id, act(other, 12_000), "the rim is whole")

    assert again.assignment_id == first.assignment_id
    assert draft.text == "the rim is whole"
    assert given(database, one, 13_000).draft == draft
    assert [each.assignment_id for each in database.assignments.in_hand(other)] == [first.assignment_id]
    done = database.verdicts.give(first.case_id, act(other, 14_000), Given(verdict="GRANT", rule="R-1"))
    assert done.case.state is CaseState.DECIDED


def test_what_was_said_of_a_reviewer_holds_by_every_door(names: tuple[str, str], database: Database) -> None:
    one, other = names
    waiting(database, "rr-1")
    database.assignments.know(Reviewer(name=one, categories=("nothing of it",)), act("senior"))

    assert database.assignments.next(act(other)) is None
    database.assignments.know(Reviewer(name=other), act("senior"))
    assert given(database, one).case.request_id == "rr-1", "what was said last counts"


def test_nobody_hands_a_case_over_to_themselves_or_to_nobody(names: tuple[str, str], database: Database) -> None:
    one, other = names
    waiting(database, "rr-1")
    mine = given(database, one).assignment.assignment_id
    database.assignments.know(Reviewer(name="Chen.Yu"), act("senior"))

    with pytest.raises(Invalid, match="name somebody else"):
        database.assignments.hand_over(mine, act(one), other)
    with pytest.raises(Invalid, match="nobody called"):
        database.assignments.hand_over(mine, act(one), "chen.yu.2")
    assert database.assignments.hand_over(mine, act(other), f"{LOCAL}chen.yu").reviewer == f"{LOCAL}chen.yu"


def test_accounts_whose_names_differ_in_capitals_would_be_one_person(database: Database) -> None:
    accounts = SqlAccounts(database.engine)

    def added(name: str) -> bool:
        return accounts.add(Account(name=name, scopes=("reviewer",), made_at_ms=NOW_MS, made_by="ma"), "hash")

    assert [added(name) for name in ("lin.wei", "Lin.Wei", "lin.wei2")] == [True, False, True]


def test_conflicts_from_before_are_the_persons_from_the_upgrade_on(
    upgraded_again: Callable[[str, str], None], database: Database
) -> None:
    kept = [
        ("Lin.Wei", "merchant", "m-1", None),
        ("local:lin.wei", "merchant", "m-1", NOW_MS + 5),
        ("lin.wei", "skipped", "c-1", NOW_MS + 5),
        ("local:LIN.wei", "skipped", "c-1", NOW_MS + 9),
        ("key:shop", "case", "c-2", None),
    ]
    for reviewer, scope, subject, until in kept:
        database.change(
            "INSERT INTO conflicts (reviewer, scope, subject_id, until_ms, note, named_by, named_at_ms)"
            " VALUES (:reviewer, :scope, :subject, :until, '', 'ma', 1)",
            reviewer=reviewer,
            scope=scope,
            subject=subject,
            until=until,
        )
    upgraded_again("0041", "0042")

    found = "SELECT reviewer, scope, subject_id, until_ms FROM conflicts ORDER BY scope"
    assert database.rows(found) == [
        (person_of("key:shop"), "case", "c-2", None),
        ("lin.wei", "merchant", "m-1", None),
        ("lin.wei", "skipped", "c-1", NOW_MS + 9),
    ]
    database.decide(suspecting("rr-1"), some_evidence("rr-1", merchant_id="m-1", buyer_id="b-1"))
    database.hearings.state("rr-1", act("m-1", 1_000), "merchant")
    assert database.assignments.next(act("LIN.WEI")) is None


def test_a_person_at_work_stands_in_one_row_with_all_that_is_in_their_hands(
    names: tuple[str, str], database: Database
) -> None:
    one, other = names
    waiting(database, "rr-1", "rr-2", "rr-3", "rr-4")
    database.assignments.know(Reviewer(name=one, capacity=9), act("senior"))
    skipped = given(database, one, 20_000)
    database.assignments.skip(skipped.assignment.assignment_id, act(one, 21_000))
    for name, after_ms in ((one, 22_000), (other, 23_000)):
        held = given(database, name, after_ms).assignment.assignment_id
        database.assignments.hold(held, act(name, after_ms, "asks the shop"))
    given(database, "somebody.else", 24_000)

    found = SqlFigures(database.engine).at_work(NOW_MS + 30_000)

    assert [msgspec.structs.replace(each, name="") for each in found] == [
        AtWork("", NOW_MS + 24_000, 1),
        AtWork("", NOW_MS + 23_000, 2, 1),
    ]
    assert person_of(found[1].name) == person_of(one)
    assert found[1].name in names
    assert not found[1].name.startswith(LOCAL) or all(name.startswith(LOCAL) for name in names)


def test_a_person_is_offered_a_case_once_and_never_their_own(names: tuple[str, str], database: Database) -> None:
    one, other = names
    waiting(database, "rr-1", "rr-2")
    mine = given(database, "somebody.else")
    account = one.removeprefix(LOCAL)
    SqlAccounts(database.engine).add(Account(name=account, scopes=("reviewer",), made_at_ms=1, made_by="x"), "no hash")
    theirs = given(database, other, 11_000)

    offered = database.assignments.takers(mine.case, act("somebody.else", 12_000))

    assert [(each.name, each.here, each.in_hand) for each in offered] == [(account, True, 1)]
    own = database.assignments.takers(theirs.case, act(one, 12_000))
    assert [each.name for each in own] == ["somebody.else"]


def test_a_draft_and_the_work_of_today_are_the_persons(names: tuple[str, str], database: Database) -> None:
    one, other = names
    waiting(database, "rr-1", "rr-2")
    drafts = Drafts(database.casework)
    case_id = database.cases.show("rr-1").case.case_id
    drafts.keep(case_id, act(one, 20_000), "the crack looks painted")
    assert drafts.of(case_id, other) == "the crack looks painted"

    drafts.keep(case_id, act(other, 21_000), "it is a print")
    assert drafts.of(case_id, one) == "it is a print"
    taken = given(database, one, 22_000)
    assert taken.draft is not None
    assert taken.draft.text == "it is a print"
    database.verdicts.decide("rr-1", act(other, 23_000), "GRANT", "R-1")
    drafts.forget(case_id, one)

    assert database.rows("SELECT text FROM drafts") == []
    done = SqlWorkDone(database.engine).done(NOW_MS, NOW_MS + 30_000, other, 10)
    assert [each.case_id for each in done] == [case_id]


def test_a_golden_case_that_somebody_had_looks_the_same_under_each_of_their_names(
    names: tuple[str, str], database: Database
) -> None:
    one, other = names
    mark(database, "rr-1")
    heard(database, "rr-waits", LATER - HOUR_MS)
    golden_given(database, one)

    def looks(name: str) -> list[tuple[str, str | None]]:
        viewer = Viewer(name, senior=True)
        listed = database.cases.page(CaseQuery(viewer=viewer, state=CaseState.CLOSED), None, 10)
        shown = database.cases.show("rr-1", viewer=viewer).case
        return [(each.state, each.verdict) for each in (shown, *listed)]

    assert looks(one) == looks(other)
    assert looks(other) == [(CaseState.ASSIGNED, None)]
    assert looks("nobody.else")[0] == (CaseState.CLOSED, "FORGERY_CONFIRMED")
