"""Statements are built once for each kind of database, and what was read from one is never another's."""

from pathlib import Path

from streams.adapters.sql.built_once import built_once
from streams.adapters.sql.cases.apply import CaseWriter
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.policies import PolicyStore
from tests.builders import AT_MS
from tests.contract.judging import a_policy
from tests.databases import new_sqlite


def test_databases_of_one_kind_share_their_statements_and_others_have_their_own(tmp_path: Path) -> None:
    one, another = (open_engine(f"sqlite:///{tmp_path / name}.db") for name in ("one", "another"))
    served = open_engine("postgresql+psycopg://nobody@localhost/none")  # connected to by nobody
    first = built_once(CaseWriter, one.dialect)
    assert built_once(CaseWriter, another.dialect) is first
    assert built_once(CaseWriter, served.dialect) is not first


def test_a_database_does_not_give_the_policy_that_was_read_from_another(tmp_path: Path) -> None:
    names = ["spring", "autumn"]
    stores = [PolicyStore(open_engine(new_sqlite(tmp_path / f"{name}.db"))) for name in names]
    for store, name in zip(stores, names, strict=True):
        store.seed(a_policy(name), AT_MS)  # both claim one digest, so that only the database tells them apart
    assert [store.active(AT_MS).name for store in stores] == names
