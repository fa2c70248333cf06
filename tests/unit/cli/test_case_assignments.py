"""`case next|heartbeat|hold|hand-over|skip|draft|reviewer|exclude` on a database of its own."""

from collections.abc import Mapping

import pytest

from tests.command_line import run
from tests.unit.cli.decided import decided

SAID = ("--note", "as it was")
LIN = ("--by", "lin.wei")


def waiting(settings: Mapping[str, str], name: str = "rr-1") -> None:
    decided(settings, name)
    run("case", "statement", name, "--by", "m-1", *SAID, settings=settings)


def test_the_next_case_is_taken_written_on_parked_and_decided(upgraded: Mapping[str, str]) -> None:
    waiting(upgraded)

    [mine] = run("case", "next", *LIN, "--json", settings=upgraded).records
    assert mine["case"]["state"] == "ASSIGNED"
    assert mine["case"]["assignee"] == mine["assignment"]["reviewer"] == "local:lin.wei"
    assert mine["heartbeat_s"] == 30
    again = run("case", "next", *LIN, settings=upgraded)
    assert "is yours until" in again.text
    assert run("case", "draft", "rr-1", *LIN, "--text", "painted", settings=upgraded).status == 0
    assert run("case", "draft", "rr-1", *LIN, settings=upgraded).text.strip() == "painted"
    assignment = mine["assignment"]["assignment_id"]
    assert "is parked until" in run("case", "hold", assignment, *LIN, "--for", "2h", *SAID, settings=upgraded).text
    long = run("case", "hold", assignment, *LIN, "--for", "25h", *SAID, settings=upgraded)
    assert (long.status, "at most 24 hours" in long.error) == (1, True)
    assert "is yours until" in run("case", "heartbeat", "rr-1", *LIN, settings=upgraded).text
    other = run("case", "verdict", "rr-1", "GRANT", "--rule", "R-1", "--by", "chen", *SAID, settings=upgraded)
    assert (other.status, "somebody else's hands" in other.error) == (1, True)
    done = run("case", "verdict", "rr-1", "GRANT", "--rule", "R-1", *LIN, *SAID, "--json", settings=upgraded)
    assert (done.records[0]["verdict"], done.records[0]["assignee"]) == ("GRANT", None)
    late = run("case", "heartbeat", "rr-1", *LIN, settings=upgraded)
    assert (late.status, "in nobody's hands" in late.error) == (1, True)


def test_who_has_nothing_to_do_is_told_so(upgraded: Mapping[str, str]) -> None:
    assert run("case", "next", *LIN, settings=upgraded).text.strip() == "no case waits for you"
    nothing = run("case", "next", *LIN, "--wait", "1", "--json", settings=upgraded)
    assert (nothing.status, nothing.records) == (0, [])


def test_a_case_is_handed_over_or_given_back(upgraded: Mapping[str, str]) -> None:
    waiting(upgraded)
    run("case", "next", *LIN, settings=upgraded)

    refused = run("case", "hand-over", "rr-1", *LIN, "--to", "chen.yu", *SAID, settings=upgraded)
    assert (refused.status, "nobody called local:chen.yu reviews here" in refused.error) == (1, True)
    run("case", "reviewer", "chen.yu", "--by", "ma.li", settings=upgraded)
    given = run("case", "hand-over", "rr-1", *LIN, "--to", "chen.yu", *SAID, settings=upgraded)
    assert "waits for local:chen.yu until" in given.text
    [theirs] = run("case", "next", "--by", "chen.yu", "--json", settings=upgraded).records
    assert theirs["assignment"]["note"] == "as it was"
    skipped = run("case", "skip", "rr-1", "--by", "chen.yu", *SAID, "--conflict", "--json", settings=upgraded)
    assert skipped.records[0]["state"] == "READY"
    assert run("case", "next", "--by", "chen.yu", "--json", settings=upgraded).records == []
    trail = run("case", "show", "rr-1", "--unmasked", "--json", settings=upgraded).records[0]["audit"]
    assert [entry["action"] for entry in trail][-4:] == ["STATEMENT_MADE", "ASSIGNED", "HANDED_OVER", "SKIPPED"]
    assert trail[-1]["actor"] == "local:chen.yu"


def test_what_reviewers_know_and_what_concerns_them_is_kept(upgraded: Mapping[str, str]) -> None:
    waiting(upgraded)
    senior = ("--by", "ma.li")

    known = run("case", "reviewer", "lin.wei", "--category", "fruit", *senior, "--json", settings=upgraded)
    assert known.records[0]["categories"] == ["fruit"]
    assert run("case", "next", *LIN, "--json", settings=upgraded).records == []
    excluded = run("case", "exclude", "chen.yu", "buyer", "b-1", *senior, *SAID, "--json", settings=upgraded)
    assert excluded.records[0]["reviewer"] == "local:chen.yu"


def test_a_category_that_is_nearly_one_that_cases_have_is_asked_about(upgraded: Mapping[str, str]) -> None:
    waiting(upgraded)
    [case] = run("case", "show", "rr-1", "--json", settings=upgraded).records
    near, other = (
        run("case", "reviewer", "lin.wei", "--category", one, "--by", "ma.li", settings=upgraded)
        for one in (case["category"][:-1], "zzz-9")
    )
    assert (near.status, f"did you mean '{case['category']}'?" in near.error) == (0, True), near.error
    assert (other.status, other.error) == (0, "")


def test_a_conflict_on_a_request_is_one_on_its_case(upgraded: Mapping[str, str]) -> None:
    waiting(upgraded)
    named = run("case", "exclude", "lin.wei", "case", "rr-1", "--by", "ma.li", *SAID, settings=upgraded)
    assert (named.status, "is given nothing of case c-" in named.text) == (0, True), named.error
    assert "nobody called local:lin.wei has reviewed here yet" in named.error
    assert run("case", "next", *LIN, "--json", settings=upgraded).records == []


@pytest.mark.parametrize(
    ("scope", "subject", "status", "said"),
    [
        ("case", "rr-77", 1, "there is no case rr-77"),
        ("skipped", "rr-1", 2, "'skipped' is not one of 'case', 'merchant', 'buyer'"),
        ("merchant", "m-77", 0, "nothing was ever decided of merchant m-77: it counts once something is"),
    ],
)
def test_a_conflict_with_what_is_not_there_is_said(
    scope: str, subject: str, status: int, said: str, upgraded: Mapping[str, str]
) -> None:
    waiting(upgraded)
    done = run("case", "exclude", "lin.wei", scope, subject, "--by", "ma.li", *SAID, settings=upgraded)
    assert (done.status, said in done.error) == (status, True), done.error


def test_the_quality_of_review_is_shown(upgraded: Mapping[str, str]) -> None:
    waiting(upgraded)
    run("case", "next", *LIN, settings=upgraded)
    run("case", "verdict", "rr-1", "GRANT", "--rule", "R-1", *LIN, *SAID, settings=upgraded)

    [found] = run("case", "quality", "--json", settings=upgraded).records
    assert found["handling"]["of"] == 1
    shown = run("case", "quality", "--days", "7", settings=upgraded)
    assert (shown.status, "handling" in shown.text) == (0, True)


def test_whose_claim_it_is_is_shown_only_for_a_reason_that_stays_on_record(upgraded: Mapping[str, str]) -> None:
    waiting(upgraded)

    [mine] = run("case", "next", *LIN, "--json", settings=upgraded).records
    assert (mine["case"]["buyer_id"], mine["case"]["person"]) == ("(hidden)", "(hidden)")
    page = run("case", "next", *LIN, settings=upgraded).text
    shown = run("case", "buyer", "rr-1", *LIN, "--note", "asked by the platform", "--json", settings=upgraded)
    buyer = shown.records[0]["buyer_id"]
    assert buyer != "(hidden)"
    assert "(hidden)" in page
    other = run("case", "buyer", "rr-1", "--by", "chen.yu", *SAID, settings=upgraded)
    assert (other.status, buyer in other.text + other.error) == (1, False)
    trail = run("case", "show", "rr-1", "--unmasked", "--json", settings=upgraded).records[0]["audit"]
    assert [(entry["actor"], entry["action"]) for entry in trail][-1] == ("local:lin.wei", "BUYER_SHOWN")


def test_a_key_says_who_works_and_for_whom_it_acts(upgraded: Mapping[str, str]) -> None:
    waiting(upgraded)
    made = run("api-key", "create", "--name", "desk", "--scope", "reviewer", "--json", settings=upgraded).records[0]
    with_key = {**upgraded, "api_key": made["key"]}

    run("api-key", "create", "--name", "desk2", "--scope", "reviewer", settings=upgraded)

    [mine] = run("case", "next", "--json", settings=with_key).records
    [of_lin] = run("case", "hand-over", "rr-1", *SAID, "--to", "key:desk2", "--json", settings=with_key).records
    person = run("case", "next", *LIN, "--json", settings=with_key)

    assert mine["assignment"]["reviewer"] == "key:desk"
    assert of_lin["reviewer"] == "key:desk2"
    assert person.status == 0
    trail = run("case", "show", "rr-1", "--unmasked", "--json", settings=upgraded).records[0]["audit"]
    assert trail[-1]["actor"] == "key:desk"


def test_a_key_says_who_may_decide_a_case_that_is_in_nobodys_hands(upgraded: Mapping[str, str]) -> None:
    waiting(upgraded)
    reviewer, shop, senior = (
        {
            **upgraded,
            "api_key": run("api-key", "create", "--name", name, "--scope", scope, "--json", settings=upgraded).records[
                0
            ]["key"],
        }
        for name, scope in (("desk", "reviewer"), ("shop", "merchant:m-1"), ("chief", "senior"))
    )
    verdict = ("case", "verdict", "rr-1", "GRANT", "--rule", "R-1", *SAID)

    for settings, more, said in (
        (reviewer, (), "the system hands cases out"),
        (reviewer, ("--senior",), "has not the scope senior"),
        (shop, (), "has not the scope reviewer"),
    ):
        done = run(*verdict, *more, settings=settings)
        assert (done.status, said in done.error) == (1, True), done.error
    assert run("case", "confirm-forgery", "rr-1", *SAID, settings=reviewer).status == 1
    assert run(*verdict, settings=senior).status == 0


def test_a_key_that_opens_nothing_lets_nobody_work(upgraded: Mapping[str, str]) -> None:
    waiting(upgraded)
    done = run("case", "next", *LIN, settings={**upgraded, "api_key": "rs_none_" + "x" * 40})
    assert (done.status, "SENTINEL_API_KEY" in done.error) == (1, True)


@pytest.mark.parametrize("name", ["system", "local:root", "\u202elin", "a\x07b"])
def test_nobody_acts_under_a_name_of_the_systems_or_one_that_does_not_show(
    upgraded: Mapping[str, str], name: str
) -> None:
    waiting(upgraded)
    made = run("api-key", "create", "--name", "desk", "--scope", "reviewer", "--json", settings=upgraded).records[0]

    done = run("case", "next", "--by", name, settings={**upgraded, "api_key": made["key"]})

    assert (done.status, "--by" in done.error) == (2, True)


def test_without_a_key_a_name_has_to_be_given(upgraded: Mapping[str, str]) -> None:
    done = run("case", "next", settings=upgraded)
    assert (done.status, "--by" in done.error) == (2, True)
