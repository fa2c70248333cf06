"""Clusters of the database are those of a union-find, whatever comes in which order, and whoever works at once."""

import random
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Engine

from schemas.records import EvidenceGathered
from streams.adapters.sql.decision_store import SqlDecisionStore
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.policies import PolicyStore
from streams.cases.acts import AuditAct
from streams.errors import DatabaseUnavailable
from tests.builders import AT_MS
from tests.contract.judging import NOW_MS, a_policy, some_evidence, suspecting
from tests.contract.sql import Database
from tests.databases import new_sqlite

REQUESTS = [f"rr-{n}" for n in range(9)]
LIN = AuditAct(by="lin.wei", note="by chance", at_ms=NOW_MS)
WITHIN_S = 120

Parts = set[frozenset[str]]


def merged(nodes: Iterable[str], pairs: Iterable[frozenset[str]]) -> Parts:
    part_of = {node: frozenset({node}) for node in nodes}
    for pair in pairs:
        whole = frozenset().union(*(part_of[node] for node in pair))
        part_of |= dict.fromkeys(whole, whole)
    return set(part_of.values())


def of(clusters: dict[str, str]) -> Parts:
    return {frozenset(node for node in clusters if clusters[node] == name) for name in clusters.values()}


evidences = st.builds(
    lambda request_id, like: some_evidence(request_id, buyer_id=request_id, like=tuple(sorted(like - {request_id}))),
    st.sampled_from(REQUESTS),
    st.frozensets(st.sampled_from(REQUESTS), max_size=3),
)


class Clustering(RuleBasedStateMachine):
    """Claims of all kinds, each a case; pairs that people mark as harmless, and marks that they remove."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        new_sqlite(self.folder / "sentinel.db")
        self.database = Database(open_engine(f"sqlite:///{self.folder}/sentinel.db"))
        PolicyStore(self.database.engine).seed(a_policy(), AT_MS)
        self.decided: dict[str, frozenset[str]] = {}
        self.marks: dict[str, frozenset[str]] = {}

    @rule(batch=st.lists(evidences, min_size=1, max_size=4))
    def decide(self, batch: list[EvidenceGathered]) -> None:
        self.database.store.decide(batch, suspecting(*REQUESTS), NOW_MS)
        for evidence in batch:
            like = frozenset(str(each.request_id) for each in evidence.media[0].sightings)
            self.decided.setdefault(evidence.request.request_id, like)

    @rule(data=st.data())
    def mark(self, data: st.DataObject) -> None:
        pairs = sorted((later, earlier) for later, like in self.decided.items() for earlier in like)
        if pairs:
            later, earlier = data.draw(st.sampled_from(pairs))
            [case] = [case for case in self.database.cases.list_cases() if case.request_id == later]
            [mark] = self.database.harmless.mark(case.case_id, "c1", LIN, like=earlier).marks
            self.marks[mark.mark_id] = frozenset({later, earlier})

    @rule(data=st.data())
    def unmark(self, data: st.DataObject) -> None:
        if self.marks:
            mark_id = data.draw(st.sampled_from(sorted(self.marks)))
            self.database.harmless.unmark(mark_id, LIN)
            del self.marks[mark_id]

    @invariant()
    def clusters_are_what_is_joined_by_matches_that_nobody_marked(self) -> None:
        if not hasattr(self, "database"):
            return
        pairs = [frozenset({later, earlier}) for later, like in self.decided.items() for earlier in like]
        model = merged(REQUESTS, [pair for pair in pairs if pair not in self.marks.values()])
        assert of(self.database.clusters()) == {part & set(self.decided) for part in model} - {frozenset()}

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.engine.dispose()
            shutil.rmtree(self.folder)


Clustering.TestCase.settings = settings(max_examples=16, stateful_step_count=10, deadline=None)
TestClusteringInAnyOrder = Clustering.TestCase


def until_it_works(work: Callable[[], object]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while True:
        try:
            work()
        except DatabaseUnavailable:
            assert time.monotonic() < deadline
        else:
            return


@pytest.mark.parametrize("seed", range(3))
def test_workers_that_join_clusters_at_once_lose_no_join(
    database: Database, open_database: Callable[[], Engine], seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a load, not a secret
    names = [f"rr-{n:02}" for n in range(60)]
    claims = [
        some_evidence(name, buyer_id=name, like=tuple(chance.sample(names[:n], min(n, chance.choice([0, 1, 1, 2])))))
        for n, name in enumerate(names)
    ]
    chance.shuffle(claims)
    shares = [claims[worker::4] for worker in range(4)]
    judge = suspecting(*names)
    begin = threading.Barrier(len(shares))

    def work(share: list[EvidenceGathered]) -> None:
        store = SqlDecisionStore(open_database())
        begin.wait(WITHIN_S)
        for start in range(0, len(share), 3):
            batch = share[start : start + 3]
            until_it_works(lambda batch=batch: store.decide(batch, judge, NOW_MS))  # type: ignore[misc]

    with ThreadPoolExecutor(len(shares)) as pool:
        list(pool.map(work, shares))

    pairs = [
        frozenset({claim.request.request_id, str(earlier.request_id)})
        for claim in claims
        for earlier in claim.media[0].sightings
    ]
    assert of(database.clusters()) == merged(names, pairs)


def test_a_forgery_that_is_confirmed_while_a_claim_with_its_photo_is_decided_is_missed_by_neither(
    database: Database, open_database: Callable[[], Engine]
) -> None:
    judge = suspecting("rr-00")
    [case] = database.decide(judge, some_evidence("rr-00"))
    claims = [some_evidence(f"rr-{n:02}", buyer_id=f"b-{n}", like=("rr-00",)) for n in range(1, 25)]
    begin = threading.Barrier(2)
    told: dict[str, bool] = {}

    def decide() -> None:
        store = SqlDecisionStore(open_database())
        begin.wait(WITHIN_S)
        for claim in claims:
            judge = suspecting()
            until_it_works(lambda claim=claim, judge=judge: store.decide([claim], judge, NOW_MS))  # type: ignore[misc]
            marks = judge.asked[-1].marks
            told[claim.request.request_id] = marks.was_forged(claim.media[0].sightings[0])

    def confirm() -> None:
        begin.wait(WITHIN_S)
        until_it_works(lambda: database.forgeries.confirm(str(case.case_id), LIN, heard=True))

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(decide), pool.submit(confirm)]:
            done.result(WITHIN_S)

    opened = {each.request_id for each in database.cases.list_cases()} - {"rr-00"}
    assert {name for name, forged in told.items() if not forged} == opened
