"""Trails say themselves that words on them were erased; those of persons erased before say it from here on."""

import hashlib
import json
import os
import time
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"

_UNREADABLE = sa.text(
    "SELECT DISTINCT case_id FROM audit WHERE action NOT IN ('PHOTOS_ERASED', 'HARMLESS_MARKED', 'HARMLESS_UNMARKED')"
    " AND salt IS NULL AND (payload IS NULL"
    " OR substr(payload, 2, 16) NOT IN (SELECT key_id FROM person_keys))"
)
_LAST = sa.text("SELECT seq, link FROM audit WHERE case_id = :case_id ORDER BY seq DESC LIMIT 1")
_ADD = sa.text(
    "INSERT INTO audit (case_id, seq, at_ms, actor, action, commitment, link, salt, payload)"
    " VALUES (:case_id, :seq, :at_ms, 'system', 'WORDS_ERASED', :commitment, :link, :salt, :payload)"
)


def upgrade() -> None:
    """Add an entry to each trail of which something cannot be read."""
    connection, at_ms = op.get_bind(), int(time.time() * 1_000)
    for case_id in connection.execute(_UNREADABLE).scalars().all():
        last = connection.execute(_LAST, {"case_id": case_id}).one()
        connection.execute(_ADD, _entry(case_id, last.seq + 1, bytes(last.link), at_ms))


def _entry(case_id: str, seq: int, before: bytes, at_ms: int) -> dict[str, Any]:
    """Return the entry after the one with the link ``before``; see streams/cases/audit.py."""
    salt, payload = os.urandom(16), json.dumps({"erasure_id": "before the upgrade"}).encode()
    commitment = _hash(b"refund-sentinel/audit/commitment/1", salt, payload)
    said = (before, case_id, seq, at_ms, "system", "WORDS_ERASED", commitment)
    link = _hash(b"refund-sentinel/audit/link/1", *said)
    return {
        "case_id": case_id,
        "seq": seq,
        "at_ms": at_ms,
        "commitment": commitment,
        "link": link,
        "salt": salt,
        "payload": payload,
    }


def _hash(*parts: bytes | str | int) -> bytes:
    whole = hashlib.sha256()
    for part in parts:
        raw = part if isinstance(part, bytes) else str(part).encode()
        whole.update(len(raw).to_bytes(8))
        whole.update(raw)
    return whole.digest()
