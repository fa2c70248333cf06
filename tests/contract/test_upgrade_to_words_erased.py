"""Trails of persons who were erased before trails said so say it from the upgrade on; others are left alone."""

from collections.abc import Callable

from sqlalchemy import Engine

from streams.adapters.sql.audit_seals import SqlAuditSeals
from streams.adapters.time_authority import Rfc3161Check
from streams.cases.acts import AuditAct
from streams.casework.record.proving import prove
from tests.contract.judging import NOW_MS, some_evidence, suspecting
from tests.contract.sql import Database


def test_a_trail_that_lost_its_words_before_the_upgrade_says_so_and_verifies(
    engine: Engine, database: Database, upgraded_again: Callable[[str, str], None]
) -> None:
    for name in ("rr-1", "rr-2"):
        database.decide(suspecting(name), some_evidence(name, buyer_id=f"b-{name}"))
        database.hearings.state(name, AuditAct(by="m-1", note="whole", at_ms=NOW_MS + 1_000), "merchant")
    database.change("DELETE FROM person_keys WHERE person = 'b-rr-1'")

    upgraded_again("0038", "0039")

    words = "SELECT request_id, seq FROM audit JOIN cases USING (case_id) WHERE action = 'WORDS_ERASED'"
    assert database.rows(words) == [("rr-1", 3)]
    proved = prove(SqlAuditSeals(engine), Rfc3161Check(()))
    assert (proved.broken, proved.entries, proved.erased) == (None, 5, 2)
