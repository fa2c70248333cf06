"""One decision a content, whatever comes twice, changed, or in one batch."""

import pytest

from schemas.codec import decode
from schemas.records import ReviewEvent
from schemas.topics import REVIEW_EVENTS
from streams.adapters.sql.decision_store import SqlDecisionStore
from streams.adapters.sql.policies import PolicyStore
from streams.cases.audit import verify
from streams.cases.procedure import DEFAULT
from streams.cases.states import CaseState
from streams.errors import PolicyError, RefusedByDatabase
from streams.history.windows import BOUNDS_MS
from tests.builders import AT_MS, with_changes
from tests.contract.judging import NOW_MS, AJudge, a_policy, changed, some_evidence, suspecting
from tests.contract.sql import Database

NOTHING = dict.fromkeys(("claims", "request_origins", "decisions", "cases", "photo_matches", "outbox", "audit"), 0)


def test_a_resend_gets_the_same_bytes_and_is_judged_once(database: Database) -> None:
    judge = AJudge()

    first = database.store.decide([some_evidence()], judge, NOW_MS)
    again = database.store.decide([some_evidence()], judge, NOW_MS + 5_000)

    assert first == again
    assert judge.asked_about() == ["rr-1"]


def test_a_resend_in_the_same_batch_gets_the_same_bytes(database: Database) -> None:
    judge = AJudge()

    first, other, again = database.store.decide(
        [some_evidence("rr-1"), some_evidence("rr-2"), some_evidence("rr-1")], judge, NOW_MS
    )

    assert first == again != other
    assert judge.asked_about() == ["rr-1", "rr-2"]


def test_a_resend_with_other_evidence_keeps_the_first_answer(database: Database) -> None:
    judge = AJudge()
    first = database.store.decide([some_evidence()], judge, NOW_MS)

    again = database.store.decide([some_evidence(like=("rr-0",))], suspecting("rr-1"), NOW_MS)

    assert first == again


def test_changed_content_is_marked_and_has_a_decision_and_a_case_of_its_own(database: Database) -> None:
    judge = AJudge()
    original, change = some_evidence(), changed(some_evidence())

    [first] = database.decide(judge, original)
    [second] = database.decide(judge, change)

    assert [question.content_changed for question in judge.asked] == [False, True]
    assert (first.verdict, second.verdict) == ("CLEAR", "REVIEW")
    assert database.file_of(second).case.request_digest == change.request_digest


def test_the_content_that_came_first_stays_the_original(database: Database) -> None:
    original, change = some_evidence(), changed(some_evidence())
    first = database.store.decide([original], AJudge(), NOW_MS)
    second = database.store.decide([change], AJudge(), NOW_MS)

    judge = AJudge()
    again = database.store.decide([change, original, changed(change)], judge, NOW_MS)

    assert again[:2] == second + first
    assert [question.content_changed for question in judge.asked] == [True]


def test_changed_content_in_the_same_batch_is_marked(database: Database) -> None:
    judge = AJudge()
    original, change = some_evidence(), changed(some_evidence())

    first, second, third = database.store.decide([original, change, original], judge, NOW_MS)

    assert [question.content_changed for question in judge.asked] == [False, True]
    assert first == third != second


def test_changed_content_under_another_person_is_marked(database: Database) -> None:
    judge = AJudge()
    database.decide(judge, some_evidence("rr-1", buyer_id="b-1"))

    database.decide(judge, some_evidence("rr-1", buyer_id="b-2"))

    assert [question.content_changed for question in judge.asked] == [False, True]


def test_the_past_is_what_was_decided_before_in_the_database_and_in_the_batch(database: Database) -> None:
    judge = AJudge()
    database.decide(judge, some_evidence("rr-1", requested_at_ms=AT_MS))

    database.decide(
        judge,
        some_evidence("rr-2", requested_at_ms=AT_MS + 1),
        some_evidence("rr-3", requested_at_ms=AT_MS + 2),
    )

    assert [judge.claims_before(each) for each in ("rr-1", "rr-2", "rr-3")] == [0, 1, 2]


def test_a_past_claim_is_told_as_it_was_made(database: Database) -> None:
    judge = AJudge()
    database.decide(judge, some_evidence("rr-1", amount_minor=7, currency="EUR", kind="return_and_refund"))

    database.decide(judge, some_evidence("rr-2", currency="EUR"), some_evidence("rr-3", currency="CNY"))

    sums = [judge.asked_of(each).history.within(30).sum_minor for each in ("rr-2", "rr-3")]
    assert sums == [7, 0]
    assert judge.asked_of("rr-2").history.within(30).refund_only_share == 0.0


def test_the_past_is_of_the_person_behind_several_accounts(database: Database) -> None:
    judge = AJudge()

    database.decide(
        judge,
        some_evidence("rr-1", buyer_id="b-1", person_id="p-1"),
        some_evidence("rr-2", buyer_id="b-2", person_id="p-1"),
        some_evidence("rr-3", buyer_id="b-2"),
    )

    assert (judge.claims_before("rr-2"), judge.claims_before("rr-3")) == (1, 0)


def test_a_request_is_never_its_own_past(database: Database) -> None:
    judge = AJudge()

    database.decide(judge, some_evidence(), changed(some_evidence()))

    assert [question.history.windows[-1].claims for question in judge.asked] == [0, 0]


@pytest.mark.parametrize(("age_ms", "seen"), [(BOUNDS_MS[-1], 1), (BOUNDS_MS[-1] + 1, 0)])
def test_the_past_ends_with_the_longest_window(database: Database, age_ms: int, seen: int) -> None:
    judge = AJudge()
    database.decide(judge, some_evidence("rr-1", requested_at_ms=AT_MS - age_ms))

    database.decide(judge, some_evidence("rr-2", requested_at_ms=AT_MS))

    assert judge.claims_before("rr-2") == seen


def test_a_claim_that_was_made_later_but_decided_before_counts(database: Database) -> None:
    judge = AJudge()
    database.decide(judge, some_evidence("rr-2", requested_at_ms=AT_MS + 60_000))

    database.decide(judge, some_evidence("rr-1", requested_at_ms=AT_MS))

    assert judge.claims_before("rr-1") == 1


def test_no_number_of_claims_is_too_many_to_count(database: Database) -> None:
    judge = AJudge()
    many = [some_evidence(f"rr-{n:04}", requested_at_ms=AT_MS + n, merchant_id=f"m-{n}") for n in range(1_100)]

    for start in range(0, len(many), 128):
        database.store.decide(many[start : start + 128], judge, NOW_MS)

    before, last = (question.history for question in judge.asked[1_000::99])
    assert (before.within(1).claims, before.within(1).merchants, before.claims_capped) == (1_000, 1_000, False)
    assert (last.within(1).claims, last.claims_capped) == (1_099, True)


def test_confirmed_forgeries_of_the_person_are_told_whenever_they_were(database: Database) -> None:
    judge = suspecting("rr-1", "rr-2", "rr-3")
    long_ago = AT_MS - 3 * BOUNDS_MS[-1]
    first, second, _open = database.decide(judge, *(some_evidence(each) for each in ("rr-1", "rr-2", "rr-3")))
    database.confirm_forgery(str(second.case_id), AT_MS)
    database.confirm_forgery(str(first.case_id), long_ago)

    database.decide(judge, some_evidence("rr-4"), some_evidence("rr-5", buyer_id="b-2"))

    assert [(each.history.forgeries, each.history.within(1).forgeries) for each in judge.asked[3:]] == [(2, 1), (0, 0)]


def test_a_review_opens_a_case_that_awaits_the_merchant(database: Database) -> None:
    evidence = some_evidence(like=("rr-0",))

    [decision] = database.decide(suspecting("rr-1"), evidence)

    file = database.file_of(decision)
    assert file.decision == decision
    assert (file.case.case_id, file.case.cluster_id) == (decision.case_id, "rr-0")
    assert (file.case.state, file.case.version) == (CaseState.AWAITING_MERCHANT, 1)
    assert (file.case.score, file.case.reason_codes) == (80, ("USED_BEFORE",))
    assert (file.case.opened_at_ms, file.case.due_at_ms) == (
        NOW_MS,
        DEFAULT.of("ceramics").hearing_ends_ms(NOW_MS),
    )
    assert [(match.earlier_request_id, match.distance_bits) for match in file.photo_matches] == [("rr-0", 7)]


def test_opening_a_case_is_the_first_entry_of_its_audit_chain(database: Database) -> None:
    [decision] = database.decide(suspecting("rr-1"), some_evidence())

    file = database.file_of(decision)

    assert [(entry.seq, entry.action, entry.at_ms) for entry in file.audit] == [(1, "CASE_OPENED", NOW_MS)]
    assert verify(file.case.case_id, file.audit) is None


def test_opening_a_case_leaves_an_event_for_the_relay(database: Database) -> None:
    [decision] = database.decide(suspecting("rr-1"), some_evidence())

    [message] = database.outbox.waiting(10)

    event = decode(ReviewEvent, message.value)
    assert (message.topic, message.key) == (REVIEW_EVENTS.name, b"rr-1")
    assert (event.event, event.case_id, event.reason_codes) == ("CASE_OPENED", decision.case_id, ["USED_BEFORE"])


def test_a_clear_request_opens_no_case(database: Database) -> None:
    database.decide(AJudge(), some_evidence(like=("rr-0",)))

    assert database.counts() == NOTHING | {"claims": 1, "request_origins": 1, "decisions": 1, "photo_matches": 1}


@pytest.mark.parametrize(
    "impossible",
    [{"amount_minor": 2**63}, {"merchant_id": "\ud800"}, {"freight_minor": -(2**63) - 1}],
    ids=["amount past 64 bits", "lone surrogate", "freight past 64 bits"],
)
def test_a_record_that_the_database_refuses_writes_nothing(database: Database, impossible: dict[str, object]) -> None:
    good, bad = some_evidence("rr-1"), some_evidence("rr-2")
    refused = with_changes(bad, request=with_changes(bad.request, **impossible))

    with pytest.raises(RefusedByDatabase):
        database.store.decide([good, refused], suspecting("rr-1"), NOW_MS)

    assert database.counts() == NOTHING
    assert len(database.decide(AJudge(), good)) == 1


def test_what_the_judge_raises_passes_and_nothing_is_written(database: Database) -> None:
    def failing(question: object) -> object:
        raise PolicyError(str(type(question).__name__))

    with pytest.raises(PolicyError, match="Question"):
        database.store.decide([some_evidence()], failing, NOW_MS)  # type: ignore[arg-type]  # it answers nothing

    assert database.counts() == NOTHING


def test_it_says_when_only_the_commit_is_left(database: Database) -> None:
    judge, seen = AJudge(), list[tuple[int, int]]()

    def written() -> None:
        seen.append((len(judge.asked), database.counts()["decisions"]))  # by another connection

    database.store.decide([some_evidence("rr-1"), some_evidence("rr-2")], judge, NOW_MS, written)

    assert seen == [(2, 0)]
    assert database.counts()["decisions"] == 2


def test_an_empty_batch_is_answered_without_the_database(database: Database) -> None:
    assert database.store.decide([], AJudge(), NOW_MS) == []


def test_the_policy_that_was_activated_last_judges_the_next_batch(database: Database) -> None:
    judge = AJudge()
    database.decide(judge, some_evidence("rr-1"))
    PolicyStore(database.engine).activate(a_policy("stricter", "b"), NOW_MS, "ops")

    [decision] = database.decide(judge, some_evidence("rr-2"))

    assert [question.policy for question in judge.asked] == [a_policy(), a_policy("stricter", "b")]
    assert decision.policy.name == "stricter"


def test_without_a_policy_nothing_is_decided_and_the_error_says_what_to_do(database: Database) -> None:
    database.change("DELETE FROM policy_activations")

    with pytest.raises(PolicyError, match="refund-sentinel policy activate"):
        database.decide(AJudge(), some_evidence())


def test_the_audit_key_is_the_one_of_the_database_unless_one_is_given(database: Database) -> None:
    judge = AJudge()
    given = SqlDecisionStore(database.engine, b"given")

    database.decide(judge, some_evidence("rr-1"))
    given.decide([some_evidence("rr-2")], judge, NOW_MS)

    [[kept]] = database.rows("SELECT value FROM secrets")
    assert [question.audit_key for question in judge.asked] == [bytes(kept), b"given"]


def test_a_reachable_database_answers_the_ping(database: Database) -> None:
    assert database.store.ping() is None  # type: ignore[func-returns-value]  # that it comes back is the answer
