"""Each verdict states its reasons, in both languages: coarse for the parties, whole for reviewers."""

import re

import pytest

from streams.cases.acts import AuditAct
from streams.cases.asked import Asked, Wanted
from streams.cases.looks import VerdictName
from streams.cases.procedure import DEFAULT, Procedure
from streams.cases.reviewing.statement_of_reasons import Audience
from streams.casework.reviewing.verdicts import Verdicts
from streams.wording.dates import BEIJING, moment_in
from tests.contract.judging import NOW_MS, some_evidence, suspecting
from tests.contract.sql import Database

RATIONALE = "the crack ends at a straight edge"
ENDS = moment_in(DEFAULT.of("ceramics").appeal_ends_ms(NOW_MS + 1_000), BEIJING).en
AUDIENCES: tuple[Audience, ...] = ("buyer", "merchant", "reviewer")


def act(by: str, after_ms: int = 1_000) -> AuditAct:
    return AuditAct(by=by, note=RATIONALE, at_ms=NOW_MS + after_ms)


@pytest.fixture
def case(database: Database) -> str:
    [decision] = database.decide(suspecting("rr-1"), some_evidence("rr-1"))
    return str(decision.case_id)


def stated(database: Database, case_id: str, audience: Audience) -> str:
    text = database.reasons.of(case_id, audience).text
    assert re.search("[\u4e00-\u9fff]", text.zh)
    assert not re.search("[\u4e00-\u9fff]", text.en)
    return text.en


@pytest.mark.parametrize(
    ("verdict", "says"),
    [("GRANT", "is granted"), ("REFUSE", "is refused"), ("FORGERY_CONFIRMED", "photos sent with it are forged")],
)
def test_it_says_facts_rule_automation_and_until_when_the_side_that_lost_may_appeal(
    database: Database, case: str, verdict: VerdictName, says: str
) -> None:
    database.verdicts.decide(case, act("lin.wei"), verdict, "NO_DAMAGE_SHOWN", heard=True)
    loser: Audience = "merchant" if verdict == "GRANT" else "buyer"

    for audience in AUDIENCES:
        text = stated(database, case, audience)
        assert says in text
        assert "The same photo was used in another refund request" in text
        assert "Rule NO_DAMAGE_SHOWN: the photos do not show the damage" in text
        assert "a person gave this verdict" in text
        assert ENDS in text
        assert ("You may appeal once" in text) is (audience == loser)
        assert (RATIONALE in text) is (audience == "reviewer")
        assert "lin.wei" not in text


def test_parties_are_told_with_the_verdict_and_no_reviewer_is_named(database: Database, case: str) -> None:
    database.verdicts.decide(case, act("lin.wei"), "REFUSE", "OUR_RULE_7", heard=True)

    notices = database.events(statements=True)

    assert [event.event for event in notices] == ["BUYER_NOTICE", "MERCHANT_NOTICE"]
    for event, audience in zip(notices, AUDIENCES, strict=False):
        assert event.notice is not None
        assert event.notice.en == stated(database, case, audience)
        assert "Rule OUR_RULE_7." in event.notice.en
        assert "lin.wei" not in f"{event}"
        assert RATIONALE not in f"{event}"
    assert len({event.event_id for event in notices}) == len(notices)


def test_a_verdict_of_two_says_so_and_is_stated_only_once_it_stands(database: Database, case: str) -> None:
    verdicts = Verdicts(database.casework, Procedure(second_review_share=1))
    verdicts.decide(case, act("lin.wei"), "REFUSE", "NO_DAMAGE_SHOWN", heard=True)
    assert database.events(statements=True) == []
    for audience in AUDIENCES:
        text = stated(database, case, audience)
        assert "not decided yet" in text
        assert not [word for word in ("refused", RATIONALE, "NO_DAMAGE_SHOWN") if word in text]

    verdicts.decide(case, act("chen.yu"), "REFUSE", "NO_DAMAGE_SHOWN")

    assert "2 people gave this verdict" in stated(database, case, "buyer")
    assert len(database.events(statements=True)) == len(("buyer", "merchant"))


def test_the_verdict_on_an_appeal_is_final_and_one_that_nobody_appealed_becomes_so(
    database: Database, case: str
) -> None:
    database.verdicts.decide(case, act("lin.wei"), "REFUSE", "NO_DAMAGE_SHOWN", heard=True)
    database.hearings.appeal(case, act("b-1", 2_000), "buyer")
    assert "not decided yet" in stated(database, case, "buyer")
    database.verdicts.decide(case, act("chen.yu", 3_000), "GRANT", "DAMAGE_SHOWN")
    assert "it is final and cannot be appealed again" in stated(database, case, "merchant")

    [other] = database.decide(suspecting("rr-2"), some_evidence("rr-2"))
    done = database.verdicts.decide(str(other.case_id), act("lin.wei"), "GRANT", "DAMAGE_SHOWN", heard=True)
    database.timers.move_due(done.due_at_ms or 0)
    assert "The time to appeal is over" in stated(database, str(other.case_id), "merchant")


def test_a_question_for_more_is_stated_to_each_side_with_what_it_is_asked_for(database: Database, case: str) -> None:
    asked = (Asked(Wanted.PAPER_CODE, "7F3K2Q"), Asked(Wanted.DISPATCH_VIDEO))
    database.verdicts.decide(case, act("lin.wei"), "MORE_EVIDENCE", "DAMAGE_UNCLEAR", asked=asked, heard=True)

    buyer, merchant, reviewer = (stated(database, case, audience) for audience in AUDIENCES)

    assert ("7F3K2Q" in buyer, "dispatch" in buyer) == (True, False)
    assert ("7F3K2Q" in merchant, "dispatch" in merchant) == (False, True)
    assert ("7F3K2Q" in reviewer, "dispatch" in reviewer) == (True, True)
    assert "nothing to appeal yet" in buyer
    due_at_ms = database.cases.show(case).case.due_at_ms
    assert due_at_ms is not None
    for told in (buyer, merchant, reviewer):
        assert f"(Send it by {moment_in(due_at_ms, BEIJING).en}; after that" in told


def test_whoever_is_asked_for_nothing_is_told_so(database: Database, case: str) -> None:
    database.verdicts.decide(
        case, act("lin.wei"), "MORE_EVIDENCE", "DAMAGE_UNCLEAR", asked=(Asked(Wanted.CLOSE_UP),), heard=True
    )

    buyer, merchant, _ = (stated(database, case, audience) for audience in AUDIENCES)

    assert "Nothing of you; the other side is asked." in merchant
    assert "本方无需补充" in database.reasons.of(case, "merchant").text.zh
    assert "Nothing of you" not in buyer


def test_without_the_persons_data_the_rationale_is_gone_and_the_rest_stands(database: Database, case: str) -> None:
    database.verdicts.decide(case, act("lin.wei"), "REFUSE", "NO_DAMAGE_SHOWN", heard=True)
    database.change("UPDATE audit SET salt = NULL, payload = NULL")

    text = stated(database, case, "reviewer")

    assert RATIONALE not in text
    assert "erased with the person's data" in text
    assert "is refused" in text


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("CONFIRMED_FORGER", "An earlier forgery was confirmed"),
        ("CREDIT_SIGNAL", "Another platform reported"),
        ("FREQUENT_CLAIMS", "Many refund requests"),
        ("SUM_LIMIT", "add up to a high sum"),
    ],
)
def test_a_merchant_is_not_told_of_the_buyers_record(database: Database, code: str, says: str) -> None:
    [decision] = database.decide(suspecting("rr-1", reason=code), some_evidence("rr-1"))
    database.verdicts.decide(str(decision.case_id), act("lin.wei"), "REFUSE", "NO_DAMAGE_SHOWN", heard=True)

    told = {audience: stated(database, str(decision.case_id), audience) for audience in AUDIENCES}
    noticed = {event.event: event.notice.en for event in database.events(statements=True) if event.notice}

    assert {audience for audience, text in told.items() if says in text} == {"buyer", "reviewer"}
    assert {audience for audience, text in told.items() if "concern the buyer alone" in text} == {"merchant"}
    assert {event for event, text in noticed.items() if says in text} == {"BUYER_NOTICE"}
