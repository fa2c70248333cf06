"""The image and the set of containers: images are pinned; commands, settings, ports and files are ones there are."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.cli.app import COMMANDS
from streams.settings import Settings

DEPLOY = Path(__file__).parents[3] / "deploy"
SETTINGS = {f"SENTINEL_{name.upper()}" for name in Settings.model_fields}
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]
PINNED = re.compile(r"[\w./-]+:[\w.-]*\d[\w.-]*@sha256:[0-9a-f]{64}")
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
VERSION = re.findall(
    r'^version = "([\d.]+)"', (DEPLOY.parent / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
)[0]


def commands_of(service: dict[str, Any]) -> list[str]:
    """Return the first words of the commands that a service of ours runs."""
    words = service["command"]
    return re.findall(r"refund-sentinel (\w+)", words[0]) if "entrypoint" in service else [words[0]]


def test_every_image_is_pinned_to_one_version_and_to_its_bytes() -> None:
    others = [service["image"] for name, service in SERVICES.items() if name not in OURS]
    built_from = re.findall(r"^ARG \w+_IMAGE=(.+)$", DOCKERFILE, re.MULTILINE)

    assert len(others) > 6
    assert len(built_from) == 1
    assert [image for image in [*others, *built_from] if not PINNED.fullmatch(image)] == []
    assert {SERVICES[name]["image"] for name in OURS} == {f"refund-sentinel:{VERSION}"}


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_ours_runs_commands_that_there_are_with_settings_that_there_are(name: str) -> None:
    service = SERVICES[name]

    assert set(commands_of(service)) <= {command.name for command in COMMANDS}
    assert {variable for variable in service["environment"] if variable.startswith("SENTINEL_")} <= SETTINGS
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]


def test_the_loader_of_docker_compose_takes_the_set() -> None:
    if shutil.which("compose-spec") is None:
        pytest.skip(
            "its loader is not installed: go install github.com/compose-spec/compose-go/v2/cmd, as compose-spec"
        )
    command = ("compose-spec", "compose.yaml")
    loaded = yaml.safe_load(subprocess.run(command, cwd=DEPLOY, check=True, capture_output=True).stdout)

    assert set(loaded["services"]) == set(SERVICES)


def test_whom_a_service_waits_for_can_say_that_it_is_well() -> None:
    awaited = {
        (other, how["condition"])
        for service in SERVICES.values()
        for other, how in service.get("depends_on", {}).items()
    }

    assert [name for name, how in awaited if how == "service_healthy" and "healthcheck" not in SERVICES[name]] == []
    assert {name for name, how in awaited if how == "service_completed_successfully"} == {"prepare", "buckets"}


def test_what_is_mounted_is_there() -> None:
    mounted = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())]

    assert [name for name in mounted if name.startswith(".") and not (DEPLOY / name).exists()] == []


def test_prometheus_asks_services_that_there_are_on_the_ports_that_the_image_has() -> None:
    config = yaml.safe_load((DEPLOY / "prometheus" / "compose.yml").read_text(encoding="utf-8"))
    asked = [found for job in config["scrape_configs"] for found in job["dns_sd_configs"]]

    assert {name for found in asked for name in found["names"]} == set(OURS) - {"prepare"}
    assert {str(found["port"]) for found in asked} <= set(
        re.findall(r"^EXPOSE (.+)$", DOCKERFILE, re.MULTILINE)[0].split()
    )


def test_the_image_copies_what_is_there_runs_as_nobody_and_sets_settings_alone() -> None:
    copied = [name for line in re.findall(r"^COPY (deploy.+) \S+$", DOCKERFILE, re.MULTILINE) for name in line.split()]
    let_in = re.findall(r"^!(.+)$", (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8"), re.MULTILINE)

    assert copied
    assert [name for name in [*copied, *let_in] if not (DEPLOY.parent / name).exists()] == []
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]
    assert set(re.findall(r"(SENTINEL_\w+)=", DOCKERFILE)) <= SETTINGS
