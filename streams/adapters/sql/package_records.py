"""What the database has for an evidence package."""

from sqlalchemy import Engine, insert, select

from streams.adapters.sql.audit_seals import SEAL_COLUMNS
from streams.adapters.sql.built_once import built_once
from streams.adapters.sql.cases.trail import PersonKeys
from streams.adapters.sql.engine import reading, writing
from streams.adapters.sql.tables import (
    audit,
    audit_seals,
    audit_stamps,
    decisions,
    erasures,
    evidence_exports,
    policies,
    worker_events,
    worker_spells,
)
from streams.cases.acts import Action
from streams.cases.audit import FIRST_PREVIOUS
from streams.cases.case import Case
from streams.cases.record.seals import Seal
from streams.casework.package.ports import Export, Spell, SpellEvent

SPELL_COLUMNS = [worker_spells.c[name] for name in Spell.__dataclass_fields__]
_ERASURES = (Action.PHOTOS_ERASED, Action.WORDS_ERASED)
EVENT_COLUMNS = [worker_events.c[name] for name in SpellEvent.__dataclass_fields__]


class SqlPackageRecords:
    """Fulfils :class:`streams.casework.package.ports.PackageRecords` on SQLite and PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._keys = built_once(PersonKeys, engine.dialect)

    def gathered(self, case_id: str) -> bytes | None:
        """Return what was gathered when the case was opened; None: it was never kept, or was erased."""
        with reading(self._engine) as connection:
            return self._keys.evidence(connection, case_id)

    def message(self, case: Case) -> bytes:
        """Return the decision on the case's request, the bytes as they were sent."""
        own = (decisions.c.request_id == case.request_id) & (decisions.c.request_digest == case.request_digest)
        with reading(self._engine) as connection:
            return bytes(connection.execute(select(decisions.c.message).where(own)).scalar_one())

    def policy(self, sha256: str) -> str | None:
        """Return the text of a policy by its SHA-256; None: there is none."""
        with reading(self._engine) as connection:
            return connection.execute(select(policies.c.text).where(policies.c.sha256 == sha256)).scalar()

    def seal_covering(self, case_id: str, seq: int) -> int | None:
        """Return the number of the first seal that covers an entry; None: none does yet."""
        own = select(audit.c.seal_no).where(audit.c.case_id == case_id, audit.c.seq == seq)
        with reading(self._engine) as connection:
            return connection.execute(own).scalar()

    def seals_from(self, seal_no: int) -> list[Seal]:
        """Return this seal and those after it up to the first with a stamp, oldest first; else it alone."""
        stamped = (
            select(audit_stamps.c.seal_no).where(audit_stamps.c.seal_no >= seal_no).order_by(audit_stamps.c.seal_no)
        )
        found = select(*SEAL_COLUMNS).where(audit_seals.c.seal_no >= seal_no).order_by(audit_seals.c.seal_no)
        with reading(self._engine) as connection:
            last = connection.execute(stamped.limit(1)).scalar()
            upto = found.where(audit_seals.c.seal_no <= (seal_no if last is None else last))
            return [Seal(**row) for row in connection.execute(upto).mappings()]

    def head_before(self, seal_no: int) -> bytes:
        """Return the head of the seal before this one, 32 zero bytes before the first."""
        before = select(audit_seals.c.head).where(audit_seals.c.seal_no == seal_no - 1)
        with reading(self._engine) as connection:
            head = connection.execute(before).scalar()
        return FIRST_PREVIOUS if head is None else bytes(head)

    def spells(self, since_ms: int, until_ms: int) -> list[Spell]:
        """Return the spells of workers that overlap the time from ``since_ms`` to ``until_ms``, oldest first."""
        overlap = (worker_spells.c.started_at_ms <= until_ms) & (worker_spells.c.seen_at_ms >= since_ms)
        order = (worker_spells.c.started_at_ms, worker_spells.c.spell_id)
        with reading(self._engine) as connection:
            return [
                Spell(**row)
                for row in connection.execute(select(*SPELL_COLUMNS).where(overlap).order_by(*order)).mappings()
            ]

    def events(self, since_ms: int, until_ms: int) -> list[SpellEvent]:
        """Return what happened to workers from ``since_ms`` to ``until_ms``, oldest first."""
        within = worker_events.c.at_ms.between(since_ms, until_ms)
        found = select(*EVENT_COLUMNS).where(within).order_by(worker_events.c.at_ms, worker_events.c.event_id)
        with reading(self._engine) as connection:
            return [SpellEvent(**row) for row in connection.execute(found).mappings()]

    def erased_after(self, case_id: str, seq: int) -> bool:
        """Return whether photos or words of a case were erased after this entry of its trail."""
        later = (audit.c.case_id == case_id) & (audit.c.seq > seq) & audit.c.action.in_(_ERASURES)
        with reading(self._engine) as connection:
            return connection.execute(select(audit.c.seq).where(later).limit(1)).first() is not None

    def erasing_since(self, since_ms: int) -> bool:
        """Return whether an erasure began since then and is not finished: photos may be gone, and the rest not yet."""
        going_on = (erasures.c.begun_at_ms >= since_ms) & erasures.c.finished_at_ms.is_(None)
        with reading(self._engine) as connection:
            return connection.execute(select(erasures.c.erasure_id).where(going_on).limit(1)).first() is not None

    def log(self, export: Export) -> None:
        """Note that a package was made."""
        row = {name: getattr(export, name) for name in Export.__dataclass_fields__}
        with writing(self._engine) as connection:
            connection.execute(insert(evidence_exports), row)
