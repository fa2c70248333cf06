"""Who is known at the door: keys, and a platform's tokens for one party and request."""

import json
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import Engine

from streams.clock import now_ms
from streams.errors import DatabaseUnavailable, SettingsError
from tests.contract.console.browser import Browser
from tests.contract.console.door import Door

EC = ECKey.generate_key("P-256", {"kid": "p1"})


@pytest.fixture
def door(engine: Engine, tmp_path: Path) -> Door:
    file = tmp_path / "platform.jwks"
    file.write_text(json.dumps({"keys": [EC.as_dict(private=False)]}))
    return Door(engine, party_token_keys=file)


def claims(**changes: Any) -> dict[str, Any]:
    soon = now_ms() // 1_000 + 600
    given = {"sub": "buyer:b-1", "request_id": "rr-1", "aud": "refund-sentinel", "exp": soon}
    return {name: value for name, value in (given | changes).items() if value is not None}


def a_token(key: Any = EC, algorithm: str = "ES256", **changes: Any) -> str:
    return jwt.encode({"alg": algorithm, "kid": "p1"}, claims(**changes), key, algorithms=[algorithm])


def as_sent(header: str) -> str:
    """The header as its bytes go over the wire."""
    return header.encode().decode("latin-1")


def test_a_token_opens_the_case_of_its_request_to_its_party(door: Door, case: str) -> None:
    assert door.get(None, f"/cases/{case}", token=a_token()).status_code == 200
    stated = door.post(None, f"/cases/{case}/statements", {"text": "broken"}, token=a_token())
    assert stated.status_code == 200
    assert door.get("auditor", f"/cases/{case}/audit").json()["entries"][-1]["actor"] == "buyer:b-1"


def test_a_token_for_another_request_or_party_sees_nothing(door: Door, case: str) -> None:
    for token in (a_token(request_id="rr-2"), a_token(sub="buyer:b-2"), a_token(sub="merchant:m-2")):
        assert door.get(None, f"/cases/{case}", token=token).status_code == 404
        assert door.get(None, "/requests/rr-1", token=token).status_code == 404
        assert door.post(None, f"/cases/{case}/statements", {"text": "x"}, token=token).status_code == 404
        assert door.get(None, "/cases", token=token).json()["cases"] == []


def test_what_is_no_key_opens_nothing(door: Door) -> None:
    for text in ("", "x", "k-0123456789abcdef.x", "a.b.c", "é", "k-" + "0" * 5_000, "e30.e30."):
        sent = {"headers": {"Authorization": as_sent(f"Bearer {text}")}}
        assert door.get(None, "/cases", **sent).status_code == 401


def test_a_key_with_one_letter_changed_opens_nothing(door: Door) -> None:
    key = door.key("platform")
    changed = key[:-1] + ("A" if key[-1] != "A" else "B")

    assert door.get(None, "/cases", token=key).status_code == 200
    assert door.get(None, "/cases", token=changed).status_code == 401


def test_a_revoked_or_expired_key_opens_nothing(door: Door) -> None:
    revoked = door.uses.keys.create("r", ["platform"], by="x", now_ms=1)
    assert door.get(None, "/cases", token=revoked.key).status_code == 200
    door.uses.keys.revoke(revoked.key_id, 2)
    expired = door.uses.keys.create("e", ["platform"], by="x", now_ms=1, expires_at_ms=2)

    assert door.get(None, "/cases", token=revoked.key).status_code == 401
    assert door.get(None, "/cases", token=expired.key).status_code == 401


def test_no_key_is_kept_as_it_is(door: Door, engine: Engine) -> None:
    key = door.key("platform")
    with engine.begin() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM api_keys").all())

    assert key.partition(".")[2] not in rows


def test_an_actor_that_is_no_name_is_refused(door: Door) -> None:
    for name in ("a" * 129, "a\x01b", "\u202eevil", "system", "local:root", "key:other"):
        sent = {"headers": {"Sentinel-Actor": as_sent(name)}}
        assert door.get("platform", "/cases", **sent).status_code == 422


def test_too_many_calls_are_told_when_to_come_again(engine: Engine) -> None:
    door = Door(engine, calls_per_s=0.001)  # a slow machine answers three calls before another one is due

    answers = [door.get("platform", "/cases") for _ in range(3)]

    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert 900 <= int(answers[-1].headers["Retry-After"]) <= 1_000
    assert door.get("auditor", "/cases").status_code == 200


def test_too_many_pages_are_told_in_words_and_when_to_come_again(engine: Engine) -> None:
    browser = Browser(Door(engine, calls_per_s=0.001))

    answers = [browser.get("/sign-in") for _ in range(3)]

    assert [one.status_code for one in (answers[0], answers[-1])] == [200, 429]
    assert int(answers[-1].headers["Retry-After"]) >= 900
    assert "wait some seconds" in answers[-1].text


def test_a_key_set_that_cannot_be_used_is_named(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "bad.jwks"
    file.write_text("{}")

    with pytest.raises(SettingsError, match=r"SENTINEL_PARTY_TOKEN_KEYS.*bad\.jwks"):
        Door(engine, party_token_keys=file)


def test_a_call_that_is_refused_at_the_door_is_counted(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        msg = "the database failed, try again"
        raise DatabaseUnavailable(msg)

    known = door.key("platform")
    asked = [door.get(None, "/cases"), door.get(None, "/nothing"), door.get("reviewer", "/webhooks")]
    monkeypatch.setattr(door.uses.keys, "recognise", away)
    asked.append(door.call(None, "GET", "/cases", token=known))

    assert [one.status_code for one in asked] == [401, 404, 403, 503]
    counted = door.get(None, "/metrics").text.splitlines()
    for route, status in (("/cases", 401), ("/webhooks", 403), ("/cases", 503)):
        assert f'sentinel_console_calls_total{{route="GET /api/v1{route}",status="{status}"}} 1.0' in counted
    assert 'sentinel_console_calls_total{route="none",status="404"} 1.0' in counted
