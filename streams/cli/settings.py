"""``settings``: every setting, with what it is here and now."""

import os

import typer

from streams.cli.printing import AsJson, plain, print_json, print_table
from streams.cli.program import USAGE
from streams.cli.setting_checks import wrong
from streams.cli.setting_rows import rows, unknown
from streams.cli.unused_settings import unused, within_reach
from streams.settings import load

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: refund-sentinel settings --json")
def settings(*, as_json: AsJson = False) -> None:
    """Show every setting: its name in the environment, meaning, unit, default and present value; no secrets.

    Checks them too, without asking anybody: a line for each that is wrong, or that is no setting, and status 2.
    """
    now = load()
    found, faults = rows(now), [*_misspelt(), *wrong(now)]
    for fault in faults:
        typer.echo(plain(fault), err=True)
    for name, why in unused(now).items():
        typer.echo(f"{name} has no effect: {why}", err=True)
    for name, why in within_reach(now).items():
        typer.echo(f"{name}: {why}", err=True)
    if as_json:
        for row in found:
            print_json(row)
    else:
        print_table(("name", "meaning", "unit", "allowed", "default", "now"), (tuple(row.values()) for row in found))
    if faults:
        raise typer.Exit(USAGE)


def _misspelt() -> list[str]:
    meant = {
        name: "is it misspelt?" if near is None else f"is {near} meant?" for name, near in unknown(os.environ).items()
    }
    return [f"{name} is set, but is no setting: {asked}" for name, asked in meant.items()]
