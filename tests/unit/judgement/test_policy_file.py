"""A policy in a file is read in one way by commands and workers: with what it includes, and errors name the file."""

import os
from pathlib import Path

import pytest

from streams.errors import PolicyError, SettingsError
from streams.judgement.policy_file import read_file, seed_policy, text_of

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


def test_an_included_file_without_an_end_or_outside_the_folder_is_never_read(file: Path, tmp_path: Path) -> None:
    limits = file.parent / "limits.yaml"
    limits.unlink()
    os.mkfifo(limits)
    with pytest.raises(PolicyError, match=r"limits.yaml cannot be read \(it is no file, and may have no end"):
        read_file(file)
    for outside in (Path("/dev/zero"), tmp_path.parent / "limits-of-others.yaml"):
        limits.unlink()
        limits.symlink_to(outside)
        with pytest.raises(PolicyError, match="a link that leads outside the policy's own folder"):
            read_file(file)


def test_an_included_file_may_be_a_link_within_the_folder_as_a_config_map_has_it(file: Path) -> None:
    (file.parent / "..data").mkdir()
    (file.parent / "limits.yaml").rename(file.parent / "..data" / "limits.yaml")
    (file.parent / "limits.yaml").symlink_to(Path("..data") / "limits.yaml")
    assert read_file(file)[1].document.amount_limits["CNY"].single_minor == 1


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_a_policy_is_the_same_however_its_lines_end(file: Path, ends: str) -> None:
    stored, _ = read_file(file)
    for one in (file, file.parent / "limits.yaml"):
        one.write_bytes(one.read_bytes().replace(b"\n", ends.encode()))
    assert read_file(file)[0] == stored


def test_of_a_file_that_never_ends_no_more_is_read_than_a_policy_may_have() -> None:
    with pytest.raises(PolicyError, match="/dev/zero: it has more than the 1,048,576 bytes"):
        text_of(Path("/dev/zero"))


def test_an_included_file_that_is_absent_is_named_as_it_was_probably_meant(file: Path) -> None:
    file.write_text(MAIN.replace("limits.yaml", "limit.yaml"))
    with pytest.raises(
        PolicyError, match=r"line 2, column 11: limit.yaml cannot be read \(no such file: did you mean '"
    ):
        read_file(file)
    (file.parent / "rules").mkdir()
    (file.parent / "rules" / "toys.yaml").write_text(LIMITS)
    file.write_text(MAIN.replace("limits.yaml", "rule/toys.yaml"))
    with pytest.raises(PolicyError, match=r"no such file: did you mean 'rules/toys.yaml'"):
        read_file(file)
    file.write_text(MAIN.replace("limits.yaml", "xyz"))
    with pytest.raises(PolicyError, match=r"xyz cannot be read \(no such file\)"):
        read_file(file)
