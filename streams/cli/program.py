"""The program around the commands: loads them when they are used, and turns every error into one line and a status."""

import errno
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from schemas.errors import ContractError
from streams.cli.dashes import refuse_dashes
from streams.cli.printing import plain
from streams.errors import SentinelError, SettingsError

_UNWRITTEN = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
"""Errors of standard output; those of files name the file."""
_PRINTED = "what was to be printed could not be written"
FAILED = 1
USAGE = 2


class Listed(NamedTuple):
    """One entry of the command line; ``module`` has its commands as ``app``."""

    name: str
    says: str
    module: str


class Later(TyperCommand):
    """A command that is known by name and by what it does; its module is loaded when it is called."""

    def __init__(self, listed: Listed) -> None:
        super().__init__(name=listed.name, help=listed.says)
        self._module = listed.module

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Return the context of the real command, which is then invoked in place of this one."""
        return _command(self._module).make_context(*args, **kwargs)


@cache
def _command(module: str) -> Any:
    """Return the command of a module with all below it; reading what each takes is a quarter of a short command."""
    command = typer.main.get_command(import_module(module).app)
    _prepare(command)
    return command


def _prepare(command: Any) -> None:
    """Take the source's line breaks out of help texts, where the terminal sets its own, and refuse dashes for files."""
    refuse_dashes(command)
    if command.help:
        command.help = "\n\n".join(" ".join(one.split()) for one in command.help.split("\n\n"))
    for one in getattr(command, "commands", {}).values():
        _prepare(one)


class Program(TyperGroup):
    """The outermost group. Its context's ``obj`` holds the commands, in the order of the help page."""

    def list_commands(self, _ctx: Any) -> list[str]:
        """Return the names of all commands."""
        return [listed.name for listed in self.context_settings["obj"]]

    def get_command(self, _ctx: Any, cmd_name: str) -> TyperCommand | None:
        """Return the command, unloaded."""
        return next((Later(listed) for listed in self.context_settings["obj"] if listed.name == cmd_name), None)

    def main(self, args: Sequence[str] | None = None, *_: Any, **extra: Any) -> NoReturn:
        """Run one command and end with its status; whatever goes wrong is one line on standard error."""
        _have_somewhere_to_write()
        logging.getLogger().addHandler(logging.NullHandler())  # else libraries' warnings reach the terminal
        try:
            status = super().main(args, **extra | {"standalone_mode": False})
        except KeyboardInterrupt:
            sys.exit(130)
        except Exception as exc:  # noqa: BLE001 - this is the place where errors become a line
            line, status = _in_one_line(exc)
            if line:
                _say(line)
        sys.exit(status if isinstance(status, int) else 0)


def _have_somewhere_to_write() -> None:
    """Let what is printed go nowhere where whoever started us closed standard output or standard error."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - open until the end


def _say(line: str) -> None:
    """Say the last words where they are looked for: on the terminal, or in a log that machines read."""
    import structlog  # noqa: PLC0415 - most commands end without these

    from streams import log  # noqa: PLC0415

    if log.for_machines():
        structlog.get_logger(__name__).critical("process ends", reason=line.removeprefix("refund-sentinel: "))
    else:
        typer.echo(line, err=True)


def _in_one_line(exc: Exception) -> tuple[str, int]:
    """Return what a person should read, and the exit status."""
    if isinstance(exc, TyperException):  # without a message: no command was given, and the help is printed already
        message = exc.format_message().replace("Value error, ", "")
        return message and f"refund-sentinel: {_joined(message)} (--help shows how)", exc.exit_code
    if isinstance(exc, typer.Abort):
        return "refund-sentinel: stopped", FAILED
    if isinstance(exc, SettingsError):
        from streams.cli.setting_faults import with_all_others  # noqa: PLC0415 - most commands end without it

        return f"refund-sentinel: {_joined(with_all_others(str(exc)))}", USAGE
    if isinstance(exc, SentinelError | ContractError):
        return f"refund-sentinel: {_joined(str(exc))}", FAILED
    if isinstance(exc, OSError) and (exc.filename is not None or exc.errno in _UNWRITTEN):
        return f"refund-sentinel: {exc.filename or _PRINTED}: {exc.strerror}", FAILED
    return _unexpected(exc), FAILED


def _unexpected(exc: Exception) -> str:
    if os.environ.get("SENTINEL_LOG_LEVEL") == "debug":
        return "".join(traceback.format_exception(exc)).rstrip()
    frame = traceback.extract_tb(exc.__traceback__)[-1]
    return (
        f"refund-sentinel: {type(exc).__name__}: {_joined(str(exc))} ({Path(frame.filename).name}:{frame.lineno}): "
        "this is a fault of the program; SENTINEL_LOG_LEVEL=debug shows more"
    )


def _joined(text: str) -> str:
    return plain(" ".join(text.split()))
