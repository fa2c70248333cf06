"""The database of the settings, as the commands on cases use it."""

from collections.abc import Mapping

from sqlalchemy import Engine

from streams.adapters.sql.cases.case_files import SqlCaseRecords
from streams.adapters.sql.cases.work import SqlCaseDatabase
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.schema import require_current
from streams.cases.record.query import Named
from streams.casework.files import CaseFiles
from streams.cli.printing import plain
from streams.errors import NotFound
from streams.settings import Settings


def current_engine(settings: Settings) -> Engine:
    """Return the database that the settings name; errors when it is not of this program's version."""
    engine = open_engine(settings.database_url)
    require_current(engine)
    return engine


def case_database(settings: Settings) -> SqlCaseDatabase:
    """Return where cases are changed; errors as of :func:`current_engine`."""
    return SqlCaseDatabase(current_engine(settings))


def require_known(files: CaseFiles, ids: Mapping[Named, str]) -> None:
    """Raise :class:`NotFound` for ids of which no request was ever decided: a misspelt one is no empty list."""
    if unknown := files.unknown(ids):
        msg = f"nothing was ever decided of {plain(' or '.join(unknown))}: is it misspelt?"
        raise NotFound(msg)


def case_files(settings: Settings) -> CaseFiles:
    """Return where cases are looked at; errors as of :func:`current_engine`."""
    return CaseFiles(SqlCaseRecords(current_engine(settings)))
