"""`db`, `policy` and `case` on a database of their own."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from schemas.codec import decode
from schemas.records import RefundDecided
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.store import SqlDecisionStore
from streams.policy.document import digest_of
from streams.policy.engine import judge
from streams.policy.packaged import load_default
from streams.policy.question import StoredPolicy
from streams.wording import causes
from tests.builders import AT_MS, a_claim_medium, a_medium_evidence, a_request, an_evidence, unmeasured
from tests.command_line import Ran, run

POLICY = load_default()[1]
WHY = causes.PICTURE_DAMAGED


@pytest.fixture
def settings(tmp_path: Path) -> Mapping[str, str]:
    return {"database_url": f"sqlite:///{tmp_path}/sentinel.db"}


@pytest.fixture
def upgraded(settings: Mapping[str, str]) -> Mapping[str, str]:
    assert run("db", "upgrade", settings=settings).status == 0
    return settings


def decided(settings: Mapping[str, str], *request_ids: str) -> list[RefundDecided]:
    """Decide requests whose photo could not be looked at: each becomes a case."""
    engine = open_engine(settings["database_url"])
    policy = StoredPolicy(name="default", sha256=digest_of(POLICY), text=POLICY)
    PolicyStore(engine).activate(policy, AT_MS, "seed")
    unread = a_medium_evidence(
        readings=[unmeasured("photo", WHY, media_id="c1")], sha256=None, stored=None, size_bytes=None, fingerprint=None
    )
    requests = [
        a_request(
            name, claim_media=[a_claim_medium()], reference_media=[], buyer_id=name, requested_at_ms=AT_MS + place
        )
        for place, name in enumerate(request_ids)
    ]
    store = SqlDecisionStore(engine, key=b"k")
    messages = [
        store.decide([an_evidence(request, media=[unread])], judge, request.requested_at_ms)[0].message
        for request in requests
    ]
    engine.dispose()
    return [decode(RefundDecided, message) for message in messages]


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
    assert (done.status, done.error) == (1, f"refund-sentinel: {file}: not UTF-8 at byte 0\n")


def test_what_is_activated_is_what_is_shown(tmp_path: Path, upgraded: Mapping[str, str]) -> None:
    text = f"# 我们的规则\n{POLICY}"
    file = tmp_path / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    for option in ("--by", "--who"):
        done = run("policy", "activate", str(file), option, "lin.wei", "--json", settings=upgraded)
        assert done.records == [{"name": "default", "sha256": digest_of(text), "activated_by": "lin.wei"}]
    assert run("policy", "show", settings=upgraded).text == text
    assert run("policy", "criteria", settings=upgraded).text == run("policy", "criteria", str(file)).text


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
        "lin.wei",
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
