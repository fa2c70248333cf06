"""``db upgrade``: the database's tables."""

import typer

from streams.adapters.sql.schema import upgrade as upgrade_schema
from streams.cli.printing import AsJson, print_json
from streams.settings import load

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Bring the database's tables up to date.")


@app.callback()
def db() -> None:
    """Bring the database's tables up to date."""


@app.command(epilog="Example: SENTINEL_DATABASE_URL=sqlite:///sentinel.db refund-sentinel db upgrade")
def upgrade(*, as_json: AsJson = False) -> None:
    """Apply what the database lacks; safe to repeat, and when several do it at once."""
    applied = upgrade_schema(load().database_url, lambda told: typer.echo(told, err=True))
    if as_json:
        for revision in applied:
            print_json({"applied": revision})
        return
    for revision in applied:
        typer.echo(f"applied {revision}")
    if not applied:
        typer.echo("the database is up to date")
