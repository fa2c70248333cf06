"""deploy/kafka/start.sh and stop.sh, as a developer types them."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.real import parts
from tests.real.kafka import KAFKA, free_ports, listens


def run(script: str, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["/bin/bash", str(KAFKA / script), *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.kafka
def test_a_broker_is_started_prints_its_address_and_is_stopped(tmp_path: Path) -> None:
    parts.need("Apache Kafka")
    port = free_ports(2)
    started = run("start.sh", "--port", str(port), "--dir", str(tmp_path), KAFKA_JVM_OPTIONS="-Xmx512m")
    try:
        assert (started.returncode, started.stdout) == (0, f"kafka://127.0.0.1:{port}\n")
        assert listens(port)
    finally:
        stopped = run("stop.sh", "--dir", str(tmp_path))
    assert stopped.returncode == 0
    assert not listens(port)


@pytest.mark.kafka
def test_a_port_that_is_taken_is_said_in_one_line(tmp_path: Path) -> None:
    parts.need("Apache Kafka")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("start.sh", "--port", str(port), "--dir", str(tmp_path))
    expected = f"start.sh: port {port} is taken: stop what listens there, or choose another with --port\n"
    assert (done.returncode, done.stderr) == (1, expected)


def test_without_java_it_says_what_to_install(tmp_path: Path) -> None:
    for tool in ("dirname", "head", "base64", "tr"):
        (tmp_path / tool).symlink_to(f"/usr/bin/{tool}")
    done = run("start.sh", PATH=str(tmp_path))
    expected = "start.sh: java is missing: apt-get install --no-install-recommends openjdk-17-jre-headless\n"
    assert (done.returncode, done.stderr) == (1, expected)


@pytest.mark.parametrize("arguments", [["--port"], ["--nonsense", "1"], ["--port", "x"], ["--port", "0"]])
def test_a_wrong_use_is_status_two(arguments: list[str]) -> None:
    assert run("start.sh", *arguments).returncode == 2


def test_stopping_where_nothing_was_started_says_so(tmp_path: Path) -> None:
    done = run("stop.sh", "--dir", str(tmp_path))
    assert (done.returncode, done.stderr) == (1, f"stop.sh: no broker was started in {tmp_path}\n")
