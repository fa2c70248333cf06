"""Judging: one question in, one decision out. Same question, same bytes; there is no way to refuse.

A machine clears only when every rule could be settled, none fired, and everything that the evidence says was looked at.
Whatever goes wrong while judging ends in REVIEW.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from schemas.records import PolicyIdentity, Reading, RefundDecided
from streams.errors import PolicyError
from streams.policy.absent import shows_nothing
from streams.policy.compiled import Policy, Scope, compile_policy
from streams.policy.document import OperatingPoints, PolicyDocument, digest_of, read
from streams.policy.effective import day_of, effective, not_eligible
from streams.policy.facts import Facts, RequestSubject, facts
from streams.policy.merged_findings import Finding, merged
from streams.policy.needed import lacks_evidence
from streams.policy.question import Question, StoredPolicy
from streams.policy.random_audit import drawn
from streams.policy.settling import SILENT, settle
from streams.policy.variable import Got, Variable
from streams.wording import causes
from streams.wording.cause import Cause, unmeasured

READY_AT_MOST = 64
"""Policies that are kept ready: the one that judges, and those that run in shadow, which are asked by turns."""

_EVIDENCE_PARTS = frozenset({"photo", "comparison", "sighting"})


def judge(question: Question) -> RefundDecided:
    """Return the decision on ``question``; the same question gives the same decision.

    Raises :class:`streams.errors.PolicyError` when the stored policy cannot be used at all: then there is no decision,
    which means hold.
    """
    return assess(question)[0]


def assess(question: Question) -> tuple[RefundDecided, list[Finding]]:
    """Return the decision on ``question`` and what it is made of; errors as :func:`judge`."""
    policy = policy_for(question)
    document = policy.document
    found = facts(question, document)
    findings = [*all_findings(question, policy, found)]
    if not findings and drawn(question.audit_key, question.evidence.request.request_id, document.audit_share):
        findings.append(Finding(code="RANDOM_AUDIT", score=policy.document.scores.random_audit, subject=_whole(found)))
    reasons, score, recommended = merged(findings)
    for band in document.score_bands:
        if reasons and score >= band.begins:
            recommended += [code for code in band.recommend if code not in recommended]
    identity = hashlib.sha256(
        f"{question.evidence.request.request_id}\n{question.evidence.request_digest}".encode()
    ).hexdigest()[:32]
    hold_s = policy.document.hold_s
    decided = RefundDecided(
        request_id=question.evidence.request.request_id,
        request_digest=question.evidence.request_digest,
        decision_id=f"d-{identity}",
        verdict="REVIEW" if reasons else "CLEAR",
        score=score,
        reasons=reasons,
        policy=PolicyIdentity(name=question.policy.name, sha256=question.policy.sha256),
        decided_at_ms=question.decided_at_ms,
        case_id=f"c-{identity}" if reasons else None,
        hold_until_ms=None if reasons or hold_s is None else question.decided_at_ms + hold_s * 1_000,
        recommended=recommended,
    )
    return decided, findings


def policy_for(question: Question) -> Policy:
    """Return the policy as it holds for the request, with its overrides; errors as :func:`judge`."""
    policy = _ready(replace(question.policy, held=False) if question.policy.held else question.policy)
    document = effective(policy.document, question.evidence.request, day_of(question.evidence.appended_at_ms))
    return policy if document is policy.document else replace(policy, document=document)


@lru_cache(READY_AT_MOST)
def operating_points(policy: StoredPolicy) -> OperatingPoints:
    """Return from where scores count for ``policy``; raises :class:`streams.errors.PolicyError` as reading it does."""
    return read(policy.text)[0].operating_points


@lru_cache(READY_AT_MOST)
def _ready(stored: StoredPolicy) -> Policy:
    if digest_of(stored.text) != stored.sha256:
        msg = f"the stored policy {stored.name!r} is not the one that its hash names: activate it anew"
        raise PolicyError(msg)
    return compile_policy(stored.text)


def usable(stored: StoredPolicy) -> bool:
    """Return whether a stored policy can judge: its text is the one that its hash names, and holds what it promises."""
    return why_unusable(stored) is None


def why_unusable(stored: StoredPolicy) -> str | None:
    """Return why a stored policy cannot judge; None: it can."""
    try:
        _ready(replace(stored, held=False))
    except PolicyError as exc:
        return f"{type(exc).__name__}: {exc}"
    return None


def _whole(found: Facts) -> RequestSubject:
    return found.subjects["request"][0]


def all_findings(question: Question, policy: Policy, found: Facts) -> Iterator[Finding]:
    """Yield what the rules find, and what the engine itself asks a person to look at; without the random audit."""
    scores, whole = policy.document.scores, _whole(found)
    day = day_of(question.evidence.appended_at_ms)
    yield from _of_the_engine(question, policy.document, whole, day)
    outcome = Outcome(policy, day)
    for kind, scope in policy.scopes.items():
        if scope.rules:
            for subject in found.subjects[kind]:
                outcome.apply(scope, subject)
    yield from outcome.findings
    tolerated = policy.document.may_be_unmeasured
    blocking = [reading for reading in found.unmeasured if reading.name not in tolerated] + outcome.unsettled
    if not_eligible(policy.document, question.evidence.request, day) is None:
        blocking.append(_unmeasured("amount_minor", whole, causes.CURRENCY_WITHOUT_LIMIT))
    not_looked = tuple(reading for reading in blocking if not shows_nothing(reading))
    if not_looked:
        yield Finding(code="NOT_LOOKED", score=scores.not_looked, subject=whole, unmeasured=not_looked)
    for photo in found.subjects["claim_photo"]:
        unclear = tuple(one for one in blocking if one.media_id == photo.media_id and shows_nothing(one))
        if unclear:
            yield Finding(code="EVIDENCE_UNCLEAR", score=scores.evidence_unclear, subject=photo, unmeasured=unclear)


def _of_the_engine(question: Question, document: PolicyDocument, whole: RequestSubject, day: date) -> Iterator[Finding]:
    """Yield what a person looks at whatever the rules say."""
    scores, request = document.scores, question.evidence.request
    if question.content_changed:
        yield Finding(code="CONTENT_CHANGED", score=scores.content_changed, subject=whole)
    if question.policy.held:
        yield Finding(code="POLICY_HOLD", score=scores.policy_hold, subject=whole)
    if question.human_review:
        yield Finding(code="HUMAN_REVIEW_ASKED", score=scores.human_review, subject=whole)
    if lacks_evidence(document, question.evidence):
        yield Finding(code="EVIDENCE_MISSING", score=scores.evidence_missing, subject=whole)
    if not_eligible(document, request, day):
        yield Finding(code="NOT_ELIGIBLE", score=scores.not_eligible, subject=whole)


@dataclass(slots=True)
class Outcome:
    """What the rules say: ``findings`` of those that fired, ``unsettled`` readings that a rule needed and lacked."""

    policy: Policy
    day: date
    findings: list[Finding] = field(default_factory=list)
    unsettled: list[Reading] = field(default_factory=list)

    def apply(self, scope: Scope, subject: RequestSubject) -> None:
        """Apply every rule of ``scope`` to ``subject``; adds to ``findings`` and ``unsettled``."""
        known: dict[str, Got] = {name: value for name, get in scope.getters if (value := get(subject)) is not None}
        found = settle(self.policy, scope, known, self.day)
        if found is SILENT:
            return
        for one in found.fired:
            self.findings.append(
                Finding(
                    code=one.rule.reason,
                    score=one.rule.score,
                    subject=subject,
                    used=one.used,
                    recommend=one.rule.recommend,
                    rule=one.rule.id,
                )
            )
        for _, missing in found.lacking:
            self._miss(missing, subject, known)
        for one, answer in found.failed:
            self.unsettled.append(_unmeasured("rule", subject, causes.rule_failed(one.rule.id, answer)))

    def _miss(self, missing: Sequence[Variable], subject: RequestSubject, known: Mapping[str, Got]) -> None:
        """Note what a rule lacked, unless an unmeasured reading of the subject says it already."""
        for variable in missing:
            if not (subject.blocked and variable.prefix in _EVIDENCE_PARTS):
                why = causes.CURRENCY_WITHOUT_LIMIT if variable.name in known else variable.absent
                reading = _unmeasured(variable.reading, subject, why)
                if reading not in self.unsettled:
                    self.unsettled.append(reading)


def _unmeasured(name: str, subject: RequestSubject, why: Cause) -> Reading:
    return unmeasured(name, why, media_id=subject.media_id, reference_id=subject.reference_id)
