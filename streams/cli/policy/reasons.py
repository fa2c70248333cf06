"""``policy test|explain|variables``: what rules see, what they make of cases, and why they answered as they did."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from streams.cli.policy.files import PolicyFile, database, policy_of
from streams.cli.printing import AsJson, plain, print_json, print_table
from streams.clock import now_ms
from streams.errors import Invalid, PolicyError
from streams.judgement.explaining import Answered, Explained
from streams.judgement.policy_file import read_file, text_of
from streams.policy.compiled import Policy
from streams.policy.effective import day_of
from streams.policy.trial_cases import failures, read_cases, run_case
from streams.policy.variables import BY_SUBJECT, VARIABLES
from streams.wording.labels import reading_words

EVERYWHERE = "all"


def run_cases_of(
    file: PolicyFile,
    cases: Annotated[
        Path | None,
        typer.Argument(metavar="CASES", help="The file of cases; none: policy.tests.yaml beside policy.yaml."),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Run the cases that live beside a policy; status 1 where one does not give what it must, or there is none."""
    policy = read_file(file)[1]
    beside = cases or file.with_name(f"{file.stem}.tests.yaml")
    if not beside.is_file():
        what = f"{beside} is a folder" if beside.is_dir() else f"there is no {beside}"
        msg = f"{what}, so nothing is tested: write cases in a file (deploy/docs/policy.md), or name another one"
        raise Invalid(msg)
    try:
        told = [run_case(policy, case, day_of(now_ms())) for case in read_cases(text_of(beside))]
    except PolicyError as exc:
        msg = f"{beside}: {exc}"
        raise PolicyError(msg) from exc
    for one in told:
        if as_json:
            print_json(msgspec.to_builtins(one))
        elif one.passed:
            typer.echo(f"ok      {plain(one.name)}")
        else:
            wanted = " ".join([one.expected.verdict, *(one.expected.reasons or ())])
            typer.echo(f"FAILED  {plain(one.name)}: {' '.join([one.verdict, *one.reasons])} instead of {wanted}")
    failed = failures(told)
    if not as_json:
        typer.echo(f"{len(told)} cases, {failed} failed")
    raise typer.Exit(1 if failed else 0)


def variables(
    policy: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A policy, whose definitions are listed too.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List every variable that a rule may use, with its type, unit, and for which rules; and a policy's definitions."""
    words = reading_words().variables
    rows: list[dict[str, Any]] = []
    for name, one in VARIABLES.items():
        kinds = [kind for kind, has in BY_SUBJECT.items() if one in has]
        rules = EVERYWHERE if len(kinds) == len(BY_SUBJECT) else " ".join(kinds)
        row = {"name": name, "type": one.kind, "unit": one.unit, "rules": rules, "from": one.source}
        rows.append(row | {"zh": words[name].zh, "en": words[name].en})
    rows += [] if policy is None else _definitions(read_file(policy)[1])
    if as_json:
        for row in rows:
            print_json(row)
    else:
        print_table(["variable", "type", "unit", "rules for", "English"], [_cells(row) for row in rows])


def explain(
    request_id: Annotated[str, typer.Argument(metavar="REQUEST", help="The request's id.")],
    *,
    policy: Annotated[
        str | None, typer.Option("--policy", metavar="FILE|HASH", help="Another policy than the one that judged it.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show rules that did not fire too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what each rule saw of a request, why it fired or did not, and the smallest change that flips it.

    For operators: values and thresholds are shown. From what the judge saw then.
    """
    opened = database()
    chosen = None if policy is None else policy_of(policy, opened.versions())
    for one in opened.explaining().explain(request_id, chosen):
        print_json(_told(one)) if as_json else _show(one, every=every)


def _definitions(policy: Policy) -> list[dict[str, Any]]:
    """Return a row for each definition: for which rules it is asked, and what it stands for in place of words."""
    rows = []
    for name, text in policy.document.definitions.items():
        kinds = [
            kind for kind, scope in policy.scopes.items() if any(name in one.condition.used for one in scope.rules)
        ]
        row = {"name": name, "type": "bool", "unit": "", "rules": " ".join(kinds), "from": "definition"}
        rows.append(row | dict.fromkeys(("zh", "en"), " ".join(text.split())))
    return rows


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return row["name"], row["type"], row["unit"], row["rules"], row["en"]


def _told(one: Explained) -> dict[str, Any]:
    return {
        "request_id": one.decision.request_id,
        "request_digest": one.decision.request_digest,
        "policy": {"name": one.policy.name, "sha256": one.policy.sha256},
        "verdict": one.decision.verdict,
        "score": one.decision.score,
        "reasons": [reason.code for reason in one.decision.reasons],
        "unmeasured": list(one.unmeasured),
        "rules": [_rule(answer) for answer in one.answers],
    }


def _rule(answer: Answered) -> dict[str, Any]:
    flips = answer.flips
    return {
        "rule": answer.rule,
        "reason": answer.reason,
        "when": answer.when,
        "definitions": dict(answer.definitions),
        "media_id": answer.media_id,
        "reference_id": answer.reference_id,
        "earlier": answer.earlier,
        "values": dict(answer.values),
        "missing": list(answer.missing),
        "asked": answer.asked,
        "fired": answer.fired,
        "why": answer.why,
        "flips": flips and {"variable": flips.variable, "value": flips.value, "instead": flips.instead},
    }


def _show(one: Explained, *, every: bool) -> None:
    told = " ".join([one.decision.verdict, *(reason.code for reason in one.decision.reasons)])
    typer.echo(f"{plain(one.decision.request_id)}: {told} by {plain(one.policy.name)}")
    for said in one.unmeasured:
        typer.echo(f"  could not be measured: {plain(said)}")
    of_rules = {answer.reason for answer in one.answers if answer.fired}
    for reason in one.decision.reasons:
        if reason.code not in of_rules:
            typer.echo(f"  {reason.code}, by no rule: {plain(reason.text.en)}")
    shown = [answer for answer in one.answers if every or answer.fired is not False]
    for answer in shown:
        said = {True: "fired", False: "did not fire", None: "could not be settled"}[answer.fired]
        said = said if answer.asked else "was not asked: it is off for this request, or holds on other days"
        about = " ".join(filter(None, (answer.media_id, answer.reference_id, answer.earlier)))
        typer.echo(plain(f"{answer.rule} {said}{' on ' + about if about else ''}: {answer.when}"))
        for name, meaning in answer.definitions.items():
            typer.echo(plain(f"    {name}: {meaning}"))
        for name, value in answer.values.items():
            typer.echo(plain(f"    {name} = {value}"))
        for name in answer.missing:
            typer.echo(plain(f"    {name} could not be measured"))
        if answer.flips is not None:
            change = f"{answer.flips.variable} = {answer.flips.instead} instead of {answer.flips.value}"
            typer.echo(plain(f"    smallest change that flips it: {change}"))
    hidden = len(one.answers) - len(shown)
    if hidden:
        typer.echo(f"{hidden} more answers of rules that did not fire: --all shows them")
