"""What the judge saw is kept with each decision, read again, erased with the person, and deleted when it is old."""

from streams.adapters.sql.kept import SqlKeptEvidence
from tests.contract.judging import NOW_MS, AJudge, changed, some_evidence
from tests.contract.sql import Database


def test_each_content_is_kept_once_as_it_was_judged(database: Database) -> None:
    judge = AJudge()
    first, change = some_evidence("rr-1"), changed(some_evidence("rr-1"))
    database.store.decide([first, some_evidence("rr-2"), first, change], judge, NOW_MS)
    database.store.decide([first], judge, NOW_MS + 1)

    found, _ = SqlKeptEvidence(database.engine).after(0, NOW_MS + 1, 10)

    kept = [one.kept for one in found if one.kept is not None]
    assert [one.evidence for one in kept] == [one.evidence for one in judge.asked]
    assert [one.history for one in kept] == [one.history for one in judge.asked]
    assert [one.content_changed for one in kept] == [False, False, True]
    assert {(one.policy_sha256, one.decided_at_ms) for one in found} == {("a" * 64, NOW_MS)}


def test_chunks_are_read_in_pages_and_up_to_a_time(database: Database) -> None:
    for number in range(5):
        database.store.decide([some_evidence(f"rr-{number}")], AJudge(), NOW_MS + number)
    store = SqlKeptEvidence(database.engine)

    page, place = store.after(0, NOW_MS + 4, 3)
    rest, end = store.after(place, NOW_MS + 4, 3)

    assert [one.request_id for one in (*page, *rest)] == ["rr-0", "rr-1", "rr-2", "rr-3"]
    assert store.after(end, NOW_MS + 4, 3) == ([], end)
    assert store.begin(NOW_MS + 2) == (end - 2, 3)
    assert store.begin(NOW_MS + 99) == (end + 1, 0)


def test_only_what_is_old_is_deleted_and_then_it_is_named_as_missing(database: Database) -> None:
    for number in range(4):
        database.store.decide([some_evidence(f"rr-{number}")], AJudge(), NOW_MS + number)
    store = SqlKeptEvidence(database.engine)

    assert store.purge(NOW_MS + 2, 10) == 2
    assert store.purge(NOW_MS + 2, 10) == 0

    [gone], [there] = store.of_request("rr-0"), store.of_request("rr-2")
    assert (gone.kept, there.kept is None) == (None, False)
    assert "not kept any more" in gone.why
    assert [request_id for request_id, _ in store.missing(0, NOW_MS + 9)] == ["rr-0", "rr-1"]


def test_a_damaged_chunk_costs_its_own_requests_and_says_why(database: Database) -> None:
    for number in range(2):
        database.store.decide([some_evidence(f"rr-{number}")], AJudge(), NOW_MS)
    first = database.rows("SELECT min(kept_id) FROM kept_evidence")[0][0]
    database.change("UPDATE kept_evidence SET packed = :junk WHERE kept_id = :first", junk=b"\x01junk", first=first)

    found, _ = SqlKeptEvidence(database.engine).after(0, NOW_MS + 1, 10)

    assert [(one.request_id, one.kept is None) for one in found] == [("rr-0", True), ("rr-1", False)]
    assert "damaged" in found[0].why


def test_one_content_is_read_out_of_a_chunk_of_many(database: Database) -> None:
    first, change = some_evidence("rr-1"), changed(some_evidence("rr-1"))
    database.store.decide([first, some_evidence("rr-2"), change], AJudge(), NOW_MS)
    store = SqlKeptEvidence(database.engine)

    found = [store.content(one.request.request_id, one.request_digest) for one in (first, change)]

    assert [one.evidence for one in found if one is not None] == [first, change]
    assert store.content("rr-2", first.request_digest) is None
    assert store.content("rr-none", first.request_digest) is None
    database.change("UPDATE kept_evidence SET packed = :junk", junk=b"\x01junk")
    assert store.content("rr-1", first.request_digest) is None
