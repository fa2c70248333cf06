"""Confirming that a case's photos are forged, and taking that back: each is one transaction, and a repeat is harmless.

A confirmed forgery counts in the history of its person, its photos enter the bank, and every claim of its cluster
becomes a case. Revoking undoes all three.
"""

from collections.abc import Collection

from streams.cases.acts import Action, AuditAct
from streams.cases.looks import Given
from streams.cases.photos import forgery
from streams.cases.photos.forgery import Confirmed, Revoked
from streams.cases.procedure import DEFAULT, Procedure
from streams.cases.reviewing.review import FORGERY_CONFIRMED, require_version
from streams.casework import linked_cases
from streams.casework.ports import CaseDatabase
from streams.casework.reviewing.rulings import Rulings

PHOTO_FORGED = "PHOTO_FORGED"
"""The rule that a confirmation rests on where nobody names another one."""


class Forgeries:
    """Confirms forgeries, and takes confirmations back."""

    def __init__(self, database: CaseDatabase, procedure: Procedure = DEFAULT) -> None:
        """``procedure`` says how long hearings and appeals last."""
        self._database = database
        self._procedure = procedure
        self._rulings = Rulings(procedure)

    def confirm(  # noqa: PLR0913 - what a verdict meets
        self,
        name: str,
        act: AuditAct,
        *,
        rule: str = PHOTO_FORGED,
        photos: Collection[str] = (),
        version: int | None = None,
        heard: bool = False,
        senior: bool = False,
        picks: bool = True,
    ) -> Confirmed:
        """Return what follows from the confirmation by ``act.by`` that the case's ``photos`` are forged.

        ``photos`` are media ids; none: all of the case. ``name`` is the case's id or its request's. A repeat only opens
        the cases that the cluster still lacks. Where another person has to come to the same verdict first, this one is
        kept, and nothing is confirmed yet. Other arguments as of
        :meth:`streams.casework.reviewing.verdicts.Verdicts.give`. Raises :class:`streams.errors.CaseChanged`,
        :class:`streams.errors.OperatorError`, and errors of the database.
        """
        with self._database.changing_clusters() as work:
            case = work.cases.get(name)
            repeated = case.verdict == FORGERY_CONFIRMED
            if repeated:
                opened = tuple(linked_cases.extend(work, case.cluster_id, act, self._procedure))
            else:
                require_version(case, version)
                given = Given(verdict=FORGERY_CONFIRMED, rule=rule, photos=tuple(photos))
                done = self._rulings.give(work, case, act, given, heard=heard, senior=senior, picks=picks, around=work)
                case, opened = done.case, done.opened
            banked = tuple(work.photos.banked(case.case_id)) if case.verdict == FORGERY_CONFIRMED else ()
            return Confirmed(case=case, photos=banked, opened=opened, repeated=repeated)

    def revoke(self, name: str, act: AuditAct, *, version: int | None = None) -> Revoked:
        """Return what follows once ``act.by`` takes a confirmation back: somebody else decides the case anew.

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
