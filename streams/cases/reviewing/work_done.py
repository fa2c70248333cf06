"""What people did with the cases that were in their hands."""

import msgspec


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """One case that left a reviewer's hands, and the act by which it did (``outcome``); times in Unix milliseconds."""

    case_id: str
    request_id: str
    reviewer: str
    outcome: str
    assigned_at_ms: int
    ended_at_ms: int
