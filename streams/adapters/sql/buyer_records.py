"""What history knows of persons, in a fixed number of statements: running totals, newest claims, and what people found.

A claim's row has the totals of its person's claims before it, so the totals from a time on are those of all claims less
those before the first row from then on: one search of an index each, however many claims there are.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import Dialect, TextClause, text

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.bulk_insert import BulkInsert, given_rows, rows_as_json
from streams.adapters.sql.round_trip import Later, RoundTrip
from streams.adapters.sql.seen_persons import (
    CATEGORY,
    MERCHANT,
    AtTime,
    Seen,
    contents,
    nothing,
    of_all_claims,
    overturned,
)
from streams.adapters.sql.tables import newest_claims
from streams.history.ledger import Ledger, Moved
from streams.history.past import READ_AT_MOST, PastClaim

_TOTALS = ("claims_before", "refund_only_before", "shared_before")
_ASKED = {"person": "text", "currency": "text", "at_ms": "bigint"}


class PersonRows:
    """The statements about persons, in the SQL of one database."""

    def __init__(self, dialect: Dialect) -> None:
        self._lists = lists = ArrayParameters(dialect.name)
        postgresql = lists.postgresql
        self._newest = BulkInsert(
            dialect, newest_claims, [one.name for one in newest_claims.c], replacing=True, only_newer="at_ms"
        )
        self._all = _all(postgresql)
        self._before = _before(postgresql)
        self._named = _limited(lists, "newest_claims", "person, what, name, at_ms", "person, what", "at_ms")
        self._found = _limited(
            lists, "cases", "person, case_id, verdict, decided_at_ms", "person", "decided_at_ms", "verdict IS NOT NULL"
        )
        self._appealed = text(
            f"WITH named AS MATERIALIZED ({lists.rows('case_id')})"  # noqa: S608 - our names
            " SELECT case_id, look, verdict, at_ms FROM verdicts WHERE verdict <> 'MORE_EVIDENCE' AND case_id IN"
            " (SELECT case_id FROM verdicts WHERE look = 'APPEAL' AND case_id IN (SELECT case_id FROM named))"
            " ORDER BY case_id, number"
        )
        self._own = text(
            "SELECT request_id, person, appended_at_ms, amount_minor, currency, kind, merchant_id, category,"  # noqa: S608 - our names
            f" shared_photo, younger_reference FROM claims WHERE request_id IN ({lists.rows('request_id')})"
        )

    def seen(self, trip: RoundTrip, claims: Collection[AtTime]) -> Later[Seen]:
        """Return what is stored of these claims' persons, once the trip was sent, for :meth:`ledger`.

        Their running totals, their newest claims by merchant and category, and what people found on their cases.
        """
        rows = [{"person": person, "currency": currency, "at_ms": at_ms} for person, currency, at_ms in claims]
        given = self._lists.given(sorted({person for person, _, _ in claims})) | {"at_most": READ_AT_MOST + 1}
        everything = trip.ask(self._all, rows_as_json(rows), of_all_claims)
        named = trip.ask(self._named, given, list)
        found = trip.ask(self._found, given, list)
        return lambda: Seen(*everything(), named(), found())

    def ledger(self, trip: RoundTrip, claims: Collection[AtTime], seen: Seen, again: Collection[str]) -> Later[Ledger]:
        """Return the record of each person of these claims, once the trip was sent; ``seen`` came with the trip before.

        ``again`` are requests that were decided before: their stored contents do not count as earlier claims.
        """
        within = seen.within(claims)
        case_ids = [case_id for person, case_id, *_ in seen.found if person in seen.persons]
        before = trip.ask(self._before, rows_as_json(within), list) if within else nothing
        appealed = trip.ask(self._appealed, self._lists.given(case_ids), overturned) if case_ids else dict
        own = trip.ask(self._own, self._lists.given(again), contents) if again else dict

        def ledger() -> Ledger:
            seen.name(appealed())
            return Ledger(seen.totals(claims, before()), seen.persons, own())

        return ledger

    def move(self, trip: RoundTrip, moved: Iterable[Moved]) -> None:
        """Count these claims into the totals of those that were stored before them and are later by their time."""
        for person, claim in moved:
            trip.tell(
                _MOVE,
                {
                    "person": person,
                    "at_ms": claim.appended_at_ms,
                    "refund_only": int(claim.kind == "refund_only"),
                    "shared": int(claim.shared_photo),
                    "currency": claim.currency,
                    "amount_minor": claim.amount_minor,
                },
            )

    def note(self, trip: RoundTrip, claims: Iterable[tuple[str, PastClaim]]) -> None:
        """Store when each person's newest claim against each merchant and in each category came in."""
        newest: dict[tuple[str, str, str], int] = {}
        for person, claim in claims:
            for what, name in ((MERCHANT, claim.merchant_id), (CATEGORY, claim.category)):
                key = (person, what, name)
                newest[key] = max(newest.get(key, 0), claim.appended_at_ms)
        trip.write(
            self._newest,
            [
                {"person": person, "what": what, "name": name, "at_ms": at_ms}
                for (person, what, name), at_ms in sorted(newest.items())
            ],
        )


def _first(postgresql: bool, alias: str, condition: str, order: str, *, join: str) -> str:  # noqa: FBT001 - which of two
    """Return a join with the one claim that comes first."""
    found = f"FROM claims WHERE {condition} ORDER BY {order} LIMIT 1"
    if postgresql:
        return f"{join} LATERAL (SELECT * {found}) AS {alias} ON TRUE "
    return f"{join} claims AS {alias} ON {alias}.rowid = (SELECT rowid {found}) "


_NEWEST_FIRST = "appended_at_ms DESC, claims_before DESC"
_OLDEST_FIRST = "appended_at_ms, claims_before"
_OF_PERSON = "claims.person = given.person"
_IN_CURRENCY = f"{_OF_PERSON} AND claims.currency = given.currency"


def _all(postgresql: bool) -> TextClause:  # noqa: FBT001 - as above
    """Return the statement that counts all claims of each person, and sums those in the currency.

    Mostly the newest one is also the newest in the currency, and no other has to be found.
    """
    other = f"newest.currency <> given.currency AND {_IN_CURRENCY}"
    return text(
        f"{given_rows(_ASKED, postgresql=postgresql)}"  # noqa: S608 - our own names
        "SELECT given.person, given.currency, first.appended_at_ms, newest.appended_at_ms, newest.claims_before + 1,"
        " newest.refund_only_before + CASE newest.kind WHEN 'refund_only' THEN 1 ELSE 0 END,"
        " newest.shared_before + newest.shared_photo,"
        " CASE WHEN newest.currency = given.currency THEN newest.sum_before_minor + newest.amount_minor"
        " ELSE COALESCE(alike.sum_before_minor + alike.amount_minor, 0) END"
        " FROM (SELECT DISTINCT person, currency FROM given) AS given "
        + _first(postgresql, "newest", _OF_PERSON, _NEWEST_FIRST, join="JOIN")
        + _first(postgresql, "first", _OF_PERSON, _OLDEST_FIRST, join="JOIN")
        + _first(postgresql, "alike", other, _NEWEST_FIRST, join="LEFT JOIN")
    )


def _before(postgresql: bool) -> TextClause:  # noqa: FBT001 - as above
    """Return the statement that counts the claims before the first one from each time on; no row: there is none.

    Mostly that one is also the first in the currency, and no other has to be found.
    """
    columns = ", ".join(f"begin.{name}" for name in _TOTALS)
    since = "appended_at_ms >= given.at_ms"
    sums = "CASE WHEN begin.currency = given.currency THEN begin.sum_before_minor ELSE alike.sum_before_minor END"
    other = f"begin.currency <> given.currency AND {_IN_CURRENCY} AND {since}"
    return text(
        f"{given_rows(_ASKED, postgresql=postgresql)}"  # noqa: S608 - our own names
        f"SELECT given.person, given.currency, given.at_ms, {columns}, {sums} FROM given "
        + _first(postgresql, "begin", f"{_OF_PERSON} AND {since}", _OLDEST_FIRST, join="JOIN")
        + _first(postgresql, "alike", other, _OLDEST_FIRST, join="LEFT JOIN")
    )


def _limited(
    lists: ArrayParameters, table: str, columns: str, groups: str, order: str, condition: str = "TRUE"
) -> TextClause:
    """Return the statement that reads the newest rows of each person, at most ``at_most`` in each group.

    PostgreSQL looks up each group by itself in an index, however large it takes the table for.
    """
    if lists.postgresql:
        kinds = f" CROSS JOIN (VALUES ('{MERCHANT}'), ('{CATEGORY}')) AS kind (what)" if "what" in groups else ""
        alike = f" AND {table}.what = kind.what" if kinds else ""
        own = f"SELECT {columns} FROM {table} WHERE {table}.person = given.person{alike} AND {condition}"  # noqa: S608 - ours
        return text(
            f"SELECT own.* FROM ({lists.rows('person')}) AS given{kinds}"  # noqa: S608 - ours
            f" CROSS JOIN LATERAL ({own} ORDER BY {order} DESC LIMIT :at_most) AS own"
        )
    place = f"row_number() OVER (PARTITION BY {groups} ORDER BY {order} DESC) AS place"
    own = f"SELECT {columns}, {place} FROM {table} WHERE person IN ({lists.rows('person')}) AND {condition}"  # noqa: S608 - ours
    return text(f"SELECT {columns} FROM ({own}) AS own WHERE place <= :at_most")  # noqa: S608 - ours


_MOVE = text(
    "UPDATE claims SET claims_before = claims_before + 1, refund_only_before = refund_only_before + :refund_only,"
    " shared_before = shared_before + :shared,"
    " sum_before_minor = sum_before_minor + CASE WHEN currency = :currency THEN :amount_minor ELSE 0 END"
    " WHERE person = :person AND appended_at_ms > :at_ms"
)
