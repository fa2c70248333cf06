"""The command line as a user meets it: arguments and environment in; status, output and error line out."""

import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from typer.testing import CliRunner

from streams.cli.app import app


@dataclass(frozen=True)
class Ran:
    status: int
    raw: bytes
    error: str

    @property
    def text(self) -> str:
        return self.raw.decode()

    @property
    def records(self) -> list[Any]:
        """What was printed, where each line is a JSON object."""
        return [json.loads(line) for line in self.text.splitlines()]


def run(*arguments: str, settings: Mapping[str, str] | None = None, typed: bytes = b"", columns: int = 200) -> Ran:
    """Run the program in this process, with no other settings than these (``broker`` is SENTINEL_BROKER)."""
    none: dict[str, str | None] = {name: None for name in os.environ if name.startswith("SENTINEL_")}
    given = {f"SENTINEL_{name.upper()}": value for name, value in (settings or {}).items()}
    with as_it_was():
        done = CliRunner().invoke(app, arguments, input=typed, env=none | given | {"COLUMNS": str(columns)})
    return Ran(done.exit_code, done.stdout_bytes, done.stderr)


@contextmanager
def as_it_was() -> Iterator[None]:
    """Leave logging as it was found: a command that ends its own process changes it for good."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.captureWarnings(capture=False)
        structlog.reset_defaults()
