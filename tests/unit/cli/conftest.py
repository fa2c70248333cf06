"""A database of their own for commands."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.command_line import run


@pytest.fixture
def settings(tmp_path: Path) -> Mapping[str, str]:
    return {"database_url": f"sqlite:///{tmp_path}/sentinel.db"}


@pytest.fixture
def upgraded(settings: Mapping[str, str]) -> Mapping[str, str]:
    assert run("db", "upgrade", settings=settings).status == 0
    return settings
