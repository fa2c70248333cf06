"""The entry point: which commands there are. Their modules, and what these need, are loaded only when they are used."""

import os
from typing import Annotated

import typer

from streams.cli.program import Listed, Program

COMMANDS = (
    Listed("demo", "See it all at work on this machine, with real photos.", "streams.cli.demo"),
    Listed("worker", "Run the workers that answer requests.", "streams.cli.worker"),
    Listed("console", "Serve the pages and the API.", "streams.cli.console"),
    Listed("account", "Make, list and close accounts of people.", "streams.cli.account"),
    Listed("api-key", "Make, list and revoke keys of the API.", "streams.cli.api_key"),
    Listed("topics", "Make the topics on the broker, or check them.", "streams.cli.topics"),
    Listed("db", "Bring the database's tables up to date.", "streams.cli.db"),
    Listed("submit", "Send records from a file, and show the decisions on them.", "streams.cli.submit"),
    Listed(
        "inspect", "Compare a claim photo with photos of the goods, without a broker.", "streams.cli.inspect.commands"
    ),
    Listed("dlq", "Look at dead letters, and send them again.", "streams.cli.dlq"),
    Listed("policy", "Check, show and activate the policy that judges.", "streams.cli.policy.commands"),
    Listed("signals", "Share confirmed forgeries with other platforms.", "streams.cli.signals"),
    Listed("case", "Look at the cases that people decide.", "streams.cli.case.commands"),
    Listed("evidence", "Export a case as evidence, and verify what was.", "streams.cli.evidence"),
    Listed("audit", "Prove that the audit trail is as it was written.", "streams.cli.audit"),
    Listed("sightings", "Look at the earlier photos kept here, and check their files.", "streams.cli.sightings"),
    Listed("erase", "Erase a person's photos, and show that they no longer match.", "streams.cli.erase"),
    Listed("bench", "Measure what this machine can do.", "streams.cli.bench"),
    Listed("settings", "Show every setting and what it is.", "streams.cli.settings"),
)

SAYS_ITSELF = {"worker", "console", "settings"}
"""Commands that say themselves which variables are no settings: in the log, or in their answer."""

app = typer.Typer(cls=Program, no_args_is_help=True, context_settings={"obj": COMMANDS})


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer's way to call back
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - it takes a tenth of a start

        typer.echo(f"refund-sentinel {version('refund-sentinel')}")
        raise typer.Exit


def _ask_about_misspelt(command: str | None) -> None:
    """Say which variables were surely meant for settings: without them a command works on another database."""
    if command in SAYS_ITSELF or not any(name.upper().startswith("SENTINEL_") for name in os.environ):
        return
    from streams.cli.setting_rows import unknown  # noqa: PLC0415 - commands without settings start sooner
    from streams.settings import load_what_is_right  # noqa: PLC0415

    if load_what_is_right()[1]:  # the error on these names the misspelt, too
        return
    for name, meant in unknown(os.environ).items():
        if meant is not None:
            typer.echo(f"refund-sentinel: {name} is set, but is no setting: is {meant} meant?", err=True)


@app.callback(epilog="Example: refund-sentinel worker all")
def refund_sentinel(
    context: typer.Context,
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Say the version and end.")
    ] = False,
) -> None:
    """Keep refund-only claims with forged damage photos from being paid by a machine."""
    _ask_about_misspelt(context.invoked_subcommand)


def main() -> None:
    """Run the command line; the exit status is 0 (done), 1 (what was asked failed) or 2 (usage or settings)."""
    app()
