"""Sessions: what a browser shows after its person signed in. Kept here, by the hash of a token that changes."""

import secrets
from hashlib import sha256
from typing import Protocol

import msgspec

from schemas.units import HOUR_MS, MINUTE_MS
from streams.access.accounts import Account

IDLE_MS = 30 * MINUTE_MS
"""A session ends when nothing comes for so long."""
LONGEST_MS = 12 * HOUR_MS
"""A session ends after so long, whatever comes."""
RENEW_MS = 15 * MINUTE_MS
"""How old a token becomes before the next page gives the browser another one."""
OVERLAP_MS = MINUTE_MS
"""How long the old token still holds: calls that were under way bear it."""
APART_MS = 2 * MINUTE_MS
"""How far the clocks of two consoles may be apart: more than the alert for a wrong clock allows."""
NOTED_MS = MINUTE_MS
"""How exactly it is kept when a session was last seen."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One browser, signed in. ``form_token`` is what its forms bear, so that no other site's form does anything."""

    session_id: str
    name: str
    form_token: str
    begun_at_ms: int
    seen_at_ms: int
    renewed_at_ms: int

    def is_valid(self, now_ms: int) -> bool:
        """Return whether it is still one. One of a time that has not come is of a clock that was wrong, and is none."""
        if max(self.begun_at_ms, self.seen_at_ms, self.renewed_at_ms) > now_ms + APART_MS:
            return False
        return now_ms < min(self.seen_at_ms + IDLE_MS, self.begun_at_ms + LONGEST_MS)


class SessionRecords(Protocol):
    """Where sessions are kept; calls block."""

    def add(self, session: Session, digest: bytes) -> None:
        """Keep a new session under the SHA-256 of its token."""

    def find(self, digest: bytes, now_ms: int) -> tuple[Session, Account] | None:
        """Return the session whose token has this SHA-256, or had it until a moment ago, and its account."""

    def seen(self, session_id: str, at_ms: int) -> None:
        """Store when the session was last seen."""

    def renew(self, session: Session, digest: bytes, now_ms: int, old_until_ms: int) -> bool:
        """Store a new token; the old one holds until then. False where another call did so first."""

    def end(self, session_id: str) -> None:
        """Delete the session."""

    def purge(self, now_ms: int) -> int:
        """Return how many sessions were deleted because their time is over."""


class Sessions:
    """Begins, recognises, renews and ends sessions."""

    def __init__(self, records: SessionRecords) -> None:
        self._records = records

    def begin(self, account: Account, now_ms: int) -> str:
        """Return the token of a new session."""
        token = secrets.token_urlsafe(32)
        session = Session(
            session_id=f"s-{secrets.token_hex(8)}",
            name=account.name,
            form_token=secrets.token_urlsafe(24),
            begun_at_ms=now_ms,
            seen_at_ms=now_ms,
            renewed_at_ms=now_ms,
        )
        self._records.add(session, _digest(token))
        return token

    def of(self, token: str, now_ms: int) -> tuple[Session, Account] | None:
        """Return the session of a token, and the account as it is now; None: it is none, or its time is over."""
        found = self._records.find(_digest(token), now_ms)
        return None if found is None or not found[0].is_valid(now_ms) or not found[1].is_open else found

    def recognise(self, token: str, now_ms: int) -> tuple[Session, Account] | None:
        """Return what :meth:`of` does, and note that the person was seen: what they do keeps the session."""
        found = self.of(token, now_ms)
        if found is not None and now_ms - found[0].seen_at_ms >= NOTED_MS:
            self._records.seen(found[0].session_id, now_ms)
        return found

    def renewed(self, session: Session, now_ms: int) -> str | None:
        """Return another token where the session's is old; None: it stays."""
        if now_ms - session.renewed_at_ms < RENEW_MS:
            return None
        token = secrets.token_urlsafe(32)
        return token if self._records.renew(session, _digest(token), now_ms, now_ms + OVERLAP_MS) else None

    def end(self, session: Session) -> None:
        """Sign out."""
        self._records.end(session.session_id)

    def purge(self, now_ms: int) -> int:
        """Return how many sessions were deleted because their time is over."""
        return self._records.purge(now_ms)


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
