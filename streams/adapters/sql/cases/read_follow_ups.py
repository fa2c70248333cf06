"""What enrich read from what parties sent on cases later, stored with the case."""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, select, update

from schemas.codec import encode
from schemas.records import EvidenceGathered
from streams.adapters.sql.built_once import built_once
from streams.adapters.sql.cases.apply import CaseWriter
from streams.adapters.sql.cases.follow_ups import OF_FOLLOW_UP
from streams.adapters.sql.cases.reading import case_to_change
from streams.adapters.sql.clusters import ClusterRows
from streams.adapters.sql.engine import writing
from streams.adapters.sql.tables import follow_ups
from streams.cases.acts import by_system
from streams.cases.parties.follow_up import read
from streams.cases.photos.photos import packed
from streams.errors import RefusedByDatabase

_SENT = select(follow_ups.c.number).where(*OF_FOLLOW_UP)


class SqlFollowUps:
    """Fulfils :class:`streams.ports.FollowUps`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = built_once(CaseWriter, engine.dialect)
        self._clusters = built_once(ClusterRows, engine.dialect)

    def store(self, batch: Sequence[EvidenceGathered], now_ms: int) -> list[None]:
        """Store what was read from follow-ups, each with its case, in one transaction; a repeat changes nothing.

        That it was read stands in the trail of the case. Raises :class:`streams.errors.RefusedByDatabase` for one that
        nobody sent.
        """
        with writing(self._engine) as connection:
            for evidence in sorted(batch, key=lambda one: one.case_id or ""):  # cases are held in one order by all
                self._store(connection, evidence, now_ms)
        return [None] * len(batch)

    def _store(self, connection: Connection, evidence: EvidenceGathered, now_ms: int) -> None:
        of = {"of_case": evidence.case_id, "of_number": evidence.follow_up}
        if evidence.case_id is None or connection.execute(_SENT, of).first() is None:
            msg = f"case {evidence.case_id} has no follow-up {evidence.follow_up}"
            raise RefusedByDatabase(msg)
        case = case_to_change(connection, self._clusters, evidence.case_id)
        kept = {"evidence": encode(evidence), "photos": packed(evidence), "gathered_at_ms": now_ms}
        new = update(follow_ups).where(*OF_FOLLOW_UP, follow_ups.c.evidence.is_(None)).values(**kept)
        if connection.execute(new, of).rowcount:
            self._writer.apply(connection, [read(case, by_system(now_ms), evidence)])
