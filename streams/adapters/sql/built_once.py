"""What holds the statements of one kind of database, built once in a process.

Several stores stand on one database, and building their statements and having them compiled costs far more than
running them.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Dialect

T = TypeVar("T")


def built_once(kind: Callable[[Dialect], T], dialect: Dialect) -> T:
    """Return what ``kind`` builds for databases of this dialect, the same one at every call.

    So it may hold nothing that was read from a database.
    """
    key = (kind, dialect.name)
    if key not in _built:
        _built[key] = kind(dialect)
    return _built[key]  # type: ignore[no-any-return]  # by its kind


_built: dict[tuple[Callable[[Dialect], Any], str], Any] = {}
