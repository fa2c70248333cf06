"""``case recommendations|close-recommendation``: what is recommended on a case, and what became of it."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
import typer

from streams.cases.reviewing.recommendations import Outcome, Recommendation
from streams.casework.reviewing.recommendations import Recommendations
from streams.cli.acting import By, Note, act_of
from streams.cli.case.work import CaseName, Senior, Version
from streams.cli.database import case_database, case_files
from streams.cli.printing import AsJson, plain, print_json
from streams.clock import now_ms
from streams.policy.reasons import criteria, reasons
from streams.settings import load
from streams.wording.dates import moment
from streams.wording.tables import texts

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.command("recommendations", epilog="Example: refund-sentinel case recommendations CASE --json")
def list_(case: CaseName, *, senior: Senior = False, as_json: AsJson = False) -> None:
    """Show what is recommended on a case, what each rests on, and how it was closed."""
    found = case_files(load()).show(case, senior=senior)
    _say(_recommendations().of(found, now_ms()), as_json=as_json)


@app.command(
    "close-recommendation",
    epilog="Example: refund-sentinel case close-recommendation CASE REPORT_TO_POLICE done --by lin.wei --note 'no. 17'",
)
def close(  # noqa: PLR0913 - one option each
    case: CaseName,
    code: Annotated[str, typer.Argument(metavar="CODE", help="What is recommended: REPORT_TO_POLICE.")],
    outcome: Annotated[Outcome, typer.Argument(metavar="done|declined", help="What became of it.")],
    *,
    by: By = "",
    note: Note,
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Close a recommendation as done or declined; safe to repeat. It stands in the case's audit trail."""
    _say(_recommendations().close(case, code, outcome, act_of(by, note), version), as_json=as_json)


def _recommendations() -> Recommendations:
    settings = load()
    return Recommendations(case_files(settings), case_database(settings), criteria())


def _say(found: Sequence[Recommendation], *, as_json: bool) -> None:
    for one in found:
        if as_json:
            print_json(msgspec.to_builtins(one))
        else:
            _tell(one)
    if not found and not as_json:
        typer.echo("nothing is recommended on this case")


def _tell(one: Recommendation) -> None:
    closed = one.closed
    how = texts("recommendations/outcomes")["open" if closed is None else closed.outcome].both
    by = "" if closed is None else f", {plain(closed.by)}, {moment(closed.at_ms)}: {plain(closed.note)}"
    words = reasons().recommendations.get(one.code)
    typer.echo(f"{one.code} [{how}{by}]" + ("" if words is None else f" {words.both}"))
    for ground in one.grounds:
        typer.echo(f"  {ground.both}")
