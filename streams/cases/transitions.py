"""The gate: what a verb does to a case is a :class:`Transition`, and every one follows the table of states.

A verb is a function of this package that returns one. It is pure: whoever keeps cases stores it, whole or not at all.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from schemas.records import CaseEvidenceSent, ReviewEvent
from streams.cases.acts import NEWS, UNSEEN, Action, AuditAct
from streams.cases.audit import EntryContent
from streams.cases.case import Case
from streams.cases.events import EventName, review_event
from streams.cases.looks import VerdictRecord
from streams.cases.sent_evidence import FollowUp
from streams.cases.state_table import NEXT, OPENED
from streams.cases.states import ASKED, CaseState
from streams.errors import IllegalMove

VERSION = "version"
"""Under which name an entry says the version to which an act led."""
_NO_DETAIL: Mapping[str, Any] = MappingProxyType({})


class Step(NamedTuple):
    """One step of a verb: what the audit trail calls it, where the case goes (None: nowhere), and the details."""

    action: Action
    to: CaseState | None = None
    detail: Mapping[str, Any] = _NO_DETAIL


class Transition(msgspec.Struct, frozen=True, kw_only=True):
    """What one verb does to one case: the case afterwards, what the audit trail says, and what the platform is told.

    ``before`` is the case as it was read, None where it is opened. ``way`` are the states from the first to the last.
    ``given`` is the verdict, ``follow_up`` the later evidence, where the verb brings one; ``message`` is what enrich is
    told of the evidence. ``evidence`` is kept with a case that is opened: see :mod:`streams.cases.gathered`.
    Making one raises :class:`streams.errors.IllegalMove` where the table has no such way.
    """

    before: Case | None
    after: Case
    way: tuple[CaseState, ...]
    entries: tuple[EntryContent, ...]
    events: tuple[ReviewEvent, ...] = ()
    given: VerdictRecord | None = None
    evidence: bytes | None = None
    follow_up: FollowUp | None = None
    message: CaseEvidenceSent | None = None

    def __post_init__(self) -> None:
        first = OPENED if self.before is None else self.before.state
        if (self.way[0], self.way[-1]) != (first, self.after.state):
            raise _illegal(self.after.case_id, self.way[0], self.after.state)
        for now, then in zip(self.way, self.way[1:], strict=False):
            if then not in NEXT[now]:
                raise _illegal(self.after.case_id, now, then)


def opened(case: Case, act: AuditAct, detail: Mapping[str, Any], evidence: bytes | None = None) -> Transition:
    """Return the transition that opens ``case``, with the ``evidence`` that is kept with it."""
    content = _entry(act, Action.CASE_OPENED, {"to": case.state, **detail, VERSION: case.version}, note=act.note)
    event = review_event(case, "CASE_OPENED", act.at_ms)
    return Transition(
        before=None, after=case, way=(case.state,), entries=(content,), events=(event,), evidence=evidence
    )


def moved(
    case: Case, act: AuditAct, steps: Sequence[Step], tell: EventName | None = None, **changes: Any
) -> Transition:
    """Return the transition that takes ``case`` through ``steps``, each an entry in the audit trail.

    The act's note stands in the last entry. ``changes`` are fields of the case to set. Once the state changes, the
    deadline, the assignee and what was asked for are cleared, unless ``changes`` set them or the new state still waits
    for what was asked. ``tell`` is the event that the platform gets. Raises :class:`streams.errors.IllegalMove`.
    """
    way = [case.state, *(step.to for step in steps if step.to is not None)]
    after = case
    if len(way) > 1:
        asked = case.asked if way[-1] in ASKED else ()
        changes = {"due_at_ms": None, "assignee": None, "asked": asked, "state": way[-1]} | changes
    if changes or any(step.action in NEWS for step in steps):
        seen = any(step.action not in UNSEEN for step in steps)
        counts = {"version": case.version + seen, "changes": case.changes + 1}
        after = msgspec.structs.replace(case, **counts, **changes)
    events = () if tell is None else (review_event(after, tell, act.at_ms, steps[-1].action),)
    entries = tuple(_entries(case.state, after.version, act, steps))
    return Transition(before=case, after=after, way=tuple(way), entries=entries, events=events)


def noted(case: Case, act: AuditAct, action: Action, detail: Mapping[str, Any]) -> Transition:
    """Return the transition that adds an entry to the case's audit trail, and moves it nowhere."""
    return moved(case, act, [Step(action, None, detail)])


def may_move(case: Case, to: CaseState) -> bool:
    """Return whether the table has a step from where the case is to ``to``."""
    return to in NEXT[case.state]


def _entries(at: CaseState, version: int, act: AuditAct, steps: Sequence[Step]) -> Iterator[EntryContent]:
    """Give the entries of the steps from a state; the last one says which ``version`` they lead to."""
    for step in steps:
        last, detail = step is steps[-1], step.detail
        if step.to is not None:
            detail = {"from": at, "to": step.to, **detail}
            at = step.to
        yield _entry(act, step.action, {**detail, VERSION: version} if last else detail, note=act.note if last else "")


def _entry(act: AuditAct, action: Action, detail: Mapping[str, Any], *, note: str) -> EntryContent:
    payload = {"note": note, **detail} if note else detail
    return EntryContent(at_ms=act.at_ms, actor=act.by, action=action.value, payload=msgspec.json.encode(payload))


def _illegal(case_id: str, now: CaseState, then: CaseState) -> IllegalMove:
    ways = ", ".join(sorted(NEXT[now]))
    return IllegalMove(f"case {case_id} cannot go from {now} to {then}: from {now} it may go to {ways}")
