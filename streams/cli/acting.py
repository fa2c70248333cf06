"""Who does what a command asks for, and why."""

from typing import Annotated

import typer

from streams.cases.acts import AuditAct
from streams.clock import now_ms

NAME_AT_MOST = 120
LOCAL = "local:"
"""How the name begins of whoever uses the command line: the operating system let them in, no key says who they are."""
NOTE_AT_MOST = 4_000

By = Annotated[str, typer.Option("--by", help="Who says so: a person's name or account, at most 120 characters.")]
Note = Annotated[str, typer.Option("--note", help="Why, for whoever reads the case later; at most 4,000 characters.")]


def act_of(by: str, note: str) -> AuditAct:
    """Return who acts now, recorded as ``local:`` and the name, and why.

    Raises ``typer.BadParameter`` where either is empty or too long.
    """
    return AuditAct(by=actor(by), note=_given("--note", note, NOTE_AT_MOST), at_ms=now_ms())


def actor(by: str, option: str = "--by") -> str:
    """Return as whom a person is recorded who uses the command line; errors as of :func:`act_of`."""
    return LOCAL + _given(option, by, NAME_AT_MOST)


def _given(option: str, text: str, most: int) -> str:
    if not 0 < len(text.strip()) <= most:
        msg = f"give 1 to {most:,} characters"
        raise typer.BadParameter(msg, param_hint=option)
    return text.strip()
