"""``case photo-views``: who looked at the photos of a case."""

import msgspec
import typer

from streams.adapters.sql.cases.case_files import SqlCaseRecords
from streams.adapters.sql.cases.photo_views import SqlPhotoViews
from streams.casework.files import CaseFiles
from streams.casework.photos.photo_views import PhotoViews
from streams.cli.case.work import CaseName
from streams.cli.database import current_engine
from streams.cli.printing import AsJson, print_json, print_table
from streams.settings import load
from streams.wording.dates import moment

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.command(epilog="Example: refund-sentinel case photo-views c-5f2b8c0d9e1a4b7c8d2e6f3a1b0c9d8e --json")
def photo_views(case: CaseName, *, as_json: AsJson = False) -> None:
    """List who looked at which photos of a case on the pages, oldest first.

    c0 is the first claim photo, r0 the first reference, e0 the first earlier photo; c0-r0 is a pair.
    """
    engine = current_engine(load())
    found = PhotoViews(SqlPhotoViews(engine)).of(CaseFiles(SqlCaseRecords(engine)).case(case))
    if as_json:
        for one in found:
            print_json(msgspec.to_builtins(one))
        return
    print_table(("at", "who", "photos", "view"), ((moment(o.at_ms), o.viewer, o.places, o.view) for o in found))
