"""A platform's tokens: whole, in time, signed by its key, or they open nothing."""

import base64
import hmac
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from streams.access.tokens import LEEWAY_S, LONGEST_S, PartyTokens

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
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"nbf": NOW_S + 31},
        {"nbf": "now"},
        {"nbf": float("nan")},
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


@pytest.mark.parametrize("off_s", [-86_400, -3_600, -601, -570, -60, -30, 0, 30, 60, 600, 3_600, 86_400, 400 * 86_400])
@pytest.mark.parametrize("lasts_s", [600, 86_400])
def test_a_token_of_a_platform_whose_clock_is_off_opens_for_as_long_as_its_time_is_ours(
    off_s: int, lasts_s: int
) -> None:
    """Half a minute is let pass; a platform far ahead signs what would last too long, one far behind what is over."""
    theirs = NOW_S + off_s
    expected = -LEEWAY_S < theirs + lasts_s - NOW_S <= LONGEST_S + LEEWAY_S

    assert opens(a_token(exp=theirs + lasts_s)) is expected
    assert opens(a_token(exp=theirs + lasts_s, nbf=theirs)) is (expected and off_s <= LEEWAY_S)
    for ours in (NOW_S + 86_400 * 400, NOW_S):  # our clock jumps ahead, and is right again
        found = TOKENS.recognise(a_token(exp=theirs + lasts_s), ours * 1_000)
        assert (found is not None) is (-LEEWAY_S < theirs + lasts_s - ours <= LONGEST_S + LEEWAY_S)


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
