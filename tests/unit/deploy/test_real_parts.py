import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.scripts.real_parts import Part, lacks_kafka, prepare
from tests.real import parts


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


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_a_test_without_its_part_skips_here_and_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="Apache Kafka: java is missing"):
        parts.need("Apache Kafka")


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("true", 1)])
def test_the_summary_names_a_missing_part_and_fails_only_in_ci(tmp_path: Path, ci: str, status: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", f"{__file__}::{test_a_part_that_is_there_is_left_alone.__name__}"],
        env=os.environ | {"PATH": str(tmp_path), "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Apache Kafka: java is missing" in done.stdout
    assert done.returncode == status
