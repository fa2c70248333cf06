"""``case verdict``: what a reviewer decides, or asks for."""

from collections.abc import Sequence
from typing import Annotated

import typer

from streams.cases.asked import Asked, Wanted
from streams.cases.looks import Given, VerdictName
from streams.casework.procedure_file import procedure_of
from streams.casework.reviewing.verdicts import Verdicts
from streams.cli.acting import By, Note, act_of, standing
from streams.cli.case.parties import say_case
from streams.cli.case.work import CaseName, Heard, Photos, Rule, Senior, Version
from streams.cli.database import case_database
from streams.cli.printing import AsJson, plain
from streams.policy.refusals import near
from streams.settings import load
from streams.wording.tables import texts

app = typer.Typer(no_args_is_help=True, add_completion=False)

KINDS = ", ".join(Wanted)


@app.command(
    epilog="Example: refund-sentinel case verdict CASE GRANT --rule DAMAGE_SHOWN --by lin.wei --note 'real crack'"
)
def verdict(  # noqa: PLR0913 - one option each
    case: CaseName,
    given: Annotated[
        VerdictName,
        typer.Argument(
            metavar="VERDICT", help="GRANT, REFUSE, FORGERY_CONFIRMED or MORE_EVIDENCE.", case_sensitive=False
        ),
    ],
    *,
    rule: Rule,
    by: By = "",
    note: Note,
    photo: Photos = None,
    ask: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND[=TEXT]", help=f"With MORE_EVIDENCE, what is asked for: {KINDS}. A code is made."),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="A field that the procedure asks for, with its value."),
    ] = None,
    heard: Heard = False,
    senior: Senior = False,
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Decide a case: the refund is paid, or not, or photos are forged; or ask for more evidence, at most twice.

    Some verdicts are kept until another person, who is not shown them, came to one: then the case has none yet.
    """
    settings = load()
    verdicts = Verdicts(case_database(settings), procedure_of(settings.procedure))
    content = Given(
        verdict=given, rule=rule, photos=tuple(photo or ()), asked=tuple(map(_asked, ask or ())), fields=_fields(field)
    )
    may = standing(senior=senior)
    done = verdicts.give(
        case, act_of(by, note), content, version=version, heard=heard, senior=may.senior, picks=may.picks
    )
    say_case(done.case, as_json=as_json)
    codes = texts("statements/rules")
    if rule not in codes and (meant := near(rule, codes)):
        typer.echo(f"parties are told the code {plain(rule)}, which has no words here{meant}", err=True)


def _asked(text: str) -> Asked:
    kind, _, more = text.partition("=")
    if kind.upper() not in set(Wanted):
        msg = f"{kind} is no kind of evidence: one of {KINDS}"
        raise typer.BadParameter(msg, param_hint="--ask")
    return Asked(Wanted(kind.upper()), more.strip())


def _fields(given: Sequence[str] | None) -> dict[str, str]:
    found = [one.partition("=") for one in given or ()]
    if any(not sign for _, sign, _ in found):
        msg = "give NAME=VALUE"
        raise typer.BadParameter(msg, param_hint="--field")
    return {name: value for name, _, value in found}
