"""``refund.decisions.v1``: the answer. There is no verdict that refuses: a machine clears, or a person looks."""

from typing import Annotated, Literal

import msgspec

from schemas.records.base import Code, Digest, Identifier, Record, Sha256, TimeMs, Words
from schemas.records.readings import Reading

Verdict = Literal["CLEAR", "REVIEW"]


class ReasonText(Record):
    """A reason in the words of the people who read it."""

    zh: Words
    en: Words


class Reason(Record):
    """Why a person should look: a stable code, words, and the readings behind it."""

    code: Code
    text: ReasonText
    readings: list[Reading] = msgspec.field(default_factory=list)


class PolicyIdentity(Record):
    """Which policy judged: its name, and the hash of its content."""

    name: Code
    sha256: Sha256


class RefundDecided(Record):
    """The one decision for one content of a request; every resend of it gets these bytes again."""

    request_id: Identifier
    request_digest: Digest
    decision_id: Identifier
    verdict: Verdict
    score: Annotated[int, msgspec.Meta(ge=0, le=100)]
    reasons: list[Reason]
    policy: PolicyIdentity
    decided_at_ms: TimeMs
    case_id: Identifier | None = None
    hold_until_ms: TimeMs | None = None
    recommended: list[Code] = msgspec.field(default_factory=list)

    def __post_init__(self) -> None:
        if (self.verdict == "REVIEW") != (self.case_id is not None):
            msg = "every REVIEW has a case, and only a REVIEW has one"
            raise ValueError(msg)
        if self.verdict == "REVIEW" and not self.reasons:
            msg = "a REVIEW says why"
            raise ValueError(msg)
