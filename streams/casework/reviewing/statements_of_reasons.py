"""The statement of reasons for a verdict, for whoever asks: coarse for parties, whole for reviewers."""

from dataclasses import dataclass

from streams.cases.case import Case
from streams.cases.procedure import DEFAULT, Procedure
from streams.cases.reviewing.statement_of_reasons import Audience, Paragraph, as_text, grounds_of, statement
from streams.casework.files import CaseFiles
from streams.policy.reasons import criteria_for
from streams.wording.tables import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementOfReasons:
    """Why a case was decided as it was; ``verdict`` is None where there is none, or it may not be shown yet."""

    case: Case
    audience: Audience
    verdict: str | None
    paragraphs: tuple[Paragraph, ...]

    @property
    def text(self) -> Wording:
        """The statement as one text in each language."""
        return as_text(self.paragraphs)


class StatementsOfReasons:
    """States reasons."""

    def __init__(self, files: CaseFiles, procedure: Procedure = DEFAULT) -> None:
        self._files = files
        self._zone = procedure.told_in

    def of(self, name: str, audience: Audience) -> StatementOfReasons:
        """Return the statement on the case of this id, or of the newest of the request of this id.

        :class:`streams.errors.NotFound` when there is none.
        """
        found = self._files.show(name)
        findings = [Wording(zh=one.text.zh, en=one.text.en) for one in found.decision.reasons]
        grounds = grounds_of(found, findings)
        return StatementOfReasons(
            case=found.case,
            audience=audience,
            verdict=grounds.verdict,
            paragraphs=tuple(statement(found.case, grounds, criteria_for, audience, self._zone)),
        )
