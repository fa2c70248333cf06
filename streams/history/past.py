"""What the database knows of one person, before this request."""

import msgspec

from schemas.units import DAY_MS


class PastClaim(msgspec.Struct, frozen=True):
    """One earlier claim of the same person; ``amount_minor`` is in the smallest unit of its currency."""

    request_id: str
    appended_at_ms: int
    amount_minor: int
    currency: str
    kind: str


class Past(msgspec.Struct, frozen=True):
    """A person's earlier claims within the longest window, newest first, and what people found.

    ``claims_capped`` says that there were more claims in the window than were read.
    ``forgeries_at_ms`` are the times of this person's confirmed forgeries, whenever they were.
    """

    claims: tuple[PastClaim, ...] = ()
    forgeries_at_ms: tuple[int, ...] = ()
    claims_capped: bool = False


LONGEST_WINDOW_MS = 365 * DAY_MS
"""How far back earlier claims are read."""
CLAIMS_READ_AT_MOST = 1_000
"""Earlier claims of one person that are read, the newest."""
