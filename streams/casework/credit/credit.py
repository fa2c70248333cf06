"""Credit signals of people's final verdicts to other platforms, and theirs to us: off unless it is switched on."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from schemas.records import CreditSignal
from streams.cases.reviewing.credit import LASTS_MS, Partner, Refusal, pseudonym, signed
from streams.errors import Invalid, NotAllowed, NotFound

FINAL, CONFIRMED = "CLOSED", "FORGERY_CONFIRMED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who we are to partners: our name, our signing key, and the pseudonym keys, the current one first."""

    issuer: str
    key: Ed25519PrivateKey
    pseudonym_keys: Mapping[str, bytes]


class CreditStore(Protocol):
    """Signals and partners in the database."""

    def partners(self) -> dict[str, Partner]:
        """Return the partners by the name under which they issue signals."""

    def add_partner(self, partner: Partner, by: str, now_ms: int) -> None:
        """Store a partner, in place of one of the same name."""

    def remove_partner(self, issuer: str) -> bool:
        """Return whether there was such a partner, now removed."""

    def verdict_of(self, case_id: str) -> tuple[str, str, str | None] | None:
        """Return the person, state and verdict of a case; None: there is no such case."""

    def sent(self, signal_id: str) -> CreditSignal | None:
        """Return the signal that was sent under this id, whatever our name was then; None: there is none."""

    def overturned(self, now_ms: int) -> list[str]:
        """Return the ids of sent signals that still hold, and whose case is no confirmed forgery any more."""

    def send(self, signal: CreditSignal, case_id: str, now_ms: int) -> None:
        """Store a signal and leave it for the relay, in one transaction."""

    def receive(self, signals: Sequence[CreditSignal], own: str, now_ms: int) -> list[Refusal | None]:
        """Return for each signal why it was refused; None: it was accepted, and is stored."""


class Credit:
    """Issues and revokes signals."""

    def __init__(self, store: CreditStore, identity: Identity | None) -> None:
        """``identity`` None: signals are off, and nothing is issued."""
        self._store = store
        self._identity = identity

    def issue(self, case_id: str, legal_basis: str, now_ms: int) -> CreditSignal:
        """Return the signal that goes out on a forgery that people confirmed, once no appeal is possible any more.

        Issued twice, it is the same signal. Raises :class:`NotFound`; :class:`NotAllowed` while the case is not closed,
        was decided otherwise, or its signal was revoked; :class:`Invalid` without a legal basis.
        """
        identity = self._on()
        if not legal_basis.strip():
            msg = "say with --basis on which consent or legal basis the signal is shared"
            raise Invalid(msg)
        found = self._store.verdict_of(case_id)
        if found is None:
            msg = f"there is no case {case_id}"
            raise NotFound(msg)
        person, state, verdict = found
        if (state, verdict) != (FINAL, CONFIRMED):
            msg = (
                f"case {case_id} is {state} with {verdict or 'no verdict'}: only a closed, confirmed forgery is shared"
            )
            raise NotAllowed(msg)
        key_id, key = next(iter(identity.pseudonym_keys.items()))
        signal_id = f"s-{hashlib.sha256(f'{identity.issuer} {case_id}'.encode()).hexdigest()[:32]}"
        known = self._store.sent(signal_id)
        if known is not None:
            if known.revoked:
                msg = f"signal {signal_id} on case {case_id} was revoked, and is for good: partners would refuse it"
                raise NotAllowed(msg)
            return known
        signal = CreditSignal(
            signal_id=signal_id,
            pseudonym=pseudonym(key, person),
            issuer=identity.issuer,
            kind="FORGERY_CONFIRMED",
            issued_at_ms=now_ms,
            expires_at_ms=now_ms + LASTS_MS,
            key_id=key_id,
            legal_basis=legal_basis.strip(),
        )
        signal = signed(signal, identity.key)
        self._store.send(signal, case_id, now_ms)
        return signal

    def revoke(self, signal_id: str, now_ms: int) -> CreditSignal:
        """Return the revocation that goes out under the signal's own id; :class:`NotFound` where nothing was sent."""
        identity = self._on()
        known = self._store.sent(signal_id)
        if known is None:
            msg = f"no signal {signal_id} was sent: `signals list` shows them"
            raise NotFound(msg)
        if known.revoked:
            return known
        revoked = signed(replace(known, revoked=True), identity.key)
        self._store.send(revoked, "", now_ms)
        return revoked

    def revoke_overturned(self, now_ms: int) -> list[str]:
        """Return the signals that are revoked because the verdict that they told of fell."""
        self._on()
        overturned = self._store.overturned(now_ms)
        return [self.revoke(signal_id, now_ms).signal_id for signal_id in overturned]

    def _on(self) -> Identity:
        if self._identity is None:
            msg = "credit signals are off: SENTINEL_CREDIT_ISSUER, _CREDIT_KEY and _PSEUDONYM_KEYS switch them on"
            raise NotAllowed(msg)
        return self._identity
