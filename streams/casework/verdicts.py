"""A reviewer's verdict on a case: the refund is paid, or it is not. A forgery is confirmed in ``forgeries.py``."""

from streams.cases import verdict
from streams.cases.acts import AuditAct
from streams.cases.case import Case
from streams.cases.procedure import DEFAULT, Procedure
from streams.cases.review import VERDICTS, require_version
from streams.cases.verdict import Verdict
from streams.casework import linked_cases
from streams.casework.ports import CaseDatabase


class Verdicts:
    """Decides cases."""

    def __init__(self, database: CaseDatabase, procedure: Procedure = DEFAULT) -> None:
        """``procedure`` says how long a verdict may be appealed."""
        self._database = database
        self._procedure = procedure

    def decide(
        self, name: str, act: AuditAct, given: Verdict, rule: str, *, version: int | None = None, heard: bool = False
    ) -> Case:
        """Return the case after ``act.by`` decided it by ``rule``; see :func:`streams.cases.verdict.decide`.

        A forgery that was confirmed on it before an appeal is none any more: its photos leave the bank, and cases that
        were opened only for it are closed.
        """
        with self._database.changing_clusters() as work:
            case = work.cases.get(name)
            require_version(case, version)
            done = verdict.decide(
                case,
                act,
                given,
                rule,
                work.cases.actors(case.case_id, VERDICTS),
                heard=heard,
                appeal_ends_ms=self._procedure.of(case.category).appeal_ends_ms(act.at_ms),
            )
            work.cases.apply([done])
            if work.photos.banked(case.case_id):
                work.photos.unbank(case.case_id)
                linked_cases.settle(work, work.linked.opened_for(case.case_id), act)
            return done.after
