"""Marking resemblances as harmless, and taking that back: clusters come apart, or together again, in one transaction.

A mark clears nothing: it only keeps a resemblance from joining clusters and from counting as used before.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b

from sqlalchemy import Connection, Engine, RowMapping, delete, insert, or_, select, update

from schemas.names import claim_sighting
from streams.adapters.sql.array_parameters import ArrayParameters
from streams.adapters.sql.case_changes import CaseChanges
from streams.adapters.sql.case_photos import no_photo, photos_of
from streams.adapters.sql.cases import read_case
from streams.adapters.sql.clusters import ClusterRows
from streams.adapters.sql.engine import reading, writing
from streams.adapters.sql.linked_cases import LinkedCases
from streams.adapters.sql.queries import Queries
from streams.adapters.sql.tables import harmless_photos, photo_matches
from streams.cases.case import Case
from streams.cases.clusters import rebuilt
from streams.cases.forgery import AuditAct
from streams.cases.harmless import HarmlessMark, Marked, Unmarked
from streams.cases.marks import ANY, PhotoMarks, pair_of
from streams.cases.photos import names_of
from streams.errors import OperatorError

MatchKey = tuple[str, str, int]
_KEY = (photo_matches.c.request_id, photo_matches.c.request_digest, photo_matches.c.ordinal)
_SIDES = (
    *_KEY,
    photo_matches.c.media_id,
    photo_matches.c.sha256,
    photo_matches.c.earlier_sighting_id,
    photo_matches.c.earlier_sha256,
    photo_matches.c.earlier_request_id,
    photo_matches.c.joins,
    photo_matches.c.harmless_by,
)


class HarmlessStore:
    """The false friends of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lists = ArrayParameters(engine.dialect.name)
        self._reads = Queries(engine.dialect.name)
        self._clusters = ClusterRows(engine.dialect)
        self._changes = CaseChanges(engine.dialect)
        self._reach = LinkedCases(engine.dialect)

    def marks(self) -> Iterator[HarmlessMark]:
        """Give every mark, newest first."""
        newest = (harmless_photos.c.marked_at_ms.desc(), harmless_photos.c.mark_id)
        with reading(self._engine) as connection:
            found = connection.execute(select(harmless_photos).order_by(*newest)).mappings().all()
        return (_mark(row) for row in found)

    def mark(self, case_id: str, media_id: str, said: AuditAct, *, like: str | None = None) -> Marked:
        """Return what it did that ``said.by`` marked a photo of the case as harmless.

        ``like`` is a request or a sighting: only the resemblance to that photo is harmless. None: the photo is, beside
        whichever. Raises :class:`OperatorError` when there is no such photo or resemblance, or the photo is confirmed
        as forged; errors of the database.
        """
        with writing(self._engine) as connection:
            self._clusters.lock(connection)
            case = read_case(connection, self._clusters, case_id, to_change=True)
            pairs = self._pairs(connection, case, media_id, like)
            marks = [_new_mark(pair, case_id, said) for pair in pairs]
            known = self._known(connection, [mark.mark_id for mark in marks])
            fresh = [mark for mark in marks if mark.mark_id not in known]
            if not fresh:
                return Marked(marks=tuple(known.values()), repeated=True, closed=())
            connection.execute(insert(harmless_photos), [_row(mark) for mark in fresh])
            detail = {"marks": [[mark.mark_id, mark.photo, mark.other] for mark in fresh]}
            self._changes.record(connection, [(case, detail)], said, "HARMLESS_MARKED")
            closed = self._part(connection, case.cluster_id, fresh, said)
            return Marked(marks=tuple(marks), repeated=False, closed=tuple(closed))

    def unmark(self, mark_id: str, said: AuditAct) -> Unmarked:
        """Return what it did that ``said.by`` removed a mark; :class:`OperatorError` when there is none of that id."""
        with writing(self._engine) as connection:
            self._clusters.lock(connection)
            mark = self._known(connection, [mark_id]).get(mark_id)
            if mark is None:
                msg = f"there is no mark {mark_id}: refund-sentinel case harmless shows them"
                raise OperatorError(msg)
            case = read_case(connection, self._clusters, mark.case_id, to_change=True)
            connection.execute(delete(harmless_photos).where(harmless_photos.c.mark_id == mark_id))
            detail = {"marks": [[mark.mark_id, mark.photo, mark.other]]}
            self._changes.record(connection, [(case, detail)], said, "HARMLESS_UNMARKED")
            return Unmarked(mark=mark, opened=tuple(self._rejoin(connection, mark_id, said)))

    def _pairs(self, connection: Connection, case: Case, media_id: str, like: str | None) -> list[tuple[str, str]]:
        """Return the photos by name, as a mark stores them."""
        names = _names_of_photo(connection, case, media_id)
        if like is None:
            if self._reads.marks(connection, names).forged:
                msg = f"photo {media_id} is confirmed as forged: run: refund-sentinel case revoke-forgery CASE first"
                raise OperatorError(msg)
            return [pair_of(names[-1])]
        sighting = claim_sighting(case.request_id, case.request_digest, media_id)
        own = (photo_matches.c.request_id == case.request_id) & (photo_matches.c.request_digest == case.request_digest)
        earlier = or_(photo_matches.c.earlier_sighting_id == like, photo_matches.c.earlier_request_id == like)
        statement = select(*_SIDES).where(
            or_(
                own & (photo_matches.c.media_id == media_id) & earlier,
                (photo_matches.c.earlier_sighting_id == sighting) & (photo_matches.c.request_id == like),
            )
        )
        found = connection.execute(statement).mappings().all()
        if not found:
            msg = (
                f"photo {media_id} of case {case.case_id} resembles no photo of {like}: "
                f"refund-sentinel case show {case.case_id} lists what it resembles"
            )
            raise OperatorError(msg)
        return sorted({pair_of(one[-1], other[-1]) for one, other in map(_sides, found)})

    def _known(self, connection: Connection, mark_ids: Sequence[str]) -> dict[str, HarmlessMark]:
        found = select(harmless_photos).where(harmless_photos.c.mark_id.in_(mark_ids))
        return {row["mark_id"]: _mark(row) for row in connection.execute(found).mappings()}

    def _part(
        self, connection: Connection, cluster_id: str, marks: Sequence[HarmlessMark], said: AuditAct
    ) -> list[Case]:
        """Build a cluster anew without what is harmless now; return the cases that this closes."""
        members = self._clusters.members(connection, cluster_id)
        found = select(*_SIDES).where(self._lists.among(photo_matches.c.request_id))
        pairs = connection.execute(found, self._lists.given(members)).mappings().all()
        by_mark = PhotoMarks(harmless={pair_of(mark.photo, mark.other or ANY): mark.mark_id for mark in marks})
        harmless: dict[MatchKey, str | None] = {
            _key(row): mark_id for row in pairs if (mark_id := by_mark.between(*_sides(row))) is not None
        }
        self._set_harmless(connection, harmless)
        inside = set(members)
        joining = [
            (row["earlier_request_id"], row["request_id"])
            for row in pairs
            if row["joins"] and row["harmless_by"] is None and _key(row) not in harmless
        ]
        kept = [pair for pair in joining if inside.issuperset(pair)]
        self._clusters.write(connection, rebuilt(members, kept, cluster_id))
        return self._reach.settle(connection, self._reach.opened_in(connection, members), said)

    def _rejoin(self, connection: Connection, mark_id: str, said: AuditAct) -> list[Case]:
        """Let what was harmless only by this mark join clusters again; return the cases that this opens."""
        found = select(*_SIDES).where(photo_matches.c.harmless_by == mark_id)
        pairs = connection.execute(found).mappings().all()
        names = {name for row in pairs for side in _sides(row) for name in side}
        left = self._reads.marks(connection, names)
        harmless = {_key(row): left.between(*_sides(row)) for row in pairs}
        self._set_harmless(connection, harmless)
        joining = [
            (row["earlier_request_id"], row["request_id"])
            for row in pairs
            if row["joins"] and harmless[_key(row)] is None
        ]
        forest = self._clusters.forest(connection, {request for pair in joining for request in pair})
        for earlier, later in joining:
            forest.join(earlier, later)
        self._clusters.write(connection, forest.changed)
        together = sorted({forest.root(later) for _, later in joining})
        return [case for root in together for case in self._reach.extend(connection, root, said)]

    def _set_harmless(self, connection: Connection, marks: Mapping[MatchKey, str | None]) -> None:
        for (request_id, digest, ordinal), mark_id in marks.items():
            one = (_KEY[0] == request_id) & (_KEY[1] == digest) & (_KEY[2] == ordinal)
            connection.execute(update(photo_matches).where(one).values(harmless_by=mark_id))


def _names_of_photo(connection: Connection, case: Case, media_id: str) -> tuple[str, ...]:
    """Return the names of a photo of the case, the most general last."""
    known = photos_of(connection, case)
    if media_id not in known:
        raise no_photo(case, media_id, known)
    return names_of(claim_sighting(case.request_id, case.request_digest, media_id), known[media_id].sha256)


def _sides(row: RowMapping) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the later and of the earlier photo of a match, each the most general last."""
    later = claim_sighting(row["request_id"], row["request_digest"], row["media_id"])
    return names_of(later, row["sha256"]), names_of(row["earlier_sighting_id"], row["earlier_sha256"])


def _key(row: RowMapping) -> MatchKey:
    return row["request_id"], row["request_digest"], row["ordinal"]


def _new_mark(pair: tuple[str, str], case_id: str, said: AuditAct) -> HarmlessMark:
    """Return a mark whose id follows from its photos: who marks them again finds it."""
    photo, other = pair
    return HarmlessMark(
        mark_id=f"h-{blake2b(f'{photo} {other}'.encode(), digest_size=12).hexdigest()}",
        photo=photo,
        other=other or None,
        case_id=case_id,
        marked_at_ms=said.at_ms,
        marked_by=said.by,
        note=said.note,
    )


def _row(mark: HarmlessMark) -> dict[str, object]:
    return {name: getattr(mark, name) for name in mark.__dataclass_fields__} | {"other": mark.other or ANY}


def _mark(row: RowMapping) -> HarmlessMark:
    return HarmlessMark(**{**row, "other": row["other"] or None})
