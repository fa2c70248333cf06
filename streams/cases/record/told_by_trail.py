"""Where a case stands as its audit trail tells it, to be compared with its row: whoever changes a row leaves no entry.

Acts and their order cannot be erased, so they tell the verdict of every case. Where a case went, and its version, stand
in payloads: they are told as far as those can be read, and were written by a release that writes them.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from streams.cases.acts import Action
from streams.cases.audit import AuditEntry, details_of
from streams.cases.states import CaseState
from streams.cases.transitions import VERSION

_VERDICTS: Mapping[str, str | None] = {
    Action.GRANTED: "GRANT",
    Action.REFUSED: "REFUSE",
    Action.FORGERY_CONFIRMED: "FORGERY_CONFIRMED",
    Action.APPEALED: None,
    Action.FORGERY_REVOKED: None,
}
"""The verdict of a case after an act that gives or takes one."""
_LEADS_TO: Mapping[str, CaseState] = {
    Action.ASSIGNED: CaseState.ASSIGNED,
    Action.SKIPPED: CaseState.READY,
    Action.LEASE_EXPIRED: CaseState.READY,
    Action.HEARD_ELSEWHERE: CaseState.READY,
    Action.VERDICT_KEPT: CaseState.AWAITING_SECOND_REVIEWER,
    Action.GRANTED: CaseState.DECIDED,
    Action.REFUSED: CaseState.DECIDED,
    Action.FORGERY_CONFIRMED: CaseState.DECIDED,
    Action.WITHDRAWN: CaseState.CLOSED,
    Action.CLOSED: CaseState.CLOSED,
    Action.CASE_REOPENED: CaseState.AWAITING_MERCHANT,
}
"""Where an act leads that leads to one state alone."""
_STAYS = frozenset(
    {
        Action.HELD,
        Action.HANDED_OVER,
        Action.BUYER_SHOWN,
        Action.EVIDENCE_READ,
        Action.RELINKED,
        Action.HARMLESS_MARKED,
        Action.HARMLESS_UNMARKED,
        Action.RECOMMENDATION_CLOSED,
        Action.GOLDEN_MARKED,
        Action.GOLDEN_UNMARKED,
        Action.PHOTOS_ERASED,
        Action.WORDS_ERASED,
    }
)
"""Acts that lead nowhere."""
_STATES = frozenset(state.value for state in CaseState)


class Standing(NamedTuple):
    """Where a case stands, by its row."""

    state: str
    version: int
    verdict: str | None


def told_otherwise(row: Standing, entries: Iterable[AuditEntry]) -> str | None:
    """Return in which field the row of a case says something else than its trail, as words; None: in none.

    ``entries`` are all of the case, oldest first, and hold as a chain. What the trail does not tell is not compared.
    """
    state: str | None = None
    version: int | None = None
    verdict: str | None = None
    for entry in entries:
        said = details_of(entry.payload)
        state = _state_after(state, entry, said)
        version = said.get(VERSION)  # null after an erased payload, or one that an earlier release wrote
        verdict = _VERDICTS.get(entry.action, verdict)
    told = {"state": state or row.state, "version": version or row.version, "verdict": verdict}
    other = [name for name, value in told.items() if getattr(row, name) != value]
    return ", ".join(f"{name} {getattr(row, name)} instead of {told[name]}" for name in other) or None


def _state_after(before: str | None, entry: AuditEntry, said: Mapping[str, Any]) -> str | None:
    """Return the state after an entry; None: nobody knows."""
    if entry.action in _STAYS:
        return before
    if entry.payload is None:
        return _LEADS_TO.get(entry.action)
    to = said.get("to", before)
    return to if to in _STATES else None
