"""API keys: made once, shown once, kept as a hash. A key is 256 random bits, for which a plain hash is enough."""

import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

import msgspec

from streams.access.roles import Scope, scope_of
from streams.errors import Invalid, NotFound

NAME_AT_MOST = 64
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_KEY = re.compile(r"(k-[0-9a-f]{16})\.[A-Za-z0-9_-]{43}")


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key as it is listed: everything but the key itself. Times are Unix milliseconds; None: never."""

    key_id: str
    name: str
    scopes: tuple[str, ...]
    made_at_ms: int
    made_by: str
    expires_at_ms: int | None = None
    revoked_at_ms: int | None = None

    def is_valid(self, now_ms: int) -> bool:
        """Return whether the key opens anything now."""
        return self.revoked_at_ms is None and (self.expires_at_ms is None or now_ms < self.expires_at_ms)


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A key that was just made; ``key`` is the only copy."""

    key_id: str
    key: str


class KeyRecords(Protocol):
    """Where keys are kept; calls block."""

    def add(self, key: ApiKey, digest: bytes) -> None:
        """Keep a new key with the SHA-256 of its text."""

    def find(self, key_id: str) -> tuple[ApiKey, bytes] | None:
        """Return a key and its SHA-256."""

    def every(self) -> list[ApiKey]:
        """Return all keys, newest first."""

    def revoke(self, key_id: str, at_ms: int) -> ApiKey | None:
        """Return the key, which opens nothing from now on; one that was revoked before stays as it is."""


class Keys:
    """Makes, lists, revokes and recognises keys."""

    def __init__(self, records: KeyRecords) -> None:
        self._records = records

    def create(
        self, name: str, scopes: Collection[str], *, by: str, now_ms: int, expires_at_ms: int | None = None
    ) -> MadeKey:
        """Return a new key; raises :class:`Invalid` for a name or a scope that cannot be."""
        if not _NAME.fullmatch(name):
            msg = f"give a name of 1 to {NAME_AT_MOST} letters, digits or . - _ @"
            raise Invalid(msg)
        if not scopes:
            msg = "give at least one scope"
            raise Invalid(msg)
        if expires_at_ms is not None and expires_at_ms <= now_ms:
            msg = "give a time of expiry that is still to come"
            raise Invalid(msg)
        key_id = f"k-{secrets.token_hex(8)}"
        made = MadeKey(key_id, f"{key_id}.{secrets.token_urlsafe(32)}")
        kept = ApiKey(
            key_id=key_id,
            name=name,
            scopes=tuple(sorted({str(scope_of(scope)) for scope in scopes})),
            made_at_ms=now_ms,
            made_by=by,
            expires_at_ms=expires_at_ms,
        )
        self._records.add(kept, _digest(made.key))
        return made

    def every(self) -> list[ApiKey]:
        """Return all keys, newest first."""
        return self._records.every()

    def revoke(self, key_id: str, now_ms: int) -> ApiKey:
        """Return the key, which opens nothing any more; safe to repeat. :class:`NotFound` where there is none."""
        found = self._records.revoke(key_id, now_ms)
        if found is None:
            msg = f"there is no key {key_id}: refund-sentinel api-key list shows them"
            raise NotFound(msg)
        return found

    def recognise(self, text: str, now_ms: int) -> ApiKey | None:
        """Return the key whose text this is; None where it is none, was revoked or has expired."""
        named = _KEY.fullmatch(text)
        found = self._records.find(named[1]) if named else None
        if found is None or not hmac.compare_digest(found[1], _digest(text)) or not found[0].is_valid(now_ms):
            return None
        return found[0]


def scopes_of(key: ApiKey) -> frozenset[Scope]:
    """Return what the key may be."""
    return frozenset(map(scope_of, key.scopes))


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()
