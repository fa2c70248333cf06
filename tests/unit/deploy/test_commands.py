"""Every command of the program that a page shows is one that there is, with options and settings that there are."""

import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer

from schemas.codec import decode
from schemas.records import RefundRequested
from streams.cli.app import COMMANDS
from streams.settings import Settings

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "deploy" / "docs").glob("*.md"))]
MODULES = {listed.name: listed.module for listed in COMMANDS}
SETTINGS = {f"SENTINEL_{name.upper()}" for name in Settings.model_fields}
OTHERS = {"SENTINEL_TRY_PASSWORD"}
"""What deploy/compose.yaml takes beside settings."""
ENDS = {"&&", "||", "|", ";"}


def shown(text: str) -> Iterator[list[str]]:
    """Yield the words of each command of ours in the page's blocks, without the program's name."""
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=not line.startswith("#"), posix=True)
            for at, word in enumerate(words):
                said = words_until_the_end(words[at + 1 :])
                named = at > 0 and words[at - 1].startswith("-")  # a group or a user of that name
                if said and not named and (word == "refund-sentinel" or word.endswith("/bin/refund-sentinel")):
                    yield said


def words_until_the_end(words: list[str]) -> list[str]:
    ends = [at for at, word in enumerate(words) if word in ENDS or word.startswith("#")]
    return words[: min(ends, default=len(words))]


def wrong_with(words: list[str]) -> str | None:
    """Return what the program would not understand; None where it would."""
    if words[0].startswith("-"):
        return None
    if words[0] not in MODULES:
        return f"no command {words[0]}"
    command: Any = typer.main.get_command(import_module(MODULES[words[0]]).app)
    rest = words[1:]
    while getattr(command, "commands", None) and rest and not rest[0].startswith("-"):
        if rest[0] not in command.commands:
            return f"no command {rest[0]}"
        command, rest = command.commands[rest[0]], rest[1:]
    known = {name for parameter in command.params for name in parameter.opts + parameter.secondary_opts} | {"--help"}
    unknown = [word for word in rest if word.startswith("--") and word.partition("=")[0] not in known]
    return f"no option {unknown}" if unknown else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_shows_commands_options_and_settings_that_there_are(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    settings = set(re.findall(r"\bSENTINEL_[A-Z0-9_]*[A-Z0-9]\b(?![*…])", text)) - OTHERS

    assert {" ".join(words): wrong for words in shown(text) if (wrong := wrong_with(words))} == {}
    assert settings - SETTINGS == set()


def test_a_command_an_option_and_a_wrong_place_are_noticed() -> None:
    lines = ("A=1 refund-sentinel db chek", "x && refund-sentinel dlq list --jsn | y", "refund-sentinel bd")
    text = "```console\n" + "".join(f"$ {line}\n" for line in lines) + "```"

    assert [wrong_with(words) for words in shown(text)] == [
        "no command chek",
        "no option ['--jsn']",
        "no command bd",
    ]
    assert sum(1 for page in PAGES for _ in shown(page.read_text(encoding="utf-8"))) > 60


def test_the_request_of_the_page_on_one_machine_is_one() -> None:
    page = (ROOT / "deploy" / "docs" / "one-machine.md").read_text(encoding="utf-8")
    [line] = re.findall(r"```json\n(.*?)```", page, re.DOTALL)

    assert decode(RefundRequested, line.strip().encode()).reference_media
