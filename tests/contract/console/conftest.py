"""A console on each database, and a case in it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from streams.clock import now_ms
from tests.contract.console.door import Door
from tests.contract.judging import some_evidence, suspecting
from tests.contract.sql import Database


@pytest.fixture
def door(engine: Engine) -> Door:
    return Door(engine)


@pytest.fixture
def open_case(database: Database) -> Callable[..., str]:
    """Opens the case of a request that is suspected now."""

    def open_one(request_id: str = "rr-1", **changes: Any) -> str:
        evidence = some_evidence(request_id, **changes)
        [decision] = database.decide(suspecting(request_id), evidence, now_ms=now_ms())
        return str(decision.case_id)

    return open_one


@pytest.fixture
def case(open_case: Callable[..., str]) -> str:
    return open_case()


@pytest.fixture
def cleared(database: Database) -> str:
    """A request that a machine cleared."""
    database.decide(suspecting(), some_evidence("rr-clear"), now_ms=now_ms())
    return "rr-clear"
