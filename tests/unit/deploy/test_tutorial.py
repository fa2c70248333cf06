"""The tutorial's commands do what its text says; and the site takes every page."""

import json
import re
import shlex
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest

from tests.command_line import run

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "deploy" / "docs" / "tutorial.md").read_text(encoding="utf-8")
[DRAWN] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = re.findall(r"^\$ refund-sentinel (.+)$", PAGE, re.MULTILINE)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what each command of the tutorial prints, run in its order; one that fails ends the test."""
    folder = tmp_path_factory.mktemp("tutorial")
    subprocess.run((sys.executable, "-c", DRAWN), cwd=folder, check=True)

    def printed(command: str) -> str:
        done = run(*shlex.split(command), columns=160)
        assert done.status == 0, done.error
        return done.text

    with chdir(folder):
        return {command: printed(command) for command in COMMANDS}


def test_the_tutorial_finds_its_forgery_and_where_it_was_painted(said: dict[str, str]) -> None:
    claim = json.loads(said["inspect --claim forged.jpg --reference listing.jpg --json"])

    assert "made from the reference, and altered" in said["inspect --claim forged.jpg --reference listing.jpg"]
    assert (claim["derived"], claim["altered"], claim["verdict"]) == (True, True, "REVIEW")
    [(x, y, width, height)] = claim["regions"]
    assert x < 400 < x + width, "the crack runs through it"
    assert y < 360 < y + height


def test_the_rest_of_the_tutorial_prints_what_it_says(said: dict[str, str]) -> None:
    assert "up to date" in said["db check"]
    assert "SENTINEL_BROKER" in said["settings"]
    assert "comparison.copied" in said["policy variables"]


def test_the_site_takes_every_page_and_every_link(tmp_path: Path) -> None:
    build = ("mkdocs", "build", "-q", "--strict", "-f", str(ROOT / "deploy" / "mkdocs.yml"), "-d", str(tmp_path))
    done = subprocess.run((sys.executable, "-m", *build), capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "decisions" / "0001-delivery.html").exists()
