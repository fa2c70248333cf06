"""``credit.signals.v1``: what platforms tell each other of a person, under a pseudonym, never in clear."""

from typing import Annotated, Literal

import msgspec

from schemas.records.base import Code, Identifier, Record, TimeMs


class CreditSignal(Record):
    """A confirmed fact about the person behind a pseudonym (a keyed hash); ``revoked`` takes it back."""

    signal_id: Identifier
    pseudonym: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}(?![\s\S])")]
    issuer: Code
    kind: Literal["FORGERY_CONFIRMED"]
    tier: Literal["administrative", "criminal"] | None
    issued_at_ms: TimeMs
    expires_at_ms: TimeMs
    revoked: bool = False
