"""Which policy judges, and how another one comes to: proposed, activated by another person, held, rolled back."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from schemas.units import DAY_MS
from streams.cases.acts import same_person
from streams.errors import Invalid, NotAllowed, NotFound
from streams.judgement.ports import (
    Act,
    Activation,
    KeptEvidence,
    PolicyVersions,
    Proposal,
    Trial,
    TrialKind,
    Trials,
)
from streams.judgement.tally import read_tally
from streams.policy.compiled import compile_policy
from streams.policy.criteria import codes_of
from streams.policy.document import digest_of
from streams.policy.question import StoredPolicy
from streams.policy.soundness import sound

SHORTEST_HASH = 8
"""Digits of a hash at least by which a policy is named."""
BACKTEST_HOLDS_MS = 7 * DAY_MS
TRIED_ON = 1_000
"""Requests of the past on which a policy has to be tried, where there are so many."""
NOTICE_DAYS, NOTICE_DAYS_MAJOR = 7, 15
"""Days from the publication of changed criteria until they hold; major: something new leads to review.

Measures on Supervision of Online Platform Rules (Decree 116), art. 12.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """That the published criteria change: reasons that are new or gone, and the days' notice that they need."""

    added: tuple[str, ...]
    gone: tuple[str, ...]
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who acts when, and why."""

    name: str
    at_ms: int
    note: str = ""


class Versions:
    """What may be done with policies; every act is a row that stays."""

    def __init__(self, store: PolicyVersions, kept: KeptEvidence, trials: Trials, *, four_eyes: bool = False) -> None:
        """With ``four_eyes`` nothing is activated but what another person proposed."""
        self._store = store
        self._kept = kept
        self._trials = trials
        self._four_eyes = four_eyes

    def active(self, now_ms: int) -> StoredPolicy:
        """Return the policy that judges at ``now_ms``; :class:`streams.errors.PolicyError` when there is none."""
        return self._store.active(now_ms)

    def find(self, start: str) -> Proposal:
        """Return the stored policy whose hash begins so; :class:`NotFound`, or :class:`Invalid` where several do."""
        if len(start) < SHORTEST_HASH or not set(start) <= set("0123456789abcdef"):
            msg = (
                f"{start!r} is no hash: give at least {SHORTEST_HASH} of its digits (0-9, a-f), or a file that is there"
            )
            raise Invalid(msg)
        found = self._store.found(start)
        if not found:
            msg = f"no policy {start} is stored: `policy history` lists those that were active; propose a new one first"
            raise NotFound(msg)
        if len(found) > 1:
            msg = f"{len(found)} policies begin with {start}: give more digits"
            raise Invalid(msg)
        return found[0]

    def propose(self, text: str, by: By) -> StoredPolicy:
        """Return the draft that is stored; :class:`streams.errors.PolicyError` when it is not sound."""
        policy = read(text)
        self._store.propose(policy, by.at_ms, by.name)
        return policy

    def activate_file(self, text: str, by: By, effective_from_ms: int | None = None) -> StoredPolicy:
        """Return the policy of ``text``, which judges from now on, or from a later time.

        :class:`NotAllowed` where two people are needed.
        """
        if self._four_eyes:
            msg = "two people are needed here (SENTINEL_POLICY_FOUR_EYES): `policy propose`, and another activates it"
            raise NotAllowed(msg)
        policy = read(text)
        self._append(policy, by, effective_from_ms)
        return policy

    def activate_draft(
        self, start: str, by: By, effective_from_ms: int | None = None, *, force: bool = False
    ) -> StoredPolicy:
        """Return the draft with this hash, which judges from now on, or from a later time.

        :class:`NotAllowed` where the same person proposed it, where nobody did and it never judged, or where it was not
        tried in the last 7 days on a thousand requests of the past, or all there are; ``force`` does without the trial,
        and needs a note.
        """
        proposal = self.find(start)
        policy = proposal.policy
        if proposal.proposed_by is None and self.since_ms(policy.sha256) is None:
            name = policy.sha256[:12]
            msg = f"{name} was tried, and nobody proposed it: run `policy propose FILE`, and another activates it"
            raise NotAllowed(msg)
        if proposal.proposed_by is not None and same_person(proposal.proposed_by, by.name):
            msg = f"{by.name} proposed {policy.sha256[:12]}: another person activates it"
            raise NotAllowed(msg)
        if force and not by.note:
            msg = "say with --reason why it is activated without a backtest"
            raise Invalid(msg)
        if not force:
            self._require_tried(policy, by.at_ms)
        read(policy.text)
        self._append(policy, by, effective_from_ms)
        return policy

    def rollback(self, start: str | None, by: By) -> StoredPolicy:
        """Return the policy that judges again: the one with this hash, else the one before the one that judges now.

        A second rollback goes one further back, never to what the first one took away. During a hold the one that is
        held judges again. :class:`NotFound` where it was never active.
        """
        active = self._store.active(by.at_ms)
        judged = [one for one in self._store.activations() if one.since_ms <= by.at_ms and one.act != "hold"]
        if start:
            wanted: str | None = self.find(start).policy.sha256
        else:
            wanted = active.sha256 if active.held else _before(active.sha256, judged[::-1])
        if wanted not in {one.policy_sha256 for one in judged}:
            msg = "no other policy was active before this one"
            raise NotFound(f"policy {start} was never active: activate it" if start else msg)
        policy = self.find(str(wanted)).policy
        self._store.append(policy, _activation(policy, by, "rollback"))
        return policy

    def hold(self, by: By) -> StoredPolicy:
        """Return the policy that judges while everything goes to review; the next activation or rollback ends it."""
        policy = replace(self._store.active(by.at_ms), held=False)
        self._store.append(policy, _activation(policy, by, "hold"))
        return policy

    def history(self, limit: int = 0) -> Sequence[Activation]:
        """Return who changed what when, newest first; 0: all."""
        return self._store.activations(limit)

    def drafts(self, limit: int = 20) -> Sequence[Proposal]:
        """Return what was proposed and never judged, newest first."""
        judged = {one.policy_sha256 for one in self._store.activations()}
        found = [one for one in self._store.found("") if one.proposed_by and one.policy.sha256 not in judged]
        return found[::-1][:limit]

    def trials(self, sha256: str) -> Sequence[Trial]:
        """Return the newest backtest and the newest shadow of a policy, as far as there are some."""
        kinds: tuple[TrialKind, ...] = ("backtest", "shadow")
        return [found for kind in kinds if (found := self._trials.latest(kind, sha256)) is not None]

    def since_ms(self, sha256: str) -> int | None:
        """Return from when on a policy holds, or will: since its newest activation; None where it never was active."""
        mine = [one for one in self._store.activations() if one.policy_sha256 == sha256 and one.act != "hold"]
        return mine[0].since_ms if mine else None

    def notice(self, text: str, now_ms: int, effective_from_ms: int | None) -> Notice | None:
        """Return what the published criteria change by, where it is announced too late; None: nothing to warn of."""
        known = codes_of(compile_policy(self._store.active(now_ms).text))
        new = codes_of(compile_policy(text))
        added, gone = tuple(sorted(new - known)), tuple(sorted(known - new))
        days = NOTICE_DAYS_MAJOR if added else NOTICE_DAYS
        if not (added or gone) or (effective_from_ms or now_ms) - now_ms >= days * DAY_MS:
            return None
        return Notice(added=added, gone=gone, days=days)

    def _append(self, policy: StoredPolicy, by: By, effective_from_ms: int | None) -> None:
        if effective_from_ms is not None and effective_from_ms <= by.at_ms:
            msg = "a policy is effective from a later time on, or at once: leave --effective-from out"
            raise Invalid(msg)
        activation = _activation(policy, by, "activate")
        self._store.append(policy, replace(activation, effective_from_ms=effective_from_ms))

    def _require_tried(self, policy: StoredPolicy, now_ms: int) -> None:
        """Raise :class:`NotAllowed` unless the policy was tried lately on enough of the past, or on all there is."""
        stored = self._kept.begin(0)[1]
        if stored == 0:
            return
        name, trial = policy.sha256[:12], self._trials.latest("backtest", policy.sha256)
        if trial is None or (trial.ended_at_ms or 0) < now_ms - BACKTEST_HOLDS_MS:
            msg = (
                f"{name} was not tried on the past in the last {BACKTEST_HOLDS_MS // DAY_MS} days: run: "
                f"refund-sentinel policy backtest --policy {name}, or give --force and --reason"
            )
            raise NotAllowed(msg)
        tally = read_tally(trial.tally)
        tried = tally.judged + sum(tally.not_judged.values())
        there = stored - self._kept.begin(trial.before_ms or now_ms)[1]
        needed = min(TRIED_ON, there)
        if tried < needed:
            msg = (
                f"{name} was tried on {tried:,} of {there:,} requests: {needed:,} at least are needed. Run: "
                f"refund-sentinel policy backtest --policy {name} --since 365d, or give --force and --reason"
            )
            raise NotAllowed(msg)


def _before(active: str, judged: Sequence[Activation]) -> str | None:
    """Return the policy that judged before the active one; ``judged`` is oldest first. None: there was none.

    A rollback takes away what came after the policy that it went to: that counts as never activated.
    """
    ways: list[str] = []
    for one in judged:
        sha256 = one.policy_sha256
        if sha256 in ways and one.act == "rollback":
            del ways[len(ways) - ways[::-1].index(sha256) :]
        elif ways[-1:] != [sha256]:
            ways.append(sha256)
    while active in ways and ways[-1] != active:
        ways.pop()
    others = [sha256 for sha256 in ways if sha256 != active]
    return others[-1] if others else None


def read(text: str) -> StoredPolicy:
    """Return the policy of ``text`` by its hash; :class:`streams.errors.PolicyError` when it is not sound."""
    return StoredPolicy(name=sound(text).document.name, sha256=digest_of(text), text=text)


def difference(one: StoredPolicy, other: StoredPolicy) -> str:
    """Return what changes from one policy to the other, as a unified diff of their texts; empty where nothing does."""
    before, after = (policy.text.splitlines(keepends=True) for policy in (one, other))
    names = [f"{policy.name} {policy.sha256[:12]}" for policy in (one, other)]
    lines = difflib.unified_diff(before, after, fromfile=names[0], tofile=names[1])
    return "".join(line if line.endswith("\n") else line + "\n" for line in lines)


def _activation(policy: StoredPolicy, by: By, act: Act) -> Activation:
    return Activation(policy_sha256=policy.sha256, name=policy.name, act=act, at_ms=by.at_ms, by=by.name, note=by.note)
