"""Whatever comes in whatever batches, the database answers as a simple model in memory does."""

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from schemas.records import EvidenceGathered
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.policies import PolicyStore
from streams.history.past import Found, PastClaim
from streams.history.windows import BOUNDS_MS, History
from streams.ports import Question, StoredDecision
from tests.builders import AT_MS
from tests.contract.judging import NOW_MS, AJudge, a_policy, some_evidence
from tests.contract.sql import Database
from tests.databases import new_sqlite
from tests.history_model import Record, history_of

REQUESTS = [f"rr-{n}" for n in range(5)]
SUSPECTS = frozenset(REQUESTS[::2])

evidences = st.builds(
    lambda request_id, buyer, amount, at_ms, like, **others: some_evidence(
        request_id, buyer_id=buyer, amount_minor=amount, requested_at_ms=at_ms, like=tuple(sorted(like)), **others
    ),
    st.sampled_from(REQUESTS),
    st.sampled_from(["b-1", "b-2"]),
    st.sampled_from([100, 200]),
    st.sampled_from([*(AT_MS - bound_ms for bound_ms in BOUNDS_MS), AT_MS - BOUNDS_MS[-1] - 1, AT_MS, AT_MS + 1]),
    st.frozensets(st.sampled_from(REQUESTS), max_size=2),
    merchant_id=st.sampled_from(["m-1", "m-2"]),
    currency=st.sampled_from(["CNY", "USD"]),
    kind=st.sampled_from(["refund_only", "return_and_refund"]),
)


@dataclass
class Model:
    """What the contract says, one event at a time, over plain lists."""

    decided: list[tuple[EvidenceGathered, StoredDecision]] = field(default_factory=list)
    forgeries: list[tuple[str, int]] = field(default_factory=list)

    def stored(self, evidence: EvidenceGathered) -> StoredDecision | None:
        known = (stored for each, stored in self.decided if identity(each) == identity(evidence))
        return next(known, None)

    def question(self, evidence: EvidenceGathered) -> tuple[bool, History]:
        request = evidence.request
        before = [each for each, _ in self.decided]
        first = next((each for each in before if each.request.request_id == request.request_id), None)
        past = [a_past_claim(each) for each in before if each.request.person == request.person]
        forgeries = tuple(at_ms for person, at_ms in self.forgeries if person == request.person)
        found = tuple(Found("FORGERY_CONFIRMED", at_ms) for at_ms in forgeries)
        return first is not None, history_of(Record(past, forgeries, found), request, evidence.appended_at_ms)


def a_past_claim(evidence: EvidenceGathered) -> PastClaim:
    request = evidence.request
    return PastClaim(
        request_id=request.request_id,
        appended_at_ms=evidence.appended_at_ms,
        amount_minor=request.amount_minor,
        currency=request.currency,
        kind=request.kind,
        merchant_id=request.merchant_id,
        category=request.category,
        shared_photo=any(
            earlier.request_id != request.request_id for each in evidence.media for earlier in each.sightings
        ),
    )


def identity(evidence: EvidenceGathered) -> tuple[str, str]:
    return evidence.request.request_id, evidence.request_digest


def asked(question: Question) -> tuple[bool, History]:
    return question.content_changed, question.history


class Deciding(RuleBasedStateMachine):
    """Batches of any content, repeats and changes among them; people who confirm forgeries; restarts."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        new_sqlite(self.folder / "sentinel.db")
        self.model = Model()
        self._open()
        PolicyStore(self.database.engine).seed(a_policy(), AT_MS)

    def _open(self) -> None:
        self.database = Database(open_engine(f"sqlite:///{self.folder}/sentinel.db"))

    @rule(batch=st.lists(evidences, min_size=1, max_size=6))
    def decide(self, batch: list[EvidenceGathered]) -> None:
        judge = AJudge(SUSPECTS)
        answers = self.database.store.decide(batch, judge, NOW_MS)

        questions = iter(judge.asked)
        for evidence, answer in zip(batch, answers, strict=True):
            known = self.model.stored(evidence)
            if known is None:
                assert asked(next(questions)) == self.model.question(evidence)
                self.model.decided.append((evidence, answer))
            else:
                assert answer == known
        assert list(questions) == []

    @rule(data=st.data(), at_ms=st.integers(AT_MS - 5 * BOUNDS_MS[-1], AT_MS))
    def confirm_a_forgery(self, data: st.DataObject, at_ms: int) -> None:
        waiting = self.database.rows("SELECT case_id, person FROM cases WHERE verdict IS NULL ORDER BY case_id")
        if waiting:
            case_id, person = data.draw(st.sampled_from(waiting))
            confirmed = "UPDATE cases SET verdict = 'FORGERY_CONFIRMED', decided_at_ms = :at WHERE case_id = :id"
            self.database.change(confirmed, at=at_ms, id=case_id)
            self.model.forgeries.append((person, at_ms))

    @rule()
    def restart(self) -> None:
        self.database.engine.dispose()
        self._open()

    @invariant()
    def every_content_has_one_decision_and_every_review_one_case_and_one_event(self) -> None:
        reviews = self.database.rows("SELECT count(*) FROM decisions WHERE verdict = 'REVIEW'")[0][0]
        counts = self.database.counts()
        decided = len(self.model.decided)
        assert (counts["decisions"], counts["claims"]) == (decided, decided)
        assert counts["request_origins"] == len({each.request.request_id for each, _ in self.model.decided})
        assert [counts[table] for table in ("cases", "outbox", "audit")] == [reviews] * 3

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.engine.dispose()
            shutil.rmtree(self.folder)


Deciding.TestCase.settings = settings(max_examples=20, stateful_step_count=12, deadline=None)
TestDecidingInAnyOrder = Deciding.TestCase
