"""What a worker writes of itself: begun, not ready and ready again, dead letters, ended; on both databases."""

from sqlalchemy import Engine

from streams.adapters.sql.package_records import SqlPackageRecords
from streams.adapters.sql.uptime_log import SqlUptimeLog
from streams.agents.uptime_log import UptimeLog, configuration_sha256
from streams.casework.package.ports import Spell, SpellEvent
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


def test_spells_and_events_past_their_time_are_deleted_and_a_spell_that_still_runs_stays(
    database: Database, engine: Engine
) -> None:
    log = SqlUptimeLog(engine)
    for name, started_ms, seen_ms in (("old", 0, 50), ("long", 10, 500), ("new", 300, 400)):
        log.begin(a_spell(name, started_ms))
        log.seen(name, seen_ms, [SpellEvent(spell_id=name, at_ms=seen_ms - 10, what="READY", detail="")])
    log.seen("long", 500, [SpellEvent(spell_id="long", at_ms=20, what="NOT_READY", detail="")])

    purged = [log.purge(100, 1) for _ in range(4)]

    assert purged == [1, 1, 1, 0], "two events from before, then the spell without any"
    assert database.rows("SELECT spell_id, at_ms FROM worker_events ORDER BY at_ms") == [("new", 390), ("long", 490)]
    assert database.rows("SELECT spell_id FROM worker_spells ORDER BY spell_id") == [("long",), ("new",)]


def a_spell(name: str, started_ms: int) -> Spell:
    return Spell(
        spell_id=name,
        worker="decide-0",
        version="1.2.3",
        configuration_sha256="0" * 64,
        started_at_ms=started_ms,
        seen_at_ms=started_ms,
        ended_at_ms=None,
    )


def test_a_configuration_is_told_by_its_hash_without_passwords() -> None:
    one = Settings(database_url="postgresql://u:secret@host/db")
    another = Settings(database_url="postgresql://u:other@host/db")

    assert configuration_sha256(one) == configuration_sha256(another)
    assert configuration_sha256(one) != configuration_sha256(Settings(batch=7))
