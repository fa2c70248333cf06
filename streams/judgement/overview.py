"""How each rule did in the last days and in as many days before, and whom the policy sends to review.

Each request is judged again by the policy that judged it, from what the judge saw: so the rules behind its reasons are
known, whatever happened since. Nothing is written.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from schemas.units import DAY_MS
from streams.cases.quality.quality import AGAINST_BUYER
from streams.errors import PolicyError
from streams.judgement.ports import KeptEvidence, PolicyVersions
from streams.judgement.report import difference, groups_told, share_told
from streams.judgement.tally import AUDITED, Group, add_to_group, groups_of
from streams.judgement.trying import AT_ONCE, HONEST, Labels
from streams.policy.compiled import Policy, compile_policy
from streams.policy.effective import day_of, effective
from streams.policy.engine import assess
from streams.policy.question import StoredPolicy
from streams.policy.stored_judgement import StoredJudgement

PAIRS = 200
"""Pairs of rules that are told, those that fired together most often."""


@dataclass(slots=True)
class RuleCounts:
    """What one rule did; all but ``before`` and ``newest_ms`` in the newer half of the time."""

    fired: int = 0
    before: int = 0
    alone: int = 0
    caught: int = 0
    false_alarms: int = 0
    newest_ms: int | None = None


@dataclass(slots=True)
class Stratum:
    """Requests of one category that the rules cleared, and those of them that were drawn for the random audit."""

    cleared: int = 0
    drawn: int = 0
    decided: int = 0
    forged: int = 0
    expected: float = 0.0


@dataclass(slots=True)
class Counts:
    """What was counted: ``judged`` since ``middle_ms``, and ``judged_before`` since ``since_ms``, as long before."""

    middle_ms: int
    since_ms: int
    judged: int = 0
    judged_before: int = 0
    rules: dict[str, RuleCounts] = field(default_factory=dict)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    groups: dict[str, dict[str, Group]] = field(default_factory=dict)
    strata: dict[str, Stratum] = field(default_factory=dict)
    not_judged: Counter[str] = field(default_factory=Counter)

    def add(self, stored: StoredJudgement, rules: Sequence[str], *, review: bool, verdict: str | None) -> None:
        """Count one request and the rules that fired on it."""
        newer = stored.decided_at_ms >= self.middle_ms
        self.judged += newer
        self.judged_before += not newer
        for rule in rules:
            of = self.rules.setdefault(rule, RuleCounts())
            of.newest_ms = max(stored.decided_at_ms, of.newest_ms or 0)
            of.fired += newer
            of.before += not newer
            if newer:
                of.alone += len(rules) == 1
                of.caught += verdict in AGAINST_BUYER
                of.false_alarms += verdict in HONEST
        if newer and stored.kept is not None:
            self.pairs.update(combinations(rules, 2))
            for kind, name in groups_of(stored.kept.evidence.request):
                add_to_group(self.groups, kind, name, before=review, after=review)

    def add_cleared(self, category: str, share: float, verdict: str | None, *, drawn: bool) -> None:
        """Count one request on which no rule fired; ``share`` is that of the random audit for it."""
        stratum = self.strata.setdefault(category, Stratum())
        stratum.cleared += 1
        stratum.expected += share
        stratum.drawn += drawn
        stratum.decided += drawn and verdict in AGAINST_BUYER | HONEST
        stratum.forged += drawn and verdict in AGAINST_BUYER


@dataclass(slots=True)
class Overview:
    """Counts what rules did, a few chunks of records at a time."""

    kept: KeptEvidence
    versions: PolicyVersions
    labels: Labels
    audit_key: bytes
    _policies: dict[str, tuple[StoredPolicy, Policy]] = field(default_factory=dict)

    def over(self, days: int, now_ms: int, on_done: Callable[[int], None]) -> dict[str, Any]:
        """Return the overview of the last ``days`` beside as many before, for JSON; ``on_done`` is told how many."""
        counts = Counts(now_ms - days * DAY_MS, now_ms - 2 * days * DAY_MS)
        place, done = self.kept.begin(counts.since_ms)[0], 0
        while (some := self._some(counts, place, now_ms))[1] != place:
            number, place = some
            done += number
            on_done(done)
        active = self.versions.active(now_ms)
        rules = {one.id: one.tags for one in compile_policy(active.text).document.rules}
        return {"days": days, "policy": {"name": active.name, "sha256": active.sha256}} | _told(counts, rules)

    def _some(self, counts: Counts, place: int, before_ms: int) -> tuple[int, int]:
        """Count the next records; return how many, and the place behind them."""
        found, further = self.kept.after(place, before_ms, AT_ONCE)
        verdicts = self.labels.verdicts({one.request_id for one in found})
        for stored in found:
            if stored.decided_at_ms < counts.since_ms:
                continue
            self._count(counts, stored, verdicts.get((stored.request_id, stored.request_digest)))
        return len(found), further

    def _count(self, counts: Counts, stored: StoredJudgement, verdict: str | None) -> None:
        if stored.kept is None:
            counts.not_judged[stored.why] += 1
            return
        try:
            policy, compiled = self._policy(stored.policy_sha256)
        except PolicyError as exc:
            counts.not_judged[f"its policy cannot be read by this version: {exc}"[:200]] += 1
            return
        asked = StoredPolicy(policy.name, policy.sha256, policy.text, held=stored.kept.held)
        decision, findings = assess(stored.kept.question(asked, self.audit_key, stored.decided_at_ms))
        rules = sorted({one.rule or one.code for one in findings})
        review = decision.verdict == "REVIEW"
        counts.add(stored, rules, review=review, verdict=verdict)
        if rules in ([], AUDITED) and stored.decided_at_ms >= counts.middle_ms:
            evidence = stored.kept.evidence
            holds = effective(compiled.document, evidence.request, day_of(evidence.appended_at_ms))
            counts.add_cleared(evidence.request.category, holds.audit_share, verdict, drawn=rules == AUDITED)

    def _policy(self, sha256: str) -> tuple[StoredPolicy, Policy]:
        if sha256 not in self._policies:
            policy = self.versions.found(sha256)[0].policy
            self._policies[sha256] = policy, compile_policy(policy.text)
        return self._policies[sha256]


def _told(counts: Counts, active: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    rules = counts.rules | {name: RuleCounts() for name in active if name not in counts.rules}
    groups = sorted(counts.groups.items())
    return {
        "judged": counts.judged,
        "judged_before": counts.judged_before,
        "not_judged": dict(counts.not_judged),
        "rules": {
            name: _rule(name, one, counts, active.get(name))
            for name, one in sorted(rules.items(), key=lambda each: (-each[1].fired, each[0]))
        },
        "silent": sorted(name for name in active if not rules[name].fired),
        "overlap": [_pair(pair, both, counts) for pair, both in counts.pairs.most_common(PAIRS)],
        "flagged_by": {kind: groups_told(own) for kind, own in groups},
        "differences": {kind: difference(own) for kind, own in groups},
        "audit": {name: _stratum(one) for name, one in sorted(counts.strata.items())},
    }


def _rule(name: str, one: RuleCounts, counts: Counts, tags: Sequence[str] | None) -> dict[str, Any]:
    """Return what a rule did; what the engine itself asks for goes by its reason, in capitals, and is always active."""
    halves = {
        "before": Group(counts.judged_before, one.before, one.before),
        "now": Group(counts.judged, one.fired, one.fired),
    }
    return {
        "active": tags is not None or name.isupper(),
        "tags": list(tags or ()),
        "fired": one.fired,
        "alone": one.alone,
        "hit_rate": share_told(one.fired, counts.judged),
        "hit_rate_before": share_told(one.before, counts.judged_before),
        "drift": difference(halves),
        "precision": share_told(one.caught, one.caught + one.false_alarms),
        "newest_at_ms": one.newest_ms,
    }


def _pair(pair: tuple[str, str], both: int, counts: Counts) -> dict[str, Any]:
    """Return how often two rules fired together, and what share that is of each one's."""
    shares = [round(both / counts.rules[name].fired, 4) for name in pair]
    return {"rules": list(pair), "both": both, "of_each": shares}


def _stratum(one: Stratum) -> dict[str, Any]:
    return {
        "cleared": one.cleared,
        "drawn": one.drawn,
        "expected": round(one.expected, 1),
        "decided": one.decided,
        "missed": share_told(one.forged, one.decided),
    }
