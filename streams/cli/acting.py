"""Who does what a command asks for, and why."""

from typing import Annotated

import typer

from streams.cases.acts import AuditAct
from streams.clock import now_ms

NAME_AT_MOST = 128
NOTE_AT_MOST = 4_000

By = Annotated[str, typer.Option("--by", help="Who says so: a person's name or account, at most 128 characters.")]
Note = Annotated[str, typer.Option("--note", help="Why, for whoever reads the case later; at most 4,000 characters.")]


def act_of(by: str, note: str) -> AuditAct:
    """Return who acts now, and why; raises ``typer.BadParameter`` where either is empty or too long."""
    for option, text, most in (("--by", by, NAME_AT_MOST), ("--note", note, NOTE_AT_MOST)):
        if not 0 < len(text.strip()) <= most:
            msg = f"give 1 to {most:,} characters"
            raise typer.BadParameter(msg, param_hint=option)
    return AuditAct(by=by.strip(), note=note.strip(), at_ms=now_ms())
