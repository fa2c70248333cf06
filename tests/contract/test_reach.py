"""A waiting case that nobody may decide is told at once, with why, on both databases."""

import random

import msgspec
import pytest
from structlog.testing import capture_logs

from schemas.units import DAY_MS
from streams.access.accounts import Account
from streams.adapters.sql.accounts import SqlAccounts
from streams.adapters.sql.cases.reach import STILL_HERE_MS, SqlReach
from streams.cases.looks import Given
from streams.cases.procedure import Procedure
from streams.cases.quality.reach import Why
from streams.cases.reviewing.assignment import Reviewer
from streams.cases.reviewing.conflicts import Conflict, Scope
from streams.cases.states import CaseState
from streams.casework.quality.reach import ReachWatch
from streams.casework.reviewing.verdicts import Verdicts
from streams.metrics import Metrics
from tests.contract.judging import NOW_MS
from tests.contract.sql import AtOnce, Database
from tests.contract.test_assignments import act, given, waiting

LATER_MS = NOW_MS + 60_000
NAME = "sentinel_cases_nobody_may_decide"
GRANT, REFUSE = Given(verdict="GRANT", rule="R-1"), Given(verdict="REFUSE", rule="R-2")


def staff(database: Database, *names: str, role: str = "reviewer") -> None:
    accounts = SqlAccounts(database.engine)
    for name in names:
        assert accounts.add(Account(name=name, scopes=(role,), made_at_ms=NOW_MS, made_by="ma"), "hash")


def counts(database: Database, at_ms: int = LATER_MS) -> dict[Why, int]:
    return dict(SqlReach(database.engine).reach(at_ms).counts)


def barred(database: Database, name: str, scope: Scope, subject: str) -> None:
    database.assignments.exclude(
        Conflict(reviewer=name, scope=scope, subject_id=subject, note="kin", named_by="ma", named_at_ms=NOW_MS)
    )


def twice(database: Database) -> Verdicts:
    return Verdicts(database.casework, Procedure(second_review_share=1))


def test_where_somebody_is_left_nothing_is_said(database: Database) -> None:
    staff(database, "lin.wei", "chen.yu")
    waiting(database, "rr-1", "rr-2")
    barred(database, "Lin.Wei", "merchant", "m-1")

    assert counts(database) == {}
    given(database, "chen.yu")
    assert counts(database) == {}, "whoever has their hands full comes to it"


def test_a_case_for_which_nobody_reviews_is_told(database: Database) -> None:
    waiting(database, "rr-1", "rr-2")

    found = SqlReach(database.engine).reach(LATER_MS)

    assert found.counts == {Why.NO_REVIEWER: 2}
    assert {one.case_id for one in found.cases} == {case.case_id for case in database.cases.list_cases()}
    assert {(one.why, one.ready_at_ms) for one in found.cases} == {(Why.NO_REVIEWER, NOW_MS + 1_000)}
    staff(database, "ma.li", role="auditor")
    assert counts(database) == {Why.NO_REVIEWER: 2}
    staff(database, "lin.wei")
    assert counts(database) == {}
    SqlAccounts(database.engine).close("lin.wei", LATER_MS)
    assert counts(database) == {Why.NO_REVIEWER: 2}


@pytest.mark.parametrize("scope", ["case", "merchant", "buyer"])
def test_a_case_from_which_all_are_kept_by_conflicts_of_interest_is_told(database: Database, scope: Scope) -> None:
    people = [f"somebody.{number}" for number in range(random.randint(1, 4))]  # noqa: S311 - a test
    staff(database, *people)
    waiting(database, "rr-1")
    waiting(database, "rr-2", merchant_id="m-2")
    case = database.cases.show("rr-1").case
    subject = {"case": case.case_id, "merchant": case.merchant_id, "buyer": case.buyer_id}[scope]
    for name in people[1:]:
        barred(database, f"local:{name.upper()}", scope, subject)
    assert counts(database) == {}

    barred(database, people[0], scope, subject)

    found = SqlReach(database.engine).reach(LATER_MS)
    assert found.counts == {Why.NOBODY_LEFT: 1}
    assert [one.case_id for one in found.cases] == [case.case_id]
    staff(database, "one.more")
    assert counts(database) == {}


def test_a_second_look_with_one_reviewer_alone_is_told(database: Database) -> None:
    staff(database, "lin.wei")
    waiting(database, "rr-1")
    twice(database).give(given(database, "lin.wei").case.case_id, act("lin.wei", 11_000), GRANT)
    assert database.cases.show("rr-1").case.state is CaseState.AWAITING_SECOND_REVIEWER

    assert counts(database) == {Why.NOBODY_LEFT: 1}
    staff(database, "chen.yu")
    assert counts(database) == {}


def test_reviewers_who_differ_without_a_senior_who_gave_no_verdict_are_told(database: Database) -> None:
    staff(database, "lin.wei", "chen.yu", "zhou.an")
    waiting(database, "rr-1")
    verdicts = twice(database)
    verdicts.give(given(database, "lin.wei").case.case_id, act("lin.wei", 11_000), GRANT)
    verdicts.give(given(database, "chen.yu", 12_000).case.case_id, act("chen.yu", 13_000), REFUSE)

    assert counts(database) == {Why.NO_SENIOR: 1}
    SqlAccounts(database.engine).set_scopes("lin.wei", ("reviewer", "senior"))
    assert counts(database) == {Why.NOBODY_LEFT: 1}, "the one senior gave a verdict on it"
    SqlAccounts(database.engine).set_scopes("zhou.an", ("reviewer", "senior"))
    assert counts(database) == {}


def test_a_category_or_language_that_nobody_is_given_is_told(database: Database) -> None:
    staff(database, "lin.wei", "chen.yu")
    category = "ceramics"
    waiting(database, "rr-1", category=category)
    for name in ("lin.wei", "chen.yu"):
        database.assignments.know(Reviewer(name=f"local:{name}", categories=(f"not-{category}",)), act("senior"))

    assert counts(database) == {Why.NO_SKILL: 1}
    database.assignments.know(Reviewer(name="chen.yu", categories=(category, "shoes")), act("senior"))
    assert counts(database) == {}
    database.change("UPDATE review_queue SET language = 'xx'")
    assert counts(database) == {}
    database.assignments.know(Reviewer(name="chen.yu", categories=(category,), languages=("zh",)), act("senior"))
    assert counts(database) == {Why.NO_SKILL: 1}


def test_a_case_that_everybody_gave_back_is_told_until_it_goes_out_again(database: Database) -> None:
    staff(database, "lin.wei", "chen.yu")
    waiting(database, "rr-1")
    for name in ("lin.wei", "chen.yu"):
        assert counts(database) == {}
        database.assignments.skip(given(database, name).assignment.assignment_id, act(name))

    assert counts(database) == {Why.SKIPPED_BY_ALL: 1}
    assert counts(database, NOW_MS + DAY_MS + 60_000) == {}
    barred(database, "lin.wei", "case", database.cases.show("rr-1").case.case_id)
    assert counts(database) == {Why.SKIPPED_BY_ALL: 1}
    barred(database, "chen.yu", "merchant", "m-1")
    assert counts(database) == {Why.NOBODY_LEFT: 1}


def test_who_has_no_account_counts_while_they_ask_for_cases(database: Database) -> None:
    waiting(database, "rr-1")
    assert database.assignments.next(act("key:desk", 2_000)) is not None
    waiting(database, "rr-2")

    assert counts(database) == {}
    assert counts(database, NOW_MS + STILL_HERE_MS + DAY_MS) == {Why.NO_REVIEWER: 1}


def test_each_is_logged_once_and_counted_while_it_lasts(database: Database) -> None:
    waiting(database, "rr-1")
    metrics = Metrics()
    watch = ReachWatch(SqlReach(database.engine), AtOnce(), metrics)

    with capture_logs() as logged:
        for _ in range(2):
            watch.show(SqlReach(database.engine).reach(LATER_MS))
    [line] = [one for one in logged if one["event"] == "nobody may decide a case that waits"]
    assert (line["why"], line["case_id"]) == ("no_reviewer", database.cases.show("rr-1").case.case_id)
    assert metrics.registry.get_sample_value(NAME, {"why": "no_reviewer"}) == 1

    staff(database, "lin.wei")
    watch.show(SqlReach(database.engine).reach(LATER_MS))
    assert metrics.registry.get_sample_value(NAME, {"why": "no_reviewer"}) == 0
    assert msgspec.json.encode(SqlReach(database.engine).reach(LATER_MS)) == b'{"counts":{},"cases":[]}'
