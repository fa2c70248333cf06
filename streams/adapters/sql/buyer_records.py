"""What history knows of persons, in a fixed number of statements: running totals, newest claims, and what people found.

A claim's row has the totals of its person's claims before it, so the totals from a time on are those of all claims less
those before the first row from then on: one search of an index for each currency of the person, however many claims
there are. An index by time alone would save a search where there are several currencies, and cost each claim a page.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import partial

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
    everything,
    nothing,
    overturned,
)
from streams.adapters.sql.tables import newest_claims
from streams.history.ledger import Ledger, Moved, StoredPerson
from streams.history.past import READ_AT_MOST, PastClaim

_TOTALS = ("claims_before", "refund_only_before", "shared_before", "sum_before_minor")
_ASKED = {"person": "text", "currency": "text", "at_ms": "bigint"}


class PersonRows:
    """The statements about persons, in the SQL of one database."""

    def __init__(self, dialect: Dialect) -> None:
        self._lists = lists = ArrayParameters(dialect.name)
        postgresql = lists.postgresql
        self._newest = BulkInsert(
            dialect, newest_claims, [one.name for one in newest_claims.c], replacing=True, only_newer="at_ms"
        )
        self._all = _all(lists)
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
        persons = self._lists.given(sorted({person for person, _, _ in claims}))
        given = persons | {"at_most": READ_AT_MOST + 1}
        every = trip.ask(self._all, persons, partial(everything, claims))
        named = trip.ask(self._named, given, list)
        found = trip.ask(self._found, given, list)
        return lambda: Seen(*every(), named(), found())

    def ledger(self, trip: RoundTrip, claims: Collection[AtTime], seen: Seen, again: Collection[str]) -> Later[Ledger]:
        """Return the record of each person of these claims, once the trip was sent; ``seen`` came with the trip before.

        ``again`` are requests that were decided before: their stored contents do not count as earlier claims.
        """
        asked = seen.within(claims)
        within = seen.by_currency(asked)
        case_ids = [case_id for person, case_id, *_ in seen.found if person in seen.persons]
        before = trip.ask(self._before, rows_as_json(within), list) if within else nothing
        appealed = trip.ask(self._appealed, self._lists.given(case_ids), overturned) if case_ids else dict
        own = trip.ask(self._own, self._lists.given(again), contents) if again else dict

        def ledger() -> Ledger:
            seen.name(appealed())
            return Ledger(seen.totals(claims, asked, before()), seen.persons, own())

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

    def forget_oldest(self, trip: RoundTrip, persons: Mapping[str, StoredPerson]) -> None:
        """Delete the oldest of a person's newest claims where there are more than are ever read."""
        for person, known in persons.items():
            if not known.capped:
                continue
            for what, named in ((MERCHANT, known.merchants), (CATEGORY, known.categories)):
                if len(named) > READ_AT_MOST:
                    oldest_ms = sorted(named.values())[-READ_AT_MOST - 1]
                    trip.tell(_FORGET, {"person": person, "what": what, "oldest_ms": oldest_ms})


def _first(postgresql: bool, alias: str, condition: str, order: str) -> str:  # noqa: FBT001 - which of two databases
    """Return a join with the one claim that comes first."""
    found = f"FROM claims WHERE {condition} ORDER BY {order} LIMIT 1"
    if postgresql:
        return f"JOIN LATERAL (SELECT * {found}) AS {alias} ON TRUE "
    return f"JOIN claims AS {alias} ON {alias}.rowid = (SELECT rowid {found}) "


_NEWEST_FIRST = "appended_at_ms DESC, claims_before DESC"
_OLDEST_FIRST = "appended_at_ms, claims_before"
_IN_CURRENCY = "claims.person = given.person AND claims.currency = given.currency"


def _currencies(persons: str) -> str:
    """Return the common tables up to ``given``: each currency of each of these persons, found one after the other."""
    least = "SELECT min(claims.currency) FROM claims WHERE claims.person ="
    return (
        f"WITH RECURSIVE given (person, currency) AS (SELECT person, ({least} whose.person) FROM ({persons}) AS whose"  # noqa: S608 - our names
        f" UNION ALL SELECT given.person, ({least} given.person AND claims.currency > given.currency)"
        " FROM given WHERE given.currency IS NOT NULL) "
    )


def _all(lists: ArrayParameters) -> TextClause:
    """Return the statement that counts and sums all claims of each person in each of their currencies."""
    first = f"SELECT min(claims.appended_at_ms) FROM claims WHERE {_IN_CURRENCY}"  # noqa: S608 - our own names
    return text(
        f"{_currencies(lists.rows('person'))}"  # noqa: S608 - our own names
        f"SELECT given.person, given.currency, ({first}), newest.appended_at_ms, newest.claims_before + 1,"
        " newest.refund_only_before + CASE newest.kind WHEN 'refund_only' THEN 1 ELSE 0 END,"
        " newest.shared_before + newest.shared_photo, newest.sum_before_minor + newest.amount_minor"
        " FROM given " + _first(lists.postgresql, "newest", _IN_CURRENCY, _NEWEST_FIRST)
    )


def _before(postgresql: bool) -> TextClause:  # noqa: FBT001 - as above
    """Return the statement that counts the claims before the first one in a currency from a time on; no row: none is.

    All that are the person's are counted, and those in the currency summed.
    """
    columns = ", ".join(f"begin.{name}" for name in _TOTALS)
    since = f"{_IN_CURRENCY} AND appended_at_ms >= given.at_ms"
    return text(
        f"{given_rows(_ASKED, postgresql=postgresql)}"  # noqa: S608 - our own names
        f"SELECT given.person, given.currency, given.at_ms, begin.appended_at_ms, {columns} FROM given "
        + _first(postgresql, "begin", since, _OLDEST_FIRST)
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
    f"{_currencies('SELECT CAST(:person AS varchar(128)) AS person')}"  # noqa: S608 - our own names
    "UPDATE claims SET claims_before = claims_before + 1, refund_only_before = refund_only_before + :refund_only,"
    " shared_before = shared_before + :shared,"
    " sum_before_minor = sum_before_minor + CASE WHEN currency = :currency THEN :amount_minor ELSE 0 END"
    " WHERE person = :person AND currency IN (SELECT given.currency FROM given) AND appended_at_ms > :at_ms"
)
_FORGET = text("DELETE FROM newest_claims WHERE person = :person AND what = :what AND at_ms < :oldest_ms")
