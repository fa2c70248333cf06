"""Verb: a reviewer's verdict. The appeal against it is :mod:`streams.cases.parties.appeal`'s."""

import re
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import msgspec

from schemas.records import ReviewEvent
from streams.cases import asked as asking
from streams.cases.acts import Action, AuditAct
from streams.cases.asked import Party
from streams.cases.case import Case
from streams.cases.events import notice
from streams.cases.looks import Given, Look, VerdictRecord, agreed, first_kept
from streams.cases.procedure import Procedure
from streams.cases.reviewing.review import steps_to_review
from streams.cases.states import CaseState
from streams.cases.transitions import Step, Transition, moved
from streams.errors import Invalid, NotAllowed, OperatorError
from streams.wording.dates import moment_in
from streams.wording.tables import texts

MORE_EVIDENCE_AT_MOST = 2
FIELD_AT_MOST = 400
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:\-]{0,63}")

_ACTIONS = {
    "GRANT": Action.GRANTED,
    "REFUSE": Action.REFUSED,
    "FORGERY_CONFIRMED": Action.FORGERY_CONFIRMED,
}


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """What a verdict does; ``given`` is the verdict that stands from now on, None where none does yet."""

    transition: Transition
    given: Given | None = None


class Bench(msgspec.Struct, frozen=True, kw_only=True):
    """What a verdict meets on the case: who has decided what, and who may decide.

    ``record`` are its verdicts so far, ``reviewers`` those who gave one that decides something. ``second``: a first
    verdict needs another person's. ``senior``: whoever gives this one is a senior. ``heard``: whoever the case waits
    for answered elsewhere. ``picks``: whoever gives this one may take a case that is in nobody's hands.
    """

    record: Sequence[VerdictRecord] = ()
    reviewers: Collection[str] = ()
    second: bool = False
    senior: bool = False
    heard: bool = False
    picks: bool = True


def give(case: Case, act: AuditAct, given: Given, bench: Bench, procedure: Procedure) -> Ruling:
    """Return what the verdict ``given`` by ``act.by`` does to the case; ``act.note`` is the rationale.

    It decides the case, or is kept until another person gave one, or asks for more evidence. Raises
    :class:`streams.errors.Invalid` for a verdict that is not complete, :class:`streams.errors.NotAllowed` where a
    senior has to decide, and what :func:`streams.cases.reviewing.review.steps_to_review` raises.
    """
    _require_complete(given, act, procedure.verdict_fields.get(given.verdict, ()))
    steps = steps_to_review(case, act, bench.reviewers, heard=bench.heard, picks=bench.picks)
    if case.look is Look.SENIOR and not bench.senior:
        msg = f"two reviewers differ on case {case.case_id}: a senior has to decide it"
        raise NotAllowed(msg)
    verdict = _Verdict(case, act, given, bench, procedure, steps)
    if given.verdict == "MORE_EVIDENCE":
        return Ruling(transition=verdict.ask())
    if case.look is Look.SECOND:
        both = agreed(first_kept(bench.record), given)
        return Ruling(transition=verdict.keep(Look.SENIOR)) if both is None else verdict.decide(both)
    if case.look is Look.FIRST and bench.second:
        return Ruling(transition=verdict.keep(Look.SECOND))
    return verdict.decide(given)


class _Verdict(NamedTuple):
    """One verdict, and the steps from where the case stands to the person who gives it."""

    case: Case
    act: AuditAct
    given: Given
    bench: Bench
    procedure: Procedure
    steps: list[Step]

    def decide(self, final: Given) -> Ruling:
        """Return that ``final`` decides the case: what was given, or what two people agree on of it."""
        step = Step(_ACTIONS[final.verdict], CaseState.DECIDED, self._detail(final))
        changes: dict[str, Any] = {"verdict": final.verdict, "decided_at_ms": self.act.at_ms}
        changes["due_at_ms"] = self.procedure.of(self.case.category).appeal_ends_ms(self.act.at_ms)
        done = moved(self.case, self.act, [*self.steps, step], tell="DECIDED", **changes)
        return Ruling(transition=self._recorded(done), given=final)

    def keep(self, look: Look) -> Transition:
        """Return the transition that keeps the verdict until ``look`` was taken; nobody is told."""
        detail = {"verdict": self.given.verdict} | self._detail(self.given)
        step = Step(Action.VERDICT_KEPT, CaseState.AWAITING_SECOND_REVIEWER, detail)
        return self._recorded(moved(self.case, self.act, [*self.steps, step], look=look))

    def ask(self) -> Transition:
        """Return the transition that asks for more evidence, with a notice to each party that is asked."""
        asked, at_ms = self.given.asked, self.act.at_ms
        asking.require_askable(asked)
        self._require_seldom_asked()
        both = any(one.kind.party == "merchant" for one in asked)
        to = CaseState.AWAITING_BOTH if both else CaseState.AWAITING_BUYER_EVIDENCE
        step = Step(Action.MORE_EVIDENCE, to, self._detail(self.given) | {"asked": list(asked)})
        ends_ms = self.procedure.of(self.case.category).buyer_evidence_ends_ms(at_ms)
        done = moved(self.case, self.act, [*self.steps, step], asked=asked, due_at_ms=ends_ms)
        parties: list[Party] = ["buyer", "merchant"] if both else ["buyer"]
        told = tuple(_asked_notice(done.after, at_ms, ends_ms, party, self.procedure.told_in) for party in parties)
        return self._recorded(msgspec.structs.replace(done, events=told))

    def _require_seldom_asked(self) -> None:
        before = sum(one.given.verdict == "MORE_EVIDENCE" for one in self.bench.record)
        if before >= MORE_EVIDENCE_AT_MOST:
            msg = f"case {self.case.case_id}: evidence was asked for {before} times, decide on what is there"
            raise OperatorError(msg)

    def _detail(self, given: Given) -> dict[str, Any]:
        detail: dict[str, Any] = {"rule": given.rule}
        if given.verdict == "FORGERY_CONFIRMED":
            detail |= {"photos": list(given.photos), "cluster_id": self.case.cluster_id}
        if given.fields:
            detail["fields"] = dict(given.fields)
        if self.case.look is not Look.FIRST:
            detail["look"] = self.case.look
        return detail | ({"heard": True} if self.bench.heard else {})

    def _recorded(self, done: Transition) -> Transition:
        record = VerdictRecord(
            case_id=self.case.case_id,
            number=len(self.bench.record) + 1,
            by=self.act.by,
            at_ms=self.act.at_ms,
            look=self.case.look,
            given=self.given,
        )
        return msgspec.structs.replace(done, given=record)


def _asked_notice(case: Case, at_ms: int, ends_ms: int, party: Party, zone: str) -> ReviewEvent:
    words = texts("asked/notices")[party].filled(
        request=case.request_id, until=moment_in(ends_ms, zone), asked=asking.in_words(case.asked, party)
    )
    return notice(case, party, at_ms, Action.MORE_EVIDENCE, words)


def _require_complete(given: Given, act: AuditAct, wanted: Collection[str]) -> None:
    missing = sorted(name for name in wanted if not given.fields.get(name, "").strip())
    if not _CODE.fullmatch(given.rule):
        msg = "a verdict names the rule that it rests on: a code of 1 to 64 letters, digits, and . _ : -"
    elif not act.note.strip():
        msg = "a verdict says why: give a rationale"
    elif missing:
        msg = f"a verdict {given.verdict} also needs: {', '.join(missing)}"
    elif any(len(value) > FIELD_AT_MOST or not _CODE.fullmatch(name) for name, value in given.fields.items()):
        msg = f"a field of a verdict has a code as its name, and at most {FIELD_AT_MOST} characters"
    elif given.asked and given.verdict != "MORE_EVIDENCE":
        msg = f"only MORE_EVIDENCE asks for evidence: a verdict {given.verdict} decides"
    elif given.photos and given.verdict != "FORGERY_CONFIRMED":
        msg = f"only FORGERY_CONFIRMED names photos: a verdict {given.verdict} is about the whole case"
    else:
        return
    raise Invalid(msg)
