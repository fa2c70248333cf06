"""The audit chain of one case: who did what when, in an order that nobody can change unnoticed.

An entry does not hash its payload but a **commitment** to it, salted, so that the payload can be erased (with its
salt) and the chain still verifies, and so that nobody can guess a short payload from its hash. The **link** of an
entry is a hash over the link before it and everything that the entry says::

    commitment = H("refund-sentinel/audit/commitment/1", salt, payload)
    link       = H("refund-sentinel/audit/link/1", previous link, case id, seq, at_ms, actor, action, commitment)
    H(parts)   = SHA-256 over each part as its length in 8 bytes (big-endian) followed by its bytes

Numbers are their decimal digits, texts are UTF-8, and the first entry's previous link is 32 zero bytes. With lengths
in front no two lists of parts give the same bytes. A chain cannot show that its own end was cut off: for that its head
has to be kept elsewhere as well.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from streams.cases.acts import Action

COMMITMENT = b"refund-sentinel/audit/commitment/1"
LINK = b"refund-sentinel/audit/link/1"
FIRST_PREVIOUS = bytes(32)
FIRST_SEQ = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One thing that was done to a case. ``salt`` and ``payload`` are None once they were erased, both or neither."""

    case_id: str
    seq: int
    at_ms: int
    actor: str
    action: str
    commitment: bytes
    link: bytes
    salt: bytes | None
    payload: bytes | None


class EntryContent(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry is to say: who did what when, and the details as bytes. It has no place in a chain yet."""

    at_ms: int
    actor: str
    action: str
    payload: bytes


def details_of(payload: bytes | None) -> Mapping[str, Any]:
    """Return what an entry says, by name; nothing where that was erased, or the bytes are not what was written."""
    try:
        found = msgspec.json.decode(payload or b"{}")
    except msgspec.DecodeError:  # then the chain is broken as well, and says so
        return {}
    return found if isinstance(found, dict) else {}


def in_one_line(detail: object) -> str:
    """Return one of the details of an entry as text, a list with commas."""
    return ", ".join(map(str, detail)) if isinstance(detail, list) else str(detail)


def entry_after(previous: AuditEntry | None, case_id: str, content: EntryContent, salt: bytes) -> AuditEntry:
    """Return the entry that follows ``previous`` in the chain of ``case_id``; None: the first one.

    ``salt`` is random, 16 bytes or more, and used once.
    """
    seq = FIRST_SEQ if previous is None else previous.seq + 1
    commitment = commit(salt, content.payload)
    before = FIRST_PREVIOUS if previous is None else previous.link
    return AuditEntry(
        case_id=case_id,
        seq=seq,
        at_ms=content.at_ms,
        actor=content.actor,
        action=content.action,
        commitment=commitment,
        link=hashed(LINK, before, case_id, seq, content.at_ms, content.actor, content.action, commitment),
        salt=salt,
        payload=content.payload,
    )


def commit(salt: bytes, payload: bytes) -> bytes:
    """Return the salted commitment to ``payload``, 32 bytes."""
    return hashed(COMMITMENT, salt, payload)


Fault = Literal["MISSING", "LINK", "PAYLOAD", "TAKEN_AWAY"]
"""What is wrong with an entry: it is not there, its link is not what its content gives, its payload is another, or it
has none any more and no later entry says that it was erased.
"""
_ERASED_ALONE = frozenset({Action.HARMLESS_MARKED, Action.HARMLESS_UNMARKED})
"""Acts that name photos of other people, whose erasure takes these payloads away one by one."""


def verify(case_id: str, entries: Sequence[AuditEntry]) -> int | None:
    """Return the seq that the first broken entry should have had, or None when the chain holds."""
    found = first_fault(case_id, entries)
    return None if found is None else found[0]


def first_fault(case_id: str, entries: Sequence[AuditEntry]) -> tuple[int, Fault] | None:
    """Return the seq that the first broken entry should have had, and what is wrong; None when the chain holds.

    ``entries`` are all of one case, oldest first. Broken is an entry of another case, out of its place, with another
    link than its content gives, or with a payload that is not the one committed to, or that is gone without a word. No
    entries: seq 1 is missing, because every case was opened.
    """
    if not entries:
        return FIRST_SEQ, "MISSING"
    before, erased = FIRST_PREVIOUS, _erased_up_to(entries)
    for seq, entry in enumerate(entries, FIRST_SEQ):
        if entry.case_id != case_id or entry.seq != seq:
            return seq, "MISSING"
        link = hashed(LINK, before, case_id, seq, entry.at_ms, entry.actor, entry.action, entry.commitment)
        if entry.link != link:
            return seq, "LINK"
        if not _payload_matches(entry):
            return seq, "PAYLOAD"
        if entry.payload is None and seq > erased and entry.action not in _ERASED_ALONE:
            return seq, "TAKEN_AWAY"
        before = entry.link
    return None


def _erased_up_to(entries: Iterable[AuditEntry]) -> int:
    """Return the seq up to which the trail says that payloads were erased; 0: it does not."""
    says = (one.seq for one in entries if one.action == Action.WORDS_ERASED and one.payload is not None)
    return max(says, default=0)


def _payload_matches(entry: AuditEntry) -> bool:
    if entry.salt is None or entry.payload is None:
        return entry.salt is None and entry.payload is None
    return commit(entry.salt, entry.payload) == entry.commitment


def hashed(*parts: bytes | str | int) -> bytes:
    """Return ``H`` over the parts, 32 bytes."""
    whole = hashlib.sha256()
    for part in parts:
        raw = part if isinstance(part, bytes) else str(part).encode()
        whole.update(len(raw).to_bytes(8))
        whole.update(raw)
    return whole.digest()
