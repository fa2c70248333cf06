"""Ten thousand calls drawn from the API's description: none fails, none breaks it."""

from collections import Counter
from pathlib import Path

import pytest

from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.schema import upgrade
from tests.builders import AT_MS
from tests.contract.console.drawn_calls import DrawnCalls
from tests.contract.judging import a_policy

CALLS = 10_000
EACH = 250
ROUNDS_AT_MOST = 20

pytestmark = [pytest.mark.long, pytest.mark.timeout(7_200)]


def test_ten_thousand_drawn_calls_neither_fail_nor_break_the_description(tmp_path: Path) -> None:
    statuses = Counter[int]()
    for number in range(ROUNDS_AT_MOST):
        url = f"sqlite:///{tmp_path}/{number}.db"
        upgrade(url)
        engine = open_engine(url)
        PolicyStore(engine).seed(a_policy(), AT_MS)
        drawn = DrawnCalls(engine)
        assert drawn.run(EACH, number) == []
        engine.dispose()
        statuses.update(drawn.statuses)
        if statuses.total() >= CALLS:
            break
    print(f"{statuses.total():,} calls: {dict(sorted(statuses.items()))}")  # noqa: T201 - the figure that was asked for
    assert statuses.total() >= CALLS
    assert max(statuses) < 500
