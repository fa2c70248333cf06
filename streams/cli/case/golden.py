"""``case golden add|remove|list``: closed cases that are handed out again to see how reviewers judge."""

import msgspec
import typer

from streams.casework.quality.golden import GoldenCases
from streams.cli.acting import By, Note, act_of
from streams.cli.case.work import CaseName
from streams.cli.database import case_database, case_files
from streams.cli.printing import AsJson, plain, print_json, print_table
from streams.settings import load
from streams.wording.dates import moment

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Closed cases that the console hands out again, unmarked, to see how reviewers judge.",
)


@app.command(epilog="Example: refund-sentinel case golden add CASE --by ma.li --note 'the crack repeats, clearly'")
def add(case: CaseName, *, by: By = "", note: Note, as_json: AsJson = False) -> None:
    """Mark a closed case as golden: its verdict is known to be right. Safe to repeat."""
    found = _golden().mark(case, act_of(by, note))
    if as_json:
        print_json(msgspec.to_builtins(found))
        return
    typer.echo(f"{plain(found.mark.case_id)} is golden: {found.mark.verdict} by {plain(found.mark.rule)}")


@app.command(epilog="Example: refund-sentinel case golden remove CASE --by ma.li --note 'everybody knows it by now'")
def remove(case: CaseName, *, by: By = "", note: Note) -> None:
    """Take the mark away: the case is handed out no longer, and what reviewers came to still counts."""
    _golden().unmark(case, act_of(by, note))
    typer.echo(f"{plain(case)} is golden no longer")


@app.command("list", epilog="Example: refund-sentinel case golden list --json")
def list_(*, as_json: AsJson = False) -> None:
    """List the golden cases, the newest first, with how many reviewers decided each again, and how many rightly."""
    found = _golden().list()
    if as_json:
        for one in found:
            print_json(msgspec.to_builtins(one))
        return
    rows = (
        (one.mark.case_id, one.mark.verdict, one.mark.rule, one.answers, one.agreed, moment(one.mark.marked_at_ms))
        for one in found
    )
    print_table(("case", "verdict", "rule", "answers", "agreed", "marked"), rows)


def _golden() -> GoldenCases:
    settings = load()
    return GoldenCases(case_files(settings), case_database(settings))
