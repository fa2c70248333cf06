"""`signals …` as an operator meets it."""

from collections.abc import Mapping

from tests.command_line import run


def test_partners_are_added_listed_and_removed(upgraded: Mapping[str, str]) -> None:
    added = run(
        "signals", "partners", "add", "shop-b", "--public-key", "ab" * 32, "--basis", "contract", settings=upgraded
    )
    assert added.status == 0, added.error
    [row] = run("signals", "partners", "list", "--json", settings=upgraded).records
    assert (row["issuer"], row["weight"], row["quota"]) == ("shop-b", 1.0, 1_000)
    wrong = run("signals", "partners", "add", "shop-c", "--public-key", "ab", "--basis", "contract", settings=upgraded)
    assert (wrong.status, "64 hex digits" in wrong.error) == (1, True)
    assert run("signals", "partners", "remove", "shop-b", settings=upgraded).status == 0
    assert run("signals", "partners", "remove", "shop-b", settings=upgraded).status == 1


def test_signals_are_off_and_say_how_to_switch_them_on(upgraded: Mapping[str, str]) -> None:
    done = run("signals", "issue", "c-1", "--basis", "terms", settings=upgraded)
    assert (done.status, "SENTINEL_CREDIT_ISSUER" in done.error) == (1, True)
    assert run("signals", "list", "--json", settings=upgraded).text == ""
    half = run("signals", "revoke", "s-1", settings={**upgraded, "credit_issuer": "us"})
    assert (half.status, "together" in half.error) == (2, True)
