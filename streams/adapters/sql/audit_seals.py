"""Sealed heads over the audit chains, and stamps on them; and the chains as whoever verifies them reads them."""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select, text, update

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.built_once import built_once
from streams.adapters.sql.cases.trail import COLUMNS, PersonKeys, opened
from streams.adapters.sql.engine import reading, writing
from streams.adapters.sql.tables import audit, audit_seals, audit_stamps, cases
from streams.cases.record.seals import Leaf, Seal, ordered, seal_after
from streams.cases.record.told_by_trail import Standing
from streams.casework.record.sealing_ports import Chain, Stamp, Unsealed

SEAL_LOCK = 0x5265_6675_6E64_5365 + 1  # one sealing of a PostgreSQL database at a time
PAGE = 500
SEAL_COLUMNS = [audit_seals.c[name] for name in Seal.__dataclass_fields__]
ROW = [cases.c[name] for name in Standing._fields]
STAMP_COLUMNS = [audit_stamps.c[name] for name in Stamp.__dataclass_fields__]


class SqlAuditSeals:
    """Fulfils :class:`streams.casework.record.sealing_ports.AuditSeals` on SQLite and PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lists = ArrayParameters(engine.dialect.name)
        self._keys = built_once(PersonKeys, engine.dialect)

    def last(self) -> Seal | None:
        """Return the newest seal; None: there is none."""
        with reading(self._engine) as connection:
            return _last(connection)

    def unsealed(self, limit: int) -> Unsealed:
        """Return how many entries, up to ``limit``, have no seal, and when the oldest of them was written."""
        oldest = select(audit.c.at_ms).where(audit.c.seal_no.is_(None)).order_by(audit.c.at_ms)
        waiting = oldest.limit(limit).subquery()
        with reading(self._engine) as connection:
            return Unsealed(*connection.execute(select(func.count(), func.min(waiting.c.at_ms))).one())

    def seal(self, at_ms: int, limit: int) -> Seal | None:
        """Return a new seal over the cases of the oldest ``limit`` unsealed entries; None: everything is sealed."""
        waiting = (
            select(audit.c.case_id)
            .where(audit.c.seal_no.is_(None))
            .order_by(audit.c.at_ms)
            .limit(limit)
            .scalar_subquery()
        )
        with writing(self._engine) as connection:
            if self._lists.postgresql:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SEAL_LOCK})
            previous = _last(connection)
            number = 1 if previous is None else previous.seal_no + 1
            covered = update(audit).where(audit.c.seal_no.is_(None), audit.c.case_id.in_(waiting))
            rows = connection.execute(
                covered.values(seal_no=number).returning(audit.c.case_id, audit.c.seq, audit.c.link)
            )
            leaves = ordered(Leaf(row.case_id, row.seq, bytes(row.link)) for row in rows)
            if not leaves:
                return None
            seal = seal_after(previous, leaves, at_ms)
            connection.execute(insert(audit_seals), {name: getattr(seal, name) for name in Seal.__dataclass_fields__})
            return seal

    def unstamped(self) -> Seal | None:
        """Return the newest seal if it has no stamp; None: it has one, or there is no seal."""
        with reading(self._engine) as connection:
            last = _last(connection)
            newest = connection.execute(select(func.max(audit_stamps.c.seal_no))).scalar()
            return None if last is None or newest == last.seal_no else last

    def keep(self, stamp: Stamp) -> None:
        """Store the stamp of a seal, unless it has one already."""
        with writing(self._engine) as connection:
            there = select(audit_stamps.c.seal_no).where(audit_stamps.c.seal_no == stamp.seal_no)
            if connection.execute(there).first() is None:
                row = {name: getattr(stamp, name) for name in Stamp.__dataclass_fields__}
                connection.execute(insert(audit_stamps), row)

    def chains(self) -> Iterator[list[Chain]]:
        """Yield every chain with its case's row, read some cases at a time; a case without an entry too.

        Both are of one moment, whoever works on the cases meanwhile. Entries are opened after the transaction:
        PostgreSQL ends one that waits for the program for long.
        """
        last = ""
        while True:
            page = select(cases.c.case_id, *ROW).where(cases.c.case_id > last).order_by(cases.c.case_id).limit(PAGE)
            with reading(self._engine) as connection:
                if self._lists.postgresql:
                    connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
                found = {row[0]: Standing(*row[1:]) for row in connection.execute(page)}
                rows = self._rows(connection, found)
                keys = self._keys.to_read(connection, found)
            if not found:
                return
            entries = {name: tuple(of) for name, of in groupby(opened(rows, keys), lambda entry: entry.case_id)}
            yield [Chain(name, entries.get(name, ()), row) for name, row in found.items()]
            last = list(found)[-1]

    def _rows(self, connection: Connection, case_ids: Collection[str]) -> Sequence[RowMapping]:
        if not case_ids:
            return ()
        found = select(*COLUMNS).where(self._lists.among(audit.c.case_id)).order_by(audit.c.case_id, audit.c.seq)
        return connection.execute(found, self._lists.given(case_ids)).mappings().all()

    def seals(self) -> Iterator[Seal]:
        """Yield every seal, oldest first."""
        last = 0
        while True:
            page = select(*SEAL_COLUMNS).where(audit_seals.c.seal_no > last).order_by(audit_seals.c.seal_no).limit(PAGE)
            with reading(self._engine) as connection:
                found = [Seal(**row) for row in connection.execute(page).mappings()]
            if not found:
                return
            yield from found
            last = found[-1].seal_no

    def leaves(self, seal_no: int) -> list[Leaf]:
        """Return the leaves of a seal, in the order of its tree."""
        found = select(audit.c.case_id, audit.c.seq, audit.c.link).where(audit.c.seal_no == seal_no)
        with reading(self._engine) as connection:
            return ordered(Leaf(row.case_id, row.seq, bytes(row.link)) for row in connection.execute(found))

    def last_covered(self) -> int | None:
        """Return the highest seal number that any entry names; None: no entry is sealed."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.max(audit.c.seal_no))).scalar()

    def newest(self, limit: int) -> list[tuple[Seal, Stamp | None]]:
        """Return the newest seals, newest first, each with its stamp or None."""
        wanted = select(*SEAL_COLUMNS).order_by(audit_seals.c.seal_no.desc()).limit(limit)
        with reading(self._engine) as connection:
            seals = [Seal(**row) for row in connection.execute(wanted).mappings()]
            first = seals[-1].seal_no if seals else 0
            stamped = select(*STAMP_COLUMNS).where(audit_stamps.c.seal_no >= first)
            stamps = {row["seal_no"]: Stamp(**row) for row in connection.execute(stamped).mappings()}
        return [(seal, stamps.get(seal.seal_no)) for seal in seals]

    def more_entries_than(self, limit: int) -> bool:
        """Return whether all chains together have more than ``limit`` entries."""
        some = select(audit.c.seq).limit(limit + 1).subquery()
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(some)).scalar_one() > limit

    def stamps(self) -> list[Stamp]:
        """Return every stamp, oldest first."""
        with reading(self._engine) as connection:
            found = connection.execute(select(*STAMP_COLUMNS).order_by(audit_stamps.c.seal_no)).mappings()
            return [Stamp(**row) for row in found]


def _last(connection: Connection) -> Seal | None:
    newest = select(*SEAL_COLUMNS).order_by(audit_seals.c.seal_no.desc()).limit(1)
    row = connection.execute(newest).mappings().first()
    return None if row is None else Seal(**row)
