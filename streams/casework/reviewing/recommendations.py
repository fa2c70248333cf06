"""What is recommended on cases, and how people close it as done or declined."""

from collections.abc import Mapping, Sequence

from streams.cases.acts import AuditAct
from streams.cases.audit import AuditEntry
from streams.cases.case import CaseFile
from streams.cases.legal_tiers import LegalTiers, packaged
from streams.cases.looks import Look
from streams.cases.quality.golden import Viewer
from streams.cases.reviewing import recommendations
from streams.cases.reviewing.recommendations import LegalFinding, Outcome, Recommendation
from streams.cases.reviewing.review import FORGERY_CONFIRMED, require_version
from streams.cases.reviewing.withholding import trail_shown
from streams.casework.files import CaseFiles
from streams.casework.ports import CaseDatabase, CaseWork
from streams.casework.quality.golden_work import case_of
from streams.wording.tables import Wording


class Recommendations:
    """Tells what is recommended on a case, and closes it; the refund itself is not touched."""

    def __init__(
        self,
        files: CaseFiles,
        database: CaseDatabase,
        criteria: Mapping[str, Wording],
        tiers: LegalTiers | None = None,
    ) -> None:
        """``criteria`` are the words of each reason; ``tiers`` None: the law's table that comes with this program."""
        self._files = files
        self._database = database
        self._criteria = criteria
        self._tiers = tiers or packaged()

    def of(self, found: CaseFile, at_ms: int) -> tuple[Recommendation, ...]:
        """Return what is recommended on a case as it may be shown, by the law of the day of ``at_ms``."""
        if found.case.verdict != FORGERY_CONFIRMED:
            return self._known(found, None)
        with self._database.changing_cases() as work:
            return self._known(found, self._law(work, found.case.person, at_ms))

    def close(
        self,
        name: str,
        code: str,
        outcome: Outcome,
        act: AuditAct,
        version: int | None = None,
        viewer: Viewer | None = None,
    ) -> tuple[Recommendation, ...]:
        """Return what is recommended on the case after ``act.by`` closed the recommendation ``code``.

        ``name`` is the case's id or its request's; ``viewer`` is whoever acts, if they give verdicts. A repeat changes
        nothing; another outcome replaces the one before. Raises :class:`streams.errors.NotFound` where there is no such
        case or recommendation, and :class:`streams.errors.CaseChanged` where the case is not at ``version`` any more.
        """
        found = self._files.show(name, viewer=viewer)
        with self._database.changing_cases() as work:
            case = case_of(work, found.case.case_id, act)
            require_version(case, version)
            law = self._law(work, case.person, act.at_ms) if case.verdict == FORGERY_CONFIRMED else None
            done = recommendations.close(case, code, outcome, act, self._known(found, law))
            if done is not None:
                work.cases.apply([done])
        return self.of(self._files.show(found.case.case_id, viewer=viewer), act.at_ms)

    def _known(self, found: CaseFile, law: LegalFinding | None) -> tuple[Recommendation, ...]:
        return recommendations.recommendations(found.case, found.decision, _trail(found), self._criteria, law)

    def _law(self, work: CaseWork, person: str, at_ms: int) -> LegalFinding:
        sums = work.cases.forged_sums(person)
        return LegalFinding(sums=sums, reached=self._tiers.reached(sums, at_ms))


def _trail(found: CaseFile) -> Sequence[AuditEntry]:
    """Return the entries that may be shown: before a second look, what a first reviewer closed is a hint."""
    return found.audit if found.case.look is Look.FIRST else trail_shown(found)
