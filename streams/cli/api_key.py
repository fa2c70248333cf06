"""``api-key create|list|revoke``: by which programs are known to the API."""

import getpass
from typing import Annotated

import msgspec
import typer

from schemas.units import DAY_MS
from streams.access.keys import Keys
from streams.adapters.sql.api_keys import SqlKeys
from streams.cli.database import current_engine
from streams.cli.printing import AsJson, plain, print_json, print_table
from streams.clock import now_ms
from streams.settings import load
from streams.wording.dates import moment

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Make, list and revoke keys of the API.")


@app.command(epilog="Example: refund-sentinel api-key create --name platform --scope platform --days 90 --json")
def create(
    *,
    name: Annotated[str, typer.Option("--name", help="What the key is for, as the audit trail says it: key:NAME.")],
    scope: Annotated[
        list[str],
        typer.Option(
            "--scope",
            metavar="SCOPE",
            help="What it may do, once or several times: platform, merchant:ID, buyer:ID, reviewer, senior, "
            "policy-author, policy-approver, operator, auditor or admin.",
        ),
    ],
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=3_650, help="Days until it expires; none: it does not.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who makes it; none: the account of this machine.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key; it is shown once, now, and kept as a hash."""
    at_ms = now_ms()
    expires = None if days is None else at_ms + days * DAY_MS
    made = _keys().create(name, scope, by=by or f"local:{getpass.getuser()}", now_ms=at_ms, expires_at_ms=expires)
    if as_json:
        print_json({"key_id": made.key_id, "key": made.key})
        return
    typer.echo(f"{made.key_id}, shown this once:\n{made.key}")


@app.command("list", epilog="Example: refund-sentinel api-key list --json")
def list_(*, as_json: AsJson = False) -> None:
    """List every key, newest first; the keys themselves are kept by nobody."""
    found = _keys().every()
    if as_json:
        for key in found:
            print_json(msgspec.to_builtins(key))
        return
    rows = [
        (
            key.key_id,
            key.name,
            " ".join(key.scopes),
            moment(key.made_at_ms),
            key.made_by,
            None if key.expires_at_ms is None else moment(key.expires_at_ms),
            None if key.revoked_at_ms is None else moment(key.revoked_at_ms),
        )
        for key in found
    ]
    print_table(("key", "name", "scopes", "made", "by", "expires", "revoked"), rows)


@app.command(epilog="Example: refund-sentinel api-key revoke k-0f2c4d6e8a1b3c5d")
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="KEY_ID", help="The key's id, as `api-key list` shows it.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Revoke a key: it opens nothing any more. Safe to repeat."""
    key = _keys().revoke(key_id, now_ms())
    if as_json:
        print_json(msgspec.to_builtins(key))
        return
    typer.echo(f"{plain(key.key_id)} ({plain(key.name)}) is revoked")


def _keys() -> Keys:
    return Keys(SqlKeys(current_engine(load())))
