"""Who may change which policy judges, on both databases; what the judge is given follows at once."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from schemas.units import DAY_MS
from streams.adapters.sql.decision_store import SqlDecisionStore
from streams.adapters.sql.kept import SqlKeptEvidence
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.trials import SqlTrials
from streams.errors import Invalid, NotAllowed, NotFound, PolicyError
from streams.judgement.ports import Trial
from streams.judgement.tally import Tally, written
from streams.judgement.versions import By, Versions, difference, read
from streams.policy.document import digest_of
from streams.policy.engine import judge, usable
from streams.policy.question import StoredPolicy
from tests.contract.judging import A_POLICY, NOW_MS, AJudge, some_evidence
from tests.contract.sql import Database

FIRST, SECOND, THIRD = (A_POLICY.format(name=name) for name in ("first", "second", "third"))
A, B = By(name="lin.wei", at_ms=NOW_MS), By(name="chen.hao", at_ms=NOW_MS + 1)


@pytest.fixture
def versions(engine: Engine) -> Versions:
    made = Versions(PolicyStore(engine), SqlKeptEvidence(engine), SqlTrials(engine))
    made.activate_file(FIRST, replace(A, at_ms=NOW_MS - 10))
    return made


def a_backtest(engine: Engine, text: str, ended_at_ms: int, judged: int = 0) -> None:
    policy = read(text)
    trial = Trial(
        trial_id=0,
        kind="backtest",
        policy_sha256=policy.sha256,
        begun_at_ms=ended_at_ms,
        begun_by="lin.wei",
        since_ms=0,
        before_ms=ended_at_ms,
        place=0,
        ended_at_ms=ended_at_ms,
        tally=written(Tally(judged=judged)),
    )
    SqlTrials(engine).begin("backtest", policy, trial)


def test_a_draft_judges_nobody_until_another_person_activates_it(versions: Versions) -> None:
    draft = versions.propose(SECOND, A)
    assert versions.active(NOW_MS).name == "first"

    with pytest.raises(NotAllowed, match="another person"):
        versions.activate_draft(draft.sha256[:8], A)
    for own_name in (f"local:{A.name}", A.name.upper(), A.name.title()):
        with pytest.raises(NotAllowed, match="another person"):
            versions.activate_draft(draft.sha256[:8], replace(A, name=own_name), force=True)
    assert versions.active(NOW_MS).name == "first"

    versions.activate_draft(draft.sha256[:8], B)
    assert versions.active(NOW_MS).sha256 == draft.sha256


def test_a_draft_has_to_be_tried_where_there_is_a_past_to_try_it_on(versions: Versions, engine: Engine) -> None:
    SqlDecisionStore(engine).decide([some_evidence()], AJudge(), NOW_MS)
    draft = versions.propose(SECOND, A)
    with pytest.raises(NotAllowed, match=r"policy backtest --policy"):
        versions.activate_draft(draft.sha256, B)
    with pytest.raises(Invalid, match="--reason"):
        versions.activate_draft(draft.sha256, B, force=True)
    a_backtest(engine, SECOND, NOW_MS - 8 * DAY_MS)
    with pytest.raises(NotAllowed, match="last 7 days"):
        versions.activate_draft(draft.sha256, B)

    a_backtest(engine, SECOND, NOW_MS - 6 * DAY_MS)
    versions.activate_draft(draft.sha256, B)
    assert versions.active(NOW_MS).name == "second"

    other = versions.propose(THIRD, A)
    versions.activate_draft(other.sha256, replace(B, note="the sale begins today"), force=True)
    assert versions.history()[0].note == "the sale begins today"


def test_a_draft_has_to_be_tried_on_a_thousand_requests_or_all_there_are(versions: Versions, engine: Engine) -> None:
    three = [some_evidence(name) for name in ("rr-1", "rr-2", "rr-3")]
    SqlDecisionStore(engine).decide(three, AJudge(), NOW_MS - DAY_MS)
    draft = versions.propose(SECOND, A)

    a_backtest(engine, SECOND, NOW_MS, judged=2)
    with pytest.raises(NotAllowed, match="was tried on 2 of 3 requests: 3 at least are needed"):
        versions.activate_draft(draft.sha256, B)
    a_backtest(engine, SECOND, NOW_MS, judged=3)
    assert versions.activate_draft(draft.sha256, B).name == "second"


def test_with_four_eyes_no_file_is_activated(engine: Engine) -> None:
    strict = Versions(PolicyStore(engine), SqlKeptEvidence(engine), SqlTrials(engine), four_eyes=True)
    with pytest.raises(NotAllowed, match="policy propose"):
        strict.activate_file(FIRST, A)


def test_a_rollback_needs_nobody_else_and_goes_to_what_was_active(versions: Versions) -> None:
    versions.activate_file(SECOND, A)
    versions.activate_file(THIRD, A)

    assert versions.rollback(None, A).name == "second"
    assert versions.active(NOW_MS).name == "second"
    assert versions.rollback(read(FIRST).sha256[:10], A).name == "first"
    assert [one.act for one in versions.history()][:2] == ["rollback", "rollback"]
    never = versions.propose(A_POLICY.format(name="never"), A)
    with pytest.raises(NotFound, match="never active"):
        versions.rollback(never.sha256, A)


def test_each_rollback_goes_one_further_back_and_never_to_what_was_taken_away(versions: Versions) -> None:
    for text in (SECOND, THIRD):
        versions.activate_file(text, A)

    assert [versions.rollback(None, A).name for _ in range(2)] == ["second", "first"]
    with pytest.raises(NotFound, match="no other policy was active before this one"):
        versions.rollback(None, A)

    assert versions.rollback(read(THIRD).sha256, A).name == "third", "by its hash it may judge again"
    assert versions.rollback(None, A).name == "first"
    for text in (SECOND, FIRST):
        versions.activate_file(text, A)
    assert [versions.rollback(None, A).name for _ in range(2)] == ["second", "first"]


def test_another_worker_judges_by_what_was_rolled_back_to_from_its_next_batch_on(
    versions: Versions, open_database: Callable[[], Engine]
) -> None:
    worker, judge_of_worker = SqlDecisionStore(open_database()), AJudge()
    versions.activate_file(SECOND, A)
    worker.decide([some_evidence("rr-1")], judge_of_worker, NOW_MS)
    versions.rollback(None, A)
    worker.decide([some_evidence("rr-2")], judge_of_worker, NOW_MS)

    assert [one.policy.name for one in judge_of_worker.asked] == ["second", "first"]


def test_a_hold_sends_everything_to_review_until_something_is_activated(versions: Versions, engine: Engine) -> None:
    store = SqlDecisionStore(engine, usable=usable)
    versions.hold(replace(A, note="photos are not read"))
    assert versions.active(NOW_MS).held
    [held] = store.decide([some_evidence("rr-1")], judge, NOW_MS)
    versions.activate_file(FIRST, A)
    store.decide([some_evidence("rr-2")], judge, NOW_MS)

    assert "POLICY_HOLD" in held.reason_codes
    assert not versions.active(NOW_MS).held
    assert [one.act for one in versions.history()] == ["activate", "hold", "activate"]


def test_a_rollback_during_a_hold_lets_the_held_policy_judge_again_and_a_further_one_the_one_before(
    versions: Versions,
) -> None:
    versions.hold(replace(A, note="photos are not read"))
    assert versions.rollback(None, A).name == "first", "there is no other policy to roll back to"
    versions.activate_file(SECOND, A)
    versions.hold(replace(A, note="photos are not read"))

    assert versions.rollback(None, A).name == "second"
    assert (versions.active(NOW_MS).name, versions.active(NOW_MS).held) == ("second", False)
    assert versions.rollback(None, A).name == "first"


def test_a_policy_that_was_only_tried_is_activated_by_nobody_and_has_a_proposer_once_it_is_proposed(
    versions: Versions, engine: Engine
) -> None:
    tried = read(SECOND)
    a_backtest(engine, SECOND, NOW_MS)
    with pytest.raises(NotAllowed, match="nobody proposed it"):
        versions.activate_draft(tried.sha256, B)

    versions.propose(SECOND, A)
    assert [one.proposed_by for one in versions.drafts()] == [A.name]
    with pytest.raises(NotAllowed, match="another person"):
        versions.activate_draft(tried.sha256, A)
    versions.propose(SECOND, B)
    with pytest.raises(NotAllowed, match="another person"):
        versions.activate_draft(tried.sha256, A)
    assert versions.activate_draft(tried.sha256, B).name == "second"


def test_a_policy_may_become_effective_later_and_any_later_act_takes_its_place(versions: Versions) -> None:
    versions.activate_file(SECOND, A, NOW_MS + DAY_MS)
    assert versions.active(NOW_MS).name == "first"
    assert versions.active(NOW_MS + DAY_MS).name == "second"
    with pytest.raises(Invalid, match="--effective-from"):
        versions.activate_file(SECOND, A, NOW_MS - 1)

    versions.activate_file(THIRD, A)
    assert versions.active(NOW_MS + DAY_MS).name == "third"


def test_criteria_that_change_are_announced_in_time(versions: Versions) -> None:
    stricter = FIRST.replace(
        "rules: []",
        "rules: [{id: dear, for: request, when: 'request.amount_minor > 5', reason: AMOUNT_LIMIT, score: 5}]",
    )
    notice = versions.notice(stricter, NOW_MS, NOW_MS + 14 * DAY_MS)
    assert notice is not None
    assert (notice.added, notice.gone, notice.days) == (("AMOUNT_LIMIT",), (), 15)
    assert versions.notice(stricter, NOW_MS, NOW_MS + 15 * DAY_MS) is None
    assert versions.notice(SECOND, NOW_MS, None) is None, "a threshold or a name is not a criterion"
    versions.activate_file(stricter, A)
    fewer = versions.notice(FIRST, NOW_MS, NOW_MS + 6 * DAY_MS)
    assert fewer is not None
    assert (fewer.gone, fewer.days) == (("AMOUNT_LIMIT",), 7)


def test_what_is_not_stored_or_no_hash_says_what_to_do(versions: Versions) -> None:
    with pytest.raises(NotFound, match="propose"):
        versions.find("0123456789")
    for wrong in ("abc", "no-such-file.yaml"):
        with pytest.raises(Invalid, match="is no hash"):
            versions.find(wrong)
    with pytest.raises(PolicyError):
        versions.propose("name: x\n", A)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("overrides: [{hold_s: 1, from: '2026-03-01', until: '2026-03-01'}]", "would never hold"),
        ("rules: [{id: late, for: request, when: 'true', reason: TOO_LATE, score: 9}]", "has no words for people"),
    ],
)
def test_a_draft_that_an_older_version_stored_is_looked_at_again_before_it_judges(
    versions: Versions, engine: Engine, wrong: str, said: str
) -> None:
    text = (SECOND.replace("rules: []\n", "") if wrong.startswith("rules") else SECOND) + wrong + "\n"
    draft = StoredPolicy(name="second", sha256=digest_of(text), text=text)
    PolicyStore(engine).propose(draft, NOW_MS, "lin.wei")
    with pytest.raises(PolicyError, match=said):
        versions.activate_draft(draft.sha256, B)
    with pytest.raises(PolicyError, match=said):
        versions.activate_file(text, B)
    assert versions.active(NOW_MS).name == "first"


def test_a_difference_is_told_line_by_line() -> None:
    told = difference(read(FIRST), read(SECOND)).splitlines()
    assert "-name: first" in told
    assert "+name: second" in told
    assert difference(read(FIRST), read(FIRST)) == ""


def test_a_policy_that_cannot_be_used_never_takes_the_place_of_a_good_one(database: Database, engine: Engine) -> None:
    versions = Versions(PolicyStore(engine), SqlKeptEvidence(engine), SqlTrials(engine))
    good = versions.activate_file(FIRST, A)
    bad = versions.activate_file(SECOND, A)
    database.change("UPDATE policies SET text = 'rules: [' WHERE sha256 = :sha256", sha256=bad.sha256)
    asked = AJudge()

    SqlDecisionStore(engine, usable=usable).decide([some_evidence()], asked, NOW_MS)

    assert [one.policy.sha256 for one in asked.asked] == [good.sha256]


def test_a_hold_stays_where_the_policy_under_it_cannot_be_used_and_another_one_judges(
    database: Database, engine: Engine
) -> None:
    versions = Versions(PolicyStore(engine), SqlKeptEvidence(engine), SqlTrials(engine))
    good = versions.activate_file(FIRST, A)
    bad = versions.activate_file(SECOND, A)
    versions.hold(replace(A, note="photos are not read"))
    database.change("UPDATE policies SET text = 'rules: [' WHERE sha256 = :sha256", sha256=bad.sha256)

    [held] = SqlDecisionStore(engine, usable=usable).decide([some_evidence()], judge, NOW_MS)

    assert (held.verdict, "POLICY_HOLD" in held.reason_codes) == ("REVIEW", True)
    assert good.sha256.encode() in held.message
