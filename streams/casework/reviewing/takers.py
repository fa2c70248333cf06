"""To whom a case may be handed over: people who review, and may decide it."""

from collections.abc import Sequence

from streams.cases.acts import AuditAct, person_of
from streams.cases.case import Case
from streams.cases.looks import Look
from streams.cases.quality.golden import GoldenCase
from streams.cases.reviewing.capacity import HERE_MS
from streams.cases.reviewing.review import VERDICTS
from streams.casework.assignment_ports import Taker
from streams.casework.ports import CaseWork

OFFERED = 200
"""How many people are looked at, at most: those at work first."""


def takers_of(work: CaseWork, case: Case, act: AuditAct) -> list[Taker]:
    """Return to whom ``act.by`` may hand the case over, those who are at work first; where two differ, to seniors."""
    known = work.assignments.takers(act.by, act.at_ms - HERE_MS, OFFERED, seniors=case.look is Look.SENIOR)
    excluded = excluded_from(work, case, [one.name for one in known], act.at_ms)
    persons = {person_of(name) for name in (*excluded, act.by)}
    return [one for one in known if person_of(one.name) not in persons]


def excluded_from(work: CaseWork, case: Case, names: Sequence[str], at_ms: int) -> set[str]:
    """Return who may not be given the case: those with a conflict among ``names``, and whoever gave a verdict on it."""
    golden = isinstance(case, GoldenCase)
    return {
        *work.assignments.in_conflict(case, names, at_ms),
        *work.cases.actors(case.case_id, VERDICTS),
        *(name for name in names if golden and work.goldens.knows(case.case_id, name)),
    }
