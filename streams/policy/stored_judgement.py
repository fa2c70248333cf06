"""A decision as it was sent, with what the judge saw when it was made."""

import msgspec

from streams.policy.kept import Kept


class StoredJudgement(msgspec.Struct, frozen=True):
    """``message`` are the bytes of the decision; ``kept`` is None where it cannot be read, and ``why`` says why."""

    request_id: str
    request_digest: str
    message: bytes
    policy_sha256: str
    decided_at_ms: int
    kept: Kept | None = None
    why: str = ""
