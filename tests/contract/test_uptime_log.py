"""What a worker writes of itself: begun, not ready and ready again, dead letters, ended; on both databases."""

from sqlalchemy import Engine

from streams.adapters.sql.package_records import SqlPackageRecords
from streams.adapters.sql.uptime_log import SqlUptimeLog
from streams.agents.uptime_log import UptimeLog, configuration_sha256
from streams.settings import Settings
from tests.contract.judging import NOW_MS
from tests.contract.sql import AtOnce, Database


async def test_a_worker_writes_when_it_ran_and_what_happened_to_it(database: Database, engine: Engine) -> None:
    now_ms, why, letters = NOW_MS, ["database: does not answer, for 5 s now"], 0
    worker = UptimeLog(
        store=SqlUptimeLog(engine),
        calls=AtOnce(),
        worker="decide-0",
        version="1.2.3",
        settings=Settings(),
        unready=lambda: why,
        dead_letters=lambda: letters,
        clock=lambda: now_ms,
    )
    worker._begin()
    await worker.once()
    why = ["database: does not answer, for 15 s now"]
    await worker.once()
    now_ms, why, letters = NOW_MS + 30_000, [], 3
    await worker.once()
    now_ms = NOW_MS + 60_000
    await worker.end()

    records = SqlPackageRecords(engine)
    [spell] = records.spells(NOW_MS, NOW_MS)
    assert (spell.worker, spell.version, spell.started_at_ms, spell.ended_at_ms) == (
        "decide-0",
        "1.2.3",
        NOW_MS,
        NOW_MS + 60_000,
    )
    assert [(event.at_ms - NOW_MS, event.what, event.detail) for event in records.events(0, now_ms)] == [
        (0, "NOT_READY", "database: does not answer, for … s now"),
        (30_000, "READY", ""),
        (30_000, "DEAD_LETTERS", "3"),
    ]
    assert records.spells(NOW_MS + 61_000, NOW_MS + 99_000) == []
    assert database.rows("SELECT count(*) FROM worker_spells") == [(1,)]


def test_a_configuration_is_told_by_its_hash_without_passwords() -> None:
    one = Settings(database_url="postgresql://u:secret@host/db")
    another = Settings(database_url="postgresql://u:other@host/db")

    assert configuration_sha256(one) == configuration_sha256(another)
    assert configuration_sha256(one) != configuration_sha256(Settings(batch=7))
