"""Conflicts of interest, and what somebody skipped, are kept under the person, whichever of their names they gave."""

import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

_ALL = sa.text("SELECT reviewer, scope, subject_id, until_ms, named_at_ms FROM conflicts")
_DELETE = sa.text("DELETE FROM conflicts WHERE reviewer = :reviewer AND scope = :scope AND subject_id = :subject_id")
_RENAME = sa.text(
    "UPDATE conflicts SET reviewer = :person WHERE reviewer = :reviewer AND scope = :scope AND subject_id = :subject_id"
)


def upgrade() -> None:
    """Rename them; of several about one person and subject the one that lasts longest stays."""
    connection = op.get_bind()
    found: dict[tuple[str, str, str], list[Any]] = {}
    for row in connection.execute(_ALL).all():
        found.setdefault((_person(row.reviewer), row.scope, row.subject_id), []).append(row)
    for (person, scope, subject_id), rows in found.items():
        *others, kept = sorted(rows, key=lambda row: (row.until_ms is None, row.until_ms or 0, row.named_at_ms))
        of = {"scope": scope, "subject_id": subject_id}
        for row in others:
            connection.execute(_DELETE, of | {"reviewer": row.reviewer})
        if kept.reviewer != person:
            connection.execute(_RENAME, of | {"reviewer": kept.reviewer, "person": person})


def _person(name: str) -> str:
    """Return the person of a name; see streams/cases/acts.py."""
    return unicodedata.normalize("NFKC", name.removeprefix("local:")).casefold()
