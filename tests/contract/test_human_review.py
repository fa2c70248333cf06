"""Who demands that a person looks is not answered by a machine alone, on both databases."""

import json

import pytest

from streams.cases.acts import AuditAct
from streams.cases.asked import Party
from streams.cases.procedure import DEFAULT
from streams.cases.states import CaseState
from streams.errors import Invalid, OperatorError
from streams.policy.document import digest_of
from streams.policy.engine import judge
from streams.policy.packaged import load_default
from streams.policy.question import StoredPolicy
from tests.contract.judging import NOW_MS, some_evidence, suspecting
from tests.contract.sql import Database

REASON = "HUMAN_REVIEW_ASKED"


def act(by: str, after_ms: int = 1_000, note: str = "let somebody look") -> AuditAct:
    return AuditAct(by=by, note=note, at_ms=NOW_MS + after_ms)


@pytest.mark.parametrize(
    ("party", "state", "due_at_ms"),
    [
        ("buyer", CaseState.AWAITING_MERCHANT, DEFAULT.of("ceramics").hearing_ends_ms(NOW_MS + 1_000)),
        ("merchant", CaseState.READY, None),
    ],
)
def test_what_a_machine_cleared_becomes_a_case_once(
    database: Database, party: Party, state: CaseState, due_at_ms: int | None
) -> None:
    database.decide(suspecting(), some_evidence("rr-1"))

    done = database.human_reviews.demand("rr-1", act("b-1"), party)

    assert done.opened
    assert done.case is not None
    assert (done.case.state, done.case.due_at_ms, done.case.reason_codes) == (state, due_at_ms, (REASON,))
    before = database.counts()
    again = database.human_reviews.demand("rr-1", act("b-1", 2_000), party)
    assert (again.opened, again.case) == (False, done.case)
    assert database.counts() == before


def test_on_a_case_it_is_noted_once_by_each_side(database: Database) -> None:
    database.decide(suspecting("rr-1"), some_evidence("rr-1"))

    for by, party in (("b-1", "buyer"), ("m-1", "merchant"), ("b-1", "buyer"), ("m-1", "merchant")):
        database.human_reviews.demand("rr-1", act(by), "buyer" if party == "buyer" else "merchant")

    database.human_reviews.demand("rr-1", act("key:platform"), "buyer")

    shown = database.cases.show("rr-1")
    assert [entry.actor for entry in shown.audit if entry.action == REASON] == ["b-1", "m-1"]
    assert shown.case.reason_codes == ("USED_BEFORE", REASON)
    assert shown.case.state is CaseState.AWAITING_MERCHANT
    assert shown.case.due_at_ms == DEFAULT.of("ceramics").hearing_ends_ms(NOW_MS)


def test_what_one_platform_says_for_both_sides_is_noted_for_each(database: Database) -> None:
    database.decide(suspecting("rr-1"), some_evidence("rr-1"))

    for party in ("merchant", "buyer", "merchant", "buyer"):
        database.human_reviews.demand("rr-1", act("key:platform"), "buyer" if party == "buyer" else "merchant")

    noted = [entry for entry in database.cases.show("rr-1").audit if entry.action == REASON]
    assert [json.loads(entry.payload or b"{}")["party"] for entry in noted] == ["merchant", "buyer"]


def test_a_request_that_is_not_decided_yet_goes_to_a_person_whatever_the_machine_finds(database: Database) -> None:
    evidence = some_evidence("rr-1")
    text = load_default()[1]
    policy = StoredPolicy(name="default", sha256=digest_of(text), text=text)
    database.policies.activate(policy, NOW_MS, "seed")

    early = database.human_reviews.demand("rr-1", act("b-1"), "buyer")
    database.human_reviews.demand("rr-1", act("b-1", 2_000), "buyer")
    [asked, other] = database.decide(judge, evidence, some_evidence("rr-2", buyer_id="b-2"))

    assert (early.case, early.opened) == (None, False)
    assert REASON in [reason.code for reason in asked.reasons]
    assert REASON not in [reason.code for reason in other.reasons]
    assert asked.verdict == "REVIEW"


def test_a_case_on_which_it_was_demanded_is_closed_by_no_machine(database: Database) -> None:
    decisions = database.decide(
        suspecting("rr-1"),
        some_evidence("rr-1"),
        some_evidence("rr-2", like=("rr-1",)),
        some_evidence("rr-3", like=("rr-1",)),
    )
    database.confirm_forgery(str(decisions[0].case_id), NOW_MS + 1_000)
    database.human_reviews.demand("rr-2", act("b-2", 2_000), "buyer")

    database.forgeries.revoke(str(decisions[0].case_id), act("chen.yu", 3_000))

    assert database.cases.show("rr-3").case.state is CaseState.CLOSED
    assert database.cases.show("rr-2").case.state is CaseState.AWAITING_MERCHANT
    reopened = database.human_reviews.demand("rr-3", act("b-3", 4_000), "buyer").case
    assert reopened is not None
    assert (reopened.state, REASON in reopened.reason_codes) == (CaseState.AWAITING_MERCHANT, True)
    assert reopened.due_at_ms is not None


def test_after_a_persons_verdict_an_appeal_is_the_way(database: Database) -> None:
    database.decide(suspecting("rr-1", "rr-2"), some_evidence("rr-1"), some_evidence("rr-2"))
    database.verdicts.decide("rr-1", act("lin.wei"), "REFUSE", "NO_DAMAGE_SHOWN", heard=True)
    database.hearings.withdraw("rr-2", act("platform"))

    for name in ("rr-1", "rr-2"):
        with pytest.raises(OperatorError, match="by a person's act"):
            database.human_reviews.demand(name, act("b-1", 2_000), "buyer")


def test_an_objection_names_a_photo_of_the_request(database: Database) -> None:
    database.decide(suspecting("rr-2"), some_evidence("rr-1"), some_evidence("rr-2"))

    for name in ("rr-1", "rr-2"):
        with pytest.raises(Invalid, match="has no photo c9: its photos are: c1"):
            database.hearings.object_to(name, act("m-1"), "c9")
    assert database.cases.show("rr-2").case.version == 1
    assert database.rows("SELECT count(*) FROM cases") == [(1,)]
    assert database.hearings.object_to("rr-2", act("m-1"), "c1").case.state is CaseState.READY
    assert b'"media_id":"c1"' in (database.cases.show("rr-2").audit[-1].payload or b"")
