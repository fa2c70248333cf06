"""`policy propose|activate|history|diff|rollback|hold` as an operator meets them."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.command_line import run

POLICY = "name: {name}\nrules: []\namount_limits: {{}}\naudit_share: 0\n"


def a_file(folder: Path, name: str) -> str:
    file = folder / f"{name}.yaml"
    file.write_text(POLICY.format(name=name), encoding="utf-8")
    return str(file)


def test_a_policy_is_proposed_by_one_activated_by_another_and_rolled_back(
    tmp_path: Path, upgraded: Mapping[str, str]
) -> None:
    first, second = a_file(tmp_path, "first"), a_file(tmp_path, "second")
    run("policy", "activate", first, "--by", "lin.wei", settings=upgraded)
    [draft] = run("policy", "propose", second, "--by", "lin.wei", "--json", settings=upgraded).records
    digits = draft["sha256"][:12]

    refused = run("policy", "activate", digits, "--by", "lin.wei", settings=upgraded)
    assert (refused.status, "another person" in refused.error) == (1, True)
    assert "-name: first\n+name: second\n" in run("policy", "diff", digits, settings=upgraded).text
    activated = run("policy", "activate", digits, "--by", "chen.hao", settings=upgraded)
    assert (activated.status, "from the next batch on" in activated.text) == (0, True)
    assert run("policy", "show", digits, settings=upgraded).text == POLICY.format(name="second")

    back = run("policy", "rollback", "--by", "lin.wei", "--reason", "too strict", "--json", settings=upgraded)
    assert back.records[0]["name"] == "first"
    held = run("policy", "hold", "--by", "lin.wei", "--reason", "photos are not read", settings=upgraded)
    assert "every request goes to review" in held.text
    told = run("policy", "history", "--json", settings=upgraded).records
    assert [(one["act"], one["name"], one["by"]) for one in told] == [
        ("hold", "first", "lin.wei"),
        ("rollback", "first", "lin.wei"),
        ("activate", "second", "chen.hao"),
        ("activate", "first", "lin.wei"),
    ]


def test_a_later_time_is_said_and_a_time_that_is_none_is_a_usage_error(
    tmp_path: Path, upgraded: Mapping[str, str]
) -> None:
    first = a_file(tmp_path, "first")
    done = run("policy", "activate", first, "--by", "a", "--effective-from", "2096-01-01", settings=upgraded)
    assert "from 2096-01-01 00:00:00 UTC" in done.text
    wrong = run("policy", "activate", first, "--by", "a", "--effective-from", "soon", settings=upgraded)
    assert (wrong.status, "--effective-from" in wrong.error) == (2, True)


def test_with_four_eyes_a_file_needs_a_second_person(tmp_path: Path, upgraded: Mapping[str, str]) -> None:
    strict = {**upgraded, "policy_four_eyes": "true"}
    done = run("policy", "activate", a_file(tmp_path, "first"), "--by", "lin.wei", settings=strict)
    assert (done.status, "policy propose" in done.error) == (1, True)


@pytest.mark.parametrize(
    "other", ["lin.wei\u200b", "lin\u00ad.wei", "lin.wei\nchen", "\u202elin.wei", "system", "key:lin.wei"]
)
def test_nobody_becomes_a_second_person_by_signs_that_do_not_show_or_by_the_systems_own_names(
    tmp_path: Path, upgraded: Mapping[str, str], other: str
) -> None:
    file = a_file(tmp_path, "second")
    [draft] = run("policy", "propose", file, "--by", "lin.wei", "--json", settings=upgraded).records

    for act in (("activate", draft["sha256"]), ("activate", file), ("rollback",), ("hold",), ("propose", file)):
        refused = run("policy", *act, "--by", other, settings=upgraded)
        assert (refused.status, "Invalid value for --by" in refused.error) == (2, True), act

    assert [one["act"] for one in run("policy", "history", "--json", settings=upgraded).records] in ([], ["seed"])


def test_what_is_of_no_use_in_a_policy_is_told_when_it_is_checked_proposed_and_activated(
    tmp_path: Path, upgraded: Mapping[str, str]
) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(POLICY.format(name="shop") + "not_eligible: [{categories: [toys], until: '2026-01-01'}]\n")
    said = f"warning: {file}: line 5, column 37: this entry of not_eligible holds no longer since 2026-01-01"
    for command in (("check", str(file)), ("propose", str(file), "--by", "a"), ("activate", str(file), "--by", "b")):
        done = run("policy", *command, settings=upgraded)
        assert (done.status, said in done.error.replace("\n", " ")) == (0, True), done.error
    for command in (("check", str(file)), ("propose", str(file), "--by", "a"), ("activate", str(file), "--by", "b")):
        [told] = run("policy", *command, "--json", settings=upgraded).records
        assert told["warnings"][0].startswith("line 5, column 37")

    file.write_text(POLICY.format(name="shop") + "not_eligible: [{from: '2026-02-01', until: '2026-01-01'}]\n")
    refused = run("policy", "check", str(file))
    assert (refused.status, f"{file}: line 5, column 37: " in refused.error) == (1, True)
