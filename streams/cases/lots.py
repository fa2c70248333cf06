"""Lots: which cases are drawn. A lot repeats, so it can be audited, and nobody without its key can foretell it."""

from hashlib import blake2b


def drawn(key: bytes, lot: bytes, subject: str, share: float) -> bool:
    """Return whether ``lot`` (a name of at most 16 octets) draws the subject; ``share`` (0 to 1) of all are drawn."""
    number = int.from_bytes(blake2b(subject.encode(), key=key, digest_size=8, person=lot).digest())
    return number < share * 2**64
