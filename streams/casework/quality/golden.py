"""Golden cases: people mark closed ones, and see how far reviewers agree with what is known of them."""

from streams.cases.acts import AuditAct
from streams.cases.quality import golden
from streams.cases.quality.golden import GoldenTally
from streams.casework.files import CaseFiles
from streams.casework.ports import CaseDatabase
from streams.errors import CaseChanged, Invalid, NotFound


class GoldenCases:
    """Marks closed cases as golden, and removes such marks."""

    def __init__(self, files: CaseFiles, database: CaseDatabase) -> None:
        self._files = files
        self._database = database

    def mark(self, name: str, act: AuditAct) -> GoldenTally:
        """Return the golden case, found by its id or as the newest of a request; a repeat does nothing.

        Raises :class:`streams.errors.NotFound`, :class:`Invalid` where the case cannot be golden, and
        :class:`CaseChanged` where somebody changes it meanwhile.
        """
        found = self._files.show(name)
        with self._database.changing_cases() as work:
            case = work.cases.get(found.case.case_id)
            if (there := work.goldens.tally(case.case_id)) is not None:
                return there
            if case.changes != found.case.changes:
                msg = f"somebody else changed case {case.case_id}: try again"
                raise CaseChanged(msg)
            if not work.goldens.alone(case):
                msg = f"case {case.case_id} shares a picture with others, whose reviewers know of it: choose another"
                raise Invalid(msg)
            done, made = golden.mark(found, act)
            work.goldens.add(made)
            work.cases.apply([done])
            return GoldenTally(mark=made, answers=0, agreed=0)

    def unmark(self, name: str, act: AuditAct) -> None:
        """Remove the mark; whoever has the case in hand goes on. :class:`NotFound` where it is not golden."""
        with self._database.changing_cases() as work:
            case = work.cases.get(name)
            if work.goldens.tally(case.case_id) is None:
                msg = f"case {case.case_id} is not golden: refund-sentinel case golden list shows those that are"
                raise NotFound(msg)
            work.goldens.remove(case.case_id, act.at_ms)
            work.cases.apply([golden.unmark(case, act)])

    def list(self) -> list[GoldenTally]:
        """Return the golden cases, the newest mark first, each with how reviewers decided it."""
        with self._database.seeing_cases() as work:
            return work.goldens.tallies()
