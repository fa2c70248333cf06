"""Golden cases: closed ones whose verdict is known, handed out once more like any other, to see how reviewers judge.

A reviewer is shown the case as it stood before its verdict, with its times moved to now. What they do with it is kept
apart: it moves no case, tells nobody, and counts as agreement alone.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from schemas.units import HOUR_MS
from streams.cases.acts import UNSEEN, Action, AuditAct
from streams.cases.audit import AuditEntry, EntryContent
from streams.cases.case import Case, CaseFile
from streams.cases.looks import Look, VerdictRecord
from streams.cases.lots import drawn
from streams.cases.quality.golden_names import Ids, as_given_now
from streams.cases.reviewing.ordering import language_of
from streams.cases.reviewing.review import VERDICTS
from streams.cases.states import CaseState
from streams.cases.transitions import Transition, noted
from streams.errors import Invalid

_SAID = frozenset({Action.STATEMENT_MADE, Action.OBJECTED})
SECOND_AFTER_MS, SECOND_WITHIN_MS = HOUR_MS, 23 * HOUR_MS
"""How long a verdict that needs a second one waits for its answer: at least, and how much longer at most."""


class Viewer(NamedTuple):
    """A person who looks at cases and gives verdicts; a ``senior`` knows which cases are golden, and is given none."""

    name: str
    senior: bool = False


class GoldenMark(msgspec.Struct, frozen=True, kw_only=True):
    """A mark that a closed case is golden: its ``verdict`` by ``rule`` is the right one.

    ``until_seq`` is the first entry of its trail that is not shown, ``until_ms`` when that was; ``version`` counts what
    is shown before it. ``language`` is what a reviewer has to read, as in the queue.
    """

    case_id: str
    verdict: str
    rule: str
    language: str
    version: int
    until_seq: int
    until_ms: int
    marked_by: str
    marked_at_ms: int


class GoldenTally(msgspec.Struct, frozen=True, kw_only=True):
    """A golden case, how many reviewers decided it again, and how many as it was decided."""

    mark: GoldenMark
    answers: int
    agreed: int


class GoldenCase(Case, frozen=True, kw_only=True):
    """A golden case as one reviewer works on it; ``moved_ms`` is what was added to its times.

    Its ids are those that it is kept under; its reviewer knows it by ``request_known_as`` and ``order_known_as``
    (:func:`as_known`). Whoever stores cases keeps what is done to one of these beside the assignment, and leaves the
    case as it is.
    """

    assignment_id: str
    moved_ms: int
    until_ms: int
    until_seq: int
    request_known_as: str
    order_known_as: str


class GoldenView(NamedTuple):
    """A golden case as one reviewer sees it: the case, and what they did to it."""

    case: GoldenCase
    entries: Sequence[EntryContent] = ()
    given: Sequence[VerdictRecord] = ()


def mark(found: CaseFile, act: AuditAct) -> tuple[Transition, GoldenMark]:
    """Return the transition by which ``act.by`` marks a case as golden, and the mark; ``act.note`` says why.

    Raises :class:`Invalid` where its verdict is not final, or something else would give it away.
    """
    case = found.case
    decided = next((one for one in found.audit if one.action in VERDICTS), None)
    if case.state is not CaseState.CLOSED or case.verdict is None or decided is None:
        msg = f"case {case.case_id} is {case.state}: only a closed case with a verdict can be golden"
        raise Invalid(msg)
    if case.opened_for is not None:
        msg = f"case {case.case_id} was opened for a forgery on another one, which gives its verdict away"
        raise Invalid(msg)
    if any(one.payload is None for one in found.audit):
        msg = f"what was said on case {case.case_id} was erased: it cannot be judged again"
        raise Invalid(msg)
    shown = _before(found.audit, decided)
    rule = next(one.given.rule for one in reversed(found.verdicts) if one.given.verdict == case.verdict)
    made = GoldenMark(
        case_id=case.case_id,
        verdict=case.verdict,
        rule=rule,
        language=language_of(_words(shown)),
        version=sum(one.action not in UNSEEN for one in shown),
        until_seq=len(shown) + 1,
        until_ms=found.audit[len(shown)].at_ms,
        marked_by=act.by,
        marked_at_ms=act.at_ms,
    )
    return noted(case, act, Action.GOLDEN_MARKED, {"verdict": case.verdict, "rule": rule}), made


def unmark(case: Case, act: AuditAct) -> Transition:
    """Return the transition by which the case is golden no longer, for the reason in ``act.note``."""
    return noted(case, act, Action.GOLDEN_UNMARKED, {})


def drawn_for_golden(key: bytes, case_id: str, reviewer: str, share: float) -> bool:
    """Return whether the lot gives the reviewer a golden case in the place of the waiting one of this id.

    ``share`` (0 to 1) of what would be handed out is drawn; see :mod:`streams.cases.lots`.
    """
    return drawn(key, b"golden case", f"{case_id}\n{reviewer}", share)


def waiting(case: Case, found: GoldenMark, assignment_id: str, at_ms: int, of_these_days: Sequence[Ids]) -> GoldenCase:
    """Return the closed case as it waited for its reviewer, with its times moved as if that were at ``at_ms``.

    ``of_these_days`` are the ids of cases that were opened about when it is shown to have been, the nearest first.
    """
    known_as = as_given_now(Ids(case.request_id, case.order_id), of_these_days)
    moved_ms = at_ms - found.until_ms
    was = {
        "state": CaseState.READY,
        "version": found.version,
        "changes": found.version,
        "opened_at_ms": case.opened_at_ms + moved_ms,
        "due_at_ms": None,
        "verdict": None,
        "decided_at_ms": None,
        "assignee": None,
        "look": Look.FIRST,
        "asked": (),
    }
    own = {"assignment_id": assignment_id, "moved_ms": moved_ms}
    own |= {"request_known_as": known_as.request_id, "order_known_as": known_as.order_id}
    until = {"until_ms": found.until_ms, "until_seq": found.until_seq}
    return GoldenCase(**(msgspec.structs.asdict(case) | was | own | until))


def second_verdict_due_ms(case: GoldenCase, given: Sequence[VerdictRecord]) -> int | None:
    """Return when to answer a verdict that needs another person's equal one, in Unix milliseconds; None: it needs none.

    Nobody else is given the case, so the answer is their own verdict, after a time in which a person may have come.
    """
    if case.state is not CaseState.AWAITING_SECOND_REVIEWER or not given:
        return None
    lot = int.from_bytes(blake2b(case.assignment_id.encode(), digest_size=8, person=b"second verdict").digest())
    return given[-1].at_ms + SECOND_AFTER_MS + lot % SECOND_WITHIN_MS


def asked_before(record: Iterable[VerdictRecord], case: GoldenCase) -> list[VerdictRecord]:
    """Return the verdicts that asked for more evidence before the verdict that is not shown, with their times moved."""
    return [
        msgspec.structs.replace(one, at_ms=one.at_ms + case.moved_ms) for one in record if one.at_ms < case.until_ms
    ]


def _before(audit: Sequence[AuditEntry], decided: AuditEntry) -> Sequence[AuditEntry]:
    """Return the entries up to where the reviewer of the first verdict took the case."""
    until = decided.seq - 1
    while until and audit[until - 1].action in UNSEEN:
        until -= 1
    return audit[:until]


def _words(entries: Iterable[AuditEntry]) -> list[str]:
    said = [msgspec.json.decode(one.payload or b"{}") for one in entries if one.action in _SAID]
    return [str(one.get("note", "")) for one in said]
