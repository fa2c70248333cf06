"""The ten commands of the README take a case from REVIEW to CLOSED, as they stand there."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from streams.adapters.sql.cases.work import SqlCaseDatabase
from streams.adapters.sql.engine import open_engine
from streams.casework.reviewing.timers import Timers
from streams.metrics import Metrics
from tests.command_line import run
from tests.contract.sql import AtOnce
from tests.unit.cli.decided import decided

README = Path(__file__).parents[3] / "README.md"
REQUEST = "rr-000123"
STATES = [
    "AWAITING_MERCHANT",
    "AWAITING_MERCHANT",
    "READY",
    "ASSIGNED",
    "AWAITING_BUYER_EVIDENCE",
    "AWAITING_MERCHANT",
    "READY",
    "DECIDED",
    "APPEALED",
    "DECIDED",
]


def commands() -> list[list[str]]:
    """What stands in the README, without the prompt and what is said behind."""
    block = README.read_text(encoding="utf-8").partition("<!-- begin life of a case -->")[2].partition("<!-- end")[0]
    lines = [line.removeprefix("$ refund-sentinel ") for line in block.splitlines() if line.startswith("$ ")]
    return [shlex.split(line, comments=True) for line in lines]


def test_ten_commands_lead_from_review_to_closed(upgraded: Mapping[str, str]) -> None:
    [decision] = decided(upgraded, REQUEST)
    assert decision.verdict == "REVIEW"
    states = []

    for arguments in commands():
        done = run(*arguments, settings=upgraded)
        assert done.status == 0, (arguments, done.error)
        states.append(case(upgraded)["state"])

    assert states == STATES
    assert case(upgraded)["verdict"] == "GRANT"
    engine = open_engine(upgraded["database_url"])
    Timers(SqlCaseDatabase(engine), AtOnce(), Metrics()).move_due(int(str(case(upgraded)["due_at_ms"])))
    engine.dispose()
    assert (case(upgraded)["state"], case(upgraded)["verdict"]) == ("CLOSED", "GRANT")


def case(settings: Mapping[str, str]) -> Mapping[str, object]:
    [shown] = run("case", "show", REQUEST, "--json", settings=settings).records
    found: Mapping[str, object] = shown
    return found
