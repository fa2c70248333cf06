"""`policy test|variables|explain` as an operator meets them."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from streams.policy.packaged import load_default
from streams.policy.variables import VARIABLES
from tests.command_line import run
from tests.unit.cli.test_policy_trials import decided

__all__ = ["decided"]
PACKAGED = str(files("streams.policy").joinpath("default.yaml"))


def test_the_packaged_policy_passes_its_own_cases() -> None:
    done = run("policy", "test", PACKAGED)
    assert (done.status, "0 failed" in done.text) == (0, True), done.text


def test_a_case_that_fails_says_what_it_gave_and_ends_with_status_one(tmp_path: Path) -> None:
    policy, cases = tmp_path / "policy.yaml", tmp_path / "policy.tests.yaml"
    policy.write_text(load_default()[1], encoding="utf-8")
    cases.write_text(
        "- {name: dear, given: {request.amount_minor: 30000}, expect: {verdict: CLEAR}}\n", encoding="utf-8"
    )
    done = run("policy", "test", str(policy))
    assert done.status == 1
    assert "FAILED  dear: REVIEW AMOUNT_LIMIT instead of CLEAR" in done.text
    [told] = run("policy", "test", str(policy), "--json").records
    assert (told["passed"], told["reasons"]) == (False, ["AMOUNT_LIMIT"])


def test_cases_that_are_not_there_or_wrong_say_so(tmp_path: Path) -> None:
    policy, cases = tmp_path / "policy.yaml", tmp_path / "policy.tests.yaml"
    policy.write_text(load_default()[1], encoding="utf-8")
    assert "there is no" in run("policy", "test", str(policy)).error
    folder = run("policy", "test", str(policy), str(tmp_path))
    assert (folder.status, "is a folder, so nothing is tested" in folder.error) == (1, True)
    cases.write_text("[]\n", encoding="utf-8")
    nothing = run("policy", "test", str(policy))
    assert (nothing.status, "nothing would be tested" in nothing.error) == (1, True)
    cases.write_text("- {name: a, given: {history.claims: 1}, expect: {verdict: CLEAR}}\n", encoding="utf-8")
    done = run("policy", "test", str(policy))
    assert (done.status, "line 1, column 21" in done.error, "did you mean" in done.error) == (1, True, True)


def test_every_variable_is_listed_with_its_words() -> None:
    rows = run("policy", "variables", "--json").records
    assert [row["name"] for row in rows] == list(VARIABLES)
    assert {row["rules"] for row in rows} >= {"all", "comparison"}
    assert all(row["zh"] and row["en"] for row in rows)


def test_definitions_of_a_policy_are_listed_and_a_rule_that_asks_one_is_explained_with_it(
    decided: Mapping[str, str], tmp_path: Path
) -> None:
    named = tmp_path / "named.yaml"
    text = load_default()[1].replace("definitions:\n", "definitions:\n  dear: request.amount_minor > 5000\n")
    text = text.replace("when: history.confirmed_forgeries > 0", "when: dear && history.claims_30d < 9")
    named.write_text(text, encoding="utf-8")
    rows = run("policy", "variables", str(named), "--json").records
    assert [row["name"] for row in rows[: len(VARIABLES)]] == list(VARIABLES)
    assert rows[len(VARIABLES)] == {
        "name": "dear", "type": "bool", "unit": "", "rules": "request", "from": "definition",
        "zh": "request.amount_minor > 5000", "en": "request.amount_minor > 5000",
    }  # fmt: skip
    words = run("policy", "explain", "rr-0", "--policy", str(named), settings=decided)
    assert "confirmed_forger fired: dear && history.claims_30d < 9" in words.text
    assert "    dear: request.amount_minor > 5000" in words.text
    assert "smallest change that flips it: request.amount_minor = 5000 instead of 8000" in words.text


def test_a_decision_is_explained_rule_by_rule(decided: Mapping[str, str], tmp_path: Path) -> None:
    strict = tmp_path / "strict.yaml"
    strict.write_text(load_default()[1].replace("single_minor: 20000", "single_minor: 5000"), encoding="utf-8")
    words = run("policy", "explain", "rr-0", "--policy", str(strict), settings=decided)
    assert "amount_above_limit fired" in words.text
    assert "smallest change that flips it: request.amount_minor = 5000 instead of 8000" in words.text
    [told] = run("policy", "explain", "rr-0", "--json", settings=decided).records
    assert {rule["rule"] for rule in told["rules"]} >= {"amount_above_limit", "frequent_claims"}
    missing = run("policy", "explain", "rr-none", settings=decided)
    assert (missing.status, "no request rr-none was decided here" in missing.error) == (1, True)
