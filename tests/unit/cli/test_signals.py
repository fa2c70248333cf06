"""`signals …` as an operator meets it."""

from collections.abc import Mapping

import pytest

from tests.command_line import run


def test_partners_are_added_listed_and_removed(upgraded: Mapping[str, str]) -> None:
    added = run(
        "signals", "partners", "add", "shop-b", "--public-key", "ab" * 32, "--basis", "contract", settings=upgraded
    )
    assert added.status == 0, added.error
    [row] = run("signals", "partners", "list", "--json", settings=upgraded).records
    assert (row["issuer"], row["weight"], row["quota"]) == ("shop-b", 1.0, 1_000)
    assert run("signals", "partners", "remove", "shop-b", settings=upgraded).status == 0
    assert run("signals", "partners", "remove", "shop-b", settings=upgraded).status == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("shop-b", "--public-key", "ab"), "64 hex digits"),
        (("shop-b", "--public-key", "ab " * 32), "64 hex digits"),
        (("shop-b", "--public-key", "ag" * 32), "64 hex digits"),
        (("shop-b", "--basis", " "), "a legal basis"),
        (("shop-b", "--weight", "nan"), "less than or equal to 1"),
        (("shop-b", "--weight", "80"), "less than or equal to 1"),
        (("shop-b", "--quota", "0"), "greater than or equal to 1"),
        (("", "--weight", "0.8"), "1 to 64 characters"),
        (("s" * 65, "--weight", "0.8"), "1 to 64 characters"),
        (("us", "--weight", "0.8"), "not our own"),
    ],
)
def test_a_partner_that_no_signal_could_come_from_is_refused(
    changed: tuple[str, ...], said: str, upgraded: Mapping[str, str]
) -> None:
    given = {"--public-key": "ab" * 32, "--basis": "contract"} | dict(zip(changed[1::2], changed[2::2], strict=True))
    options = [word for option in given.items() for word in option]
    done = run("signals", "partners", "add", changed[0], *options, settings={**upgraded, "credit_issuer": "us"})
    assert done.status > 0
    assert said in " ".join(done.error.split())
    assert run("signals", "partners", "list", "--json", settings=upgraded).text == ""


def test_signals_are_off_and_say_how_to_switch_them_on(upgraded: Mapping[str, str]) -> None:
    done = run("signals", "issue", "c-1", "--basis", "terms", settings=upgraded)
    assert (done.status, "SENTINEL_CREDIT_ISSUER" in done.error) == (1, True)
    assert run("signals", "list", "--json", settings=upgraded).text == ""
    half = run("signals", "revoke", "s-1", settings={**upgraded, "credit_issuer": "us"})
    assert (half.status, "together" in half.error) == (2, True)
