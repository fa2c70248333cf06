"""Every wait ends by itself, at the time that the procedure gives its category, and silence decides nothing."""

from collections.abc import Callable

import pytest

from schemas.units import HOUR_MS
from streams.adapters.sql.cases.work import SqlCaseDatabase
from streams.adapters.sql.decision_store import SqlDecisionStore
from streams.cases.acts import AuditAct
from streams.cases.asked import Asked, Wanted
from streams.cases.case import Case
from streams.cases.procedure import Procedure, SomeWaits
from streams.cases.sent_evidence import SentMedium
from streams.casework.parties.further_evidence import FurtherEvidence
from streams.casework.parties.hearings import Hearings
from streams.casework.reviewing.timers import Timers
from streams.casework.reviewing.verdicts import Verdicts
from streams.metrics import Metrics
from tests.contract.judging import NOW_MS, some_evidence, suspecting
from tests.contract.sql import AtOnce, Database

FRESH = SomeWaits(hearing_hours=36, rehearing_hours=2, buyer_evidence_hours=4, appeal_hours=30)
PROCEDURES = {
    "as packaged": Procedure(second_review_share=0),
    "in the EU": Procedure(profile="eu", second_review_share=0),
    "of a platform": Procedure(waits=SomeWaits(hearing_hours=30, appeal_hours=72), second_review_share=0),
    "by category": Procedure(categories={"fresh": FRESH}, second_review_share=0),
}
HOURS = {
    # hearing, hearing on later evidence, evidence that was asked for, appeal
    ("as packaged", "ceramics"): (48, 24, 72, 168),
    ("in the EU", "ceramics"): (48, 24, 72, 186 * 24),
    ("of a platform", "ceramics"): (30, 24, 72, 72),
    ("by category", "ceramics"): (48, 24, 72, 168),
    ("by category", "fresh"): (36, 2, 4, 30),
}


class Desk:
    """The use cases under one procedure, on the case of one request."""

    def __init__(self, database: Database, procedure: Procedure, category: str) -> None:
        self.database, work = database, SqlCaseDatabase(database.engine)
        self.hearings, self.further = Hearings(work, procedure), FurtherEvidence(work, procedure)
        self.verdicts = Verdicts(work, procedure)
        self.timers = Timers(work, AtOnce(), Metrics(), procedure=procedure)
        store = SqlDecisionStore(database.engine, procedure=procedure)
        store.decide([some_evidence("rr-1", category=category)], suspecting("rr-1"), NOW_MS)

    @property
    def case(self) -> Case:
        [found] = self.database.cases.list_cases()
        return found

    def opened(self) -> None:
        """The merchant is waited for."""

    def asked_the_buyer(self) -> None:
        asked = (Asked(Wanted.ANGLE),)
        self.verdicts.decide("rr-1", act("lin", 0), "MORE_EVIDENCE", "DAMAGE_UNCLEAR", asked=asked, heard=True)

    def asked_both(self) -> None:
        asked = (Asked(Wanted.ANGLE), Asked(Wanted.DISPATCH_VIDEO))
        self.verdicts.decide("rr-1", act("lin", 0), "MORE_EVIDENCE", "DAMAGE_UNCLEAR", asked=asked, heard=True)

    def the_buyer_sent_more(self) -> None:
        self.hearings.state("rr-1", act("m-1", 0), "merchant")
        self.further.send("rr-1", act("b-1", 0), "buyer", [SentMedium(uri="claims/f1.jpg")])

    def granted(self) -> None:
        self.verdicts.decide("rr-1", act("lin", 0), "GRANT", "R-1", heard=True)

    def refused(self) -> None:
        self.verdicts.decide("rr-1", act("lin", 0), "REFUSE", "R-1", heard=True)


def act(by: str, after_ms: int) -> AuditAct:
    return AuditAct(by=by, note="as it was", at_ms=NOW_MS + after_ms)


WAITS: dict[str, tuple[Callable[[Desk], None], int, tuple[str, str], str | None]] = {
    "the merchant's answer": (Desk.opened, 0, ("AWAITING_MERCHANT", "READY"), None),
    "the merchant's answer to what the buyer sent": (
        Desk.the_buyer_sent_more,
        1,
        ("AWAITING_MERCHANT", "READY"),
        None,
    ),
    "the buyer's evidence": (Desk.asked_the_buyer, 2, ("AWAITING_BUYER_EVIDENCE", "READY"), None),
    "evidence of both": (Desk.asked_both, 2, ("AWAITING_BOTH", "READY"), None),
    "the merchant's appeal": (Desk.granted, 3, ("DECIDED", "CLOSED"), "GRANT"),
    "the buyer's appeal": (Desk.refused, 3, ("DECIDED", "CLOSED"), "REFUSE"),
}


@pytest.mark.parametrize(("procedure", "category"), HOURS)
@pytest.mark.parametrize("wait", WAITS)
def test_each_wait_ends_to_the_millisecond_in_its_category_and_silence_decides_nothing(
    wait: str, procedure: str, category: str, database: Database
) -> None:
    begin, which, (waits, then), verdict = WAITS[wait]
    desk = Desk(database, PROCEDURES[procedure], category)
    begin(desk)
    due_ms = NOW_MS + HOURS[procedure, category][which] * HOUR_MS
    assert (desk.case.state, desk.case.due_at_ms) == (waits, due_ms)

    assert desk.timers.move_due(due_ms - 1) == 0
    assert desk.timers.move_due(due_ms) == 1

    assert (desk.case.state, desk.case.verdict, desk.case.due_at_ms) == (then, verdict, None)
    assert desk.timers.move_due(due_ms + 365 * 24 * HOUR_MS) == 0, "once, and no wait is left that nobody owns"
