"""``case next|buyer|heartbeat|hold|hand-over|skip|draft``: who decides which case."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from streams.cases.acts import AuditAct
from streams.cases.case import CaseFile
from streams.cases.reviewing.withholding import case_shown
from streams.casework.reviewing.assignments import Assigned, Assignments
from streams.casework.reviewing.leases import terms_of
from streams.cli.acting import By, Note, act_of, actor, standing
from streams.cli.case.page import page
from streams.cli.case.record import for_reviewers
from streams.cli.case.work import Senior
from streams.cli.database import case_database, case_files
from streams.cli.printing import AsJson, console, plain, print_json
from streams.cli.times import age_ms
from streams.clock import now_ms
from streams.errors import Invalid
from streams.settings import Settings, load
from streams.wording.dates import moment

app = typer.Typer(no_args_is_help=True, add_completion=False)

LOOK_EVERY_S = 0.5
HIDDEN = "(hidden)"
"""In the place of whose claim a case is."""

Named = Annotated[
    str, typer.Argument(metavar="CASE", help="The assignment's id, or that of the case or request in your hands.")
]


@app.command("next", epilog="Example: refund-sentinel case next --by lin.wei --wait 60")
def next_(
    *,
    by: By = "",
    senior: Senior = False,
    wait: Annotated[int, typer.Option(min=0, max=3_600, help="Seconds to wait for one where none waits now.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Take the case that is next for you: by risk, deadline and waiting time; whoever asks twice gets the same one.

    It is in your hands for as long as `case heartbeat` says that you are there; `case verdict` decides it.
    """
    settings = load()
    hands, until, senior = assignments_of(settings), time.monotonic() + wait, standing(senior=senior).senior
    found = hands.next(_silent(by), senior=senior)
    while found is None and time.monotonic() < until:
        time.sleep(LOOK_EVERY_S)
        found = hands.next(_silent(by), senior=senior)
    if as_json:
        if found is not None:
            print_json(msgspec.to_builtins(_masked(found, senior=senior)))
        return
    if found is None:
        typer.echo("no case waits for you")
        return
    to = console()
    file = _hidden(for_reviewers(case_files(settings).show(found.case.case_id, senior=senior), senior=senior))
    for part in page(file, settings.evidence_store_url):
        to.print(part)
    _say(found)


@app.command(
    epilog="Example: refund-sentinel case buyer CASE --by lin.wei --note 'the platform asked about the account'"
)
def buyer(case: Named, *, by: By = "", note: Note, as_json: AsJson = False) -> None:
    """Show whose claim a case of yours is: `case next` hides it. That you asked, and why, stands in the audit trail."""
    hands = assignments_of(load())
    found = hands.show_buyer(hands.find(case), act_of(by, note))
    if as_json:
        print_json({"case_id": found.case_id, "buyer_id": found.buyer_id, "person": found.person})
        return
    typer.echo(f"case {plain(found.case_id)} is of {plain(found.buyer_id)}")


@app.command(epilog="Example: refund-sentinel case heartbeat CASE --by lin.wei")
def heartbeat(case: Named, *, by: By = "", as_json: AsJson = False) -> None:
    """Say that you are still there: the lease lasts on, and a parked case is worked on again."""
    _do(lambda hands, name: hands.heartbeat(name, _silent(by)), case, as_json=as_json)


@app.command(epilog="Example: refund-sentinel case hold CASE --by lin.wei --for 4h --note 'asked the laboratory'")
def hold(
    case: Named,
    *,
    by: By = "",
    note: Note,
    for_: Annotated[
        int | None,
        typer.Option("--for", parser=age_ms, metavar="TIME", help="How long: 30m, 4h; none: as long as may be."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Park a case of yours for a while, 24 hours at most in all, and be free for the next one."""
    _do(lambda hands, name: hands.hold(name, act_of(by, note), for_), case, as_json=as_json)


@app.command(
    "hand-over", epilog="Example: refund-sentinel case hand-over CASE --by lin.wei --to chen.yu --note 'knows pottery'"
)
def hand_over(
    case: Named,
    *,
    by: By = "",
    note: Note,
    to: Annotated[str, typer.Option(help="Who decides it instead: a name, or the actor of an API key (key:…).")],
    as_json: AsJson = False,
) -> None:
    """Give a case of yours to a named person, who gets it when they ask next; after a day it goes to anybody."""
    hands = assignments_of(load())
    given = hands.hand_over(hands.find(case), act_of(by, note), to if ":" in to else actor(to, "--to"))
    if as_json:
        print_json(msgspec.to_builtins(given))
        return
    typer.echo(f"case {plain(given.case_id)} waits for {plain(given.reviewer)} until {moment(given.lease_until_ms)}")


@app.command(epilog="Example: refund-sentinel case skip CASE --by lin.wei --note 'I know the buyer' --conflict")
def skip(
    case: Named,
    *,
    by: By = "",
    note: Note,
    conflict: Annotated[
        bool,
        typer.Option("--conflict", help="You must never decide it, since it concerns you: it never comes back to you."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Give a case of yours back: it goes to somebody else, and for a day not to you."""
    hands = assignments_of(load())
    done = case_shown(hands.skip(hands.find(case), act_of(by, note), conflict=conflict), senior=False)
    if as_json:
        print_json(msgspec.to_builtins(done))
        return
    typer.echo(f"case {plain(done.case_id)} is {done.state}")


@app.command(epilog="Example: refund-sentinel case draft CASE --by lin.wei --text 'edges of the crack repeat'")
def draft(
    case: Named,
    *,
    by: By = "",
    text: Annotated[str | None, typer.Option(help="The text.")] = None,
    file: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="A file with the text.")] = None,
    as_json: AsJson = False,
) -> None:
    """Keep what you have written on a case of yours; without --text or --file, show it. It outlives the lease."""
    hands = assignments_of(load())
    written = _read(file) if file is not None else text
    if written is None:
        kept = hands.heartbeat(hands.find(case), _silent(by)).draft
    else:
        kept = hands.draft(hands.find(case), _silent(by), written)
    if as_json:
        print_json({} if kept is None else msgspec.to_builtins(kept))
        return
    typer.echo("nothing is written yet" if kept is None else plain(kept.text))


def assignments_of(settings: Settings) -> Assignments:
    """Return what hands cases out, on the database and the terms of the settings."""
    return Assignments(case_database(settings), terms_of(settings))


def _do(work: Callable[[Assignments, str], Assigned], name: str, *, as_json: bool) -> None:
    hands = assignments_of(load())
    done = work(hands, hands.find(name))
    if as_json:
        print_json(msgspec.to_builtins(_masked(done)))
        return
    _say(done)


def _say(found: Assigned) -> None:
    left_s = max(0, (found.assignment.lease_until_ms - now_ms()) // 1_000)
    until = moment(found.assignment.lease_until_ms)
    how = "parked" if found.assignment.parked else "yours"
    typer.echo(f"case {plain(found.case.case_id)} is {how} until {until} ({left_s // 60} min {left_s % 60} s)")


def _masked(found: Assigned, *, senior: bool = False) -> Assigned:
    case = msgspec.structs.replace(case_shown(found.case, senior=senior), buyer_id=HIDDEN, person=HIDDEN)
    return msgspec.structs.replace(found, case=case)


def _hidden(file: CaseFile) -> CaseFile:
    """Return what is kept on a case without its buyer, and without that of the cases around it."""
    hide = {"buyer_id": HIDDEN, "person": HIDDEN}
    return replace(
        file,
        case=msgspec.structs.replace(file.case, **hide),
        contents=tuple(replace(claim, buyer_id=HIDDEN) for claim in file.contents),
        related=tuple(msgspec.structs.replace(case, **hide) for case in file.related),
    )


def _silent(by: str) -> AuditAct:
    return AuditAct(by=actor(by), note="", at_ms=now_ms())


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        msg = f"{file} cannot be read: {exc}"
        raise Invalid(msg) from exc
