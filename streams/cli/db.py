"""``db upgrade|current|check``: the database's tables."""

from dataclasses import asdict

import typer

from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.schema import NEWER, in_the_way
from streams.adapters.sql.schema import upgrade as upgrade_schema
from streams.adapters.sql.schema_check import HalfDone, Schema, schema_of
from streams.cli.printing import AsJson, print_json
from streams.errors import SchemaMismatch
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


@app.command(epilog="Example: refund-sentinel db current --json")
def current(*, as_json: AsJson = False) -> None:
    """Show which revision the database has, which is the newest, and what is left to be applied."""
    found = _schema()
    if as_json:
        print_json(asdict(found) | {"current": found.current})
        return
    typer.echo(f"the database has revision {found.revision or 'none'}, the newest is {found.newest}")
    if found.in_the_way:
        typer.echo(in_the_way(found.in_the_way))
        return
    for revision in found.left:
        typer.echo(f"left to be applied: {revision}")
    for one in found.half_done:
        typer.echo(_said(one))


@app.command(epilog="Example: refund-sentinel db check")
def check(*, as_json: AsJson = False) -> None:
    """Say whether this program may work on the database: status 1, and why, where it may not.

    A revision that was left half done is named, with what of it is there and what is missing.
    """
    found = _schema()
    if as_json:
        print_json(asdict(found) | {"current": found.current})
    if found.half_done:
        msg = "; ".join(map(_said, found.half_done))
        msg += ": put back the backup from before the upgrade, or undo by hand what is there, then: db upgrade"
        raise SchemaMismatch(msg)
    if found.unknown:
        raise SchemaMismatch(NEWER)
    if found.in_the_way:
        raise SchemaMismatch(in_the_way(found.in_the_way))
    if found.left:
        raise SchemaMismatch(_left(found))
    if not as_json:
        typer.echo(f"the database is up to date ({found.newest})")


def _left(found: Schema) -> str:
    count = len(found.left)
    has = "the database has no tables yet" if found.revision is None else f"the database has revision {found.revision}"
    left = "1 revision is" if count == 1 else f"{count} revisions are"
    return f"{has}; {left} left to be applied, up to {found.newest}: refund-sentinel db upgrade"


def _schema() -> Schema:
    engine = open_engine(load().database_url)
    try:
        return schema_of(engine)
    finally:
        engine.dispose()


def _said(one: HalfDone) -> str:
    parts = [f"{', '.join(names)} {how}" for how, names in (("there", one.there), ("missing", one.missing)) if names]
    return f"revision {one.revision} is half done: {'; '.join(parts)}"
