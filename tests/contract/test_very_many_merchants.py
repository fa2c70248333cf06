"""Of a person with claims against very many merchants, the newest are kept: as many as are ever read."""

from streams.history.past import READ_AT_MOST
from tests.builders import AT_MS, DAY_MS
from tests.contract.judging import NOW_MS, AJudge, some_evidence
from tests.contract.sql import Database

OLDER = READ_AT_MOST + 30
MINUTE_MS = 60_000
COUNTED = "SELECT what, count(*), min(at_ms) FROM newest_claims WHERE person = 'b-1' GROUP BY what ORDER BY what"


def test_what_is_never_read_is_forgotten_and_the_record_stays_the_same(database: Database) -> None:
    judge = AJudge()
    database.store.decide([some_evidence("rr-1", requested_at_ms=AT_MS - DAY_MS)], judge, NOW_MS)
    database.change(
        "INSERT INTO newest_claims (person, what, name, at_ms)"
        " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :older)"
        " SELECT 'b-1', 'merchant', 'old-' || i, CAST(:newest_ms AS BIGINT) - i * 60000 FROM n",
        older=OLDER,
        newest_ms=AT_MS - DAY_MS,
    )

    for number in (2, 3, 4):
        at_ms = AT_MS + number * MINUTE_MS
        database.store.decide([some_evidence(f"rr-{number}", requested_at_ms=at_ms)], judge, NOW_MS)
    late = some_evidence("rr-late", requested_at_ms=AT_MS - 9 * DAY_MS, merchant_id=f"old-{OLDER}")
    database.store.decide([late], judge, NOW_MS)
    last = some_evidence("rr-last", requested_at_ms=AT_MS + DAY_MS)
    database.store.decide([last], judge, NOW_MS)

    seen = [question.history for question in judge.asked]
    assert [history.claims_capped for history in seen] == [False, *[True] * 5]
    assert [history.within(30).merchants for history in seen[1:4]] == [READ_AT_MOST + 1] * 3
    assert seen[-1].within(30).merchants == READ_AT_MOST + 1
    [_, (what, kept, oldest_ms)] = database.rows(COUNTED)
    assert (what, kept) == ("merchant", READ_AT_MOST + 1)
    assert oldest_ms == AT_MS - DAY_MS - READ_AT_MOST * MINUTE_MS
