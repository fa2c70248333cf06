"""``case reviewer|exclude``: who knows what, and whose conflicts of interest count."""

from typing import Annotated

import msgspec
import typer

from streams.cases.acts import LOCAL, AuditAct
from streams.cases.reviewing.assignment import Reviewer
from streams.cases.reviewing.conflicts import Conflict, Scope
from streams.cli.acting import By, Note, act_of, actor
from streams.cli.case.assignments import assignments_of
from streams.cli.printing import AsJson, plain, print_json
from streams.clock import now_ms
from streams.settings import load

app = typer.Typer(no_args_is_help=True, add_completion=False)

Codes = Annotated[
    list[str] | None, typer.Option(help="Give them only cases of this kind; may be given several times; none: all.")
]


@app.command(epilog="Example: refund-sentinel case reviewer chen.yu --category ceramics --language zh --by ma.li")
def reviewer(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whom it is about: a name, or an actor (key:…).")],
    *,
    by: By = "",
    category: Codes = None,
    language: Codes = None,
    capacity: Annotated[int, typer.Option(min=1, max=20, help="Cases that they work on at a time.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Say what a reviewer knows, in the place of what was said before."""
    known = Reviewer(
        name=_person(name), categories=tuple(category or ()), languages=tuple(language or ()), capacity=capacity
    )
    assignments_of(load()).know(known, AuditAct(by=actor(by), note="", at_ms=now_ms()))
    if as_json:
        print_json(msgspec.to_builtins(known))
        return
    typer.echo(f"{plain(known.name)} is given cases of {plain(' '.join(known.categories) or 'every category')}")


@app.command(epilog="Example: refund-sentinel case exclude chen.yu merchant m-5 --by ma.li --note 'her brother'")
def exclude(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whom it is about: a name, or an actor (key:…).")],
    scope: Annotated[Scope, typer.Argument(metavar="SCOPE", help="case, merchant or buyer.")],
    subject: Annotated[str, typer.Argument(metavar="ID", help="The id of that case, merchant or buyer.")],
    *,
    by: By = "",
    note: Note,
    as_json: AsJson = False,
) -> None:
    """Record a conflict of interest: that person is given no such case, and comes to no verdict on one."""
    act = act_of(by, note)
    found = Conflict(
        reviewer=_person(name),
        scope=scope,
        subject_id=subject,
        note=act.note,
        named_by=act.by,
        named_at_ms=act.at_ms,
    )
    assignments_of(load()).exclude(found)
    if as_json:
        print_json(msgspec.to_builtins(found))
        return
    typer.echo(f"{plain(found.reviewer)} is given nothing of {scope} {plain(subject)}")


def _person(name: str) -> str:
    return name if ":" in name else LOCAL + name.strip()
