"""A judge that tests control, and the records it needs."""

from dataclasses import dataclass, field
from hashlib import sha256

from schemas.codec import decode
from schemas.digest import request_digest
from schemas.records import (
    EarlierSighting,
    EvidenceGathered,
    PolicyIdentity,
    Reason,
    ReasonText,
    RefundDecided,
    RefundOutcome,
)
from streams.ports import Question, StoredPolicy
from tests.builders import AT_MS, a_medium_evidence, a_request, an_evidence, with_changes

NOW_MS = AT_MS + 1_000
A_POLICY = "name: {name}\nrules: []\namount_limits: {{}}\naudit_share: 0\n"


def a_policy(name: str = "default", digit: str = "a", extra: str = "") -> StoredPolicy:
    return StoredPolicy(name=name, sha256=digit * 64, text=A_POLICY.format(name=name) + extra)


def decided(question: Question, *, review: bool, reason: str = "USED_BEFORE") -> RefundDecided:
    """The decision that any judge could make of this question."""
    evidence = question.evidence
    identity = f"{evidence.request.request_id}-{evidence.request_digest[-8:]}"
    why = Reason(code=reason, text=ReasonText(zh="用过", en="used before"))
    return RefundDecided(
        request_id=evidence.request.request_id,
        request_digest=evidence.request_digest,
        decision_id=f"d-{identity}",
        verdict="REVIEW" if review else "CLEAR",
        score=80 if review else 0,
        reasons=[why] if review else [],
        policy=PolicyIdentity(name=question.policy.name, sha256=question.policy.sha256),
        decided_at_ms=question.decided_at_ms,
        case_id=f"c-{identity}" if review else None,
        hold_until_ms=question.decided_at_ms + 86_400_000 if review else None,
    )


@dataclass
class AJudge:
    """Reviews changed contents and what is in ``suspects``, and remembers what it was asked."""

    suspects: frozenset[str] = frozenset()
    asked: list[Question] = field(default_factory=list)
    reason: str = "USED_BEFORE"

    def __call__(self, question: Question) -> RefundDecided:
        self.asked.append(question)
        suspect = question.evidence.request.request_id in self.suspects
        return decided(question, review=suspect or question.content_changed, reason=self.reason)

    def asked_about(self) -> list[str]:
        return [question.evidence.request.request_id for question in self.asked]

    def asked_of(self, request_id: str) -> Question:
        """The one question about this request."""
        [question] = [each for each in self.asked if each.evidence.request.request_id == request_id]
        return question

    def claims_before(self, request_id: str) -> int:
        """How many earlier claims of the person the judge saw, within the longest window."""
        return self.asked_of(request_id).history.windows[-1].claims


def suspecting(*request_ids: str, reason: str = "USED_BEFORE") -> AJudge:
    return AJudge(frozenset(request_ids), reason=reason)


def some_evidence(request_id: str = "rr-1", *, like: tuple[str, ...] = (), **changes: object) -> EvidenceGathered:
    """Evidence of a request whose photo resembles the one of each request in ``like``."""
    sightings = [an_earlier_sighting(each, position) for position, each in enumerate(like)]
    medium = a_medium_evidence("c1", sightings=sightings, sighting_position=100, sha256=bytes_of(request_id))
    return an_evidence(a_request(request_id, **changes), media=[medium])


def bytes_of(request_id: str) -> str:
    """The SHA-256 of the photo that :func:`some_evidence` shows for a request."""
    return sha256(request_id.encode()).hexdigest()


def an_earlier_sighting(request_id: str, position: int = 0) -> EarlierSighting:
    return EarlierSighting(
        sighting_id=f"claim:{request_id}:{request_digest(a_request(request_id))}:c1",
        sha256=bytes_of(request_id),
        position=position,
        source="claim",
        distance_bits=7,
        request_id=request_id,
        media_id="c1",
    )


def changed(evidence: EvidenceGathered) -> EvidenceGathered:
    """The same request with another amount."""
    return an_evidence(with_changes(evidence.request, amount_minor=evidence.request.amount_minor + 1))


def an_outcome(outcome_id: str = "out-1", **changes: object) -> RefundOutcome:
    given = {
        "outcome_id": outcome_id,
        "request_id": "rr-1",
        "buyer_id": "b-1",
        "outcome": "paid",
        "occurred_at_ms": AT_MS,
        "amount_minor": 12_900,
        "currency": "CNY",
    }
    return RefundOutcome(**given | changes)  # type: ignore[arg-type]  # a builder takes any field


def read(message: bytes) -> RefundDecided:
    return decode(RefundDecided, message)
