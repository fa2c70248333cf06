"""`db` and `policy` on a database of their own."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from streams.policy.document import digest_of
from streams.policy.packaged import load_default
from tests.command_line import Ran, run

POLICY = load_default()[1]


def test_an_upgrade_says_what_it_applied_and_a_second_one_nothing(settings: Mapping[str, str]) -> None:
    first = run("db", "upgrade", "--json", settings=settings)
    assert first.status == 0
    assert [set(record) for record in first.records] == [{"applied"}] * len(first.records)
    assert first.records
    assert run("db", "upgrade", "--json", settings=settings) == Ran(0, b"", "")
    assert run("db", "upgrade", settings=settings).text == "the database is up to date\n"


@pytest.mark.parametrize("arguments", [["case", "list"], ["case", "show", "c"], ["policy", "show"]])
def test_a_database_without_tables_says_which_command_helps(arguments: list[str], settings: Mapping[str, str]) -> None:
    done = run(*arguments, settings=settings)
    assert done == Ran(1, b"", "refund-sentinel: the database has no tables yet: run: refund-sentinel db upgrade\n")


def test_a_sound_policy_is_said_to_be_sound(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY, encoding="utf-8")
    done = run("policy", "check", str(file), "--json")
    assert done.status == 0
    assert done.records[0]["sha256"] == digest_of(POLICY)


def test_an_unsound_policy_is_one_line_that_names_file_rule_and_line(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY.replace("comparison.same_bytes", "comparison.no_such_reading"), encoding="utf-8")
    done = run("policy", "check", str(file))
    assert (done.status, done.error.count("\n")) == (1, 1)
    assert done.error.startswith(f"refund-sentinel: {file}: rule '")
    assert "(line " in done.error
    assert "no_such_reading" in done.error


def test_an_unsound_policy_cannot_be_activated(tmp_path: Path, upgraded: Mapping[str, str]) -> None:
    file = tmp_path / "policy.yaml"
    file.write_bytes(b"\xff")
    done = run("policy", "activate", str(file), "--by", "lin.wei", settings=upgraded)
    what = "line 1, column 1: this is not UTF-8: save the file in that encoding"
    assert (done.status, done.error) == (1, f"refund-sentinel: {file}: {what}\n")


def test_what_is_activated_is_what_is_shown(tmp_path: Path, upgraded: Mapping[str, str]) -> None:
    text = f"# 我们的规则\n{POLICY}"
    file = tmp_path / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    for option in ("--by", "--who"):
        done = run("policy", "activate", str(file), option, "lin.wei", "--json", settings=upgraded)
        assert done.records == [
            {"name": "default", "sha256": digest_of(text), "activated_by": "lin.wei", "warnings": []}
        ]
    assert run("policy", "show", settings=upgraded).text == text
    published = run("policy", "criteria", settings=upgraded).text
    assert published.startswith(run("policy", "criteria", str(file)).text.rstrip("\n"))
    assert "In force from 20" in published


def test_without_an_active_policy_show_says_what_to_do(upgraded: Mapping[str, str]) -> None:
    done = run("policy", "show", settings=upgraded)
    assert (done.status, done.error) == (
        1,
        "refund-sentinel: no policy is active: run: refund-sentinel policy activate FILE\n",
    )


def test_who_activates_has_a_name(tmp_path: Path, upgraded: Mapping[str, str]) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY, encoding="utf-8")
    assert run("policy", "activate", str(file), settings=upgraded).status == 2
    nameless = run("policy", "activate", str(file), "--by", " ", settings=upgraded)
    assert (nameless.status, "--by" in nameless.error) == (2, True)
