"""``account create|list|close|password``: who may sign in to the pages."""

import getpass
from typing import Annotated

import msgspec
import typer

from streams.access.accounts import Accounts, MadeAccount
from streams.adapters.sql.accounts import SqlAccounts
from streams.cli.database import current_engine
from streams.cli.printing import AsJson, plain, print_json, print_table
from streams.clock import now_ms
from streams.settings import load
from streams.wording.dates import moment

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Make, list and close accounts of people.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The account's name.")]


@app.command(epilog="Example: refund-sentinel account create --name lin.wei --role reviewer --json")
def create(
    *,
    name: Annotated[str, typer.Option("--name", help="How the person is called, here and in the audit trail.")],
    role: Annotated[
        list[str],
        typer.Option(
            "--role",
            metavar="ROLE",
            help="What it may be, once or several times: merchant:ID, reviewer, senior, policy-author, "
            "policy-approver, operator, auditor or admin.",
        ),
    ],
    by: Annotated[str | None, typer.Option("--by", help="Who makes it; none: the account of this machine.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make an account; its password is shown once, now, and kept as a hash."""
    maker = by or f"local:{getpass.getuser()}"
    _tell(_accounts().create(name, role, by=maker, now_ms=now_ms()), as_json=as_json)


@app.command("list", epilog="Example: refund-sentinel account list --json")
def list_(*, as_json: AsJson = False) -> None:
    """List every account by name."""
    found = _accounts().every()
    if as_json:
        for account in found:
            print_json(msgspec.to_builtins(account))
        return
    rows = [
        (
            account.name,
            " ".join(account.scopes),
            moment(account.made_at_ms),
            account.made_by,
            None if account.closed_at_ms is None else moment(account.closed_at_ms),
        )
        for account in found
    ]
    print_table(("account", "roles", "made", "by", "closed"), rows)


@app.command(epilog="Example: refund-sentinel account close lin.wei")
def close(name: Name, *, as_json: AsJson = False) -> None:
    """Close an account: nobody signs in with it any more, and who is signed in is not. Safe to repeat."""
    account = _accounts().close(name, now_ms())
    if as_json:
        print_json(msgspec.to_builtins(account))
        return
    typer.echo(f"{plain(account.name)} is closed")


@app.command(epilog="Example: refund-sentinel account password lin.wei")
def password(name: Name, *, as_json: AsJson = False) -> None:
    """Give an account another password, shown once; its sessions and its lock end."""
    _tell(_accounts().new_password(name), as_json=as_json)


def _tell(made: MadeAccount, *, as_json: bool) -> None:
    if as_json:
        print_json(msgspec.to_builtins(made))
        return
    typer.echo(f"{made.name}, password shown this once:\n{made.password}")


def _accounts() -> Accounts:
    return Accounts(SqlAccounts(current_engine(load())))
