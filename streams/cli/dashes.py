"""A dash where a command takes a file: standard input or output where it takes that, else one clear sentence.

Else a file called ``-`` would be made, which few can find and nobody can delete by its bare name.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, get_args

import typer

DASH = Path("-")


def refuse_dashes(command: Any) -> None:
    """Make a command refuse a dash for each of its files and folders, but for those that ``allow_dash``."""
    for one in command.params:
        described = getattr(one, "type_descriptor", None)
        if described is None or not _is_path(described.annotation) or one.callback is not None:
            continue
        if not getattr(described.parameter_info, "allow_dash", False):
            one.callback = _no_dash


def _is_path(annotation: Any) -> bool:
    return annotation is Path or Path in get_args(annotation)


def _no_dash(_context: Any, _parameter: Any, value: Any) -> Any:
    if DASH in (value if isinstance(value, list | tuple) else (value,)):
        msg = "a dash names nothing here: give a name; a file that is called so is ./-"
        raise typer.BadParameter(msg)
    return value


@contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """Give what is to be written: the file, made anew, or standard output for a dash."""
    if path == DASH:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with path.open("wb") as file:
        yield file
