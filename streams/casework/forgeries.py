"""Confirming that a case's photos are forged, and taking that back: each is one transaction, and a repeat is harmless.

A confirmed forgery counts in the history of its person, its photos enter the bank, and every claim of its cluster
becomes a case. Revoking undoes all three.
"""

from collections.abc import Collection

from streams.cases import forgery
from streams.cases.acts import Action, AuditAct
from streams.cases.case import Case
from streams.cases.forgery import Confirmed, Revoked
from streams.cases.photos import ClaimPhoto
from streams.cases.procedure import DEFAULT, Procedure
from streams.cases.review import FORGERY_CONFIRMED, VERDICTS, require_version
from streams.casework import linked_cases
from streams.casework.ports import CaseDatabase, ClusterWork


class Forgeries:
    """Confirms and revokes."""

    def __init__(self, database: CaseDatabase, procedure: Procedure = DEFAULT) -> None:
        """``procedure`` says how long hearings and appeals last."""
        self._database = database
        self._procedure = procedure

    def confirm(
        self,
        name: str,
        act: AuditAct,
        *,
        photos: Collection[str] = (),
        version: int | None = None,
        heard: bool = False,
    ) -> Confirmed:
        """Return what it did that ``act.by`` confirmed the case's ``photos`` (media ids; none: all) as forged.

        ``name`` is the case's id or its request's. A repeat opens what cases the cluster lacks by now, and does nothing
        else. ``version`` is the one that was read, ``heard`` says that whoever the case waits for answered elsewhere.
        Raises :class:`streams.errors.CaseChanged`, :class:`streams.errors.OperatorError`, and errors of the database.
        """
        with self._database.changing_clusters() as work:
            case = work.cases.get(name)
            repeated = case.verdict == FORGERY_CONFIRMED
            if not repeated:
                require_version(case, version)
                case = self._confirm(work, case, act, photos, heard=heard)
            return Confirmed(
                case=case,
                photos=tuple(work.photos.banked(case.case_id)),
                opened=tuple(linked_cases.extend(work, case.cluster_id, act, self._procedure)),
                repeated=repeated,
            )

    def revoke(self, name: str, act: AuditAct, *, version: int | None = None) -> Revoked:
        """Return what it did that ``act.by`` took a confirmation back; the case waits for somebody else to decide it.

        A repeat does nothing. Arguments and errors as of :meth:`confirm`.
        """
        with self._database.changing_clusters() as work:
            case = work.cases.get(name)
            if case.verdict != FORGERY_CONFIRMED:
                forgery.require_revoked(case, work.cases.actors(case.case_id, {Action.FORGERY_REVOKED}))
                return Revoked(case=case, closed=(), repeated=True)
            require_version(case, version)
            done = forgery.revoke(case, act)
            work.photos.unbank(case.case_id)
            work.cases.apply([done])
            closed = linked_cases.settle(work, work.linked.opened_for(case.case_id), act)
            return Revoked(case=done.after, closed=tuple(closed), repeated=False)

    def _confirm(self, work: ClusterWork, case: Case, act: AuditAct, photos: Collection[str], *, heard: bool) -> Case:
        forged, reviewers = _forged(work, case, photos), work.cases.actors(case.case_id, VERDICTS)
        until_ms = self._procedure.of(case.category).appeal_ends_ms(act.at_ms)
        done = forgery.confirm(case, act, forged, reviewers, heard=heard, appeal_ends_ms=until_ms)
        work.cases.apply([done])
        work.photos.unbank(case.case_id)  # what an earlier confirmation put there, which was appealed
        work.photos.bank(case, forged)
        return done.after


def _forged(work: ClusterWork, case: Case, wanted: Collection[str]) -> list[ClaimPhoto]:
    chosen = forgery.chosen(case, work.photos.of(case), wanted)
    named = forgery.names_by_photo(case, chosen)
    forgery.require_not_harmless(case, named, work.photos.marks(named))
    return chosen
