"""``settings``: every setting, with what it is here and now."""

import typer

from streams.cli.printing import AsJson, plain, print_json, print_table
from streams.cli.program import USAGE
from streams.cli.setting_faults import faults
from streams.cli.setting_rows import rows
from streams.cli.unused_settings import unused, within_reach

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: refund-sentinel settings --json")
def settings(*, as_json: AsJson = False) -> None:
    """Show every setting: its name in the environment, meaning, unit, default and present value; no secrets.

    Checks them too, without asking anybody: a line for each that is wrong, or that is no setting, and status 2.
    """
    now, wrong = faults()
    for fault in wrong:
        typer.echo(plain(fault), err=True)
    if now is None:
        raise typer.Exit(USAGE)
    for name, why in unused(now).items():
        typer.echo(f"{name} has no effect: {why}", err=True)
    for name, why in within_reach(now).items():
        typer.echo(f"{name}: {why}", err=True)
    if as_json:
        for row in rows(now):
            print_json(row)
    else:
        print_table(
            ("name", "meaning", "unit", "allowed", "default", "now"), (tuple(row.values()) for row in rows(now))
        )
    if wrong:
        raise typer.Exit(USAGE)
