"""A policy tried on what was judged before: exactly the question that was asked then, put to another policy.

Nothing but the trial's own row is written. What people found out since is counted beside the verdicts and changes none.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from schemas.codec import encode
from schemas.records import RefundDecided
from schemas.units import MINUTE_MS
from streams.cases.quality.quality import AGAINST_BUYER
from streams.errors import OperatorError, PolicyError
from streams.judgement.ports import KeptEvidence, PolicyVersions, Trial, TrialKind, Trials
from streams.judgement.tally import AUDITED, Tally, before_of, read_tally, written
from streams.policy.document import PolicyDocument, read
from streams.policy.effective import day_of, effective
from streams.policy.engine import assess, why_unusable
from streams.policy.kept import Kept
from streams.policy.question import StoredPolicy
from streams.policy.stored_judgement import StoredJudgement

SETTLED_MS = MINUTE_MS
"""How old a record is before a shadow judges it: transactions that began earlier have ended by then."""
AT_ONCE = 2_000
"""Records of one step of a backtest."""
Content = tuple[str, str]
"""Request and digest."""


class Labels(Protocol):
    """What people found out."""

    def verdicts(self, requests: Iterable[str]) -> Mapping[Content, str]:
        """Return the verdict on each content that people decided."""


class Rows(Protocol):
    """Where one line a record goes; ``place`` is how many bytes are written."""

    def write(self, row: Mapping[str, object]) -> int:
        """Write a line, and return how many bytes it has."""


HONEST = frozenset({"GRANT"})
"""Verdicts that say which alarms were right."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some records that were kept one after the other, up to the place ``end``, and what people found out of them."""

    found: Sequence[StoredJudgement]
    end: int
    verdicts: Mapping[Content, str]


@dataclass(slots=True)
class Trying:
    """Tries policies, a few chunks of records at a time."""

    kept: KeptEvidence
    trials: Trials
    labels: Labels
    policies: PolicyVersions
    audit_key: bytes
    _decided_by: dict[str, PolicyDocument | None] = field(default_factory=dict)

    def begin(self, kind: TrialKind, policy: StoredPolicy, since_ms: int, now_ms: int, by: str) -> Trial:
        """Return a new trial of everything that was decided at ``since_ms`` or later; a backtest ends at ``now_ms``.

        A shadow begins among what may still be in a transaction: a batch that is stored behind a later one counts, too.
        """
        trial = Trial(
            trial_id=0,
            kind=kind,
            policy_sha256=policy.sha256,
            begun_at_ms=now_ms,
            begun_by=by,
            since_ms=since_ms,
            before_ms=now_ms if kind == "backtest" else None,
            place=self.kept.begin(since_ms - SETTLED_MS if kind == "shadow" else since_ms)[0],
            ended_at_ms=None,
            tally="",
        )
        return self.trials.begin(kind, policy, trial)

    def stop(self, trial: Trial, now_ms: int) -> Trial:
        """Return the trial, ended and stored, with what workers found until then: they may take it on meanwhile."""
        while trial.ended_at_ms is None:
            ended = replace(trial, ended_at_ms=now_ms)
            if self.trials.save([(ended, trial.place)])[0]:
                return ended
            trial = self.trials.latest(trial.kind, trial.policy_sha256) or trial
        return trial

    def step(
        self, trial: Trial, policy: StoredPolicy, before_ms: int, rows: Rows | None = None, at_once: int = AT_ONCE
    ) -> Trial | None:
        """Return the trial about ``at_once`` records further on, stored; None: there is no more.

        Where another process took the same trial on meanwhile, nothing of this step counts.
        """
        stretch = self.stretch(trial.place, before_ms, at_once)
        if stretch is None:
            return None
        further = self.judged(trial, policy, stretch, rows)
        if not self.trials.save([(further, trial.place)])[0]:
            raise OperatorError(TAKEN_ON)
        return further

    def stretch(self, place: int, before_ms: int, at_once: int) -> Stretch | None:
        """Return about ``at_once`` records behind a place, read once for all policies; None: there are none."""
        found, end = self.kept.after(place, before_ms, at_once)
        return None if end == place else Stretch(found, end, self.labels.verdicts({one.request_id for one in found}))

    def judged(
        self,
        trial: Trial,
        policy: StoredPolicy,
        stretch: Stretch,
        rows: Rows | None = None,
        give_way: Callable[[], None] = lambda: None,
    ) -> Trial:
        """Return the trial at the end of a stretch that begins at its place; nothing is stored yet.

        ``give_way`` is called after each record, to let others go on.
        """
        tally = read_tally(trial.tally)
        unusable = why_unusable(policy)  # asked once: a policy is compiled again for each record that it fails
        for stored in (one for one in stretch.found if one.decided_at_ms >= trial.since_ms):
            if stored.kept is not None and unusable is not None:
                row = _not_judged(tally, stored, unusable)
            else:
                row = self._try(tally, stored, policy, stretch.verdicts)
            if rows is not None:
                tally.bytes_out += rows.write(row)
            give_way()
        return replace(trial, place=stretch.end, tally=written(tally))

    def _try(
        self, tally: Tally, stored: StoredJudgement, policy: StoredPolicy, verdicts: Mapping[Content, str]
    ) -> Mapping[str, object]:
        """Return the row of one record; it says why where the record could not be judged."""
        if stored.kept is None:
            return _not_judged(tally, stored, stored.why)
        same = stored.policy_sha256 == policy.sha256
        asked = replace(policy, held=stored.kept.held and same)
        try:
            after, findings = assess(stored.kept.question(asked, self.audit_key, stored.decided_at_ms))
        except Exception as exc:  # noqa: BLE001 - whatever a tried policy does, the others and the record go on
            return _not_judged(tally, stored, f"{type(exc).__name__}: {exc}")
        tally.add(stored, stored.kept, after, findings)
        if same:
            reproduced = encode(after) == stored.message
            tally.reproduced += reproduced
            tally.not_reproduced += not reproduced
        verdict = verdicts.get((stored.request_id, stored.request_digest))
        before = before_of(stored)
        if verdict in AGAINST_BUYER | HONEST:
            share = self._drawn_share(stored, stored.kept) if list(before.codes) == AUDITED else None
            tally.add_label(after, forged=verdict in AGAINST_BUYER, drawn_share=share)
        return _of(stored) | _compared(before.verdict, before.codes, after)

    def _drawn_share(self, stored: StoredJudgement, kept: Kept) -> float | None:
        """Return the share with which the policy of then drew this request; None where that cannot be read any more."""
        sha256, evidence = stored.policy_sha256, kept.evidence
        if sha256 not in self._decided_by:
            try:
                self._decided_by[sha256] = read(self.policies.found(sha256)[0].policy.text)[0]
            except (PolicyError, IndexError):
                self._decided_by[sha256] = None
        document = self._decided_by[sha256]
        if document is None:
            return None
        return effective(document, evidence.request, day_of(evidence.appended_at_ms)).audit_share


def _of(stored: StoredJudgement) -> dict[str, object]:
    return {"request_id": stored.request_id, "request_digest": stored.request_digest}


def _not_judged(tally: Tally, stored: StoredJudgement, why: str) -> Mapping[str, object]:
    tally.skip(why)
    return _of(stored) | {"not_judged": why}


def _compared(verdict: str, codes: Iterable[str], after: RefundDecided) -> dict[str, object]:
    now = [reason.code for reason in after.reasons]
    was = list(codes)
    return {
        "before": {"verdict": verdict, "reasons": was},
        "after": {"verdict": after.verdict, "reasons": now, "score": after.score},
        "same": (verdict, was) == (after.verdict, now),
    }


def backtest(
    trying: Trying, trial: Trial, policy: StoredPolicy, on_done: Callable[[int], None], rows: Rows | None, now_ms: int
) -> Trial:
    """Return the trial at its end; ``on_done`` is told how many records were judged."""
    before_ms = trial.before_ms if trial.before_ms is not None else now_ms
    at: Trial | None = trial
    while at is not None:
        trial = at
        on_done(read_tally(trial.tally).judged)
        at = trying.step(trial, policy, before_ms, rows)
    tally = read_tally(trial.tally)
    for request_id, digest in trying.kept.missing(trial.since_ms, before_ms):
        tally.skip(ERASED)
        if rows is not None:
            rows.write({"request_id": request_id, "request_digest": digest, "not_judged": ERASED})
    ended = replace(trial, ended_at_ms=now_ms, tally=written(tally))
    trying.trials.save([(ended, trial.place)])
    return ended


TAKEN_ON = "another process took this trial on: look at its report, or begin it anew with --restart"
ERASED = "what the judge saw is not kept any more: erased, older than its look-back, or decided before it was kept"
