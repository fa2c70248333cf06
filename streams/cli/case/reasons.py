"""``case statement-of-reasons``: why a case was decided as it was, in Chinese and English."""

from typing import Annotated

import msgspec
import typer

from streams.cases.reviewing.statement_of_reasons import Audience
from streams.casework.procedure_file import procedure_of
from streams.casework.reviewing.statements_of_reasons import StatementsOfReasons
from streams.cli.case.page_parts import indented
from streams.cli.case.work import CaseName
from streams.cli.database import case_files
from streams.cli.printing import AsJson, console, print_json
from streams.settings import load

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.command("statement-of-reasons", epilog="Example: refund-sentinel case statement-of-reasons CASE --for buyer")
def statement_of_reasons(
    case: CaseName,
    *,
    audience: Annotated[
        Audience, typer.Option("--for", help="Who reads it; parties are told no reading.")
    ] = "reviewer",
    as_json: AsJson = False,
) -> None:
    """State the reasons for a verdict: facts, rule, what a machine had to do with it, how and until when to appeal."""
    settings = load()
    done = StatementsOfReasons(case_files(settings), procedure_of(settings.procedure)).of(case, audience)
    if as_json:
        parts = [
            {"name": one.name, "heading": msgspec.to_builtins(one.heading), "lines": msgspec.to_builtins(one.lines)}
            for one in done.paragraphs
        ]
        text = msgspec.to_builtins(done.text)
        about = {"case_id": done.case.case_id, "request_id": done.case.request_id, "verdict": done.verdict}
        print_json({**about, "audience": audience, "paragraphs": parts, "text": text})
        return
    to = console()
    for part in done.paragraphs:
        to.print(part.heading.both, style="bold")
        for line in part.lines:
            for said in dict.fromkeys((line.zh, line.en)):
                to.print(indented(said))
