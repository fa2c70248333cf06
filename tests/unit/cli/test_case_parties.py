"""`case statement|object|appeal|withdraw|verdict` on a database of its own."""

from collections.abc import Mapping

from tests.command_line import run
from tests.unit.cli.decided import decided

SAID = ("--note", "as it was")


def test_a_case_is_heard_decided_appealed_and_decided_again(upgraded: Mapping[str, str]) -> None:
    decided(upgraded, "rr-1")

    heard = run("case", "statement", "rr-1", "--by", "m-1", *SAID, "--json", settings=upgraded)
    assert heard.records[0]["state"] == "READY"
    refused = run("case", "verdict", "rr-1", "refuse", "--rule", "R-1", "--by", "lin", *SAID, settings=upgraded)
    assert "is DECIDED, until " in refused.text
    assert "APPEALED" in run("case", "appeal", "rr-1", "--by", "b-1", *SAID, settings=upgraded).text
    again = ("case", "verdict", "rr-1", "GRANT", "--rule", "R-2", *SAID)
    same = run(*again, "--by", "lin", settings=upgraded)
    assert (same.status, "somebody else has to decide it" in same.error) == (1, True)
    other = run(*again, "--by", "chen", "--json", settings=upgraded)
    assert (other.status, other.records[0]["verdict"]) == (0, "GRANT")


def test_a_case_that_waits_is_not_decided_before_somebody_was_heard(upgraded: Mapping[str, str]) -> None:
    decided(upgraded, "rr-1")

    early = run("case", "verdict", "rr-1", "GRANT", "--rule", "R-1", "--by", "lin", *SAID, settings=upgraded)

    assert (early.status, "has not been heard" in early.error) == (1, True)


def test_a_request_is_withdrawn(upgraded: Mapping[str, str]) -> None:
    decided(upgraded, "rr-1")

    assert "is CLOSED" in run("case", "withdraw", "rr-1", "--by", "platform", *SAID, settings=upgraded).text
    late = run("case", "statement", "rr-1", "--by", "m-1", *SAID, settings=upgraded)
    assert (late.status, "appeal instead" in late.error) == (1, True)


def test_an_objection_to_what_has_a_case_is_put_on_it(upgraded: Mapping[str, str]) -> None:
    decided(upgraded, "rr-1")

    done = run("case", "object", "rr-1", "--by", "m-1", "--photo", "c1", *SAID, settings=upgraded)

    assert (done.status, "is READY" in done.text) == (0, True)
    unknown = run("case", "object", "rr-2", "--by", "m-1", *SAID, settings=upgraded)
    assert (unknown.status, "there is no case rr-2" in unknown.error) == (1, True)
