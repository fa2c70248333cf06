"""The systemd units start commands that there are, with settings that there are."""

import re
from pathlib import Path

import pytest

import deploy
from streams.cli.app import COMMANDS
from streams.settings import Settings

UNITS = sorted((Path(deploy.__file__).parent / "systemd").glob("*.service"))
ENVIRONMENT = Path(deploy.__file__).parent / "systemd" / "refund-sentinel.env"
SETTINGS = {f"SENTINEL_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_that_there_is_and_lets_it_end_in_time(unit: Path) -> None:
    said = unit.read_text()

    [command] = re.findall(r"^ExecStart=\S+/refund-sentinel (\S+)", said, re.MULTILINE)
    assert command in {listed.name for listed in COMMANDS}
    assert set(re.findall(r"SENTINEL_\w+", said)) <= SETTINGS
    [stop_s] = re.findall(r"^TimeoutStopSec=(\d+)", said, re.MULTILINE)
    assert int(stop_s) > 30, "a worker may take 30 s to end"


def test_the_environment_file_has_settings_alone() -> None:
    names = re.findall(r"^(\w+)=", ENVIRONMENT.read_text(), re.MULTILINE)

    assert names
    assert set(names) <= SETTINGS


@pytest.mark.parametrize("kind", ["enrich", "decide"])
def test_every_number_that_a_host_may_have_gives_a_port_of_its_own(kind: str) -> None:
    said = next(unit for unit in UNITS if f"-{kind}@" in unit.name).read_text()
    [port] = re.findall(r"SENTINEL_HTTP_PORT=(\d+)%i", said)
    assert "1 to 9" in said
    assert all(1_024 <= int(f"{port}{number}") < 65_536 for number in range(1, 10))
    assert int(f"{port}10") > 65_535, "the unit may say more than nine"
