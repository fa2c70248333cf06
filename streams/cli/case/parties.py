"""``case statement|object|appeal|withdraw``: what parties say on a case, and what the platform takes back."""

from typing import Annotated

import msgspec
import typer

from streams.cases.asked import Party
from streams.cases.case import Case
from streams.casework.parties.hearings import Hearings
from streams.casework.parties.human_review import HumanReviews
from streams.casework.procedure_file import procedure_of
from streams.cli.acting import By, Note, act_of
from streams.cli.case.record import case_record
from streams.cli.case.work import CaseName, Version
from streams.cli.database import case_database
from streams.cli.printing import AsJson, plain, print_json
from streams.settings import load
from streams.wording.dates import moment

app = typer.Typer(no_args_is_help=True, add_completion=False)

Side = Annotated[Party, typer.Option("--party", help="Which party it is.")]


@app.command(
    epilog="Example: refund-sentinel case statement CASE --party merchant --by m-5 --note 'sent whole, see video'"
)
def statement(
    case: CaseName,
    *,
    by: By = "",
    note: Note,
    party: Side = "merchant",
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Put a party's statement on a case; the merchant's ends the hearing."""
    say_case(_hearings().state(case, act_of(by, note), party, version), as_json=as_json)


@app.command(
    "object", epilog="Example: refund-sentinel case object rr-000123 --by m-5 --photo c1 --note 'this is our photo'"
)
def object_(
    request: Annotated[str, typer.Argument(metavar="REQUEST", help="The request's id.")],
    *,
    by: By = "",
    note: Note,
    photo: Annotated[str | None, typer.Option(help="The id of the photo that the merchant objects to.")] = None,
    as_json: AsJson = False,
) -> None:
    """Put a merchant's objection to a request: where a machine cleared it, that opens a case."""
    done = _hearings().object_to(request, act_of(by, note), photo)
    say_case(done.case, as_json=as_json, before="opened: " if done.opened else "")


@app.command(epilog="Example: refund-sentinel case appeal CASE --party buyer --by b-17 --note 'the crack is real'")
def appeal(
    case: CaseName, *, by: By = "", note: Note, party: Side = "buyer", version: Version = None, as_json: AsJson = False
) -> None:
    """Appeal a verdict once: somebody who did not decide the case before does."""
    say_case(_hearings().appeal(case, act_of(by, note), party, version), as_json=as_json)


@app.command(
    "human-review", epilog="Example: refund-sentinel case human-review rr-000123 --by b-17 --note 'let somebody look'"
)
def human_review(
    name: Annotated[str, typer.Argument(metavar="REQUEST", help="The request's id, or its case's.")],
    *,
    by: By = "",
    note: Note,
    party: Side = "buyer",
    as_json: AsJson = False,
) -> None:
    """Demand that a person looks, also at what a machine cleared, or has not decided yet; safe to repeat."""
    settings = load()
    demands = HumanReviews(case_database(settings), procedure_of(settings.procedure))
    done = demands.demand(name, act_of(by, note), party)
    if done.case is not None:
        say_case(done.case, as_json=as_json, before="opened: " if done.opened else "")
    elif as_json:
        print_json(msgspec.to_builtins(done))
    else:
        typer.echo(f"request {plain(name)} is not decided yet: it goes to a person, whatever the machine finds")


@app.command(epilog="Example: refund-sentinel case withdraw CASE --by platform --note 'the buyer gave up'")
def withdraw(case: CaseName, *, by: By = "", note: Note, version: Version = None, as_json: AsJson = False) -> None:
    """Take a request back that nobody has decided yet: its case is closed."""
    say_case(_hearings().withdraw(case, act_of(by, note), version), as_json=as_json)


def _hearings() -> Hearings:
    settings = load()
    return Hearings(case_database(settings), procedure_of(settings.procedure))


def say_case(case: Case, *, as_json: bool, before: str = "") -> None:
    """Print where a case stands now."""
    if as_json:
        print_json(case_record(case))
        return
    due = "" if case.due_at_ms is None else f", until {moment(case.due_at_ms)}"
    typer.echo(f"{before}case {plain(case.case_id)} is {case.state}{due}")
