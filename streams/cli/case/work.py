"""``case confirm-forgery|revoke-forgery|mark-harmless|unmark-harmless|harmless``: what people find out about photos."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
import typer

from streams.cases.case import Case
from streams.casework.photos.forgeries import PHOTO_FORGED, Forgeries
from streams.casework.photos.harmless import HarmlessMarks
from streams.casework.procedure_file import procedure_of
from streams.cli.acting import By, Note, act_of, standing
from streams.cli.database import case_database
from streams.cli.printing import DEFAULT_LIMIT, AsJson, Limit, limited, plain, print_json, print_table
from streams.settings import load
from streams.wording.dates import moment

app = typer.Typer(no_args_is_help=True, add_completion=False)

NAMED_AT_MOST = 20

CaseName = Annotated[
    str, typer.Argument(metavar="CASE", help="The case's id, as `case list` shows it, or its request's.")
]
Version = Annotated[
    int | None,
    typer.Option(min=1, help="The case's version as you read it: nothing is done if somebody changed it since."),
]
Heard = Annotated[
    bool,
    typer.Option("--heard", help="The party that the case waits for, merchant or buyer, has answered in another way."),
]
Senior = Annotated[
    bool, typer.Option("--senior", help="You are a senior reviewer: you also get cases on which two reviewers differ.")
]
Photos = Annotated[list[str] | None, typer.Option("--photo", help="A forged photo's id; none: all of the case.")]
Rule = Annotated[str, typer.Option("--rule", metavar="CODE", help="The rule that the verdict rests on, as a code.")]


@app.command(
    "confirm-forgery",
    epilog="Example: refund-sentinel case confirm-forgery CASE --by lin.wei --note 'crack painted in'",
)
def confirm_forgery(  # noqa: PLR0913 - one option each
    case: CaseName,
    *,
    by: By = "",
    note: Note,
    rule: Rule = PHOTO_FORGED,
    photo: Photos = None,
    heard: Heard = False,
    senior: Senior = False,
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Confirm that a case's photos are forged, as `case verdict CASE FORGERY_CONFIRMED` does; safe to repeat.

    It counts in the buyer's history, later claims that show the photos are reviewed for it, and every claim of the
    case's cluster becomes a case, also what a machine had cleared.
    """
    settings = load()
    forgeries = Forgeries(case_database(settings), procedure_of(settings.procedure))
    may = standing(senior=senior)
    done = forgeries.confirm(
        case,
        act_of(by, note),
        rule=rule,
        photos=photo or (),
        version=version,
        heard=heard,
        senior=may.senior,
        picks=may.picks,
    )
    if as_json:
        print_json(msgspec.to_builtins(done))
        return
    if done.case.verdict is None:
        typer.echo(f"{plain(done.case.case_id)} is {done.case.state}: somebody else comes to a verdict, too")
        return
    before = " (it was before)" if done.repeated else ""
    typer.echo(f"{plain(done.case.case_id)} is confirmed as a forgery{before}; photos in the bank: {len(done.photos)}")
    _say(done.opened, f"opened in cluster {plain(done.case.cluster_id)}")


@app.command("revoke-forgery", epilog="Example: refund-sentinel case revoke-forgery CASE --by chen.yu --note 'real'")
def revoke_forgery(
    case: CaseName, *, by: By = "", note: Note, version: Version = None, as_json: AsJson = False
) -> None:
    """Take a confirmed forgery back; safe to repeat.

    It no longer counts, its photos leave the bank, and cases that were opened only for it are closed. Somebody else
    decides the case anew.
    """
    done = Forgeries(case_database(load())).revoke(case, act_of(by, note), version=version)
    if as_json:
        print_json(msgspec.to_builtins(done))
        return
    before = " (it was before)" if done.repeated else ""
    typer.echo(f"{plain(done.case.case_id)} is no longer a confirmed forgery{before}: it is {done.case.state}")
    _say(done.closed, "closed")


@app.command(
    "mark-harmless",
    epilog="Example: refund-sentinel case mark-harmless CASE --photo c1 --like rr-000123 --by lin.wei --note 'one box'",
)
def mark_harmless(
    case: CaseName,
    *,
    by: By = "",
    note: Note,
    photo: Annotated[str, typer.Option(help="The id of the case's photo.")],
    like: Annotated[
        str | None,
        typer.Option(help="Only beside photos of this request, or this sighting; none: beside whichever photo."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say that a photo resembles others by mere chance; safe to repeat.

    The resemblance joins no clusters, and parts what it had joined; the packaged policy does not take it for a photo
    used before. Everything else that is known of the photos counts as ever. Prefer --like: without it, whoever sends
    that photo again is not noticed.
    """
    done = HarmlessMarks(case_database(load())).mark(case, photo, act_of(by, note), like=like)
    if as_json:
        print_json(msgspec.to_builtins(done))
        return
    before = " (it was before)" if done.repeated else ""
    for mark in done.marks:
        typer.echo(f"{plain(mark.photo)} is harmless beside {plain(mark.other or 'any photo')}{before}: {mark.mark_id}")
    _say(done.closed, "closed")


@app.command(
    "unmark-harmless",
    epilog="Example: refund-sentinel case unmark-harmless h-0f2c --by chen.yu --note 'one photo'",
)
def unmark_harmless(
    mark_id: Annotated[str, typer.Argument(metavar="MARK", help="The mark's id, as `case harmless` shows it.")],
    *,
    by: By = "",
    note: Note,
    as_json: AsJson = False,
) -> None:
    """Remove a mark: the resemblance counts again, and joins clusters again."""
    settings = load()
    done = HarmlessMarks(case_database(settings), procedure_of(settings.procedure)).unmark(mark_id, act_of(by, note))
    if as_json:
        print_json(msgspec.to_builtins(done))
        return
    typer.echo(f"{plain(mark_id)} is removed")
    _say(done.opened, "opened")


@app.command(epilog="Example: refund-sentinel case harmless --limit 0 --json")
def harmless(*, as_json: AsJson = False, limit: Limit = DEFAULT_LIMIT) -> None:
    """List the resemblances that people marked as harmless, newest first."""
    marks = list(limited(HarmlessMarks(case_database(load())).marks(), limit))
    if as_json:
        for mark in marks:
            print_json(msgspec.to_builtins(mark))
        return
    rows = [
        (mark.mark_id, mark.photo, mark.other, mark.case_id, moment(mark.marked_at_ms), mark.marked_by, mark.note)
        for mark in marks
    ]
    print_table(("mark", "photo", "beside", "case", "marked", "by", "note"), rows)


def _say(found: Sequence[Case], what: str) -> None:
    named = ", ".join(plain(case.case_id) for case in found[:NAMED_AT_MOST])
    more = f" and {len(found) - NAMED_AT_MOST} more" if len(found) > NAMED_AT_MOST else ""
    typer.echo(f"cases {what}: {len(found)}" + (f": {named}{more}" if found else ""))
