"""A policy tried on the past: exactly as it was, nothing written that judges, and nothing left out in silence."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import Engine

from schemas.units import DAY_MS
from streams.adapters.sql.decision_store import SqlDecisionStore
from streams.adapters.sql.kept import SqlKeptEvidence
from streams.adapters.sql.labels import SqlLabels
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.tables import metadata
from streams.adapters.sql.trials import SqlTrials
from streams.errors import OperatorError
from streams.judgement.ports import Trial
from streams.judgement.report import report
from streams.judgement.shadowing import Shadowing
from streams.judgement.tally import read_tally
from streams.judgement.trying import SETTLED_MS, Trying, backtest
from streams.judgement.versions import By, Versions, read
from streams.metrics import Metrics
from streams.policy.engine import judge
from streams.policy.packaged import load_default
from streams.policy.question import StoredPolicy
from streams.policy.stored_judgement import StoredJudgement
from tests.builders import AT_MS, a_request
from tests.contract.judging import NOW_MS, an_outcome
from tests.contract.sql import Database
from tests.unit.policy.questions import a_sighting, looked_at, with_photo

KEY = b"key-2"
LIVE = read(load_default()[1])
STRICTER = read(LIVE.text.replace("single_minor: 20000", "single_minor: 5000").replace("name: default", "name: strict"))
LOOSER = read(LIVE.text.replace("single_minor: 20000", "single_minor: 50000").replace("name: default", "name: loose"))
END_MS = NOW_MS + DAY_MS


class Lines(list[Mapping[str, Any]]):
    """Rows of a backtest, kept."""

    def write(self, row: Mapping[str, Any]) -> int:
        self.append(row)
        return 1


@pytest.fixture
def past(engine: Engine, database: Database) -> Database:
    """Twelve requests that the packaged policy judged: five are dear, one used a photo again."""
    database.change("DELETE FROM policy_activations")
    PolicyStore(engine).seed(LIVE, NOW_MS - 1)
    store = SqlDecisionStore(engine, KEY)
    for number in range(11):
        request = a_request(f"rr-{number}", buyer_id=f"b-{number % 3}", amount_minor=4_000 if number % 2 else 8_000)
        store.decide([looked_at(request)], judge, NOW_MS + number)
    store.decide([with_photo(a_request("rr-11"), sightings=[a_sighting()])], judge, NOW_MS + 11)
    return database


def trying(engine: Engine) -> Trying:
    return Trying(SqlKeptEvidence(engine), SqlTrials(engine), SqlLabels(engine), PolicyStore(engine), KEY)


def shadowing_of(engine: Engine, at_ms: int, metrics: Metrics | None = None) -> Shadowing:
    """As a worker that starts anew has it."""
    made = metrics or Metrics("decide")
    return Shadowing(trying(engine), SqlTrials(engine), PolicyStore(engine), made, lambda: at_ms)


def value(metrics: Metrics, name: str) -> float | None:
    return metrics.registry.get_sample_value(name)


def tried(engine: Engine, policy: StoredPolicy) -> tuple[Trial, Lines]:
    rows = Lines()
    made = trying(engine)
    trial = made.begin("backtest", policy, 0, END_MS, "test")
    return backtest(made, trial, policy, lambda _: None, rows, END_MS), rows


def test_the_live_policy_gives_every_stored_decision_byte_for_byte(past: Database, engine: Engine) -> None:
    trial, rows = tried(engine, LIVE)
    tally = read_tally(trial.tally)
    assert (tally.judged, tally.reproduced, tally.not_reproduced) == (12, 12, 0)
    assert all(row["same"] for row in rows)
    decided = {row[0]: row[1] for row in past.rows("SELECT request_id, verdict FROM decisions")}
    assert {row["request_id"]: row["after"]["verdict"] for row in rows} == decided


def test_what_happens_later_changes_no_row(past: Database, engine: Engine) -> None:
    _, before = tried(engine, STRICTER)
    store = SqlDecisionStore(engine, KEY)
    store.record_outcomes([an_outcome(f"out-{n}", request_id=f"rr-{n % 12}") for n in range(1_000)], END_MS)
    past.change("UPDATE cases SET verdict = 'FORGERY_CONFIRMED', decided_at_ms = :at", at=NOW_MS + 20)
    store.decide([looked_at(a_request("later", buyer_id="b-1"))], judge, END_MS + 1)

    _, after = tried(engine, STRICTER)

    assert after == before


def test_nothing_that_judges_is_written(past: Database, engine: Engine) -> None:
    live = sorted(set(metadata.tables) - {"policy_trials", "policies"})
    before = {table: past.rows(f"SELECT * FROM {table}") for table in live}  # noqa: S608 - our own names
    tried(engine, STRICTER)
    assert {table: past.rows(f"SELECT * FROM {table}") for table in live} == before  # noqa: S608 - our own names


def test_what_cannot_be_judged_is_listed_with_why(past: Database, engine: Engine) -> None:
    past.change("DELETE FROM kept_evidence WHERE kept_id = (SELECT kept_id FROM decisions WHERE request_id = 'rr-3')")
    of_another = "(SELECT kept_id FROM decisions WHERE request_id = 'rr-4')"
    past.change(f"UPDATE kept_evidence SET packed = :junk WHERE kept_id = {of_another}", junk=b"\x01junk")  # noqa: S608 - our own names

    trial, rows = tried(engine, STRICTER)

    told = report(trial, "strict")
    assert (told["records"], told["judged"], sum(told["not_judged"].values())) == (12, 10, 2)
    why = {row["request_id"]: row["not_judged"] for row in rows if "not_judged" in row}
    assert ("erased" in why["rr-3"], "damaged" in why["rr-4"]) == (True, True)


def test_a_stricter_limit_shows_what_it_holds(past: Database, engine: Engine) -> None:
    trial, _ = tried(engine, STRICTER)
    told = report(trial, "strict", capacity=480)
    stored_clear = past.rows("SELECT count(*) FROM decisions WHERE verdict = 'CLEAR'")[0][0]
    assert told["to_review"] == 6 - (11 - stored_clear)
    assert told["rules"]["amount_above_limit"]["fired"] == 7
    assert told["to_clear"] == 0
    assert told["money_held_minor"] == {"CNY": 8_000 * told["to_review"]}
    assert told["examples"][0]["photos"] == ("claims/c1.jpg",)
    assert told["by"]["category"]["ceramics"]["judged"] == 12


@pytest.mark.usefixtures("past")
def test_an_interrupted_trial_goes_on_where_it_was(engine: Engine) -> None:
    whole, _ = tried(engine, STRICTER)
    made = trying(engine)
    half: Trial | None = made.begin("backtest", STRICTER, 0, END_MS, "test")
    for _ in range(3):
        assert half is not None
        half = made.step(half, STRICTER, END_MS, at_once=2)

    found = SqlTrials(engine).latest("backtest", STRICTER.sha256)
    assert found == half
    assert found is not None
    ended = backtest(made, found, STRICTER, lambda _: None, None, END_MS)

    again, expected = read_tally(ended.tally), read_tally(whole.tally)
    expected.bytes_out = 0
    assert again == expected


@pytest.mark.usefixtures("past")
def test_of_two_processes_that_take_one_trial_on_one_counts(engine: Engine) -> None:
    made = trying(engine)
    trial = made.begin("backtest", STRICTER, 0, END_MS, "test")
    made.step(trial, STRICTER, END_MS, at_once=2)
    with pytest.raises(OperatorError, match="another process"):
        made.step(trial, STRICTER, END_MS, at_once=2)


@pytest.mark.usefixtures("past")
def test_shadows_judge_what_was_decided_and_failures_are_counted(engine: Engine) -> None:
    broken = StoredPolicy(name="broken", sha256="b" * 64, text="rules: [")
    made = trying(engine)
    for policy in (STRICTER, broken):
        made.begin("shadow", policy, 0, NOW_MS, "lin.wei")

    at_ms = NOW_MS + 12 + SETTLED_MS
    assert shadowing_of(engine, at_ms).once() == 2
    assert shadowing_of(engine, at_ms).once() == 0
    strict, failed = (read_tally(one.tally) for one in SqlTrials(engine).running("shadow"))
    assert (strict.judged, strict.not_judged) == (12, {})
    assert (failed.judged, sum(failed.not_judged.values())) == (0, 12)
    whole, _ = tried(engine, STRICTER)
    assert strict.to_review == read_tally(whole.tally).to_review


@dataclass
class CountedReads(SqlKeptEvidence):
    """Kept evidence that notes from where it is read."""

    engine: Engine
    places: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(self.engine)

    def after(self, kept_id: int, before_ms: int, limit: int) -> tuple[list[StoredJudgement], int]:
        self.places.append(kept_id)
        return super().after(kept_id, before_ms, limit)


@pytest.mark.usefixtures("past")
def test_shadows_that_are_at_one_place_read_its_records_once_and_one_behind_them_its_own(engine: Engine) -> None:
    kept, trials = CountedReads(engine), SqlTrials(engine)
    made = Trying(kept, trials, SqlLabels(engine), PolicyStore(engine), KEY)
    ahead, *_ = (made.begin("shadow", policy, 0, NOW_MS, "lin.wei") for policy in (LIVE, STRICTER, LOOSER))
    further = made.step(ahead, LIVE, END_MS, at_once=5)
    assert further is not None
    kept.places.clear()

    assert Shadowing(made, trials, PolicyStore(engine), Metrics("decide"), lambda: END_MS).once() == 3

    assert kept.places == [further.place, ahead.place]
    assert {read_tally(one.tally).judged for one in trials.running("shadow")} == {12}


@pytest.mark.usefixtures("past")
def test_of_trials_that_are_stored_together_each_says_whether_it_was(engine: Engine) -> None:
    made, trials = trying(engine), SqlTrials(engine)
    one, other = (made.begin("shadow", policy, 0, NOW_MS, "lin.wei") for policy in (LIVE, STRICTER))

    stored = trials.save([(replace(one, place=9), one.place + 1), (replace(other, place=9), other.place)])

    assert stored == [False, True]
    assert [trial.place for trial in trials.running("shadow")] == [one.place, 9]
    assert trials.save([]) == []


@pytest.mark.usefixtures("past")
def test_a_shadow_judges_what_comes_from_its_start_on_and_nothing_of_the_past(engine: Engine) -> None:
    made, begun_ms = trying(engine), NOW_MS + 50
    made.begin("shadow", STRICTER, begun_ms, begun_ms, "lin.wei")
    shadows = shadowing_of(engine, begun_ms + DAY_MS)
    shadows.once()
    [shadow] = SqlTrials(engine).running("shadow")
    assert read_tally(shadow.tally).judged == 0

    SqlDecisionStore(engine, KEY).decide([looked_at(a_request("rr-new"))], judge, begun_ms + 1)
    assert shadows.once() == 1
    [shadow] = SqlTrials(engine).running("shadow")
    assert read_tally(shadow.tally).judged == 1


@pytest.mark.usefixtures("past")
def test_a_shadow_judges_a_batch_that_is_stored_behind_a_later_one(past: Database, engine: Engine) -> None:
    """The batch was given its place before the shadow began, and its transaction ended afterwards."""
    begun_ms = NOW_MS + 50
    SqlDecisionStore(engine, KEY).decide([looked_at(a_request("rr-slow"))], judge, begun_ms + 1)
    [(place,)] = past.rows("SELECT kept_id FROM decisions WHERE request_id = 'rr-slow'")
    past.change("UPDATE kept_evidence SET kept_at_ms = :at WHERE kept_id = :place", at=begun_ms - 1, place=place)
    trying(engine).begin("shadow", STRICTER, begun_ms, begun_ms, "lin.wei")

    shadowing_of(engine, begun_ms + DAY_MS).once()

    [shadow] = SqlTrials(engine).running("shadow")
    assert read_tally(shadow.tally).judged == 1


@pytest.mark.usefixtures("past")
def test_a_backtest_of_a_time_without_requests_judges_none(engine: Engine) -> None:
    made = trying(engine)
    trial = made.begin("backtest", STRICTER, NOW_MS + 50, END_MS, "test")
    assert read_tally(backtest(made, trial, STRICTER, lambda _: None, None, END_MS).tally).judged == 0


@pytest.mark.usefixtures("past")
def test_a_shadow_is_stopped_although_a_worker_takes_it_on_and_stays_so(engine: Engine) -> None:
    made = trying(engine)
    begun = made.begin("shadow", STRICTER, 0, NOW_MS, "lin.wei")
    further = made.step(begun, STRICTER, END_MS, at_once=1)
    assert further is not None

    stopped = made.stop(begun, END_MS)
    assert (stopped.place, stopped.ended_at_ms) == (further.place, END_MS)
    with pytest.raises(OperatorError):
        made.step(further, STRICTER, END_MS)
    assert SqlTrials(engine).running("shadow") == []
    assert made.stop(stopped, END_MS + 1) == stopped


def test_a_shadow_that_another_version_wrote_on_holds_up_no_other_one(past: Database, engine: Engine) -> None:
    made = trying(engine)
    odd, _ = (made.begin("shadow", policy, 0, NOW_MS, "lin.wei") for policy in (LIVE, STRICTER))
    past.change("UPDATE policy_trials SET tally = :tally WHERE trial_id = :id", tally='"of old"', id=odd.trial_id)

    shadows = shadowing_of(engine, NOW_MS + 12 + SETTLED_MS, metrics := Metrics("decide"))

    assert [shadows.once(), shadows.once()] == [1, 0]
    assert value(metrics, "sentinel_policy_shadows") == value(metrics, "sentinel_policy_shadow_failures_total") == 2
    unread, strict = SqlTrials(engine).running("shadow")
    assert (unread.place, read_tally(strict.tally).judged) == (odd.place, 12)


@pytest.mark.usefixtures("past")
def test_a_backtest_of_a_draft_lets_it_be_activated(engine: Engine) -> None:
    versions = Versions(PolicyStore(engine), SqlKeptEvidence(engine), SqlTrials(engine))
    draft = versions.propose(STRICTER.text, By(name="lin.wei", at_ms=END_MS))
    tried(engine, draft)
    versions.activate_draft(draft.sha256, By(name="chen.hao", at_ms=END_MS + 1))
    assert versions.active(END_MS + 1).name == "strict"


def test_precision_and_recall_come_from_what_people_found(past: Database, engine: Engine) -> None:
    past.change("UPDATE cases SET verdict = 'FORGERY_CONFIRMED', decided_at_ms = :at", at=AT_MS)
    trial, _ = tried(engine, LIVE)
    told = report(trial, "default")
    assert told["precision"]["value"] == 1.0
    assert told["precision"]["of"] >= 1


def test_recall_weighs_drawn_requests_by_the_share_with_which_the_policy_of_then_drew_them(
    database: Database, engine: Engine
) -> None:
    override = "overrides:\n  - categories: [toys]\n    audit_share: 1\n"
    drawing = read(f"name: drawing\nrules: []\namount_limits: {{}}\naudit_share: 0.5\n{override}")
    PolicyStore(engine).activate(drawing, NOW_MS, "test")
    store = SqlDecisionStore(engine, KEY)
    for number in range(40):
        request = a_request(f"rr-{number}", category="toys" if number % 4 == 0 else "ceramics")
        store.decide([looked_at(request)], judge, NOW_MS + number)
    database.change("UPDATE cases SET verdict = 'FORGERY_CONFIRMED', decided_at_ms = :at", at=AT_MS)
    drawn = dict(map(tuple, database.rows("SELECT category, count(*) FROM cases GROUP BY 1")))

    trial, _ = tried(engine, drawing)

    found = {one["share"]: one["missed"] for one in report(trial, "drawing")["recall"]["strata"]}
    assert found == {0.5: drawn["ceramics"], 1.0: drawn["toys"]}
    assert (drawn["toys"], 5 < drawn["ceramics"] < 25) == (10, True)
