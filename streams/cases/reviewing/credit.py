"""Credit signals between platforms: confirmed forgeries under a pseudonym, signed by whoever issues them. Pure.

A pseudonym is a keyed hash that partners compute alike from the identifier that they agreed on; without the key it says
nothing. A signal by itself decides nothing, and that there is none says nothing.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec.structs import replace

from schemas.records import CreditSignal
from schemas.units import DAY_MS
from streams.errors import Invalid

LIVE_KEYS = 2
"""Pseudonym keys that are live while one takes the place of another."""
KEY_BYTES = 32
ISSUER_LENGTH = 64
"""Characters of a platform's name at most, by the contract."""
LASTS_MS = 365 * DAY_MS
"""How long a signal holds unless it is revoked."""
CLOCKS_MS = DAY_MS
"""How far a partner's clock may be ahead of ours."""
Refusal = Literal["unknown_partner", "bad_signature", "expired", "not_yet_issued", "replayed", "over_quota", "our_own"]
"""Why an incoming signal is not taken up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A platform that sends signals: its public key (hex), the weight of its word (0 to 1), and its quota a day."""

    issuer: str
    public_key: str
    weight: float
    quota: int
    legal_basis: str


def normalised(identifier: str) -> str:
    """Return an identifier in the form that is hashed: Unicode NFKC, without blanks, case-folded."""
    return "".join(unicodedata.normalize("NFKC", identifier).split()).casefold()


def pseudonym(key: bytes, identifier: str) -> str:
    """Return the pseudonym of a person, 64 hex digits."""
    return hmac.new(key, normalised(identifier).encode(), hashlib.sha256).hexdigest()


def pseudonym_keys(text: str) -> dict[str, bytes]:
    """Return the keys by their ids, the current one first, of a text like ``k2:HEX,k1:HEX``; else :class:`Invalid`."""
    keys: dict[str, bytes] = {}
    for one in text.split(","):
        key_id, found, digits = one.strip().partition(":")
        try:
            key = bytes.fromhex(digits)
        except ValueError:
            key = b""
        if not found or not key_id or len(key) != KEY_BYTES or key_id in keys:
            msg = f"a pseudonym key is ID:{KEY_BYTES * 2} hex digits, each id once"
            raise Invalid(msg)
        keys[key_id] = key
    if len(keys) > LIVE_KEYS:
        msg = f"at most {LIVE_KEYS} pseudonym keys are live at once: the current one first, then the one before"
        raise Invalid(msg)
    return keys


def private_key(digits: str) -> Ed25519PrivateKey:
    """Return the issuer's signing key from its 64 hex digits; :class:`Invalid` for anything else."""
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(digits))
    except ValueError as exc:
        msg = f"the issuer's key is {KEY_BYTES * 2} hex digits (an Ed25519 seed)"
        raise Invalid(msg) from exc


def public_digits(key: Ed25519PrivateKey) -> str:
    """Return the public key that partners verify by, in hex digits."""
    return key.public_key().public_bytes_raw().hex()


def signed(signal: CreditSignal, key: Ed25519PrivateKey) -> CreditSignal:
    """Return the signal with the issuer's signature."""
    return replace(signal, signature=key.sign(_signed_bytes(signal)).hex())


def is_genuine(signal: CreditSignal, public_key: str) -> bool:
    """Return whether the signature was made with this issuer's key over everything else that the signal says."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signal.signature or ""), _signed_bytes(signal))
    except (InvalidSignature, ValueError):
        return False
    return True


def refusal(
    signal: CreditSignal, partners: Mapping[str, Partner], known: CreditSignal | None, today: int, own: str, now_ms: int
) -> Refusal | None:
    """Return why an incoming signal is refused; None: it is accepted.

    ``known`` is the signal that was accepted under this id before; ``today`` is how many new ones the issuer sent in
    the last 24 hours. A revoked signal stays revoked: nothing but its revocation is accepted under its id.
    """
    partner = partners.get(signal.issuer)
    if partner is None or signal.issuer == own:
        return "our_own" if signal.issuer == own else "unknown_partner"
    if not is_genuine(signal, partner.public_key):
        return "bad_signature"
    if not signal.revoked and (untimely := _untimely(signal, now_ms)) is not None:
        return untimely
    if known is not None and not (signal.revoked and not known.revoked):
        return "replayed"
    if known is None and today >= partner.quota:
        return "over_quota"
    return None


def _untimely(signal: CreditSignal, now_ms: int) -> Refusal | None:
    if signal.expires_at_ms <= now_ms:
        return "expired"
    return "not_yet_issued" if signal.issued_at_ms > now_ms + CLOCKS_MS else None


def _signed_bytes(signal: CreditSignal) -> bytes:
    """Return what is signed: the signal without its signature, as JSON with sorted keys."""
    return msgspec.json.encode(replace(signal, signature=None), order="sorted")
