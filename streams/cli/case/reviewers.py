"""``case reviewer|exclude``: who knows what, and whose conflicts of interest count."""

from typing import Annotated, Literal

import msgspec
import typer

from streams.cases.acts import LOCAL, AuditAct
from streams.cases.record.query import CaseQuery
from streams.cases.reviewing.assignment import Reviewer
from streams.cases.reviewing.conflicts import Conflict
from streams.casework.files import CaseFiles
from streams.cli.acting import By, Note, act_of, actor
from streams.cli.case.assignments import assignments_of
from streams.cli.database import case_files
from streams.cli.printing import AsJson, plain, print_json
from streams.clock import now_ms
from streams.policy.refusals import near
from streams.settings import load

app = typer.Typer(no_args_is_help=True, add_completion=False)

Subject = Literal["case", "merchant", "buyer"]
"""What may be named as a conflict; what somebody skipped is noted by itself."""
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
    settings = load()
    assignments_of(settings).know(known, AuditAct(by=actor(by), note="", at_ms=now_ms()))
    if as_json:
        print_json(msgspec.to_builtins(known))
    else:
        typer.echo(f"{plain(known.name)} is given cases of {plain(' '.join(known.categories) or 'every category')}")
    seen = case_files(settings).categories() if known.categories else []
    for one in known.categories:
        if one not in seen and (meant := near(one, seen)):
            typer.echo(f"there is no case of {plain(one)} yet{meant}", err=True)


@app.command(epilog="Example: refund-sentinel case exclude chen.yu merchant m-5 --by ma.li --note 'her brother'")
def exclude(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whom it is about: a name, or an actor (key:…).")],
    scope: Annotated[Subject, typer.Argument(metavar="SCOPE", help="case, merchant or buyer.")],
    subject: Annotated[
        str, typer.Argument(metavar="ID", help="The id of that case (or its request), merchant or buyer.")
    ],
    *,
    by: By = "",
    note: Note,
    as_json: AsJson = False,
) -> None:
    """Record a conflict of interest: that person is given no such case, and comes to no verdict on one."""
    act = act_of(by, note)
    settings = load()
    person, known = _person(name), False
    for subject_id in _subjects(case_files(settings), scope, subject):
        found = Conflict(
            reviewer=person,
            scope=scope,
            subject_id=subject_id,
            note=act.note,
            named_by=act.by,
            named_at_ms=act.at_ms,
        )
        known = assignments_of(settings).exclude(found)
        if as_json:
            print_json(msgspec.to_builtins(found))
        else:
            typer.echo(f"{plain(person)} is given nothing of {scope} {plain(subject_id)}")
    if not known:
        typer.echo(f"nobody called {plain(person)} has reviewed here yet: is the name misspelt?", err=True)


def _subjects(files: CaseFiles, scope: Subject, subject: str) -> list[str]:
    """Return what is meant: a request's id stands for each of its cases. A party may be one who has no claim yet."""
    if scope == "case":
        of_request = [case.case_id for case in files.list_cases(CaseQuery(request_id=subject))]
        return of_request or [files.case(subject).case_id]
    if unknown := files.unknown({scope: subject}):
        typer.echo(f"nothing was ever decided of {plain(unknown[0])}: it counts once something is", err=True)
    return [subject]


def _person(name: str) -> str:
    return name if ":" in name else LOCAL + name.strip()
