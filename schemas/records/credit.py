"""``credit.signals.v1``: what platforms tell each other of a person, under a pseudonym, never in clear."""

from typing import Annotated, Literal

import msgspec

from schemas.records.base import END, Code, Identifier, Label, Record, Text, TimeMs


class CreditSignal(Record):
    """A confirmed fact about the person behind a pseudonym (a keyed hash); ``revoked`` takes it back.

    ``key_id`` names the key of the pseudonym, ``legal_basis`` the consent or the law that it is shared under. The
    ``signature`` is the issuer's, over the record without it, as JSON with sorted keys.
    """

    signal_id: Identifier
    pseudonym: Annotated[
        str, msgspec.Meta(pattern=r"^[0-9a-f]{64}" + END, description="a keyed hash, 64 lower-case hex digits")
    ]
    issuer: Code
    kind: Literal["FORGERY_CONFIRMED"]
    issued_at_ms: TimeMs
    expires_at_ms: TimeMs
    tier: Literal["administrative", "criminal"] | None = None
    revoked: bool = False
    key_id: Label | None = None
    legal_basis: Text = ""
    signature: (
        Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{128}" + END, description="Ed25519, 128 lower-case hex digits")]
        | None
    ) = None

    def __post_init__(self) -> None:
        if self.expires_at_ms <= self.issued_at_ms:
            msg = "a signal expires after it was issued"
            raise ValueError(msg)
