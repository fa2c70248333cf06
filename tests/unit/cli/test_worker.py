"""`worker all`: each child has a folder, a name and a port of its own."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from streams.cli.setting_rows import declared
from streams.cli.worker import children
from streams.errors import SettingsError
from streams.settings import Settings
from tests.command_line import run


def environments(**settings: Any) -> dict[str, dict[str, str]]:
    made = children(Settings.model_validate(settings), {"enrich": 2, "decide": 1})
    return {work.name: dict(work.environment) for work in made}


def test_each_child_has_its_own_folder_and_port() -> None:
    assert environments(data_dir=Path("data"), http_port=9464) == {
        "enrich-0": {"SENTINEL_DATA_DIR": "data/enrich-0", "SENTINEL_HTTP_PORT": "9464"},
        "enrich-1": {"SENTINEL_DATA_DIR": "data/enrich-1", "SENTINEL_HTTP_PORT": "9465"},
        "decide-0": {"SENTINEL_DATA_DIR": "data/decide-0", "SENTINEL_HTTP_PORT": "9466"},
    }


def test_any_free_port_stays_any_free_port() -> None:
    assert {each["SENTINEL_HTTP_PORT"] for each in environments(http_port=0).values()} == {"0"}


def test_the_ports_that_are_taken_are_said_in_the_help_and_beside_the_setting() -> None:
    assert "from SENTINEL_HTTP_PORT on: by default 9464 and 9465" in " ".join(
        run("worker", "all", "--help").text.split()
    )
    [title] = [row["title"] for row in declared() if row["name"] == "SENTINEL_HTTP_PORT"]
    assert "worker all" in title


def test_ports_that_end_before_the_workers_do_are_named() -> None:
    assert environments(http_port=65_533)["decide-0"]["SENTINEL_HTTP_PORT"] == "65535"
    with pytest.raises(SettingsError, match=r"SENTINEL_HTTP_PORT: 3 workers take a port each .* 65533 at most, or 0"):
        environments(http_port=65_534)


def test_each_child_is_another_member_of_its_group_where_members_have_names() -> None:
    names = [each["SENTINEL_INSTANCE"] for each in environments(instance="host-7").values()]
    assert names == ["host-7-enrich-0", "host-7-enrich-1", "host-7-decide-0"]


def test_wrong_settings_end_it_before_any_child_starts(tmp_path: Path) -> None:
    done = run("worker", "all", settings={"data_dir": str(tmp_path / "data"), "broker": "nonsense"})
    assert (done.status, done.error.count("\n")) == (2, 1)
    assert not (tmp_path / "data").exists()


def test_no_worker_at_all_is_wrong_usage() -> None:
    done = run("worker", "all", "--enrich", "0", "--decide", "0")
    assert (done.status, done.error.count("\n")) == (2, 1)


def test_a_worker_whose_settings_are_wrong_is_not_started_again_and_says_why(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        given = {"SENTINEL_HTTP_PORT": str(port), "SENTINEL_DATA_DIR": str(tmp_path)}
        command = [sys.executable, "-m", "streams.cli", "worker", "all", "--enrich", "1", "--decide", "0"]
        done = subprocess.run(command, env=os.environ | given, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    said = [json.loads(line) for line in done.stderr.splitlines()]
    last_words = [line["reason"] for line in said if line["event"] == "process ends"]
    assert len(last_words) == 1
    assert last_words[0].startswith(f"SENTINEL_HTTP_PORT: 127.0.0.1:{port} cannot be listened on")
    assert "Traceback" not in done.stderr
