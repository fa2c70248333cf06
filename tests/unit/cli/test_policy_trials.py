"""`policy backtest` and `policy shadow` as an operator meets them."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from streams.adapters.sql.decision_store import SqlDecisionStore
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.policies import PolicyStore
from streams.clock import now_ms
from streams.judgement.versions import read
from streams.policy.engine import judge
from streams.policy.packaged import load_default
from tests.builders import a_request
from tests.command_line import run
from tests.unit.policy.questions import looked_at

TEXT = load_default()[1]


@pytest.fixture
def decided(upgraded: Mapping[str, str]) -> Mapping[str, str]:
    """A database in which the packaged policy judged twelve requests just now."""
    engine = open_engine(upgraded["database_url"])
    PolicyStore(engine).seed(read(TEXT), now_ms())
    requests = [a_request(f"rr-{n}", buyer_id=f"b-{n}", amount_minor=4_000 if n % 2 else 8_000) for n in range(12)]
    SqlDecisionStore(engine).decide([looked_at(request) for request in requests], judge, now_ms() - 1)
    engine.dispose()
    return upgraded


def test_a_backtest_prints_one_report_and_one_line_a_request(tmp_path: Path, decided: Mapping[str, str]) -> None:
    file, out = tmp_path / "new.yaml", tmp_path / "rows.jsonl"
    file.write_text(TEXT.replace("single_minor: 20000", "single_minor: 5000"), encoding="utf-8")
    wanted = ["policy", "backtest", "--since", "1d", "--policy", str(file), "--out", str(out)]

    [told] = run(*wanted, "--json", settings=decided).records
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]

    assert (told["records"], told["judged"], told["not_judged"]) == (12, 12, {})
    assert told["rules"]["amount_above_limit"]["fired"] == 6
    assert [row["request_id"] for row in rows] == [f"rr-{n}" for n in range(12)]
    assert sum(not row["same"] for row in rows) >= 5
    words = run(*wanted, settings=decided)
    assert (words.status, "CLEAR to REVIEW" in words.text, "amount_above_limit" in words.text) == (0, True, True)


def test_without_a_policy_the_active_one_is_tried_and_gives_the_same_bytes(decided: Mapping[str, str]) -> None:
    [told] = run("policy", "backtest", "--json", settings=decided).records
    assert (told["reproduced"], told["not_reproduced"], told["to_review"]) == (12, 0, 0)


def test_a_backtest_of_nothing_says_that_nothing_was_tried(decided: Mapping[str, str]) -> None:
    change(decided, "UPDATE kept_evidence SET kept_at_ms = 1")
    later = run("policy", "backtest", "--since", "2d", "--json", settings=decided)
    assert (later.status, later.records[0]["records"]) == (1, 0)
    assert "no request was decided since 2d" in later.error
    change(decided, "DELETE FROM kept_evidence")
    gone = run("policy", "backtest", settings=decided)
    assert (gone.status, "none of 12 requests could be judged" in gone.error) == (1, True)
    change(decided, "UPDATE decisions SET decided_at_ms = 1")
    nothing = run("policy", "backtest", settings=decided)
    assert (nothing.status, "no request is kept here yet" in nothing.error) == (1, True)


def change(settings: Mapping[str, str], statement: str) -> None:
    engine = open_engine(settings["database_url"])
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def test_a_shadow_is_started_listed_reported_and_stopped(tmp_path: Path, decided: Mapping[str, str]) -> None:
    file = tmp_path / "new.yaml"
    file.write_text(TEXT.replace("name: default", "name: strict"), encoding="utf-8")
    [begun] = run("policy", "shadow", str(file), "--by", "lin.wei", "--json", settings=decided).records
    [listed] = run("policy", "shadow", "--json", settings=decided).records
    assert (listed["sha256"], listed["name"], listed["judged"]) == (begun["sha256"], "strict", 0)
    [told] = run("policy", "shadow", begun["sha256"][:8], "--json", settings=decided).records
    assert (told["kind"], told["ended_at_ms"]) == ("shadow", None)
    nobody = run("policy", "shadow", begun["sha256"][:8], "--stop", settings=decided)
    assert (nobody.status, "say with --by who stops it" in nobody.error) == (2, True)
    stopped = run("policy", "shadow", begun["sha256"][:8], "--stop", "--by", "lin.wei", settings=decided)
    assert (stopped.status, "is no shadow any more" in stopped.text) == (0, True)
    assert run("policy", "shadow", "--json", settings=decided).text == ""
    for which in (("--stop",), ("--by", "lin.wei")):
        unnamed = run("policy", "shadow", *which, settings=decided)
        assert (unnamed.status, "say which policy" in unnamed.error) == (2, True)
    never = run("policy", "shadow", str(file).replace("new", "old"), settings=decided)
    assert (never.status, "is no hash" in never.error) == (1, True)


def test_a_backtest_that_goes_on_wants_the_lines_that_it_wrote_before(
    tmp_path: Path, decided: Mapping[str, str]
) -> None:
    out = tmp_path / "rows.jsonl"
    assert run("policy", "backtest", "--since", "1d", "--out", str(out), settings=decided).status == 0
    lines = out.read_bytes()
    change(decided, "UPDATE policy_trials SET ended_at_ms = NULL")
    out.write_bytes(lines[:-10])

    short = run("policy", "backtest", "--since", "1d", "--out", str(out), settings=decided)
    out.unlink()
    gone = run("policy", "backtest", "--since", "1d", "--out", str(out), settings=decided)

    assert [(one.status, "has not its lines" in one.error) for one in (short, gone)] == [(1, True), (1, True)]
    assert not out.exists()
    anew = run("policy", "backtest", "--since", "1d", "--out", str(out), "--restart", settings=decided)
    assert (anew.status, out.read_bytes()) == (0, lines)
