"""A dash where a command takes a file: what takes it reads or writes there, all others say that it names nothing."""

import json
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import pytest
import typer

from streams.cli.app import COMMANDS
from streams.cli.evidence import _written
from streams.cli.program import _prepare
from streams.errors import OperatorError
from tests.command_line import run
from tests.photos import a_picture, jpeg

TAKE_IT = {("inspect", "out"), ("submit", "file")}
NOBODY: Any = None


def files() -> Iterator[tuple[str, str, Any]]:
    """Yield each parameter of each command that takes a file or a folder."""
    for listed in COMMANDS:
        yield from files_of(listed.name, typer.main.get_command(import_module(listed.module).app))


def files_of(name: str, command: Any) -> Iterator[tuple[str, str, Any]]:
    _prepare(command)
    for one in command.params:
        annotation = one.type_descriptor.annotation
        if annotation is Path or Path in get_args(annotation):
            yield name, one.name, one
    for inner in getattr(command, "commands", {}).values():
        yield from files_of(name, inner)


def test_every_file_of_every_command_takes_a_dash_or_says_that_it_is_none() -> None:
    found = list(files())

    assert len(found) > 12
    assert {(name, parameter) for name, parameter, one in found if one.callback is None} == TAKE_IT


@pytest.mark.parametrize(
    "args",
    [
        ("policy", "check", "-"),
        ("policy", "backtest", "--out", "-"),
        ("evidence", "export", "c-1", "--for", "police", "--out", "-"),
        ("inspect", "--claim", "a.jpg", "--reference", "-"),
        ("inspect", "--claim", "a.jpg", "--html", "-"),
        ("inspect", "--claim", "a.jpg", "--masks", "-"),
        ("sightings", "search", "-"),
    ],
)
def test_a_dash_makes_no_file_of_that_name(args: tuple[str, ...], tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)

    ran = run(*args)

    assert (ran.status, "a dash names nothing here" in ran.error) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_findings_of_many_go_to_standard_output(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jpg").write_bytes(jpeg(a_picture(3), 90))
    line = {"id": "p1", "claim": "a.jpg", "references": ["a.jpg"]}
    (tmp_path / "pairs.jsonl").write_text(json.dumps(line), encoding="utf-8")

    ran = run("inspect", "--pairs", "pairs.jsonl", "--out", "-")

    assert (ran.status, [one["id"] for one in ran.records], "1 findings" in ran.error) == (0, ["p1"], True)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.jpg", "pairs.jsonl"]


def test_a_package_takes_the_place_of_a_file_and_of_nothing_else(tmp_path: Path) -> None:
    pipe = tmp_path / "c-17.zip"
    os.mkfifo(pipe)

    with pytest.raises(OperatorError, match="is no file"):
        _written(NOBODY, NOBODY, pipe, "local:lin")
    assert (pipe.is_fifo(), list(tmp_path.iterdir())) == (True, [pipe])
