"""Every error is one line and a status; every command shows how it is used; nothing heavy is loaded to say so."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import streams
from schemas.errors import ContractError
from streams.cli.app import COMMANDS, app
from streams.cli.program import Listed, Program
from streams.errors import BrokerUnavailable, OperatorError, SettingsError
from tests.command_line import run

RAISED: list[BaseException] = []

failing = typer.Typer(add_completion=False)
"""Stands in for a module of commands: see ``app`` below."""


@failing.command()
def fail() -> None:
    """Raise what the test chose."""
    raise RAISED.pop()


def ended_with(error: BaseException, log_level: str = "info") -> tuple[int, str]:
    """Return the status and what was said when a command raises ``error``."""
    module = type(sys)("tests_failing_command")
    vars(module)["app"] = failing
    sys.modules[module.__name__] = module
    program = typer.Typer(cls=Program, context_settings={"obj": [Listed("fail", "Fails.", module.__name__)]})
    program.callback()(lambda: None)
    RAISED.append(error)
    done = CliRunner().invoke(program, ["fail"], env={"SENTINEL_LOG_LEVEL": log_level})
    return done.exit_code, done.stderr


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (SettingsError("SENTINEL_BATCH: too large"), 2, "refund-sentinel: SENTINEL_BATCH: too large\n"),
        (OperatorError("run: db\n  upgrade"), 1, "refund-sentinel: run: db upgrade\n"),
        (BrokerUnavailable("is it up?"), 1, "refund-sentinel: is it up?\n"),
        (ContractError("not UTF-8"), 1, "refund-sentinel: not UTF-8\n"),
        (OperatorError("\x1b[31mred\u202e"), 1, "refund-sentinel: �[31mred�\n"),
        (typer.BadParameter("give one"), 2, "refund-sentinel: Invalid value: give one (--help shows how)\n"),
        (FileNotFoundError(2, "No such file", "a.jsonl"), 1, "refund-sentinel: a.jsonl: No such file\n"),
        (
            OSError(28, "No space left on device"),
            1,
            "refund-sentinel: what was to be printed could not be written: No space left on device\n",
        ),
        (KeyboardInterrupt(), 130, ""),
        (typer.Exit(0), 0, ""),
        (typer.Exit(2), 2, ""),
    ],
)
def test_an_error_is_one_line_and_a_status(error: BaseException, status: int, line: str) -> None:
    assert ended_with(error) == (status, line)


def test_a_fault_of_the_program_says_where_and_how_to_see_more_without_a_traceback() -> None:
    status, said = ended_with(ZeroDivisionError("by zero"))
    assert status == 1
    assert said.count("\n") == 1
    assert "ZeroDivisionError: by zero (test_program.py:" in said
    assert "SENTINEL_LOG_LEVEL=debug shows more" in said


def test_a_fault_of_the_program_shows_its_traceback_to_who_debugs() -> None:
    assert "Traceback (most recent call last)" in ended_with(ZeroDivisionError("by zero"), log_level="debug")[1]


@pytest.mark.parametrize(
    "arguments", [["bogus"], ["topics", "bogus"], ["settings", "--bogus"], ["case", "list", "--state", "BOGUS"]]
)
def test_wrong_usage_is_one_line_and_status_2(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.status == 2
    assert done.error.startswith("refund-sentinel: ")
    assert done.error.count("\n") == 1


def test_wrong_settings_are_one_line_that_names_them_and_status_2() -> None:
    done = run("db", "check", settings={"broker": "localhost:9092", "batch": "0"})
    assert done.status == 2
    assert done.error == (
        "refund-sentinel: SENTINEL_BROKER: give it as kafka://host:port, several separated by commas; "
        "a user stands in SENTINEL_BROKER_USER; SENTINEL_BATCH: give at least 1\n"
    )


def test_without_a_command_the_help_is_shown() -> None:
    done = run()
    assert (done.status, done.error) == (2, "")
    for listed in COMMANDS:
        assert listed.says in done.text


def commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Give each command that does something, with the words that call it."""
    inner = getattr(command, "commands", {})
    for name, one in inner.items():
        yield from commands(one, (*path, name))
    if not inner:
        yield path, command


def loaded(listed: Listed) -> Any:
    return typer.main.get_command(import_module(listed.module).app)


def every_command() -> list[tuple[tuple[str, ...], Any]]:
    return [found for listed in COMMANDS for found in commands(loaded(listed), (listed.name,))]


@pytest.mark.parametrize(
    ("path", "command"), every_command(), ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_every_command_shows_an_example_of_itself(path: tuple[str, ...], command: Any) -> None:
    assert f"refund-sentinel {' '.join(path)}" in command.epilog
    assert command.epilog.startswith("Example: ")
    shown = run(*path, "--help")
    assert shown.status == 0
    assert "Example: " in shown.text


@pytest.mark.parametrize(
    ("path", "command"), every_command(), ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_help_texts_break_where_the_terminal_ends_and_not_where_the_source_does(
    path: tuple[str, ...], command: Any
) -> None:
    shown = run(*path, "--help", columns=4000).text
    for paragraph in command.help.split("\n\n"):
        assert " ".join(paragraph.split()) in shown


HEAVY = ["faust", "cv2", "numpy", "sqlalchemy", "aiokafka", "alembic", "pydantic_settings"]
POLICY = str(Path(streams.__file__).parent / "policy" / "default.yaml")


@pytest.mark.parametrize(
    ("command", "heavy"),
    [(["--help"], [*HEAVY, "pydantic"]), (["policy", "check", POLICY], HEAVY)],
)
def test_a_command_loads_nothing_heavy_that_it_does_not_need(command: list[str], heavy: list[str]) -> None:
    script = (
        "import sys, json\n"
        "from streams.cli.app import app\n"
        f"try: app({command!r})\n"
        "except SystemExit: pass\n"
        f"print(json.dumps([name for name in {heavy!r} if name in sys.modules]), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stderr.splitlines()[-1]) == []


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_nothing_is_said_when_nobody_reads_any_more(form: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "streams.cli", "settings", *form]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("closed", [1, 2])
def test_a_command_ends_well_where_nobody_left_it_a_place_to_write(closed: int) -> None:
    command = [sys.executable, "-m", "streams.cli", "settings"]  # the first word tells Python where its packages are
    script = f"import os; os.close({closed}); os.execv({sys.executable!r}, {command!r})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_program_is_installed_as_refund_sentinel() -> None:
    installed = Path(sys.executable).with_name("refund-sentinel")
    done = subprocess.run([installed, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("refund-sentinel ")


def test_completion_knows_the_commands() -> None:
    done = CliRunner().invoke(
        app,
        [],
        prog_name="refund-sentinel",
        env={"_REFUND_SENTINEL_COMPLETE": "complete_bash", "COMP_WORDS": "refund-sentinel dlq re", "COMP_CWORD": "2"},
    )
    assert done.stdout.split() == ["replay", "resume"]
