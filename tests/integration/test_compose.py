"""The set of containers without containers: what compose.yaml starts, in its order, with its environment, decides."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from schemas.codec import decode
from schemas.records import RefundDecided
from streams.adapters import child_processes
from tests.real.kafka import Kafka
from tests.real.postgres import Postgres
from tests.real.s3 import S3Server

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "deploy" / "docs"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
OURS = {name for name, service in SERVICES.items() if "build" in service}
ORDER = [
    name
    for name in TopologicalSorter({name: one.get("depends_on", {}) for name, one in SERVICES.items()}).static_order()
    if name in OURS
]
READY_S = 240
PORT_FILES = {"enrich": "http.port", "decide": "http.port", "console": "console.port"}


@dataclass
class Set:
    """What stands for the containers: ``addresses`` are where a service of that host and port listens here."""

    addresses: Mapping[str, str]
    folder: Path

    def environment(self, name: str) -> dict[str, str]:
        """Return the environment of a service, with the image's, and where things are here."""
        given = {key: self.here(str(value)) for key, value in SERVICES[name].get("environment", {}).items()}
        image = dict(re.findall(r"(SENTINEL_\w+)=(\S+)", (ROOT / "deploy" / "Dockerfile").read_text()))
        home = self.folder / name
        home.mkdir(exist_ok=True)
        own = {"SENTINEL_DATA_DIR": str(home), "SENTINEL_HTTP_PORT": "0", "SENTINEL_CONSOLE_PORT": "0"}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(home), "PYTHONPATH": str(ROOT)} | image | given | own

    def here(self, text: str) -> str:
        """Return a text of compose.yaml with its defaults filled in, and each host and port as it is here."""
        text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)
        for there, here in self.addresses.items():
            text = text.replace(there, here)
        return text

    def command(self, name: str) -> list[str]:
        """Return the command of a service, as its image would start it."""
        service = SERVICES[name]
        return [*service.get("entrypoint", ["refund-sentinel"]), *service["command"]]

    def run(self, name: str, *command: str, typed: bytes = b"") -> bytes:
        """Return what a command prints in the place of a service; one that fails ends the test."""
        done = subprocess.run(command, input=typed, env=self.environment(name), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def answers(self, name: str) -> str:
        """Return what a service says of its readiness, once it is ready."""
        port_file, until = self.folder / name / PORT_FILES[name], time.monotonic() + READY_S
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(
                    f"http://127.0.0.1:{port_file.read_text().strip()}/ready", timeout=READY_S
                ) as answer:
                    return str(answer.read().decode())
            except (OSError, ValueError):
                time.sleep(0.1)
        pytest.fail((self.folder / f"{name}.log").read_text()[-2_000:])


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory, kafka: Kafka, postgres: Postgres) -> Iterator[Set]:
    """The parts of others, as compose.yaml makes them, and nothing of ours yet."""
    password = SERVICES["postgres"]["environment"]
    postgres.run_sql("CREATE ROLE sentinel LOGIN SUPERUSER")
    postgres.run_sql(f"CREATE DATABASE {password['POSTGRES_DB']} OWNER {password['POSTGRES_USER']} ENCODING 'UTF8'")
    with S3Server() as s3:
        for bucket in re.findall(r"s3/([\w-]+)", " ".join(SERVICES["buckets"]["command"])):
            put(f"{s3.environment['AWS_ENDPOINT_URL']}/{bucket}", b"")
        addresses = {
            "kafka:9092": kafka.address.removeprefix("kafka://"),
            "postgres:5432": f"127.0.0.1:{postgres.port}",
            "s3:9000": f"127.0.0.1:{s3.port}",
        }
        yield Set(addresses, tmp_path_factory.mktemp("compose"))


def put(address: str, content: bytes) -> None:
    order = urllib.request.Request(address, content, {"Content-Type": "application/octet-stream"}, method="PUT")  # noqa: S310
    with urllib.request.urlopen(order, timeout=READY_S):  # noqa: S310 - our own
        pass


def drawn(folder: Path) -> None:
    """Draw the two photos of the tutorial."""
    [code] = re.findall(r"```python\n(.*?)```", (PAGES / "tutorial.md").read_text(), re.DOTALL)
    subprocess.run((sys.executable, "-c", code), cwd=folder, check=True)


@pytest.mark.usefixtures("kafka_topics")
def test_what_compose_starts_is_ready_and_decides_the_request_of_the_pages(parts: Set, tmp_path: Path) -> None:
    [request] = re.findall(r"```json\n(.*?)```", (PAGES / "one-machine.md").read_text(), re.DOTALL)
    [submit] = re.findall(r"exec -T enrich (refund-sentinel submit .*?) --wait", (PAGES / "deploy.md").read_text())
    drawn(tmp_path)
    for photo in ("listing.jpg", "forged.jpg"):
        put(f"http://{parts.addresses['s3:9000']}/platform-media/photos/{photo}", (tmp_path / photo).read_bytes())

    with ExitStack() as running:
        for name in ORDER:
            if name == "prepare":
                parts.run(name, *parts.command(name))
                continue
            log = parts.folder / f"{name}.log"
            started = child_processes.start(parts.command(name), log, parts.environment(name))
            running.callback(child_processes.end, started, signal.SIGTERM, READY_S)
        assert {name: parts.answers(name).strip() for name in PORT_FILES} == dict.fromkeys(PORT_FILES, "ok")
        said = parts.run("enrich", *shlex.split(submit), "--wait", str(READY_S), "--json", typed=request.encode())

    decided = decode(RefundDecided, said.splitlines()[-1])
    assert (decided.verdict, decided.reasons[0].code) == ("REVIEW", "DERIVED_AND_ALTERED")
    assert msgspec.json.decode(request)["request_id"] == decided.request_id
