"""A platform's tokens: whole, in time, signed by its key, or they open nothing."""

import base64
import hmac
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from streams.access.tokens import PartyTokens

NOW_S = 1_790_000_000
EC = ECKey.generate_key("P-256", {"kid": "p1"})
OTHER = ECKey.generate_key("P-256", {"kid": "p1"})
SHARED = OctKey.generate_key(256, {"kid": "p2"})
TOKENS = PartyTokens(KeySet([ECKey.import_key(EC.as_dict(private=False)), SHARED]))


def a_token(key: Any = EC, algorithm: str = "ES256", **changes: Any) -> str:
    whole = {"sub": "buyer:b-1", "request_id": "rr-1", "aud": "refund-sentinel", "exp": NOW_S + 600}
    given = {name: value for name, value in (whole | changes).items() if value is not None}
    return jwt.encode({"alg": algorithm, "kid": key.kid}, given, key, algorithms=[algorithm])


def opens(token: str) -> bool:
    return TOKENS.recognise(token, NOW_S * 1_000) is not None


def test_a_whole_token_names_its_party_and_request() -> None:
    for token in (a_token(), a_token(SHARED, "HS256"), a_token(aud=["x", "refund-sentinel"])):
        caller = TOKENS.recognise(token, NOW_S * 1_000)
        assert caller is not None
        assert (caller.name, caller.request_id) == ("buyer:b-1", "rr-1")


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": NOW_S - 31},
        {"exp": None},
        {"exp": "soon"},
        {"exp": NOW_S + 90_000},
        {"aud": "somebody"},
        {"aud": None},
        {"sub": "platform"},
        {"sub": "admin"},
        {"sub": None},
        {"request_id": None},
        {"request_id": "a b"},
    ],
    ids=str,
)
def test_a_token_that_is_not_whole_opens_nothing(changes: dict[str, Any]) -> None:
    assert not opens(a_token(**changes))


def test_a_token_of_another_key_opens_nothing() -> None:
    assert not opens(a_token(OTHER))


def test_the_public_key_is_no_shared_secret() -> None:
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in (
            {"alg": "HS256", "kid": "p1"},
            {"sub": "buyer:b-1", "request_id": "rr-1", "aud": "refund-sentinel", "exp": NOW_S + 600},
        )
    )
    signature = hmac.digest(EC.as_pem(private=False), f"{head}.{body}".encode(), "sha256")

    assert not opens(f"{head}.{body}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}")


@pytest.mark.parametrize("text", ["", "a.b.c", "e30.e30.", "x" * 4_000])
def test_what_is_no_token_opens_nothing(text: str) -> None:
    assert not opens(text)


def test_without_keys_nobody_may_sign() -> None:
    assert PartyTokens(None).recognise(a_token(), NOW_S * 1_000) is None
