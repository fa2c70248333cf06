"""Ten thousand calls drawn from the API's description: none fails on either database, none breaks it."""

from collections import Counter
from pathlib import Path

import pytest

from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.schema import upgrade
from tests.builders import AT_MS
from tests.contract.console.drawn_calls import drawn_calls
from tests.contract.judging import a_policy
from tests.real.postgres import Postgres

CALLS = 10_000
EACH = 180
ROUNDS_AT_MOST = 20

pytestmark = [pytest.mark.long, pytest.mark.timeout(7_200)]


@pytest.mark.postgres
def test_ten_thousand_drawn_calls_neither_fail_nor_break_the_description(tmp_path: Path, postgres: Postgres) -> None:
    statuses = {"sqlite": Counter[int](), "postgresql": Counter[int]()}
    for number in range(ROUNDS_AT_MOST):
        urls = [f"sqlite:///{tmp_path}/{number}.db", postgres.new_database()]
        for url in urls:
            upgrade(url)
        engines = [open_engine(url) for url in urls]
        for engine in engines:
            PolicyStore(engine).seed(a_policy(), AT_MS)
        for engine, asked in zip(engines, drawn_calls(engines, EACH, number), strict=True):
            assert asked.faults == []
            statuses[engine.dialect.name].update(asked.statuses)
            engine.dispose()
        if all(counted.total() >= CALLS for counted in statuses.values()):
            break
    for name, counted in statuses.items():
        print(f"{name}: {counted.total():,} calls: {dict(sorted(counted.items()))}")  # noqa: T201 - the figure asked for
        assert counted.total() >= CALLS
        assert max(counted) < 500
