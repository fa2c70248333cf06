"""The list of grants is enough for workers and no more than they need, and lets an auditor prove; PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, text

import deploy
from streams.adapters.sql.audit_seals import SqlAuditSeals
from streams.adapters.sql.cases.erasures import SqlErasureRecords
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.schema import require_current, upgrade
from streams.adapters.time_authority import Rfc3161Check
from streams.cases.acts import AuditAct
from streams.cases.record.erasure import Plan
from streams.casework.record.erasure import finish
from streams.casework.record.proving import prove
from tests.builders import AT_MS
from tests.contract.judging import NOW_MS, a_policy, some_evidence, suspecting
from tests.contract.sql import Database
from tests.real.postgres import Postgres

pytestmark = pytest.mark.postgres

GRANTS = Path(deploy.__file__).parent / "postgresql" / "grants.sql"
ROLES = ("refund_sentinel", "refund_sentinel_auditor")
FORBIDDEN = {
    "a table of its own": ("refund_sentinel", "CREATE TABLE of_its_own (id integer)"),
    "another version of the schema": ("refund_sentinel", "UPDATE refund_sentinel_version SET version_num = '0001'"),
    "a seal taken away": ("refund_sentinel", "DELETE FROM audit_seals"),
    "an entry taken away": ("refund_sentinel", "DELETE FROM audit"),
    "a decision taken away": ("refund_sentinel", "DELETE FROM decisions"),
    "a legal hold taken away": ("refund_sentinel", "DELETE FROM legal_holds"),
    "a record of an erasure taken away": ("refund_sentinel", "DELETE FROM erasures"),
    "an auditor who writes": ("refund_sentinel_auditor", "UPDATE audit SET actor = 'x'"),
    "an auditor who reads keys": ("refund_sentinel_auditor", "SELECT * FROM secrets"),
}


@pytest.fixture(scope="module")
def owner(postgres: Postgres) -> str:
    """A database with the roles and their grants, as its owner sees it."""
    url = postgres.new_database()
    upgrade(url)
    engine = open_engine(url)
    with engine.begin() as connection:
        for role in ROLES:
            there = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).first()
            if there is None:
                connection.execute(text(f"CREATE ROLE {role}"))
        for _ in range(2):  # safe to repeat
            connection.exec_driver_sql(GRANTS.read_text())
    PolicyStore(engine).seed(a_policy(), AT_MS)
    engine.dispose()
    return url


@pytest.fixture
def as_role(owner: str) -> Iterator[Callable[[str], Engine]]:
    opened: list[Engine] = []

    def one(role: str) -> Engine:
        sign = "&" if "?" in owner else "?"
        opened.append(open_engine(f"{owner}{sign}options={quote(f'-c role={role}')}"))
        return opened[-1]

    yield one
    for engine in opened:
        engine.dispose()


def test_a_worker_decides_people_decide_and_an_auditor_proves(as_role: Callable[[str], Engine]) -> None:
    engine = as_role("refund_sentinel")
    require_current(engine)
    database = Database(engine)
    [decision] = database.decide(suspecting("rr-1"), some_evidence("rr-1"))
    act = AuditAct(by="m-1", note="it left us whole", at_ms=NOW_MS)
    database.hearings.state(str(decision.case_id), act, "merchant")
    SqlAuditSeals(engine).seal(NOW_MS, 100)
    assert len(database.outbox.waiting(10)) >= 1
    erasures = SqlErasureRecords(engine)
    erasures.hold(["b-1"], act)
    assert erasures.lift(["b-1"], act) == 1
    finish(database.casework, erasures.begin(act), Plan((), {}, ("b-1",)), [], act)

    proved = prove(SqlAuditSeals(as_role("refund_sentinel_auditor")), Rfc3161Check([]))

    assert (proved.broken, proved.seals, proved.erased) == (None, 1, 2)


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nobody_may_do_more(what: str, as_role: Callable[[str], Engine]) -> None:
    role, statement = FORBIDDEN[what]

    with pytest.raises(Exception, match="permission denied"), as_role(role).begin() as connection:
        connection.execute(text(statement))
