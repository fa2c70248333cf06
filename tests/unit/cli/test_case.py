"""`case` on a database of its own."""

from collections.abc import Mapping

import pytest

from tests.command_line import run
from tests.unit.cli.decided import WHY, decided


def test_cases_are_listed_newest_first_up_to_a_limit(upgraded: Mapping[str, str]) -> None:
    decided(upgraded, *(f"rr-{number}" for number in range(60)))
    listed = run("case", "list", "--json", settings=upgraded)
    assert [case["request_id"] for case in listed.records][:3] == ["rr-59", "rr-58", "rr-57"]
    assert len(listed.records) == 50
    assert len(run("case", "list", "--json", "--limit", "0", settings=upgraded).records) == 60
    assert len(run("case", "list", "--json", "--limit", "7", settings=upgraded).records) == 7


def test_cases_are_listed_by_state(upgraded: Mapping[str, str]) -> None:
    decided(upgraded, "rr-1")
    assert [
        run("case", "list", "--json", "--state", state, settings=upgraded).text.count("\n")
        for state in ("awaiting_merchant", "CLOSED")
    ] == [1, 0]


def test_a_case_is_shown_with_its_reasons_in_both_languages_its_readings_and_its_trail(
    upgraded: Mapping[str, str],
) -> None:
    (decision,) = decided(upgraded, "rr-1")
    assert decision.case_id is not None
    done = run("case", "show", decision.case_id, settings={**upgraded, "evidence_url": "file:///kept"})
    assert done.status == 0
    for reason in decision.reasons:
        assert reason.text.zh in done.text
        assert reason.text.en in done.text
    for said in (
        decision.case_id,
        "AWAITING_MERCHANT",
        "129.00 CNY",
        "等待商家陈述",
        "m-1",
        "照片或视频",
        f"图片已损坏或不完整 / {WHY}",
        "file:///kept",
        "完整 unbroken",
        "CASE_OPENED",
    ):
        assert said in done.text


def test_a_case_as_a_record_holds_the_decision_that_was_sent(upgraded: Mapping[str, str]) -> None:
    (decision,) = decided(upgraded, "rr-1")
    assert decision.case_id is not None
    (found,) = run("case", "show", decision.case_id, "--json", settings=upgraded).records
    assert found["decision"]["decision_id"] == decision.decision_id
    assert found["case"]["request_id"] == "rr-1"
    assert [entry["action"] for entry in found["audit"]] == ["CASE_OPENED"]
    assert found["photo_matches"] == []


def test_a_case_that_is_not_there_is_one_line(upgraded: Mapping[str, str]) -> None:
    done = run("case", "show", "c-0", settings=upgraded)
    assert (done.status, done.error) == (
        1,
        "refund-sentinel: there is no case c-0: refund-sentinel case list shows them\n",
    )


def test_a_forgery_is_confirmed_listed_with_its_cluster_and_revoked(upgraded: Mapping[str, str]) -> None:
    [decision] = decided(upgraded, "rr-1")
    case_id = str(decision.case_id)

    early = run("case", "confirm-forgery", case_id, "--by", "lin.wei", "--note", "painted", settings=upgraded)
    assert (early.status, "wait, or say --heard" in early.error) == (1, True)
    done = run(
        "case",
        "confirm-forgery",
        case_id,
        "--by",
        "lin.wei",
        "--note",
        "painted",
        "--heard",
        "--json",
        settings=upgraded,
    )
    [confirmed] = done.records
    assert (done.status, confirmed["case"]["verdict"], confirmed["opened"]) == (0, "FORGERY_CONFIRMED", [])
    [member] = run("case", "cluster", case_id, "--json", settings=upgraded).records
    assert (member["cluster_id"], member["verdict"], member["case_verdict"]) == ("rr-1", "REVIEW", "FORGERY_CONFIRMED")
    assert "1 requests (0 decisions CLEAR), 1 cases" in run("case", "cluster", case_id, settings=upgraded).text
    assert run("case", "list", "--json", settings=upgraded).records[0]["cluster_id"] == "rr-1"

    revoked = run("case", "revoke-forgery", case_id, "--by", "chen.yu", "--note", "real", settings=upgraded)
    assert (revoked.status, f"{case_id} is no longer a confirmed forgery: it is APPEALED" in revoked.text) == (0, True)
    late = ("case", "confirm-forgery", case_id, "--by", "ma.li", "--note", "no", "--version", "1")
    assert "somebody else changed case" in run(*late, settings=upgraded).error


def test_what_is_recommended_is_shown_with_its_grounds_and_closed(upgraded: Mapping[str, str]) -> None:
    [decision] = decided(upgraded, "rr-1")
    case_id, by = str(decision.case_id), ("--by", "lin.wei", "--note", "limited")
    run("case", "confirm-forgery", case_id, *by, "--heard", settings=upgraded)

    shown = run("case", "recommendations", case_id, settings=upgraded).text
    assert "RESTRICT_PURCHASES [待处理 open] 考虑限制该账号购买 Consider restricting purchases of this account" in shown
    assert "经人工认定为伪造 A person confirmed the forgery" in shown

    done = run("case", "close-recommendation", case_id, "RESTRICT_PURCHASES", "done", *by, "--json", settings=upgraded)
    [closed] = [one["closed"] for one in done.records if one["code"] == "RESTRICT_PURCHASES"]
    assert (closed["outcome"], closed["by"], closed["note"]) == ("done", "local:lin.wei", "limited")
    wrong = run("case", "close-recommendation", case_id, "BAN", "done", *by, settings=upgraded)
    assert (wrong.status, "BAN is not recommended on case" in wrong.error) == (1, True)


def test_a_photo_is_marked_as_harmless_listed_and_unmarked(upgraded: Mapping[str, str]) -> None:
    [decision] = decided(upgraded, "rr-1")
    mark = (
        "case",
        "mark-harmless",
        str(decision.case_id),
        "--photo",
        "c1",
        "--by",
        "lin.wei",
        "--note",
        "a white sheet",
    )

    assert run(*mark, settings=upgraded).status == 0
    [listed] = run("case", "harmless", "--json", settings=upgraded).records
    assert (listed["photo"], listed["other"], listed["marked_by"], listed["note"]) == (
        f"claim:rr-1:{decision.request_digest}:c1",
        None,
        "local:lin.wei",
        "a white sheet",
    )
    assert "it was before" in run(*mark, settings=upgraded).text
    again = ("case", "unmark-harmless", listed["mark_id"], "--by", "lin.wei", "--note", "wrong")
    assert [run(*again, settings=upgraded).status for _ in range(2)] == [0, 1]
    assert run("case", "harmless", "--json", settings=upgraded).records == []


@pytest.mark.parametrize("option", ["--by", "--note"])
def test_who_and_why_are_asked_for(option: str, upgraded: Mapping[str, str]) -> None:
    given = {"--by": "lin.wei", "--note": "painted"} | {option: "  "}
    done = run("case", "confirm-forgery", "c-1", *(part for pair in given.items() for part in pair), settings=upgraded)
    assert (done.status, option in done.error) == (2, True)


def listed(settings: Mapping[str, str], *options: str) -> list[str]:
    done = run("case", "list", "--json", *options, settings=settings)
    assert done.status == 0, done.error
    return [case["request_id"] for case in done.records]


def test_cases_are_found_by_what_people_know_of_them(upgraded: Mapping[str, str]) -> None:
    first, _ = decided(upgraded, "rr-1", "rr-2")

    assert listed(upgraded, "--request", "rr-1") == listed(upgraded, "--buyer", "rr-1") == ["rr-1"]
    assert listed(upgraded, "--merchant", "m-1", "--order", "o-1", "--sort", "age") == ["rr-1", "rr-2"]
    assert listed(upgraded, "--merchant", "m-1", "--older-than", "90m") == []
    assert listed(upgraded, "--reason", first.reasons[0].code, "--sort", "score") == ["rr-1", "rr-2"]
    assert listed(upgraded, "--newer-than", "2d", "--sort", "DUE") == ["rr-1", "rr-2"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--merchant", "m-11"), "nothing was ever decided of merchant m-11: is it misspelt?"),
        (("--request", "rr-11", "--json"), "nothing was ever decided of request rr-11"),
        (("--buyer", "rr-1", "--order", "o-11"), "nothing was ever decided of order o-11"),
        (("--reason", "USED_BEFOR"), "there is no reason USED_BEFOR: did you mean 'USED_BEFORE'?"),
    ],
)
def test_a_list_that_is_asked_for_by_a_name_that_nothing_has_is_no_empty_list(
    options: tuple[str, ...], said: str, upgraded: Mapping[str, str]
) -> None:
    decided(upgraded, "rr-1")
    done = run("case", "list", *options, settings=upgraded)
    assert (done.status, done.text, said in done.error) == (1, "", True), done.error


def test_a_rule_that_is_nearly_one_with_words_is_asked_about(upgraded: Mapping[str, str]) -> None:
    decided(upgraded, "rr-1", "rr-2")
    to_verdict = ("--by", "lin.wei", "--note", "clear", "--heard")
    near, own = (
        run("case", "verdict", request, "GRANT", "--rule", rule, *to_verdict, settings=upgraded)
        for request, rule in (("rr-1", "DAMAGE_SHOWM"), ("rr-2", "OUR-7"))
    )
    assert (near.status, "did you mean 'DAMAGE_SHOWN'?" in near.error) == (0, True), near.error
    assert (own.status, own.error) == (0, "")


@pytest.mark.parametrize("age", ["3", "h", "-3h", "3 weeks", "9999999d"])
def test_an_age_that_cannot_be_read_says_how_to_write_one(upgraded: Mapping[str, str], age: str) -> None:
    done = run("case", "list", "--older-than", age, settings=upgraded)
    assert (done.status, "90m, 48h or 7d" in done.error) == (2, True)


def test_a_request_stands_for_its_case(upgraded: Mapping[str, str]) -> None:
    [decision] = decided(upgraded, "rr-1")

    by_request = run("case", "show", "rr-1", "--json", settings=upgraded)

    assert by_request == run("case", "show", str(decision.case_id), "--json", settings=upgraded)
    confirm = ("case", "confirm-forgery", "rr-1", "--by", "lin.wei", "--note", "painted", "--heard")
    assert f"{decision.case_id} is confirmed as a forgery" in run(*confirm, settings=upgraded).text


def test_the_trail_says_what_was_done_by_which_steps_and_why(upgraded: Mapping[str, str]) -> None:
    decided(upgraded, "rr-1")
    run("case", "confirm-forgery", "rr-1", "--by", "lin.wei", "--note", "painted in", "--heard", settings=upgraded)

    text = run("case", "show", "rr-1", settings=upgraded).text

    trail = [" ".join(line.split()) for line in text.partition("处理记录 Audit trail")[2].splitlines()]
    for said in (
        "HEARD_ELSEWHERE 已在系统外答复 answered outside this system AWAITING_MERCHANT → READY",
        "ASSIGNED 开始审核 taken up for review READY → ASSIGNED",
        "FORGERY_CONFIRMED 确认伪造 confirmed as a forgery ASSIGNED → DECIDED",
    ):
        assert [line for line in trail if line.endswith(said) and "lin.wei" in line]
    assert trail.count("备注 note: painted in") == 1


def test_a_note_in_the_trail_cannot_steer_the_terminal(upgraded: Mapping[str, str]) -> None:
    decided(upgraded, "rr-1")
    run("case", "confirm-forgery", "rr-1", "--by", "lin", "--note", "\x1b[2Jgone \u202e", "--heard", settings=upgraded)

    text = run("case", "show", "rr-1", settings=upgraded).text

    assert "gone" in text
    assert not {"\x1b", "\u202e"} & set(text)
