"""The merchants' desks of the demo: two of three cases are answered, so that reviewers have something to decide."""

from streams.adapters.sql.cases.case_files import SqlCaseRecords
from streams.adapters.sql.cases.work import SqlCaseDatabase
from streams.adapters.sql.engine import open_engine
from streams.cases.acts import AuditAct
from streams.cases.record.query import CaseQuery
from streams.cases.states import CaseState
from streams.casework.files import CaseFiles
from streams.casework.parties.hearings import Hearings
from streams.casework.procedure_file import procedure_of
from streams.clock import now_ms
from streams.settings import Settings
from streams.wording.tables import Language, texts

ANSWERED, OF = 2, 3
EDITED = "DERIVED_AND_ALTERED"
"""The reason for which a merchant sees its own photo in the buyer's, and damage on it."""


def answer(settings: Settings, language: Language) -> None:
    """Put merchants' statements on cases that wait for them; the call blocks. Errors as of the database."""
    engine = open_engine(settings.database_url)
    try:
        hearings = Hearings(SqlCaseDatabase(engine), procedure_of(settings.procedure))
        waiting = CaseQuery(state=CaseState.AWAITING_MERCHANT)
        said = {name: text.of(language) for name, text in texts("demo/desks").items()}
        for number, case in enumerate(list(CaseFiles(SqlCaseRecords(engine)).list_cases(waiting))):
            if number % OF < ANSWERED:
                note = said["listing" if EDITED in case.reason_codes else ("whole", "ready")[number % 2]]
                act = AuditAct(by=f"desk of {case.merchant_id}", note=note, at_ms=now_ms())
                hearings.state(case.case_id, act, "merchant", case.version)
    finally:
        engine.dispose()
