"""What history knows of merchants: one row a day with the day's claims and those of all days before, and objections.

The claims from a day on are all, less those before the first row from then on: a search of an index each, however many
claims there are.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import Dialect, TextClause, text

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.bulk_insert import given_rows, rows_as_json
from streams.adapters.sql.queries import lock_in_order
from streams.adapters.sql.round_trip import RoundTrip, Rows
from streams.adapters.sql.seen_persons import Contents
from streams.history.merchants import (
    READ_AT_MOST,
    Counts,
    MerchantLedger,
    Objection,
    Since,
    day_number,
)
from streams.history.past import PastClaim
from streams.history.windows import WINDOWS_DAYS

AtTime = tuple[str, int]
"""A merchant, and the time of a claim."""
_DAY = {"merchant_id": "text", "day": "bigint"}
_COUNTED = _DAY | {"claims": "bigint", "younger": "bigint"}


class MerchantRows:
    """The statements about merchants, in the SQL of one database."""

    def __init__(self, dialect: Dialect) -> None:
        self._lists = ArrayParameters(dialect.name)
        postgresql = self._lists.postgresql
        self._since = _since(postgresql)
        self._add = _add(postgresql)
        self._move = _move(postgresql)
        self._objections = _objections(self._lists)

    def ledger(self, trip: RoundTrip, claims: Iterable[AtTime]) -> Callable[[Contents], MerchantLedger]:
        """Return what, called once the trip was sent, gives the record of these claims' merchants.

        It takes the stored contents of requests that come again, which do not count as earlier claims.
        """
        days = sorted({(merchant, day_number(at_ms)) for merchant, at_ms in claims})
        given = rows_as_json([{"merchant_id": merchant, "day": day} for merchant, day in days])
        stored = trip.ask(self._since, given, _counts)
        named = self._lists.given(sorted({merchant for merchant, _ in days})) | {"at_most": READ_AT_MOST + 1}
        objections = trip.ask(self._objections, named, _by_merchant)

        def ledger(own: Contents) -> MerchantLedger:
            contents = {request: [claim for _, claim in found] for request, found in own.items()}
            return MerchantLedger(stored(), objections(), contents)

        return ledger

    def note(self, trip: RoundTrip, claims: Iterable[PastClaim]) -> None:
        """Count claims. From here to the commit nobody else counts claims against these merchants."""
        days: dict[tuple[str, int], tuple[int, int]] = {}
        for claim in claims:
            key = (claim.merchant_id, day_number(claim.appended_at_ms))
            number, younger = days.get(key, (0, 0))
            days[key] = (number + 1, younger + claim.younger_reference)
        if not days:
            return
        if self._lists.postgresql:
            lock_in_order(trip, b"merchant", {merchant for merchant, _ in days})
        rows: list[dict[str, str | int]] = [
            {"merchant_id": merchant, "day": day, "claims": number, "younger": younger}
            for (merchant, day), (number, younger) in sorted(days.items())
        ]
        trip.tell(self._add, rows_as_json(rows))
        trip.tell(self._move, rows_as_json(rows))


def _counts(rows: Rows) -> dict[Since, Counts]:
    return {(merchant, day): Counts(claims, younger) for merchant, day, claims, younger in rows}


def _by_merchant(rows: Rows) -> dict[str, list[Objection]]:
    found: dict[str, list[Objection]] = {}
    for merchant, at_ms, verdict in rows:
        found.setdefault(merchant, []).append(Objection(at_ms, verdict))
    return found


def _first(postgresql: bool, alias: str, condition: str, order: str) -> str:  # noqa: FBT001 - which of two databases
    """Return a join with the one row of a merchant that comes first."""
    found = f"FROM merchant_days AS d WHERE d.merchant_id = given.merchant_id{condition} ORDER BY {order} LIMIT 1"
    if postgresql:
        return f" JOIN LATERAL (SELECT * {found}) AS {alias} ON TRUE"
    return f" JOIN merchant_days AS {alias} ON {alias}.rowid = (SELECT d.rowid {found})"


def _since(postgresql: bool) -> TextClause:  # noqa: FBT001 - as above
    """Return the statement that counts the claims from the first day of each window on; no row: there is none."""
    windows = ", ".join(f"({days})" for days in WINDOWS_DAYS)
    times = f"SELECT merchant_id, day - age.column1 AS day FROM given CROSS JOIN (VALUES {windows}) AS age"  # noqa: S608 - ours
    counted = ", ".join(f"newest.{name} + newest.{name}_before - begin.{name}_before" for name in ("claims", "younger"))
    return text(
        f"{given_rows(_DAY, postgresql=postgresql)}SELECT given.merchant_id, given.day, {counted}"  # noqa: S608 - our own names
        f" FROM ({times}) AS given"
        + _first(postgresql, "begin", " AND d.day >= given.day", "d.day")
        + _first(postgresql, "newest", "", "d.day DESC")
    )


def _add(postgresql: bool) -> TextClause:  # noqa: FBT001 - as above
    """Return the statement that adds to the days' own claims; a new day starts with the claims before it."""
    before = ", ".join(
        f"COALESCE((SELECT d.{name} + d.{name}_before FROM merchant_days AS d WHERE d.merchant_id = given.merchant_id"  # noqa: S608 - our own names
        " AND d.day < given.day ORDER BY d.day DESC LIMIT 1), 0)"
        for name in ("claims", "younger")
    )
    return text(
        f"{given_rows(_COUNTED, postgresql=postgresql)}"  # noqa: S608 - our own names
        "INSERT INTO merchant_days (merchant_id, day, claims, younger, claims_before, younger_before)"
        f" SELECT merchant_id, day, claims, younger, {before} FROM given WHERE TRUE"
        " ON CONFLICT (merchant_id, day) DO UPDATE SET"
        " claims = merchant_days.claims + excluded.claims, younger = merchant_days.younger + excluded.younger"
    )


def _move(postgresql: bool) -> TextClause:  # noqa: FBT001 - as above
    """Return the statement that tells later days of the claims before them."""
    earlier = "FROM given WHERE given.merchant_id = merchant_days.merchant_id AND given.day < merchant_days.day"
    added = ", ".join(
        f"{name}_before = {name}_before + (SELECT COALESCE(SUM(given.{name}), 0) {earlier})"
        for name in ("claims", "younger")
    )
    later = (
        "SELECT d.merchant_id, d.day FROM given JOIN merchant_days AS d"
        " ON d.merchant_id = given.merchant_id AND d.day > given.day"
    )
    return text(
        f"{given_rows(_COUNTED, postgresql=postgresql)}"  # noqa: S608 - our own names
        f"UPDATE merchant_days SET {added} WHERE (merchant_id, day) IN ({later})"
    )


def _objections(lists: ArrayParameters) -> TextClause:
    """Return the statement that reads each merchant's newest objections, and what people decided on them."""
    columns = "merchant_id, opened_at_ms, verdict"
    own = "FROM cases WHERE reason_codes = 'MERCHANT_OBJECTION' AND merchant_id"
    if lists.postgresql:
        return text(
            f"SELECT own.* FROM ({lists.rows('merchant_id')}) AS given CROSS JOIN LATERAL (SELECT {columns} {own}"  # noqa: S608 - ours
            " = given.merchant_id ORDER BY opened_at_ms DESC LIMIT :at_most) AS own"
        )
    place = "row_number() OVER (PARTITION BY merchant_id ORDER BY opened_at_ms DESC) AS place"
    inside = f"SELECT {columns}, {place} {own} IN ({lists.rows('merchant_id')})"
    return text(f"SELECT {columns} FROM ({inside}) AS own WHERE place <= :at_most")  # noqa: S608 - ours
