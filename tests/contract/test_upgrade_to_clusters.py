"""A database of the first schema is brought up to date with what it holds."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from streams.adapters.sql.cases.case_files import SqlCaseRecords
from streams.adapters.sql.engine import open_engine, writing
from streams.adapters.sql.schema import require_current, upgrade
from streams.casework.files import CaseFiles
from tests.databases import upgrade_to

MATCHES = [  # later, earlier, source, bits
    ("rr-2", "rr-1", "claim", 7),
    ("rr-4", "rr-3", "claim", 31),
    ("rr-5", "rr-4", "claim", 32),
    ("rr-6", "rr-5", "catalogue", 3),
    ("rr-8", "rr-7", "claim", 9),
]
CLUSTERS = {"rr-1": "c-1", "rr-2": "c-1", "rr-3": "c-3", "rr-4": "c-4", "rr-5": "c-5", "rr-6": "c-6", "rr-9": "c-6"}


@pytest.fixture
def old(empty_url: str) -> Iterator[Engine]:
    """A database of revision 0001, with cases, matches and an audit entry for each case."""
    engine = open_engine(empty_url)
    with writing(engine) as connection:
        upgrade_to(connection, "0001")
        for request_id, cluster_id in CLUSTERS.items():
            given = {"request": request_id, "digest": "sha256:" + "0" * 64, "cluster": cluster_id, "none": b""}
            for statement in (
                "INSERT INTO decisions VALUES (:request, :digest, :request, 'REVIEW', false, '0', 1, :none)",
                (
                    "INSERT INTO cases VALUES (:request, :cluster, :request, :digest, 'p', 'b', 'm', 'READY', 1, 50,"
                    " 'A', 100, 'CNY', 1, NULL, NULL, NULL)"
                ),
                "INSERT INTO audit VALUES (:request, 1, 1, 'system', 'CASE_OPENED', :none, :none, :none, :none)",
            ):
                connection.execute(text(statement), given)
        for later, earlier, source, bits in MATCHES:
            connection.execute(
                text(
                    "INSERT INTO photo_matches VALUES"
                    " (:later, :digest, 1, 'c1', 5, 's', 3, :source, :earlier, 'c1', :bits)"
                ),
                {"later": later, "digest": "sha256:" + "0" * 64, "source": source, "earlier": earlier, "bits": bits},
            )
    yield engine
    engine.dispose()


def test_clusters_are_carried_over_and_missing_joins_made(empty_url: str, old: Engine) -> None:
    assert upgrade(empty_url)[0] == "0002"

    require_current(old)
    assert {case.request_id: case.cluster_id for case in CaseFiles(SqlCaseRecords(old)).list_cases()} == {
        "rr-1": "rr-1",
        "rr-2": "rr-1",
        "rr-3": "rr-3",
        "rr-4": "rr-3",
        "rr-5": "rr-5",
        "rr-6": "rr-6",
        "rr-9": "rr-6",
    }
    with old.begin() as connection:
        joined = connection.execute(text("SELECT request_id FROM photo_matches WHERE joins ORDER BY request_id"))
        assert list(joined.scalars()) == ["rr-2", "rr-4", "rr-8"]
        cleared = connection.execute(text("SELECT joined_into FROM clusters WHERE request_id = 'rr-8'"))
        assert cleared.scalar() == "rr-7"
        assert connection.execute(text("SELECT count(*) FROM audit")).scalar() == len(CLUSTERS)
