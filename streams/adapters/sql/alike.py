"""Claims that resemble the same earlier claims, as rows: the newest of each, however many there are."""

from collections.abc import Collection

from sqlalchemy import Dialect, text

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.round_trip import Later, RoundTrip, Rows
from streams.history.alike import READ_AT_MOST, AlikeClaim, AlikeLedger

_COLUMNS = "c.request_id, c.appended_at_ms, c.person"
_MATCHES = (
    "FROM photo_matches AS m WHERE m.earlier_request_id = given.request_id AND m.position IS NOT NULL"
    " AND m.joins AND m.harmless_by IS NULL ORDER BY m.position DESC LIMIT :at_most"
)


class AlikeRows:
    """The statement about claims that are alike, in the SQL of one database."""

    def __init__(self, dialect: Dialect) -> None:
        self._lists = lists = ArrayParameters(dialect.name)
        if lists.postgresql:
            newest = f"CROSS JOIN LATERAL (SELECT m.request_id, m.request_digest {_MATCHES}) AS m"
        else:
            newest = f"JOIN photo_matches AS m ON m.rowid IN (SELECT m.rowid {_MATCHES})"
        own = _one_by_one(lists, "c.request_id = given.request_id")
        like = _one_by_one(lists, "c.request_id = m.request_id AND c.request_digest = m.request_digest")
        columns = f"given.request_id, {_COLUMNS}"
        self._around = text(
            f"WITH given AS ({lists.rows('request_id')}) SELECT {columns} FROM given {own}"  # noqa: S608 - our own names
            f" UNION ALL SELECT {columns} FROM given {newest} {like}"
        )

    def ledger(self, trip: RoundTrip, earlier: Collection[str]) -> Later[AlikeLedger]:
        """Return what is stored of the requests whose photos those of a batch resemble, once the trip was sent."""
        if not earlier:
            return lambda: AlikeLedger({})
        given = self._lists.given(sorted(earlier)) | {"at_most": READ_AT_MOST + 1}
        return trip.ask(self._around, given, _ledger)


def _one_by_one(lists: ArrayParameters, condition: str) -> str:
    """Return a join with claims, called ``c``, by their key.

    PostgreSQL would read all claims once for a batch where nobody counted them yet; OFFSET keeps it from that.
    """
    if not lists.postgresql:
        return f"JOIN claims AS c ON {condition}"
    return f"CROSS JOIN LATERAL (SELECT {_COLUMNS} FROM claims AS c WHERE {condition} OFFSET 0) AS c"  # noqa: S608 - ours


def _ledger(rows: Rows) -> AlikeLedger:
    found: dict[str, list[AlikeClaim]] = {}
    for name, *claim in rows:
        found.setdefault(name, []).append(AlikeClaim(*claim))
    return AlikeLedger(found)
