"""A database of their own for commands."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.databases import new_sqlite


@pytest.fixture
def settings(tmp_path: Path) -> Mapping[str, str]:
    procedure = tmp_path / "procedure.yaml"
    procedure.write_text("second_review_share: 0\n")  # a lot would send one case in twenty elsewhere
    return {"database_url": f"sqlite:///{tmp_path}/sentinel.db", "procedure": str(procedure)}


@pytest.fixture
def upgraded(settings: Mapping[str, str], tmp_path: Path) -> Mapping[str, str]:
    return {**settings, "database_url": new_sqlite(tmp_path / "sentinel.db")}
