"""Recommendations on a case: closed by people, in its audit trail, hidden from whoever has to decide it anew."""

import pytest
from msgspec.structs import replace

from schemas.records import RefundDecided
from streams.cases.acts import AuditAct
from streams.cases.audit import verify
from streams.cases.reviewing.withholding import trail_shown
from streams.errors import CaseChanged, NotFound
from streams.policy.question import Question
from tests.contract.judging import NOW_MS, decided, some_evidence
from tests.contract.sql import Database

LIN = AuditAct(by="lin.wei", note="three a month", at_ms=NOW_MS + 60_000)
CHEN = AuditAct(by="chen.yu", note="painted in", at_ms=NOW_MS + 120_000)
MA = AuditAct(by="ma.li", note="it is a real crack", at_ms=NOW_MS + 180_000)


def recommending(question: Question) -> RefundDecided:
    return replace(decided(question, review=True), recommended=["ASK_MERCHANT", "RESTRICT_PURCHASES"])


@pytest.fixture
def case(database: Database) -> str:
    [decision] = database.decide(recommending, some_evidence())
    return str(decision.case_id)


def closings(database: Database, case: str) -> dict[str, str | None]:
    found = database.recommendations.of(database.cases.show(case), NOW_MS)
    return {one.code: f"{one.closed.outcome} by {one.closed.by}" if one.closed else None for one in found}


def test_what_is_recommended_is_open_until_a_person_closes_it_and_the_trail_says_so(
    database: Database, case: str
) -> None:
    assert closings(database, case) == {"ASK_MERCHANT": None, "RESTRICT_PURCHASES": None}

    database.recommendations.close(case, "RESTRICT_PURCHASES", "declined", LIN, version=1)

    assert closings(database, case) == {"ASK_MERCHANT": None, "RESTRICT_PURCHASES": "declined by lin.wei"}
    file = database.cases.show(case)
    assert [entry.action for entry in file.audit] == ["CASE_OPENED", "RECOMMENDATION_CLOSED"]
    assert file.audit[-1].payload is not None
    assert b"three a month" in file.audit[-1].payload
    assert (verify(case, file.audit), file.case.version) == (None, 1)
    assert [event.event for event in database.events()] == ["CASE_OPENED"]


def test_a_repeat_changes_nothing_and_another_outcome_takes_its_place(database: Database, case: str) -> None:
    for act in (LIN, replace(LIN, at_ms=LIN.at_ms + 1)):
        database.recommendations.close(case, "ASK_MERCHANT", "declined", act)
    assert len(database.cases.show(case).audit) == 2

    database.recommendations.close("rr-1", "ASK_MERCHANT", "done", CHEN)

    assert closings(database, case)["ASK_MERCHANT"] == "done by chen.yu"


def test_what_is_not_recommended_and_what_changed_since_are_refused_and_nothing_is_written(
    database: Database, case: str
) -> None:
    with pytest.raises(NotFound, match="recommended are: ASK_MERCHANT, RESTRICT_PURCHASES"):
        database.recommendations.close(case, "REPORT_TO_POLICE", "done", LIN)
    with pytest.raises(NotFound, match="there is no case c-0"):
        database.recommendations.close("c-0", "ASK_MERCHANT", "done", LIN)
    with pytest.raises(CaseChanged):
        database.recommendations.close(case, "ASK_MERCHANT", "done", LIN, version=7)

    assert len(database.cases.show(case).audit) == 1


def test_what_one_reviewer_closed_is_no_hint_for_whoever_decides_an_appeal(database: Database, case: str) -> None:
    database.forgeries.confirm(case, CHEN, heard=True)
    database.recommendations.close(case, "RESTRICT_PURCHASES", "done", CHEN)
    assert closings(database, case)["RESTRICT_PURCHASES"] == "done by chen.yu"

    database.forgeries.revoke(case, MA)

    assert closings(database, case)["RESTRICT_PURCHASES"] is None
    hidden = database.cases.show(case)
    assert b"painted in" not in b"".join(entry.payload or b"" for entry in trail_shown(hidden))


def test_a_confirmed_forgery_recommends_by_the_law_of_the_sums_that_were_paid(database: Database) -> None:
    [decision] = database.decide(recommending, some_evidence("rr-2", amount_minor=10_000))
    case = str(decision.case_id)
    assert (
        database.recommendations.of(database.cases.show(case), NOW_MS)[1].grounds[-1].en
        != "A person confirmed the forgery"
    )

    database.forgeries.confirm(case, CHEN, heard=True)

    restrict = database.recommendations.of(database.cases.show(case), NOW_MS)[1]
    assert (restrict.code, restrict.grounds[-1].en) == ("RESTRICT_PURCHASES", "A person confirmed the forgery")
