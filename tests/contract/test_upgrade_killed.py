"""An upgrade that is killed wherever it stands leaves the database as it was, and the next one does the whole work."""

import random
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from streams.adapters.sql.engine import open_engine, writing
from streams.adapters.sql.schema import require_current, revisions, upgrade
from streams.adapters.sql.schema_check import schema_of
from tests.contract.test_upgrade_to_deadlines import CASE, CLAIM, DIGEST, STATES
from tests.databases import upgrade_to

KILLED = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from streams.adapters.sql.schema import upgrade

left = int(sys.argv[2])

@event.listens_for(Engine, "after_cursor_execute")
def _one_more(_connection, _cursor, statement, *_):
    global left
    left -= statement.split(None, 1)[0] in {"CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE"}
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

upgrade(sys.argv[1])
"""
"""Applies what a database lacks, and dies after so many changes of it."""
BEHIND = (1, 5, 20, 36)
"""How many revisions a database lacks; the first rows are of the sixth."""


def rows(engine: Engine) -> list[tuple[str, ...]]:
    with engine.connect() as connection:
        found = connection.execute(text("SELECT case_id, merchant_id, currency FROM cases ORDER BY case_id")).all()
        claims = connection.execute(text("SELECT request_id, order_id, category FROM claims ORDER BY request_id")).all()
    return [tuple(map(str, row)) for row in (*found, *claims)]


@pytest.fixture(params=BEHIND, ids=lambda count: f"{count} behind")
def behind(request: pytest.FixtureRequest, empty_url: str) -> Iterator[Engine]:
    """A database with cases and claims that is some revisions behind."""
    engine = open_engine(empty_url)
    with writing(engine) as connection:
        upgrade_to(connection, "0006")
        for state in STATES:
            given = {"name": state, "digest": DIGEST, "state": state, "due": None, "none": b""}
            connection.execute(
                text("INSERT INTO decisions VALUES (:name, :digest, :name, 'REVIEW', false, '0', 1, :none)"), given
            )
            connection.execute(text(CLAIM), given)
            connection.execute(text(CASE), given)
        upgrade_to(connection, revisions()[-1 - request.param])
    yield engine
    engine.dispose()


def killed_after(url: str, changes: int) -> int:
    """Return how an upgrade ended that was to die after so many changes."""
    done = subprocess.run([sys.executable, "-c", KILLED, url, str(changes)], capture_output=True, check=False)
    return done.returncode


def test_a_killed_upgrade_leaves_the_database_as_it_was_and_the_next_one_ends_it(
    empty_url: str, behind: Engine
) -> None:
    before, kept = schema_of(behind), rows(behind)
    at_least = len(before.left)  # each revision is counted, if it changes no more

    ends = [killed_after(empty_url, changes) for changes in (random.randint(1, at_least), at_least)]  # noqa: S311

    assert ends == [-signal.SIGKILL] * 2
    assert schema_of(behind) == before
    assert rows(behind) == kept

    assert upgrade(empty_url) == list(before.left)
    require_current(behind)
    assert schema_of(behind).half_done == ()
    assert rows(behind) == kept
