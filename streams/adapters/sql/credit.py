"""Credit signals as rows: partners, what they sent, what was sent to them, and what the judge is told of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select

from schemas.codec import decode, encode
from schemas.records import CreditSignal
from schemas.topics import CREDIT_SIGNALS
from schemas.units import DAY_MS
from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.bulk_insert import insert_on_conflict
from streams.adapters.sql.engine import reading, writing
from streams.adapters.sql.round_trip import Later, RoundTrip, Rows
from streams.adapters.sql.tables import cases, credit_partners, credit_signals, outbox
from streams.cases.reviewing.credit import LASTS_MS, Partner, Refusal, pseudonym, refusal
from streams.casework.credit.credit import CONFIRMED

SENT, RECEIVED = "out", "in"


class SqlCredit:
    """Fulfils :class:`streams.casework.credit.credit.CreditStore` on SQLite and PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lists = ArrayParameters(engine.dialect.name)
        self._weights = (
            select(credit_signals.c.pseudonym, func.count(), func.max(credit_partners.c.weight))
            .join(credit_partners, credit_partners.c.issuer == credit_signals.c.issuer)
            .where(
                self._lists.among(credit_signals.c.pseudonym),
                credit_signals.c.direction == RECEIVED,
                credit_signals.c.revoked == 0,
                credit_signals.c.expires_at_ms > bindparam("now_ms"),
            )
            .group_by(credit_signals.c.pseudonym)
        )

    def partners(self) -> dict[str, Partner]:
        """Return the partners by the name under which they issue signals."""
        with reading(self._engine) as connection:
            return self._partners(connection)

    def add_partner(self, partner: Partner, by: str, now_ms: int) -> None:
        """Store a partner, in place of one of the same name."""
        row = {name: getattr(partner, name) for name in ("issuer", "public_key", "weight", "quota", "legal_basis")}
        row |= {"added_by": by, "added_at_ms": now_ms}
        with writing(self._engine) as connection:
            statement = insert_on_conflict(self._engine, credit_partners).values(row)
            connection.execute(statement.on_conflict_do_update(index_elements=["issuer"], set_=row))

    def remove_partner(self, issuer: str) -> bool:
        """Return whether there was such a partner; what it sent counts no longer."""
        with writing(self._engine) as connection:
            return connection.execute(delete(credit_partners).where(credit_partners.c.issuer == issuer)).rowcount > 0

    def verdict_of(self, case_id: str) -> tuple[str, str, str | None] | None:
        """Return the person, state and verdict of a case; None: there is no such case."""
        wanted = select(cases.c.person, cases.c.state, cases.c.verdict).where(cases.c.case_id == case_id)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).first()
        return None if row is None else (row.person, row.state, row.verdict)

    def sent(self, signal_id: str) -> CreditSignal | None:
        """Return the signal that was sent under this id, whatever our name was then; None: there is none."""
        wanted = select(credit_signals.c.body).where(
            credit_signals.c.signal_id == signal_id, credit_signals.c.direction == SENT
        )
        with reading(self._engine) as connection:
            body = connection.execute(wanted).scalar()
        return None if body is None else decode(CreditSignal, bytes(body))

    def overturned(self, now_ms: int) -> list[str]:
        """Return the ids of sent signals that still hold, and whose case is no confirmed forgery any more."""
        wanted = (
            select(credit_signals.c.signal_id)
            .join(cases, cases.c.case_id == credit_signals.c.case_id)
            .where(
                credit_signals.c.direction == SENT,
                credit_signals.c.revoked == 0,
                credit_signals.c.expires_at_ms > now_ms,
                func.coalesce(cases.c.verdict, "") != CONFIRMED,
            )
            .order_by(credit_signals.c.signal_id)
        )
        with reading(self._engine) as connection:
            return list(connection.scalars(wanted))

    def send(self, signal: CreditSignal, case_id: str, now_ms: int) -> None:
        """Store a signal and leave it for the relay, in one transaction."""
        key = f"{signal.issuer}:{signal.signal_id}".encode()
        message = {"topic": CREDIT_SIGNALS.name, "key": key, "value": encode(signal), "created_at_ms": now_ms}
        with writing(self._engine) as connection:
            self._store(connection, signal, SENT, case_id, now_ms)
            connection.execute(insert(outbox), message)

    def receive(self, signals: Sequence[CreditSignal], own: str, now_ms: int) -> list[Refusal | None]:
        """Return why each signal was refused, None where it was taken up; one transaction."""
        answers: list[Refusal | None] = []
        with writing(self._engine) as connection:
            partners = self._partners(connection)
            for signal in signals:
                known = self._known(connection, signal.issuer, signal.signal_id)
                today = self._since(connection, signal.issuer, now_ms - DAY_MS)
                why = refusal(signal, partners, known, today, own, now_ms)
                if why is None:
                    self._store(connection, signal, RECEIVED, None, now_ms)
                answers.append(why)
        return answers

    def all(self, direction: str | None, limit: int) -> list[tuple[str, CreditSignal]]:
        """Return direction and content of signals, newest first; 0: all."""
        wanted = select(credit_signals.c.direction, credit_signals.c.body)
        if direction is not None:
            wanted = wanted.where(credit_signals.c.direction == direction)
        wanted = wanted.order_by(credit_signals.c.stored_at_ms.desc(), credit_signals.c.signal_id).limit(limit or None)
        with reading(self._engine) as connection:
            return [(row.direction, decode(CreditSignal, bytes(row.body))) for row in connection.execute(wanted)]

    def weights(
        self, trip: RoundTrip, persons: Iterable[str], keys: Collection[bytes], now_ms: int
    ) -> Later[dict[str, tuple[int, float]]]:
        """Return number and largest weight of partners' signals of each person, once the trip was sent."""
        if not keys:
            return dict
        names = {pseudonym(key, person): person for person in persons for key in keys}

        def by_person(rows: Rows) -> dict[str, tuple[int, float]]:
            found: dict[str, tuple[int, float]] = {}
            for name, count, weight in rows:
                before, heaviest = found.get(names[name], (0, 0.0))
                found[names[name]] = (before + count, max(heaviest, weight))
            return found

        return trip.ask(self._weights, self._lists.given(sorted(names)) | {"now_ms": now_ms}, by_person)

    def _partners(self, connection: Connection) -> dict[str, Partner]:
        return {
            row.issuer: Partner(
                issuer=row.issuer,
                public_key=row.public_key,
                weight=row.weight,
                quota=row.quota,
                legal_basis=row.legal_basis,
            )
            for row in connection.execute(select(credit_partners).order_by(credit_partners.c.issuer))
        }

    def _known(self, connection: Connection, issuer: str, signal_id: str) -> CreditSignal | None:
        wanted = select(credit_signals.c.body).where(
            credit_signals.c.issuer == issuer, credit_signals.c.signal_id == signal_id
        )
        body = connection.execute(wanted).scalar()
        return None if body is None else decode(CreditSignal, bytes(body))

    def _since(self, connection: Connection, issuer: str, since_ms: int) -> int:
        wanted = select(func.count()).where(credit_signals.c.issuer == issuer, credit_signals.c.stored_at_ms > since_ms)
        return int(connection.execute(wanted).scalar_one())

    def _store(
        self, connection: Connection, signal: CreditSignal, direction: str, case_id: str | None, now_ms: int
    ) -> None:
        longest_ms = now_ms + LASTS_MS  # whatever a partner says: what a person did once is not held up for ever
        row: Mapping[str, object] = {
            "issuer": signal.issuer,
            "signal_id": signal.signal_id,
            "direction": direction,
            "pseudonym": signal.pseudonym,
            "expires_at_ms": min(signal.expires_at_ms, longest_ms),
            "revoked": int(signal.revoked),
            "case_id": case_id,
            "stored_at_ms": now_ms,
            "body": encode(signal),
        }
        statement = insert_on_conflict(self._engine, credit_signals).values(row)
        changed = {name: row[name] for name in ("revoked", "body", "expires_at_ms")}
        connection.execute(statement.on_conflict_do_update(index_elements=["issuer", "signal_id"], set_=changed))
