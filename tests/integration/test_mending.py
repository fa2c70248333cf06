"""`worker all` before anything was prepared: it ends, and names the command that helps, once."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.topics import TOPICS
from streams.adapters.kafka.embedded_broker import EmbeddedBroker
from tests.command_line import run
from tests.real.kafka import free_ports

INFRASTRUCTURE = 70


def ended(folder: Path, address: str, *arguments: str) -> tuple[int, list[str], str]:
    """Return how the command ended: its status, why as its log says it, and all that it said."""
    given = {
        "SENTINEL_BROKER": address,
        "SENTINEL_DATABASE_URL": f"sqlite:///{folder}/sentinel.db",
        "SENTINEL_DATA_DIR": str(folder / "data"),
        "SENTINEL_MEDIA_URL": folder.as_uri(),
        "SENTINEL_HTTP_PORT": "0",
        "SENTINEL_POOL_PROCESSES": "1",
    }
    command = [sys.executable, "-m", "streams.cli", "worker", *arguments]
    done = subprocess.run(command, env=os.environ | given, capture_output=True, text=True, check=False, timeout=500)
    said = done.stdout + done.stderr
    events = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    return done.returncode, [event["reason"] for event in events if event["event"] == "process ends"], said


@pytest.mark.tansu
async def test_missing_topics_end_all_workers_with_the_command_that_makes_them(
    tansu: EmbeddedBroker, tmp_path: Path
) -> None:
    status, lines, said = await asyncio.to_thread(ended, tmp_path, tansu.address, "all", "--enrich", "0")

    names = ", ".join(topic.name for topic in TOPICS)
    assert lines == [f"topics {names} are missing: run `refund-sentinel topics create`"]
    assert (status, said.count("process started"), said.count("is not started again")) == (1, 1, 1)


@pytest.mark.tansu
async def test_a_database_without_tables_ends_all_workers_with_the_command_that_makes_them(
    tansu: EmbeddedBroker, tmp_path: Path
) -> None:
    made = await asyncio.to_thread(run, "topics", "create", settings={"broker": tansu.address})
    status, lines, _ = await asyncio.to_thread(ended, tmp_path, tansu.address, "all", "--enrich", "0")

    assert made.status == 0
    assert lines == ["the database has no tables yet: run: refund-sentinel db upgrade"]
    assert status == 1


def test_a_broker_that_is_away_at_the_start_is_a_failure_of_infrastructure_to_be_tried_again(tmp_path: Path) -> None:
    status, lines, said = ended(tmp_path, f"kafka://127.0.0.1:{free_ports(1)}", "decide")

    assert (status, lines) == (INFRASTRUCTURE, [])
    assert "does not answer" in said
