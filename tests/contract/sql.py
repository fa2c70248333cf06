"""A database as tests look at it: from outside, by plain SQL."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Engine, text

from schemas.codec import decode
from schemas.records import EvidenceGathered, RefundDecided, ReviewEvent
from schemas.topics import REVIEW_EVENTS
from streams.adapters.sql.audit_seals import SqlAuditSeals
from streams.adapters.sql.cases.case_files import SqlCaseRecords
from streams.adapters.sql.cases.read_follow_ups import SqlFollowUps
from streams.adapters.sql.cases.work import SqlCaseDatabase
from streams.adapters.sql.decision_store import SqlDecisionStore
from streams.adapters.sql.outbox import SqlOutbox
from streams.adapters.sql.policies import PolicyStore
from streams.cases.acts import AuditAct
from streams.cases.audit import AuditEntry
from streams.cases.case import CaseFile
from streams.cases.procedure import Procedure
from streams.cases.reviewing.statement_of_reasons import STATEMENT
from streams.casework.files import CaseFiles
from streams.casework.parties.further_evidence import FurtherEvidence
from streams.casework.parties.hearings import Hearings
from streams.casework.parties.human_review import HumanReviews
from streams.casework.photos.forgeries import Forgeries
from streams.casework.photos.harmless import HarmlessMarks
from streams.casework.reviewing.assignments import Assignments
from streams.casework.reviewing.recommendations import Recommendations
from streams.casework.reviewing.statements_of_reasons import StatementsOfReasons
from streams.casework.reviewing.timers import Timers
from streams.casework.reviewing.verdicts import Verdicts
from streams.metrics import Metrics
from streams.policy.reasons import criteria
from streams.ports import Judge
from tests.contract.judging import NOW_MS, read

WRITTEN_BY_DECISIONS = ("claims", "request_origins", "decisions", "cases", "photo_matches", "outbox", "audit")


NO_LOT = Procedure(second_review_share=0)
"""The packaged procedure without the lot, which would send one case in twenty to a second reviewer."""

T = TypeVar("T")


@cache
def _uncounted() -> Metrics:
    """Return where timers count that no test asks about: making hundreds of series for each test takes its time."""
    return Metrics()


class AtOnce:
    """The database thread of a test: the test's own."""

    async def call(self, _name: str, work: Callable[[], T]) -> T:
        return work()


class Database:
    """The use cases and stores on one database, and what its tables hold."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.store = SqlDecisionStore(engine)
        self.outbox = SqlOutbox(engine)
        self.casework = SqlCaseDatabase(engine)
        self.cases = CaseFiles(SqlCaseRecords(engine))
        self.forgeries = Forgeries(self.casework, NO_LOT)
        self.harmless = HarmlessMarks(self.casework)
        self.hearings = Hearings(self.casework)
        self.human_reviews = HumanReviews(self.casework)
        self.policies = PolicyStore(engine)
        self.further = FurtherEvidence(self.casework)
        self.follow_ups = SqlFollowUps(engine)
        self.verdicts = Verdicts(self.casework, NO_LOT)
        self.assignments = Assignments(self.casework)
        self.reasons = StatementsOfReasons(self.cases)
        self.recommendations = Recommendations(self.cases, self.casework, criteria())
        self.timers = Timers(self.casework, AtOnce(), _uncounted())

    def counted(self) -> Metrics:
        """Return metrics of this database's own, into which its timers count from now on."""
        metrics = Metrics()
        self.timers = Timers(self.casework, AtOnce(), metrics)
        return metrics

    def decide(self, judge: Judge, *batch: EvidenceGathered, now_ms: int = NOW_MS) -> list[RefundDecided]:
        return [read(stored.message) for stored in self.store.decide(batch, judge, now_ms)]

    def rows(self, statement: str, **parameters: Any) -> list[Sequence[Any]]:
        with self.engine.begin() as connection:
            return [tuple(row) for row in connection.execute(text(statement), parameters)]

    def change(self, statement: str, **parameters: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), parameters)

    def counts(self) -> dict[str, int]:
        """How many rows each table has that decisions write to."""
        statement = "SELECT count(*) FROM {}"
        return {table: self.rows(statement.format(table))[0][0] for table in WRITTEN_BY_DECISIONS}

    def confirm_forgery(self, case_id: str, at_ms: int) -> None:
        self.forgeries.confirm(case_id, AuditAct(by="lin.wei", note="drawn in", at_ms=at_ms), heard=True)

    def file_of(self, decision: RefundDecided) -> CaseFile:
        assert decision.case_id is not None
        return self.cases.show(decision.case_id)

    def clusters(self) -> dict[str, str]:
        """The cluster of each request that has a case."""
        return {case.request_id: case.cluster_id for case in self.cases.list_cases()}

    def entries(self) -> list[AuditEntry]:
        """Every audit entry, case by case, as far as there are keys to read it."""
        chains = SqlAuditSeals(self.engine).chains()
        return [entry for some in chains for chain in some for entry in chain.entries]

    def events(self, *, statements: bool = False) -> list[ReviewEvent]:
        """What waits for the relay, oldest first: statements of reasons, or all but these."""
        waiting = self.outbox.waiting(1_000)
        found = [decode(ReviewEvent, message.value) for message in waiting if message.topic == REVIEW_EVENTS.name]
        return [event for event in found if (event.detail == STATEMENT) is statements]
