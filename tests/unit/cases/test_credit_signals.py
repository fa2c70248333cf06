"""What comes as a partner's signal and is none is refused with why, or is no signal at all."""

from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from schemas.codec import decode, encode
from schemas.errors import ContractError
from schemas.records import CreditSignal
from schemas.units import DAY_MS
from streams.cases.reviewing.credit import Partner, public_digits, refusal, signed

NOW_MS = 1_790_000_000_000
OURS, THEIRS, OTHERS = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
PARTNERS = {
    name: Partner(issuer=name, public_key=public_digits(key), weight=0.8, quota=3, legal_basis="contract 7")
    for name, key in (("them", THEIRS), ("others", OTHERS), ("us", OURS))
}
GENUINE = signed(
    CreditSignal(
        signal_id="s-1",
        pseudonym="ab" * 32,
        issuer="them",
        kind="FORGERY_CONFIRMED",
        issued_at_ms=NOW_MS - DAY_MS,
        expires_at_ms=NOW_MS + DAY_MS,
        key_id="k2",
        legal_basis="contract 7",
    ),
    THEIRS,
)
REVOKED = signed(replace(GENUINE, revoked=True), THEIRS)


def answer(signal: CreditSignal, known: CreditSignal | None = None, today: int = 0) -> str | None:
    return refusal(decode(CreditSignal, encode(signal)), PARTNERS, known, today, "us", NOW_MS)


def test_a_partners_own_word_is_taken_up_and_taken_back() -> None:
    assert answer(GENUINE) is answer(REVOKED, known=GENUINE) is answer(REVOKED, known=GENUINE, today=9) is None
    assert answer(signed(replace(REVOKED, expires_at_ms=NOW_MS - 1), THEIRS), known=GENUINE) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"pseudonym": "cd" * 32},
        {"signal_id": "s-2"},
        {"expires_at_ms": NOW_MS + 99 * DAY_MS},
        {"issued_at_ms": NOW_MS},
        {"revoked": True},
        {"key_id": "k1"},
        {"key_id": None},
        {"legal_basis": ""},
        {"tier": "criminal"},
        {"issuer": "others"},
        {"signature": None},
        {"signature": "0" * 128},
        {"signature": signed(GENUINE, OTHERS).signature},
        {"signature": REVOKED.signature},
    ],
    ids=str,
)
def test_whatever_is_changed_after_the_signature_is_refused(changed: dict[str, Any]) -> None:
    assert answer(replace(GENUINE, **changed)) == "bad_signature"
    assert answer(replace(GENUINE, **changed), known=GENUINE, today=9) == "bad_signature"


def test_strangers_replays_and_what_is_too_old_or_too_much_are_refused() -> None:
    assert answer(signed(replace(GENUINE, issuer="nobody"), THEIRS)) == "unknown_partner"
    assert answer(signed(replace(GENUINE, issuer="us"), OURS)) == "our_own", "even where we are a partner by mistake"
    assert answer(signed(replace(GENUINE, expires_at_ms=NOW_MS), THEIRS)) == "expired"
    assert (
        answer(GENUINE, known=GENUINE) == answer(GENUINE, known=REVOKED) == answer(REVOKED, known=REVOKED) == "replayed"
    )
    assert answer(GENUINE, today=3) == "over_quota"


@pytest.mark.parametrize(
    "changed",
    [
        {"pseudonym": "AB" * 32},
        {"pseudonym": "b-17"},
        {"signature": "AB" * 64},
        {"signature": "ab"},
        {"signature": 7},
        {"kind": "REFUSED"},
        {"issued_at_ms": NOW_MS + 2 * DAY_MS},
        {"expires_at_ms": 1},
        {"expires_at_ms": 10**18},
        {"revoked": "no"},
        {"tier": "civil"},
        {"issuer": ""},
        {"signal_id": "s 1"},
        {"legal_basis": "x" * 4_001},
    ],
    ids=str,
)
def test_what_breaks_the_contract_is_no_signal(changed: dict[str, Any]) -> None:
    message = msgspec.json.decode(encode(GENUINE)) | changed
    with pytest.raises(ContractError):
        decode(CreditSignal, msgspec.json.encode(message))
