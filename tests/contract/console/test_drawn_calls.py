"""The API keeps its own description, whatever is sent. `make faults` sends 10,000 calls."""

import pytest
from sqlalchemy import Engine

from streams.adapters.sql.policies import PolicyStore
from tests.builders import AT_MS
from tests.contract.console.drawn_calls import drawn_calls
from tests.contract.judging import a_policy

EACH = 4


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_drawn_calls_neither_fail_nor_break_the_description(engine: Engine) -> None:
    PolicyStore(engine).seed(a_policy(), AT_MS)

    [asked] = drawn_calls([engine], EACH)

    assert asked.faults == []
    assert len(asked.statuses) > 50
    assert {200, 404, 422} <= set(asked.statuses)
