"""`case statement|object|appeal|withdraw|verdict` on a database of its own."""

from collections.abc import Mapping

import pytest

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
    assert (late.status, "too late, and it is over" in late.error) == (1, True)


def test_an_objection_to_what_has_a_case_is_put_on_it(upgraded: Mapping[str, str]) -> None:
    decided(upgraded, "rr-1")

    done = run("case", "object", "rr-1", "--by", "m-1", "--photo", "c1", *SAID, settings=upgraded)

    assert (done.status, "is READY" in done.text) == (0, True)
    unknown = run("case", "object", "rr-2", "--by", "m-1", *SAID, settings=upgraded)
    assert (unknown.status, "there is no case rr-2" in unknown.error) == (1, True)


def test_a_reviewer_asks_for_more_the_buyer_sends_it_and_the_page_says_both(upgraded: Mapping[str, str]) -> None:
    decided(upgraded, "rr-1")
    more = ("case", "verdict", "rr-1", "more_evidence", "--rule", "R-1", "--by", "lin", "--heard", *SAID)

    asked = run(*more, "--ask", "angle=the bottom", "--ask", "PAPER_CODE", "--json", settings=upgraded)

    assert (asked.records[0]["state"], asked.records[0]["verdict"]) == ("AWAITING_BUYER_EVIDENCE", None)
    [_, [kind, code]] = asked.records[0]["asked"]
    assert (kind, len(code)) == ("PAPER_CODE", 6)
    sent = run(
        *("case", "evidence", "rr-1", "--by", "rr-1", "--photo", "f1.jpg", "--video", "f2.mp4", *SAID),
        settings=upgraded,
    )
    assert "follow-up 1 is taken" in sent.text
    assert "AWAITING_MERCHANT" in sent.text
    page = run("case", "show", "rr-1", settings=upgraded).text
    for said in ("the bottom", code, "f1.2 (video: f2.mp4)", "尚未查看", "后续提交的材料"):
        assert said in page
    [shown] = run("case", "show", "rr-1", "--json", settings=upgraded).records
    assert [one["media"][0]["media_id"] for one in shown["follow_ups"]] == ["f1.1"]


def test_what_is_asked_for_and_filled_in_has_to_be_known(upgraded: Mapping[str, str]) -> None:
    decided(upgraded, "rr-1")
    more = ("case", "verdict", "rr-1", "MORE_EVIDENCE", "--rule", "R-1", "--by", "lin", "--heard", *SAID)

    unknown = run(*more, "--ask", "SMELL", settings=upgraded)
    assert (unknown.status, "SMELL is no kind of evidence" in unknown.error) == (2, True)
    nothing = run(*more, settings=upgraded)
    assert (nothing.status, "asks the buyer for something" in nothing.error) == (1, True)
    field = run(*more, "--ask", "ANGLE", "--field", "damage", settings=upgraded)
    assert (field.status, "NAME=VALUE" in field.error) == (2, True)


def test_a_human_look_is_demanded_of_a_case_and_of_what_is_not_decided_yet(upgraded: Mapping[str, str]) -> None:
    decided(upgraded, "rr-1")

    for _ in range(2):
        noted = run("case", "human-review", "rr-1", "--by", "rr-1", *SAID, "--json", settings=upgraded)
        assert "HUMAN_REVIEW_ASKED" in noted.records[0]["reason_codes"]
        assert noted.records[0]["version"] == 2
    early = run("case", "human-review", "rr-2", "--by", "b-2", *SAID, settings=upgraded)
    assert (early.status, "goes to a person" in early.text) == (0, True)


def test_the_reasons_for_a_verdict_are_stated_to_whoever_asks(upgraded: Mapping[str, str]) -> None:
    decided(upgraded, "rr-1")
    run("case", "verdict", "rr-1", "REFUSE", "--rule", "R-1", "--by", "lin", "--heard", *SAID, settings=upgraded)

    [told] = run("case", "statement-of-reasons", "rr-1", "--for", "buyer", "--json", settings=upgraded).records
    page = run("case", "statement-of-reasons", "rr-1", settings=upgraded).text

    assert [part["name"] for part in told["paragraphs"]] == ["verdict", "facts", "rule", "automation", "appeal"]
    assert told["verdict"] == "REFUSE"
    assert "申诉" in told["text"]["zh"]
    assert "as it was" not in str(told)
    assert "as it was" in page
    [shown] = run("case", "show", "rr-1", "--json", settings=upgraded).records
    [listed] = run("case", "list", "--json", settings=upgraded).records
    fixed = ("case_id", "request_id", "state", "version", "due_at_ms", "waits_for", "score", "reasons", "assignee")
    for record in (shown, listed):
        assert {*fixed, "verdict", "cluster_id"} <= set(record)
        assert (record["waits_for"], record["verdict"], record["state"]) == ("appeal", "REFUSE", "DECIDED")


@pytest.mark.parametrize(
    "command",
    [
        ("statement", "rr-1", *SAID),
        ("appeal", "rr-1", *SAID),
        ("verdict", "rr-1", "GRANT", "--rule", "R-1", *SAID),
        ("next",),
        ("withdraw", "rr-1", *SAID),
    ],
)
def test_whoever_gives_no_name_is_told_so_and_both_ways_to_give_one(
    upgraded: Mapping[str, str], command: tuple[str, ...]
) -> None:
    for nameless in ((), ("--by", ""), ("--by", " ")):
        refused = run("case", *command, *nameless, settings=upgraded)
        assert refused.status == 2
        assert "no name is given: say --by NAME or set SENTINEL_API_KEY" in " ".join(refused.error.split())
