"""``policy …``: the rules that decide who is looked at by a person."""

from pathlib import Path
from typing import Annotated

import typer

from streams.cli.policy import overview as policy_overview
from streams.cli.policy import reasons as policy_reasons
from streams.cli.policy import trials as policy_trials
from streams.cli.policy import versions as policy_versions
from streams.cli.policy.files import PolicyFile, policy_of, versions_of, warn_of
from streams.cli.printing import AsJson, plain, print_json
from streams.clock import now_ms
from streams.judgement.policy_file import read_file
from streams.policy.compiled import compile_policy
from streams.policy.criteria import criteria as in_words
from streams.policy.effective import day_of
from streams.policy.soundness import warnings

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Check, try, activate and explain the policy that judges."
)


@app.command(epilog="Example: refund-sentinel policy check policy.yaml")
def check(file: PolicyFile, *, as_json: AsJson = False) -> None:
    """Say whether a policy holds what it promises; status 1 and the rule and line that do not.

    A part that has no effect any more, such as a rule whose last day is over, is a warning.
    """
    stored, policy = read_file(file)
    useless = warnings(stored.text, day_of(now_ms()))
    if as_json:
        told = {"name": stored.name, "sha256": stored.sha256, "rules": len(policy.document.rules)}
        print_json(told | {"warnings": useless})
    else:
        warn_of(f"{file}", useless)
        typer.echo(f"{file} is a sound policy: {plain(stored.name)}, {len(policy.document.rules)} rules")


@app.command(epilog="Example: refund-sentinel policy show > policy.yaml")
def show(
    digits: Annotated[
        str | None,
        typer.Argument(metavar="HASH", help="The first 8 digits or more of a stored one; none: the active one."),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print the policy that is active in the database, or another one that is stored there."""
    versions = versions_of()
    stored = versions.active(now_ms()) if digits is None else versions.find(digits).policy
    if as_json:
        held = {"held": True} if stored.held else {}
        print_json({"name": stored.name, "sha256": stored.sha256, "text": stored.text} | held)
    else:
        typer.echo(stored.text, nl=not stored.text.endswith("\n"))


@app.command(epilog="Example: refund-sentinel policy criteria > criteria.md")
def criteria(
    named: Annotated[
        str | None, typer.Argument(metavar="FILE|HASH", help="A policy, or a stored one's hash; none: the active one.")
    ] = None,
) -> None:
    """Print what leads to review, in Chinese and English and without thresholds: to be published."""
    if named is not None and Path(named).is_file():
        typer.echo(in_words(read_file(Path(named))[1]), nl=False)
        return
    versions = versions_of()
    stored = versions.active(now_ms()) if named is None else policy_of(named, versions)
    typer.echo(in_words(compile_policy(stored.text), versions.since_ms(stored.sha256)), nl=False)


for verb, example in {
    "propose": "policy.yaml --by lin.wei",
    "activate": "policy.yaml --by lin.wei",
    "history": "--limit 10",
    "diff": "policy.yaml",
    "rollback": "--by lin.wei --reason 'too many false alarms'",
    "hold": "--by lin.wei --reason 'photos are not read'",
}.items():
    app.command(verb, epilog=f"Example: refund-sentinel policy {verb} {example}")(getattr(policy_versions, verb))
app.command("backtest", epilog="Example: refund-sentinel policy backtest --since 30d --policy new.yaml")(
    policy_trials.backtest
)
app.command("shadow", epilog="Example: refund-sentinel policy shadow new.yaml --by lin.wei")(policy_trials.shadow)
app.command("overview", epilog="Example: refund-sentinel policy overview --days 30")(policy_overview.overview)
app.command("test", epilog="Example: refund-sentinel policy test policy.yaml")(policy_reasons.run_cases_of)
app.command("variables", epilog="Example: refund-sentinel policy variables --json")(policy_reasons.variables)
app.command("explain", epilog="Example: refund-sentinel policy explain rr-000123 --all")(policy_reasons.explain)
