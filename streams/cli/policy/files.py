"""Policies as the commands read them: from files, from the database by their hash, and who acts."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.access.names import person_named
from streams.cases.acts import LOCAL
from streams.cli.printing import plain
from streams.clock import now_ms
from streams.errors import Invalid
from streams.judgement.policy_file import read_file
from streams.judgement.versions import By, Versions
from streams.policy.question import StoredPolicy

if TYPE_CHECKING:
    from streams.cli.policy.database import PolicyDatabase

NOTE_AT_MOST = 4_000

PolicyFile = Annotated[Path, typer.Argument(metavar="FILE", help="A policy, in YAML.")]
FileOrHash = Annotated[
    str,
    typer.Argument(metavar="FILE|HASH", help="A policy in YAML, or the first 8 digits or more of a stored one's hash."),
]
Who = Annotated[
    str, typer.Option("--by", "--who", help="Who answers for it: a person's name or account, at most 128 characters.")
]
Reason = Annotated[str, typer.Option("--reason", help="Why, for whoever reads the history.")]
Force = Annotated[bool, typer.Option("--force", help="Activate without a backtest; say why with --reason.")]
EffectiveFrom = Annotated[
    str | None, typer.Option("--effective-from", metavar="TIME", help="From when on it judges; at once where left out.")
]


def policy_of(named: str, versions: Versions) -> StoredPolicy:
    """Return the policy of a file, where there is one of that name, else the stored one with that hash."""
    file = Path(named)
    return read_file(file)[0] if file.is_file() else versions.find(named).policy


def warn_of(named: str, useless: Iterable[str]) -> None:
    """Say on standard error which parts of a policy have no effect; the command goes on."""
    for one in useless:
        typer.echo(f"refund-sentinel: warning: {plain(named)}: {plain(one)}", err=True)


def by(name: str, note: str = "") -> By:
    """Return who acts now, and why; raises ``typer.BadParameter`` where the note is too long, or the name is none.

    A sign that does not show would make two persons of one, where the second has to be another one.
    """
    try:
        person_named(name.strip().removeprefix(LOCAL), "--by")
    except Invalid as exc:
        raise typer.BadParameter(str(exc).removeprefix("--by: "), param_hint="--by") from exc
    if len(note) > NOTE_AT_MOST:
        msg = f"give at most {NOTE_AT_MOST:,} characters"
        raise typer.BadParameter(msg, param_hint="--reason")
    return By(name=name.strip(), at_ms=now_ms(), note=note.strip())


def database() -> "PolicyDatabase":
    """Return the database of the settings."""
    from streams.cli.policy.database import PolicyDatabase  # noqa: PLC0415 - its libraries take most of a start

    return PolicyDatabase()


def versions_of() -> Versions:
    """Return the policies of the settings' database."""
    return database().versions()
