"""Claims that resemble the same earlier claims, as rows: the newest of each, however many there are."""

from collections.abc import Collection

from sqlalchemy import Connection, Dialect, text

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.history.alike import READ_AT_MOST, AlikeClaim, AlikeLedger

_COLUMNS = "given.request_id, c.request_id, c.appended_at_ms, c.person"
_MATCHES = (
    "FROM photo_matches AS m WHERE m.earlier_request_id = given.request_id AND m.position IS NOT NULL"
    " AND m.joins AND m.harmless_by IS NULL ORDER BY m.position DESC LIMIT :at_most"
)
_CLAIM = "c.request_id = m.request_id AND c.request_digest = m.request_digest"


class AlikeRows:
    """The statement about claims that are alike, in the SQL of one database."""

    def __init__(self, dialect: Dialect) -> None:
        self._lists = ArrayParameters(dialect.name)
        if self._lists.postgresql:
            newest = f"CROSS JOIN LATERAL (SELECT m.request_id, m.request_digest {_MATCHES}) AS m"
        else:
            newest = f"JOIN photo_matches AS m ON m.rowid IN (SELECT m.rowid {_MATCHES})"
        self._around = text(
            f"WITH given AS ({self._lists.rows('request_id')})"  # noqa: S608 - our own names
            f" SELECT {_COLUMNS} FROM given JOIN claims AS c ON c.request_id = given.request_id"
            f" UNION ALL SELECT {_COLUMNS} FROM given {newest} JOIN claims AS c ON {_CLAIM}"
        )

    def ledger(self, connection: Connection, earlier: Collection[str]) -> AlikeLedger:
        """Return what is stored around the requests whose photos those of a batch resemble."""
        found: dict[str, list[AlikeClaim]] = {}
        if earlier:
            given = self._lists.given(sorted(earlier)) | {"at_most": READ_AT_MOST + 1}
            for name, *claim in connection.execute(self._around, given):
                found.setdefault(name, []).append(AlikeClaim(*claim))
        return AlikeLedger(found)
