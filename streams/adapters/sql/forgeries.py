"""Confirming that a case's photos are forged, and taking that back: each is one transaction, and a repeat is harmless.

A confirmed forgery counts in the history of its person, its photos enter the bank, and every claim of its cluster
becomes a case. Revoking undoes all three.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Engine, delete, select

from schemas.names import claim_sighting
from streams.adapters.sql.bulk_insert import BulkInsert
from streams.adapters.sql.case_changes import CaseChanges, actors
from streams.adapters.sql.case_photos import no_photo, photos_of
from streams.adapters.sql.cases import read_case
from streams.adapters.sql.clusters import ClusterRows
from streams.adapters.sql.engine import writing
from streams.adapters.sql.linked_cases import LinkedCases
from streams.adapters.sql.queries import Queries
from streams.adapters.sql.tables import forged_photos
from streams.cases.case import Case
from streams.cases.forgery import (
    FORGERY_CONFIRMED,
    FORGERY_REVOKED,
    AuditAct,
    Confirmed,
    Revoked,
    require_confirmable,
    require_version,
)
from streams.cases.marks import ANY
from streams.cases.photos import ClaimPhoto, names_of
from streams.cases.states import CaseState
from streams.errors import OperatorError


class ForgeryStore:
    """The confirmed forgeries of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reads = Queries(engine.dialect.name)
        self._clusters = ClusterRows(engine.dialect)
        self._changes = CaseChanges(engine.dialect)
        self._reach = LinkedCases(engine.dialect)
        self._bank = BulkInsert(engine.dialect, forged_photos, [column.name for column in forged_photos.c])

    def confirm(
        self,
        case_id: str,
        said: AuditAct,
        *,
        photos: Collection[str] = (),
        version: int | None = None,
        heard: bool = False,
    ) -> Confirmed:
        """Return what it did that ``said.by`` confirmed the case's ``photos`` (media ids; none: all) as forged.

        A repeat opens what cases the cluster lacks by now, and does nothing else. ``version`` is the one that was
        read, ``heard`` says that whoever the case waits for answered elsewhere. Raises
        :class:`streams.errors.CaseChanged` and :class:`streams.errors.OperatorError`, and errors of the database.
        """
        with writing(self._engine) as connection:
            self._clusters.lock(connection)
            case = read_case(connection, self._clusters, case_id, to_change=True)
            repeated = case.verdict == FORGERY_CONFIRMED
            if not repeated:
                case = self._confirm(connection, case, said, photos, version=version, heard=heard)
            return Confirmed(
                case=case,
                photos=self._banked(connection, case_id),
                opened=tuple(self._reach.extend(connection, case.cluster_id, said)),
                repeated=repeated,
            )

    def revoke(self, case_id: str, said: AuditAct, *, version: int | None = None) -> Revoked:
        """Return what it did that ``said.by`` took a confirmation back; the case waits for somebody else to decide it.

        A repeat does nothing. Arguments and errors as of :meth:`confirm`.
        """
        with writing(self._engine) as connection:
            self._clusters.lock(connection)
            case = read_case(connection, self._clusters, case_id, to_change=True)
            if case.verdict != FORGERY_CONFIRMED:
                if not actors(connection, case_id, FORGERY_REVOKED):
                    msg = f"nobody confirmed a forgery on case {case_id}: there is nothing to revoke"
                    raise OperatorError(msg)
                return Revoked(case=case, closed=(), repeated=True)
            require_version(case, version)
            case = self._revoke(connection, case, said)
            held = self._reach.opened_for(connection, case_id)
            return Revoked(case=case, closed=tuple(self._reach.settle(connection, held, said)), repeated=False)

    def _confirm(
        self,
        connection: Connection,
        case: Case,
        said: AuditAct,
        photos: Collection[str],
        *,
        version: int | None,
        heard: bool,
    ) -> Case:
        require_version(case, version)
        before = actors(connection, case.case_id, FORGERY_CONFIRMED)
        require_confirmable(case, said, before, heard=heard)
        forged = self._photos(connection, case, photos)
        decided = self._changes.change(
            connection, case, state=CaseState.DECIDED, verdict=FORGERY_CONFIRMED, decided_at_ms=said.at_ms
        )
        self._bank.run(connection, [_bank_row(case, photo) for photo in forged])
        detail = {"photos": [photo.media_id for photo in forged], "cluster_id": case.cluster_id, "from": case.state}
        self._changes.record(connection, [(decided, detail)], said, FORGERY_CONFIRMED)
        self._changes.tell(connection, [decided], said, "DECIDED")
        return decided

    def _revoke(self, connection: Connection, case: Case, said: AuditAct) -> Case:
        state = CaseState.CLOSED if case.state is CaseState.CLOSED else CaseState.APPEALED
        connection.execute(delete(forged_photos).where(forged_photos.c.case_id == case.case_id))
        revoked = self._changes.change(connection, case, state=state, verdict=None, decided_at_ms=None)
        self._changes.record(connection, [(revoked, {"from": case.state})], said, FORGERY_REVOKED)
        self._changes.tell(connection, [revoked], said, "APPEALED")
        return revoked

    def _photos(self, connection: Connection, case: Case, wanted: Collection[str]) -> Sequence[ClaimPhoto]:
        """Return the photos for the bank; :class:`OperatorError` when one is not there, or marked as harmless."""
        known = photos_of(connection, case)
        unknown = sorted(set(wanted) - set(known))
        if unknown:
            raise no_photo(case, unknown[0], known)
        chosen = [known[media_id] for media_id in (sorted(set(wanted)) or known)]
        names = {name: photo for photo in chosen for name in names_of(_sighting(case, photo), photo.sha256)}
        for (name, other), mark_id in self._reads.marks(connection, list(names)).harmless.items():
            if other == ANY:
                msg = (
                    f"photo {names[name].media_id} of case {case.case_id} is marked as harmless: "
                    f"run: refund-sentinel case unmark-harmless {mark_id}"
                )
                raise OperatorError(msg)
        return chosen

    def _banked(self, connection: Connection, case_id: str) -> tuple[str, ...]:
        found = select(forged_photos.c.sighting_id).where(forged_photos.c.case_id == case_id)
        return tuple(sorted(connection.execute(found).scalars()))


def _sighting(case: Case, photo: ClaimPhoto) -> str:
    return claim_sighting(case.request_id, case.request_digest, photo.media_id)


def _bank_row(case: Case, photo: ClaimPhoto) -> dict[str, str | None]:
    return {
        "case_id": case.case_id,
        "sighting_id": _sighting(case, photo),
        "sha256": photo.sha256,
        "fingerprint_version": photo.fingerprint_version,
        "fingerprint_bits": photo.fingerprint_bits,
    }
