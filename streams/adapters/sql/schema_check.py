"""Which revision a database has, which it lacks, and whether one was left half done.

What each revision makes is read off a database of its own in memory, which is brought up to it step by step.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect
from sqlalchemy.exc import SAWarning

from streams.adapters.sql import version_table
from streams.adapters.sql.engine import reading
from streams.adapters.sql.schema import MIGRATIONS

Parts = frozenset[str]
"""Tables by their names, columns and indexes as ``table.name``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfDone:
    """A revision of which only some is there: ``there`` although it was not applied, or ``missing`` although it was."""

    revision: str
    there: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What a database has: its ``revision`` (None: none of ours), the ``newest``, and what is left to be applied.

    ``unknown`` says that the revision is none of this program's: a newer one wrote it. ``in_the_way`` are tables under
    names that the first revision needs, where no revision says that they are ours.
    """

    revision: str | None
    newest: str
    left: tuple[str, ...] = ()
    unknown: bool = False
    half_done: tuple[HalfDone, ...] = ()
    in_the_way: tuple[str, ...] = ()

    @property
    def current(self) -> bool:
        """Whether this program may work on it."""
        return self.revision == self.newest and not self.half_done


def schema_of(engine: Engine) -> Schema:
    """Return what the database has; errors of the database as :func:`streams.adapters.sql.engine.reading`."""
    states = _states()
    known = list(states)
    with reading(engine) as connection:
        revision = version_table.revision(connection) or version_table.once_held(connection, known)
        there = _parts(connection)
    if revision is None:
        in_the_way = tuple(sorted(version_table.OF_THE_FIRST_REVISION & there))
        return Schema(revision=None, newest=known[-1], left=tuple(known), in_the_way=in_the_way)
    if revision not in states:
        return Schema(revision=revision, newest=known[-1], unknown=True)
    left = tuple(known[known.index(revision) + 1 :])
    half_done = tuple(_half_done(states, revision, there))
    return Schema(revision=revision, newest=known[-1], left=left, half_done=half_done)


def _half_done(states: dict[str, Parts], applied: str, there: Parts) -> Iterator[HalfDone]:
    before: Parts = frozenset()
    for revision, parts in states.items():
        made = parts - before
        if revision <= applied:
            missing = (made & states[applied]) - there
            if missing:
                yield HalfDone(revision=revision, missing=_named(missing))
        elif early := made & there - states[applied]:
            yield HalfDone(revision=revision, there=_named(early))
        before |= parts


def _named(parts: Parts) -> tuple[str, ...]:
    """Return parts by name: of a whole table its name says it all."""
    return tuple(sorted(part for part in parts if part.partition(".")[0] not in parts - {part}))


@cache
def _states() -> dict[str, Parts]:
    """Return what there is at each revision, oldest first."""
    engine = create_engine("sqlite://")
    states = dict[str, Parts]()
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        for script in reversed(list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())):
            command.upgrade(config, script.revision)
            states[script.revision] = _parts(connection)
    engine.dispose()
    return states


def _parts(connection: Connection) -> Parts:
    looked = inspect(connection)
    parts = set[str]()
    for table in {*looked.get_table_names()} - {version_table.VERSION_TABLE, version_table.ALEMBICS}:
        parts.add(table)
        parts |= {f"{table}.{column['name']}" for column in looked.get_columns(table)}
        with warnings.catch_warnings():  # SQLite is not asked for indexes over expressions: nobody has to be told
            warnings.simplefilter("ignore", SAWarning)
            parts |= {f"{table}.{index['name']}" for index in looked.get_indexes(table)}
    return frozenset(parts)
