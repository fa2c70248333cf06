"""What a person has written on a case and not sent. It stays that person's, whoever has the case in hand."""

from streams.cases.acts import AuditAct
from streams.cases.reviewing.assignment import Draft
from streams.casework.ports import CaseDatabase
from streams.errors import Invalid

DRAFT_AT_MOST = 64_000
"""Characters of a draft."""


class Drafts:
    """Keeps one draft of each person on a case."""

    def __init__(self, database: CaseDatabase) -> None:
        self._database = database

    def keep(self, case_id: str, act: AuditAct, text: str) -> Draft:
        """Return the draft of ``act.by`` on the case, now stored in place of the one before.

        :class:`streams.errors.NotFound` where there is no such case, :class:`Invalid` where the text is too long.
        """
        require_short(text)
        with self._database.changing_cases() as work:
            case = work.cases.get(case_id)
            draft = Draft(case_id=case.case_id, reviewer=act.by, version=case.version, saved_at_ms=act.at_ms, text=text)
            work.assignments.save_draft(draft)
            return draft

    def of(self, case_id: str, name: str) -> str:
        """Return what ``name`` has written on a case; empty: nothing."""
        with self._database.seeing_cases() as work:
            found = work.assignments.draft(case_id, name)
            return "" if found is None else found.text

    def forget(self, case_id: str, name: str) -> None:
        """Delete what ``name`` has written on a case, once it was sent."""
        with self._database.changing_cases() as work:
            work.assignments.drop_draft(case_id, name)


def require_short(text: str) -> None:
    """Raise :class:`Invalid` if a draft is too long."""
    if len(text) > DRAFT_AT_MOST:
        msg = f"a draft has at most {DRAFT_AT_MOST:,} characters"
        raise Invalid(msg)
