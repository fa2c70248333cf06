import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.scripts.real_parts import Part, lacks_kafka, prepare

TESTS = Path(__file__).parents[2]


def made_by(fetch: tuple[str, ...], file: Path) -> Part:
    """Return a part that is there when ``file`` is."""
    return Part("Broker", lambda: None if file.exists() else "its file is missing", fetch=fetch)


def test_a_part_that_is_there_is_left_alone(tmp_path: Path) -> None:
    assert prepare(Part("Broker", lambda: None, fetch=("touch", str(tmp_path / "x")))) == "Broker: there"
    assert list(tmp_path.iterdir()) == []


def test_a_missing_part_is_fetched(tmp_path: Path) -> None:
    assert prepare(made_by(("touch", str(tmp_path / "x")), tmp_path / "x")) == "Broker: installed"


def test_a_part_that_cannot_be_fetched_says_why(tmp_path: Path) -> None:
    part = made_by(("sh", "-c", "echo first; echo the registry is away >&2; exit 1"), tmp_path / "x")
    assert prepare(part).startswith("Broker: missing, sh -c ")
    assert prepare(part).endswith(": the registry is away")


def test_without_java_kafka_names_the_package_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert lacks_kafka() == "java is missing: apt-get install --no-install-recommends openjdk-17-jre-headless"


def run_without_java(tests: str, tmp_path: Path, ci: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Return how pytest ended with ``tests`` (a path below tests/) on a machine without Java."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, str(TESTS / tests)],
        env=os.environ | {"PATH": str(tmp_path), "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("ci", "outcome", "status"), [("", " skipped", 0), ("true", " error", 1)])
def test_a_missing_part_is_named_and_fails_only_in_ci(tmp_path: Path, ci: str, outcome: str, status: int) -> None:
    done = run_without_java("contract/test_secure_broker.py", tmp_path, ci)
    assert "Apache Kafka: java is missing" in done.stdout
    assert outcome in done.stdout
    assert done.returncode == status


def test_a_missing_part_is_named_by_a_run_of_several_processes_too(tmp_path: Path) -> None:
    several = ("-n", "2")
    done = run_without_java("contract/test_secure_broker.py", tmp_path, "", *several)
    assert "Apache Kafka: java is missing" in done.stdout
    assert done.returncode == 0


def test_a_part_that_no_test_of_the_run_needs_may_be_missing(tmp_path: Path) -> None:
    done = run_without_java("unit/wording/test_folding.py", tmp_path, "true")
    assert "Apache Kafka" not in done.stdout
    assert done.returncode == 0
