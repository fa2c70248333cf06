"""``settings``: every setting, with what it is here and now."""

import os

import typer

from streams.cli.printing import AsJson, plain, print_json, print_table
from streams.cli.setting_rows import rows, unknown
from streams.cli.unused_settings import unused, within_reach
from streams.settings import load

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: refund-sentinel settings --json")
def settings(*, as_json: AsJson = False) -> None:
    """Show every setting: its name in the environment, meaning, unit, default and present value; no secrets."""
    now = load()
    found = rows(now)
    for name, near in unknown(os.environ).items():
        meant = "is it misspelt?" if near is None else f"is {near} meant?"
        typer.echo(f"{plain(name)} is set, but is no setting: {meant}", err=True)
    for name, why in unused(now).items():
        typer.echo(f"{name} has no effect: {why}", err=True)
    for name, why in within_reach(now).items():
        typer.echo(f"{name}: {why}", err=True)
    if as_json:
        for row in found:
            print_json(row)
        return
    print_table(("name", "meaning", "unit", "allowed", "default", "now"), (tuple(row.values()) for row in found))
