"""``case evidence``: further photos and videos of a party."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
import typer

from streams.cases.sent_evidence import SentMedium
from streams.casework.parties.further_evidence import FurtherEvidence
from streams.casework.procedure_file import procedure_of
from streams.cli.acting import By, Note, act_of
from streams.cli.case.parties import Side, say_case
from streams.cli.case.record import case_record
from streams.cli.case.work import CaseName, Version
from streams.cli.database import case_database
from streams.cli.printing import AsJson, print_json
from streams.settings import load

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.command(
    epilog="Example: refund-sentinel case evidence CASE --party buyer --by b-17 --note 'as asked' --photo claims/f1.jpg"
)
def evidence(  # noqa: PLR0913 - one option each
    case: CaseName,
    *,
    by: By = "",
    note: Note,
    party: Side = "buyer",
    photo: Annotated[
        list[str] | None, typer.Option(metavar="URI", help="Where the platform keeps a photo, as in a request.")
    ] = None,
    video: Annotated[list[str] | None, typer.Option(metavar="URI", help="Where the platform keeps a video.")] = None,
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Send further photos or videos on a case: workers look at them, and what they read stands with the case.

    What the buyer sends opens a short hearing of the merchant before any verdict.
    """
    settings = load()
    taking = FurtherEvidence(case_database(settings), procedure_of(settings.procedure))
    media = [*_media(photo, "photo"), *_media(video, "video")]
    done = taking.send(case, act_of(by, note), party, media, version=version)
    if as_json:
        print_json(case_record(done.case) | {"follow_up": msgspec.to_builtins(done.follow_up)})
        return
    say_case(done.case, as_json=False, before=f"follow-up {done.follow_up.number} is taken: ")


def _media(uris: Sequence[str] | None, kind: Literal["photo", "video"]) -> list[SentMedium]:
    return [SentMedium(uri=uri, kind=kind) for uri in uris or ()]
