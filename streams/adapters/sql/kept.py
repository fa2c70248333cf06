"""What the judge saw of each request: kept in chunks, read again in their order, and forgotten."""

from collections.abc import Collection, Iterable, Sequence
from itertools import accumulate

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select, update

from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.engine import counting, reading, writing
from streams.adapters.sql.tables import decisions, kept_evidence
from streams.policy.kept import Kept, UnreadableRecord, encoded, packed, record_in, unpacked
from streams.policy.stored_judgement import StoredJudgement

_CHUNK = select(kept_evidence.c.kept_id, kept_evidence.c.packed)
_KEEP = insert(kept_evidence).returning(kept_evidence.c.kept_id)
_REPLACE = update(kept_evidence).where(kept_evidence.c.kept_id == bindparam("of_chunk"))
_OF_DECISION = (
    decisions.c.request_id,
    decisions.c.request_digest,
    decisions.c.message,
    decisions.c.policy_sha256,
    decisions.c.decided_at_ms,
)


def insert_kept(connection: Connection, records: Sequence[bytes], now_ms: int) -> list[int]:
    """Return in which chunk each of the records, encoded, was kept."""
    kept_ids: list[int] = []
    for chunk, count in packed(records):
        row = {"kept_at_ms": now_ms, "records": count, "packed": chunk}
        kept_ids += [connection.execute(_KEEP, row).scalar_one()] * count
    return kept_ids


def forget(connection: Connection, lists: ArrayParameters, requests: Collection[str]) -> None:
    """Take what is kept of these requests out of its chunks, in the transaction of ``connection``.

    A chunk that cannot be read goes whole: who else is in it nobody can tell.
    """
    asked = select(decisions.c.kept_id).where(lists.among(decisions.c.request_id), decisions.c.kept_id.is_not(None))
    kept_ids = sorted(set(connection.execute(asked, lists.given(requests)).scalars()))
    for kept_id in kept_ids:
        chunk = connection.execute(select(kept_evidence.c.packed).where(kept_evidence.c.kept_id == kept_id)).scalar()
        if chunk is None:
            continue
        left = [one for one in _readable(chunk) if one.evidence.request.request_id not in requests]
        if left:
            [(smaller, count)] = packed(map(encoded, left))
            connection.execute(_REPLACE.values(packed=smaller, records=count), {"of_chunk": kept_id})
        else:
            connection.execute(delete(kept_evidence).where(kept_evidence.c.kept_id == kept_id))
    forgotten = update(decisions).where(lists.among(decisions.c.request_id)).values(kept_id=None)
    connection.execute(forgotten, lists.given(requests))


def _readable(chunk: bytes) -> Sequence[Kept]:
    try:
        return unpacked(chunk)
    except UnreadableRecord:
        return ()


class SqlKeptEvidence:
    """Fulfils :class:`streams.judgement.ports.KeptEvidence` on SQLite and PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lists = ArrayParameters(engine.dialect.name)

    def after(self, kept_id: int, before_ms: int, limit: int) -> tuple[list[StoredJudgement], int]:
        """Return what is in the next chunks that were kept before ``before_ms``, and the last one's place.

        As many as hold ``limit`` records, or the next one; where there is no more, the place is ``kept_id`` itself.
        """
        next_ones = (
            select(kept_evidence.c.kept_id, kept_evidence.c.records)
            .where(kept_evidence.c.kept_id > kept_id, kept_evidence.c.kept_at_ms < before_ms)
            .order_by(kept_evidence.c.kept_id)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(next_ones).all()
            up_to = accumulate(row.records for row in rows)
            ids = [
                row.kept_id
                for place, (row, sum_) in enumerate(zip(rows, up_to, strict=True))
                if not place or sum_ <= limit
            ]
            if not ids:
                return [], kept_id
            chunks = connection.execute(_CHUNK.where(kept_evidence.c.kept_id.between(ids[0], ids[-1])))
            in_order = sorted((row.kept_id, bytes(row.packed)) for row in chunks)
            return self._judgements(connection, in_order), ids[-1]

    def of_request(self, request_id: str) -> list[StoredJudgement]:
        """Return the decision on each content of a request, oldest first, with what the judge saw where it is kept."""
        own = select(decisions.c.kept_id, *_OF_DECISION).where(decisions.c.request_id == request_id)
        with reading(self._engine) as connection:
            rows = connection.execute(own.order_by(decisions.c.decided_at_ms, decisions.c.content_changed)).all()
            wanted = _CHUNK.where(kept_evidence.c.kept_id.in_([row.kept_id for row in rows if row.kept_id is not None]))
            chunks = connection.execute(wanted).all()
            found = self._judgements(connection, [(row.kept_id, bytes(row.packed)) for row in chunks])
        known = {one.request_digest: one for one in found if one.request_id == request_id}
        return [known.get(row.request_digest) or StoredJudgement(*row[1:], why=GONE) for row in rows]

    def content(self, request_id: str, request_digest: str) -> Kept | None:
        """Return what the judge saw of one content of a request; None: it is not kept any more, or not readable."""
        own = (decisions.c.request_id == request_id, decisions.c.request_digest == request_digest)
        of_chunk = decisions.c.kept_id == kept_evidence.c.kept_id
        chunk = select(kept_evidence.c.packed).join_from(decisions, kept_evidence, of_chunk).where(*own)
        with reading(self._engine) as connection:
            found = connection.execute(chunk).scalar()
        try:
            return None if found is None else record_in(bytes(found), request_id, request_digest)
        except UnreadableRecord:
            return None

    def begin(self, since_ms: int) -> tuple[int, int]:
        """Return the place before the first chunk that was kept at ``since_ms`` or later, and its records and later.

        Where nothing was kept since, that is the place of the last chunk: what comes will be behind it.
        """
        later = kept_evidence.c.kept_at_ms >= since_ms
        counted = select(func.min(kept_evidence.c.kept_id), func.coalesce(func.sum(kept_evidence.c.records), 0))
        with counting(self._engine) as connection:
            first, count = connection.execute(counted.where(later)).one()
            if first is not None:
                return first - 1, int(count)
            return connection.execute(select(func.coalesce(func.max(kept_evidence.c.kept_id), 0))).scalar_one(), 0

    def missing(self, since_ms: int, before_ms: int) -> Sequence[tuple[str, str]]:
        """Return request and digest of decisions between these times of which nothing is kept: erased, or too old."""
        wanted = (
            select(decisions.c.request_id, decisions.c.request_digest)
            .outerjoin(kept_evidence, kept_evidence.c.kept_id == decisions.c.kept_id)
            .where(decisions.c.decided_at_ms.between(since_ms, before_ms - 1), kept_evidence.c.kept_id.is_(None))
            .order_by(decisions.c.request_id, decisions.c.request_digest)
        )
        with counting(self._engine) as connection:
            return [(row.request_id, row.request_digest) for row in connection.execute(wanted)]

    def purge(self, before_ms: int, limit: int) -> int:
        """Return how many of the oldest ``limit`` chunks were deleted: those kept before ``before_ms``."""
        oldest = select(kept_evidence.c.kept_id).order_by(kept_evidence.c.kept_id).limit(limit).scalar_subquery()
        due = delete(kept_evidence).where(kept_evidence.c.kept_id.in_(oldest), kept_evidence.c.kept_at_ms < before_ms)
        with writing(self._engine) as connection:
            return connection.execute(due).rowcount

    def _judgements(self, connection: Connection, chunks: Iterable[tuple[int, bytes]]) -> list[StoredJudgement]:
        found: list[StoredJudgement] = []
        for kept_id, chunk in chunks:
            try:
                records = unpacked(chunk)
            except UnreadableRecord as exc:
                lost = select(*_OF_DECISION).where(decisions.c.kept_id == kept_id)
                found += [StoredJudgement(*row, why=str(exc)) for row in connection.execute(lost)]
                continue
            wanted = select(*_OF_DECISION).where(self._lists.among(decisions.c.request_id))
            requests = {one.evidence.request.request_id for one in records}
            rows = connection.execute(wanted, self._lists.given(sorted(requests)))
            of = {(row.request_id, row.request_digest): row for row in rows}
            found += [
                StoredJudgement(*of[one.evidence.request.request_id, one.evidence.request_digest], kept=one)
                for one in records
            ]
        return found


GONE = "what the judge saw is not kept any more: it was erased, or it is older than its look-back"
