"""Workers that decide at the same time answer alike, and none of them misses what another stored."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text

from schemas.records import EvidenceGathered, RefundDecided
from streams.adapters.sql.decision_store import SqlDecisionStore
from streams.errors import DatabaseUnavailable
from streams.ports import Question, StoredDecision
from tests.builders import with_changes
from tests.contract.judging import NOW_MS, AJudge, decided, read, some_evidence, suspecting
from tests.contract.sql import Database

WORKERS = 3
REQUESTS = 48
WITHIN_S = 240


def counting(question: Question) -> RefundDecided:
    """Scores by how many earlier claims were seen; no two requests of one person may see equally many."""
    return with_changes(decided(question, review=False), score=question.history.windows[-1].claims)  # type: ignore[no-any-return]


def in_batches(store: SqlDecisionStore, requests: Sequence[EvidenceGathered], size: int) -> dict[str, bytes]:
    answers: dict[str, bytes] = {}
    for start in range(0, len(requests), size):
        batch = requests[start : start + size]
        stored = until_it_works(lambda batch=batch: store.decide(batch, counting, NOW_MS))  # type: ignore[misc]
        answers |= {each.request.request_id: one.message for each, one in zip(batch, stored, strict=True)}
    return answers


def until_it_works(work: Callable[[], list[StoredDecision]]) -> list[StoredDecision]:
    deadline = time.monotonic() + WITHIN_S
    while True:
        try:
            return work()
        except DatabaseUnavailable:
            if time.monotonic() > deadline:
                raise


def test_workers_with_the_same_requests_in_other_orders_get_the_same_bytes_and_a_gapless_history(
    database: Database, open_database: Callable[[], Engine]
) -> None:
    requests = [some_evidence(f"rr-{n}", buyer_id=f"b-{n % 2}") for n in range(REQUESTS)]
    orders = [requests, requests[::-1], requests[REQUESTS // 2 :] + requests[: REQUESTS // 2]]
    stores = [SqlDecisionStore(open_database()) for _ in range(WORKERS)]
    begin = threading.Barrier(WORKERS)

    def work(store: SqlDecisionStore, order: Sequence[EvidenceGathered], size: int) -> dict[str, bytes]:
        begin.wait(WITHIN_S)
        return in_batches(store, order, size)

    with ThreadPoolExecutor(WORKERS) as pool:
        first, *others = pool.map(work, stores, orders, (1, 5, 7))

    assert all(other == first for other in others)
    seen = {buyer: sorted(read(first[f"rr-{n}"]).score for n in range(buyer, REQUESTS, 2)) for buyer in (0, 1)}
    assert seen == {0: list(range(REQUESTS // 2)), 1: list(range(REQUESTS // 2))}
    assert database.counts()["decisions"] == REQUESTS


def waits_for_a_lock(engine: Engine) -> None:
    deadline = time.monotonic() + WITHIN_S
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    while True:
        with engine.begin() as connection:
            if connection.execute(waiting).scalar():
                return
        assert time.monotonic() < deadline, "the other worker does not wait"


OVERLAPS = {
    "the same request": (some_evidence("rr-1", buyer_id="b-1"), some_evidence("rr-1", buyer_id="b-2")),
    "the same person": (some_evidence("rr-1"), some_evidence("rr-2")),
}


@pytest.mark.parametrize("url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize(("first", "second"), OVERLAPS.values(), ids=OVERLAPS)
def test_a_worker_waits_for_another_that_decides_on(
    database: Database, open_database: Callable[[], Engine], first: EvidenceGathered, second: EvidenceGathered
) -> None:
    looking = open_database()
    judge = suspecting("rr-1", "rr-2")
    with ThreadPoolExecutor(1) as pool:
        other = SqlDecisionStore(open_database())

        def while_another_waits(question: Question) -> RefundDecided:
            started.append(pool.submit(other.decide, [second], judge, NOW_MS + 1))
            waits_for_a_lock(looking)
            return decided(question, review=True)

        started = list[object]()
        database.store.decide([first], while_another_waits, NOW_MS)

    [question] = judge.asked
    saw_content = question.content_changed
    saw_claim = question.history.windows[-1].claims == 1
    assert saw_content or saw_claim


@pytest.mark.parametrize("url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_followers_of_one_photo_do_not_wait_for_each_other(
    database: Database, open_database: Callable[[], Engine]
) -> None:
    other = SqlDecisionStore(open_database())
    answered = list[StoredDecision]()

    def while_another_decides(question: Question) -> RefundDecided:
        with ThreadPoolExecutor(1) as pool:
            follower = some_evidence("rr-3", buyer_id="b-3", like=("rr-1",))
            answered.extend(pool.submit(other.decide, [follower], AJudge(), NOW_MS).result(WITHIN_S))
        return decided(question, review=True)

    database.store.decide([some_evidence("rr-2", buyer_id="b-2", like=("rr-1",))], while_another_decides, NOW_MS)

    assert [read(stored.message).request_id for stored in answered] == ["rr-3"]


@pytest.mark.parametrize("url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_without_its_locks_a_lost_race_still_gives_the_winners_bytes(
    database: Database, open_database: Callable[[], Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = SqlDecisionStore(open_database())
    won = list[StoredDecision]()

    def while_another_wins(question: Question) -> RefundDecided:
        won.extend(other.decide([question.evidence], AJudge(), NOW_MS))
        return decided(question, review=True)

    monkeypatch.setattr(type(database.store._reads), "lock", lambda *_: None)
    with pytest.raises(DatabaseUnavailable, match="try again"):
        database.store.decide([some_evidence()], while_another_wins, NOW_MS)

    assert database.store.decide([some_evidence()], while_another_wins, NOW_MS) == won
    assert database.counts()["cases"] == 0


@pytest.mark.parametrize("url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_flood_of_one_image_does_not_exhaust_the_servers_locks(database: Database) -> None:
    batch = [some_evidence(f"rr-{n}", like=tuple(f"e-{n}-{m}" for m in range(200))) for n in range(64)]

    assert len(database.store.decide(batch, AJudge(), NOW_MS)) == len(batch)
    assert database.counts()["photo_matches"] == 64 * 200
