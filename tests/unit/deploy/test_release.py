"""The wheel holds all that the program needs, and its licences are told."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from deploy.scripts.licences import PAGE, locked
from tests.photos import a_picture, jpeg

ROOT = Path(__file__).parents[3]
GENERATED = {"__pycache__"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, unpacked far from the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    wanted = {
        str(path.relative_to(ROOT))
        for package in ("streams", "schemas")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and GENERATED.isdisjoint(path.parts)
    }

    assert "streams/policy/default.yaml" in wanted
    assert {name for name in wanted if not (wheel / name).is_file()} == set()


def test_the_wheel_holds_what_operators_need_and_the_licences(wheel: Path) -> None:
    held = {path.name for path in wheel.rglob("*")}

    assert {"alerts.yaml", "grants.sql", "sentinel-operations.json", "refund-sentinel-decide@.service"} <= held
    assert {"LICENSE", "NOTICE"} <= held


def test_the_wheel_alone_keeps_a_database_and_judges_a_photo_by_its_own_policy(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "claim.jpg").write_bytes(jpeg(a_picture(1, 320, 240)))
    database = {"SENTINEL_DATABASE_URL": f"sqlite:///{tmp_path}/a.db", "COLUMNS": "200"}
    alone = os.environ | database | {"PYTHONPATH": str(wheel), "PYTHONSAFEPATH": "1"}

    def run(*words: str) -> str:
        program = (sys.executable, "-m", "streams.cli", *words)
        return subprocess.run(program, cwd=tmp_path, env=alone, capture_output=True, text=True, check=True).stdout

    assert run("db", "upgrade")
    assert run("db", "check")
    assert json.loads(run("inspect", "--claim", "claim.jpg", "--json"))["verdict"] in {"CLEAR", "REVIEW"}


def test_every_package_of_the_locks_has_a_licence_on_the_page() -> None:
    told = dict(re.findall(r"^\| (\S+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))

    assert len(locked()) > 80
    assert [name for name in locked() if name not in told] == []
    assert [name for name, licence in told.items() if "see its" in licence] == []


def test_the_changelog_is_headed_by_the_version_of_the_package() -> None:
    [version] = re.findall(
        r'^version = "([\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
    )
    newest = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)[0]

    assert newest.startswith(version)
