"""What parties do to a case: say something, object to a clear, appeal; and what the platform does: withdraw."""

from dataclasses import dataclass

from streams.cases.acts import Action, AuditAct
from streams.cases.asked import Party
from streams.cases.case import Case
from streams.cases.parties import appeal, hearing, objection
from streams.cases.photos.photos import no_photo
from streams.cases.procedure import DEFAULT, Procedure
from streams.cases.reviewing.review import require_version
from streams.cases.transitions import Transition
from streams.casework.ports import CaseDatabase, ClusterWork
from streams.errors import OperatorError


@dataclass(frozen=True, slots=True, kw_only=True)
class Objected:
    """What an objection did: the case that it is noted on, and whether it ``opened`` that case."""

    case: Case
    opened: bool


class Hearings:
    """Takes what parties and the platform say on a case, found by its id or its request's.

    Raises what each verb raises, and errors of the database.
    """

    def __init__(self, database: CaseDatabase, procedure: Procedure = DEFAULT) -> None:
        """``procedure`` says how long a hearing lasts."""
        self._database = database
        self._procedure = procedure

    def state(self, name: str, act: AuditAct, party: Party, version: int | None = None) -> Case:
        """Return the case after ``party`` said ``act.note``; see :func:`streams.cases.parties.hearing.state`."""
        with self._database.changing_cases() as work:
            case = work.cases.get(name)
            require_version(case, version)
            done = self._stated(case, act, party)
            work.cases.apply([done])
            return done.after

    def object_to(self, request_id: str, act: AuditAct, media_id: str | None = None) -> Objected:
        """Return the case that carries a merchant's objection; it is opened now if a machine cleared the request.

        Where the request has a case, the objection is the merchant's statement on it. Raises :class:`OperatorError`
        when the request was not decided.
        """
        with self._database.changing_clusters() as work:
            cleared = [claim for claim in work.linked.cleared([request_id]) if claim.request_id == request_id]
            if not cleared:
                case = work.cases.get(request_id)
                _require_photo(work, case, media_id)
                done = self._stated(case, act, "merchant", media_id)
                work.cases.apply([done])
                return Objected(case=done.after, opened=False)
            return Objected(case=self._opened(work, request_id, act, media_id), opened=True)

    def appeal(self, name: str, act: AuditAct, party: Party, version: int | None = None) -> Case:
        """Return the case after ``party`` appealed; see :func:`streams.cases.parties.appeal.appeal`."""
        with self._database.changing_cases() as work:
            case = work.cases.get(name)
            require_version(case, version)
            before = bool(work.cases.actors(case.case_id, {Action.APPEALED}))
            done = appeal.appeal(case, act, party, appealed_before=before)
            work.cases.apply([done])
            return done.after

    def withdraw(self, name: str, act: AuditAct, version: int | None = None) -> Case:
        """Return the case after the platform took the request back; see :func:`streams.cases.parties.hearing.withdraw`.

        Where other contents came under the request's id, their cases end too; the newest that did is returned, and has
        to be at ``version``.
        """
        with self._database.changing_cases() as work:
            cases = work.cases.of_request(name)
            ending = [case for case in cases if hearing.may_be_taken_back(case)] or cases[-1:]
            require_version(ending[-1], version)
            done = [hearing.withdraw(case, act) for case in ending]
            work.cases.apply(done)
            return done[-1].after

    def _stated(self, case: Case, act: AuditAct, party: Party, media_id: str | None = None) -> Transition:
        ends_ms = self._procedure.of(case.category).rehearing_ends_ms(act.at_ms)
        return hearing.state(case, act, party, rehearing_ends_ms=ends_ms, media_id=media_id)

    def _opened(self, work: ClusterWork, request_id: str, act: AuditAct, media_id: str | None) -> Case:
        [claim, *others] = work.linked.cleared([request_id])
        if others:
            msg = f"request {request_id} was cleared with {len(others) + 1} contents: object to one of their cases"
            raise OperatorError(msg)
        cluster_id = work.clusters.name_of(request_id)
        opened, objected = objection.object_to(claim, cluster_id, act, media_id, self._procedure)
        _require_photo(work, opened.after, media_id)
        work.cases.apply([opened])
        work.cases.apply([objected])
        return objected.after


def _require_photo(work: ClusterWork, case: Case, media_id: str | None) -> None:
    """Raise :class:`OperatorError` unless the case has that photo; None: no photo is named."""
    known = {} if media_id is None else work.photos.of(case)
    if media_id is not None and known and media_id not in known:
        raise no_photo(case.case_id, media_id, known)
