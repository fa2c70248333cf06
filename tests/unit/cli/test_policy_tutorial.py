"""The tutorial of policies: every command on the page is run, in its order, and does what the page says."""

import re
import shlex
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

PAGE = (Path(__file__).parents[3] / "deploy" / "docs" / "policy-tutorial.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```(console)?\n(.*?)```", re.DOTALL)


@pytest.fixture
def ceramics(upgraded: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """A database with twelve ceramics of 300 CNY, all sent to review, and an empty folder to work in."""
    engine = open_engine(upgraded["database_url"])
    PolicyStore(engine).seed(read(load_default()[1]), now_ms() - 2)
    dear = [looked_at(a_request(f"rr-{n}", buyer_id=f"b-{n}", amount_minor=30_000)) for n in range(12)]
    SqlDecisionStore(engine).decide(dear, judge, now_ms() - 1)
    engine.dispose()
    monkeypatch.chdir(tmp_path)
    return upgraded


def test_the_page_leads_where_it_says(ceramics: Mapping[str, str], tmp_path: Path) -> None:
    printed: dict[str, str] = {}
    digits = "HASH"
    written = iter(["ceramics.yaml", "ceramics.tests.yaml"])
    for kind, block in BLOCK.findall(PAGE):
        if not kind:
            file = tmp_path / next(written)
            file.write_text((file.read_text("utf-8") if file.exists() else "") + block, encoding="utf-8")
            continue
        for line in block.splitlines():
            program, *arguments = shlex.split(line.removeprefix("$ ").replace("HASH", digits))
            assert program == "refund-sentinel"
            to = arguments[arguments.index(">") + 1] if ">" in arguments else None
            done = run(*(arguments[: arguments.index(">")] if to else arguments), settings=ceramics)
            assert done.status == 0, f"{line}: {done.error}"
            printed[arguments[1]] = done.text
            if to:
                (tmp_path / to).write_text(done.text, encoding="utf-8")
            if arguments[1] == "propose":
                digits = re.findall(r"sha256 ([0-9a-f]{64})", done.text)[0][:12]

    assert "2 cases, 0 failed" in printed["test"]
    assert re.search(r"REVIEW to CLEAR\s+\S?\s*(1[0-2]|[7-9])", printed["backtest"])
    assert "amount_above_limit fired" in printed["explain"]
    assert "+overrides:" in printed["diff"]
    acts = [line for line in printed["history"].splitlines() if "rollback" in line or "activate" in line]
    assert ("rollback" in acts[0], "chen.hao" in acts[1]) == (True, True)
