"""A policy in a file is read in one way by commands and workers: with what it includes, and errors name the file."""

from pathlib import Path

import pytest

from streams.agents.compose_decide import seed_policy
from streams.errors import PolicyError, SettingsError
from streams.judgement.policy_file import read_file

MAIN = "name: shop\ninclude: [limits.yaml]\nrules: []\naudit_share: 0\n"
LIMITS = "amount_limits:\n  CNY: {single_minor: 1, sum_30d_minor: 2}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "limits.yaml").write_text(LIMITS)
    main = tmp_path / "shop.yaml"
    main.write_text(MAIN)
    return main


def test_a_worker_starts_with_the_policy_that_a_command_would_store(file: Path) -> None:
    stored, policy = read_file(file)
    assert seed_policy(file) == stored
    assert policy.document.amount_limits["CNY"].single_minor == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"amount_limits: \xff", "limits.yaml: line 1, column 16: this is not UTF-8"),
        (b"name: other", "shop.yaml, line 1, column 1: 'name' is given at limits.yaml"),
    ],
)
def test_what_is_wrong_with_an_included_file_is_said_with_its_name(file: Path, content: bytes, why: str) -> None:
    (file.parent / "limits.yaml").write_bytes(content)
    for reading in (read_file, seed_policy):
        with pytest.raises(PolicyError, match=r"shop.yaml: ") as refused:
            reading(file)
        assert why in str(refused.value)


def test_a_file_that_is_missing_is_a_wrong_setting_of_a_worker(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"SENTINEL_POLICY: .*none.yaml cannot be read"):
        seed_policy(tmp_path / "none.yaml")
