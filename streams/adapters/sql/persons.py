"""What history knows of persons, in a fixed number of statements: running totals, newest claims, and what people found.

A claim's row has the totals of its person's claims before it, so the totals from a time on are those of all claims less
those before the first row from then on: one search of an index each, however many claims there are.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Dialect, TextClause, text

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.bulk_insert import BulkInsert
from streams.adapters.sql.tables import newest_claims
from streams.history.ledger import FROM_THE_BEGINNING, Asked, Ledger, Moved, StoredPerson, asked_about
from streams.history.past import READ_AT_MOST, Found, PastClaim, Totals

_MERCHANT, _CATEGORY = "merchant", "category"
_TOTALS = ("claims_before", "refund_only_before", "shared_before")
AtTime = tuple[str, str, int]
"""A person, a currency, and the time of a claim."""
Contents = dict[str, list[tuple[str, PastClaim]]]
"""Stored contents of requests that come again, each with its person, by request id."""


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

    def ledger(self, connection: Connection, claims: Collection[AtTime], own: Contents) -> Ledger:
        """Return what is known of the persons of these claims; ``own`` as :meth:`contents` gives it."""
        everything: dict[Asked, Totals] = {}
        persons: dict[str, StoredPerson] = {}
        rows = [{"person": person, "currency": currency, "at_ms": at_ms} for person, currency, at_ms in claims]
        for person, currency, first_at_ms, newest_at_ms, *counts in connection.execute(self._all, _rows(rows)):
            everything[Asked(person, currency, FROM_THE_BEGINNING)] = Totals(*counts)
            persons.setdefault(person, StoredPerson(first_at_ms=first_at_ms, newest_at_ms=newest_at_ms))
        if not persons:
            return Ledger({}, {}, {})
        totals = dict(everything)
        within: dict[Asked, dict[str, Any]] = {}
        for person, currency, at_ms in claims:
            if (known := persons.get(person)) is None:
                continue
            first_ms, newest_ms = known.first_at_ms or 0, known.newest_at_ms or 0
            for since_ms in asked_about(at_ms):
                if since_ms <= first_ms:
                    totals[Asked(person, currency, since_ms)] = everything[Asked(person, currency, FROM_THE_BEGINNING)]
                elif since_ms <= newest_ms:
                    asked = {"person": person, "currency": currency, "at_ms": since_ms}
                    within[Asked(person, currency, since_ms)] = asked
        for person, currency, since_ms, claims_before, refund_only, shared, sum_before in (
            connection.execute(self._before, _rows([*within.values()])) if within else ()
        ):
            whole = everything[Asked(person, currency, FROM_THE_BEGINNING)]
            sums = whole.sum_minor if sum_before is None else sum_before
            totals[Asked(person, currency, since_ms)] = whole.less(Totals(claims_before, refund_only, shared, sums))
        self._name(connection, persons)
        return Ledger(totals, persons, own)

    def move(self, connection: Connection, moved: Iterable[Moved]) -> None:
        """Tell stored claims that one came before them, by its time, after they were stored."""
        for person, claim in moved:
            connection.execute(
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

    def note(self, connection: Connection, claims: Iterable[tuple[str, PastClaim]]) -> None:
        """Store when each person's newest claim against each merchant and in each category came in."""
        newest: dict[tuple[str, str, str], int] = {}
        for person, claim in claims:
            for what, name in ((_MERCHANT, claim.merchant_id), (_CATEGORY, claim.category)):
                key = (person, what, name)
                newest[key] = max(newest.get(key, 0), claim.appended_at_ms)
        self._newest.run(
            connection,
            [
                {"person": person, "what": what, "name": name, "at_ms": at_ms}
                for (person, what, name), at_ms in sorted(newest.items())
            ],
        )

    def _name(self, connection: Connection, persons: Mapping[str, StoredPerson]) -> None:
        given = self._lists.given(persons) | {"at_most": READ_AT_MOST + 1}
        for person, what, name, at_ms in connection.execute(self._named, given):
            known = persons[person]
            (known.merchants if what == _MERCHANT else known.categories)[name] = at_ms
        rows = connection.execute(self._found, given).all()
        overturned = self._overturned(connection, [case_id for _, case_id, _, _ in rows]) if rows else {}
        found: dict[str, list[Found]] = {}
        for person, case_id, verdict, at_ms in rows:
            found.setdefault(person, []).append(Found(verdict, at_ms, overturned.get(case_id)))
        for person, known in persons.items():
            known.found = tuple(found.get(person, ()))[:READ_AT_MOST]
            longest = max(len(found.get(person, ())), len(known.merchants), len(known.categories))
            known.capped = longest > READ_AT_MOST

    def _overturned(self, connection: Connection, case_ids: Collection[str]) -> dict[str, int]:
        """Return when an appeal changed the verdict on a case, by case id, the last time where there were several."""
        standing: dict[str, str] = {}
        found: dict[str, int] = {}
        for case_id, look, verdict, at_ms in connection.execute(self._appealed, self._lists.given(case_ids)):
            if look == "APPEAL" and standing.get(case_id, verdict) != verdict:
                found[case_id] = at_ms
            standing[case_id] = verdict
        return found

    def contents(self, connection: Connection, again: Collection[str]) -> Contents:
        """Return the stored contents of requests that were decided before, each with its person, by request id."""
        own: dict[str, list[tuple[str, PastClaim]]] = {}
        if again:
            for request_id, person, *claim in connection.execute(self._own, self._lists.given(again)):
                stored = PastClaim(request_id, *claim)
                own.setdefault(request_id, []).append((person, stored))
        return own


def _rows(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {"rows": msgspec.json.encode(rows).decode()}


def _given(postgresql: bool) -> str:  # noqa: FBT001 - which of two databases
    if postgresql:
        source = "json_to_recordset(CAST(:rows AS json)) AS given (person text, currency text, at_ms bigint)"
        return f"WITH given AS MATERIALIZED (SELECT * FROM {source}) "  # noqa: S608 - our names
    fields = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in ("person", "currency", "at_ms"))
    return f"WITH given AS MATERIALIZED (SELECT {fields} FROM json_each(:rows)) "  # noqa: S608 - our names


def _first(postgresql: bool, alias: str, condition: str, order: str, *, join: str) -> str:  # noqa: FBT001 - as above
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
        f"{_given(postgresql)}"  # noqa: S608 - our own names
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
        f"{_given(postgresql)}"  # noqa: S608 - our own names
        f"SELECT given.person, given.currency, given.at_ms, {columns}, {sums} FROM given "
        + _first(postgresql, "begin", f"{_OF_PERSON} AND {since}", _OLDEST_FIRST, join="JOIN")
        + _first(postgresql, "alike", other, _OLDEST_FIRST, join="LEFT JOIN")
    )


def _limited(
    lists: ArrayParameters, table: str, columns: str, groups: str, order: str, condition: str = "TRUE"
) -> TextClause:
    """Return the statement that reads the newest rows of each person, at most ``at_most`` in each group."""
    if lists.postgresql and groups == "person":
        own = f"SELECT {columns} FROM {table} WHERE {table}.person = given.person AND {condition}"  # noqa: S608 - ours
        return text(
            f"SELECT own.* FROM ({lists.rows('person')}) AS given"  # noqa: S608 - ours
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
