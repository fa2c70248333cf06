"""Calls as no client of ours makes: headers that say two things, bodies that end halfway, texts that show nothing."""

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import Message

from streams.cases.acts import shows_something
from tests.contract.console.door import Door
from tests.contract.sql import Database

PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8
UPLOAD = (
    b'--xx\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    + PHOTO
    + b"\r\n--xx--\r\n"
)
UNSEEN = [
    " ",
    "\n",
    "\u200b",
    "\u200d\ufeff",
    "\u2060 \u00ad",
    "\u3164",
    "\u2800\u2800",
    "\u202e\u202c",
    "\ufe0f",
    "\u3000",
]


def called(door: Door, path: str, headers: Sequence[tuple[str, str]], *pieces: bytes, whole: bool = True) -> int | None:
    """Return how a call with these very headers is answered; not ``whole``: the caller goes away after the pieces."""
    told: list[int] = []
    messages: list[Message] = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    if whole:
        messages[-1]["more_body"] = False
    messages.append({"type": "http.disconnect"})

    async def receive() -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            told.append(message["status"])

    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": f"/api/v1{path}",
        "raw_path": f"/api/v1{path}".encode(),
        "query_string": b"",
        "root_path": "",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
    }
    asyncio.run(door.app(scope, receive, send))
    return told[0] if told else None


@pytest.mark.parametrize("name", ["Authorization", "If-Match", "Idempotency-Key", "Sentinel-Actor"])
@pytest.mark.parametrize("alike", [True, False])
def test_a_header_that_says_two_things_is_refused_and_nothing_is_done(
    door: Door, database: Database, case: str, name: str, *, alike: bool
) -> None:
    values = {"If-Match": '"1"', "Idempotency-Key": "k-1", "Sentinel-Actor": "desk"}
    values["Authorization"] = f"Bearer {door.key('platform')}"
    other = f"Bearer {door.key('admin')}" if name == "Authorization" else values[name].replace("1", "2")
    headers = [("Content-Type", "application/json"), *values.items()]
    twice = [*headers, (name, values[name] if alike else other)]
    body = json.dumps({"text": "whole", "party": "merchant"}).encode()

    assert called(door, f"/cases/{case}/statements", twice, body) == 400
    assert database.rows("SELECT count(*) FROM audit") == [(1,)]
    assert called(door, f"/cases/{case}/statements", headers, body) == 200


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": "whole", "party": "merchant", "text": "broken"}',
        b'{"text": "whole", "party": "merchant", "party": "merchant"}',
        b'{"text": "whole", "\\u0074ext": "broken", "party": "merchant"}',
        b'{"text": "whole", "party": "merchant", "more": [{"a": 1, "a": 2}]}',
    ],
)
def test_a_body_that_says_two_things_is_refused_and_nothing_is_done(
    door: Door, database: Database, case: str, body: bytes
) -> None:
    headers = [("Content-Type", "application/json"), ("Authorization", f"Bearer {door.key('platform')}")]
    assert called(door, f"/cases/{case}/statements", headers, body) == 422
    assert database.rows("SELECT count(*) FROM audit") == [(1,)]


@pytest.mark.parametrize("text", UNSEEN)
def test_a_text_of_which_nobody_sees_anything_ends_no_hearing_and_decides_nothing(
    door: Door, database: Database, case: str, text: str
) -> None:
    said = door.post("merchant:m-1", f"/cases/{case}/statements", {"text": text})
    objected = door.post("merchant:m-1", "/requests/rr-1/objections", {"text": text})
    withdrawn = door.post("platform", "/requests/rr-1/withdrawal", {"text": text})
    demanded = door.post("buyer:b-1", "/requests/rr-1/human-review", {"text": text})
    decided = door.post(
        "senior", f"/cases/{case}/verdicts", {"verdict": "GRANT", "rule": "R-1", "rationale": text, "heard": True}
    )

    answers = [said, objected, withdrawn, demanded, decided]
    assert [one.status_code for one in answers] == [422] * 5
    assert database.rows("SELECT state, version FROM cases") == [("AWAITING_MERCHANT", 1)]


@given(st.text(max_size=20))
@settings(max_examples=300)
def test_a_text_with_a_letter_figure_or_sign_shows_something(text: str) -> None:
    assert shows_something(f"{text}x")
    assert shows_something(f"裂{text}")
    assert shows_something(f"{text}\U0001f494")
    assert not shows_something("".join(sign for sign in text if not shows_something(sign)))


def kept(door: Door) -> list[str]:
    return [one.name for one in Path(door.folder.name).rglob("*") if one.is_file() and one.name != "procedure.yaml"]


@pytest.mark.parametrize("part", [0.02, 0.3, 0.9, 0.999])
def test_an_upload_that_ends_halfway_leaves_nothing(door: Door, database: Database, case: str, part: float) -> None:
    headers = [
        ("Authorization", f"Bearer {door.key('buyer:b-1')}"),
        ("Content-Type", "multipart/form-data; boundary=xx"),
        ("Idempotency-Key", "k-1"),
    ]
    cut = int(len(UPLOAD) * part)
    called(door, f"/cases/{case}/evidence", headers, UPLOAD[: cut // 2], UPLOAD[cut // 2 : cut], whole=False)

    assert kept(door) == []
    assert database.rows("SELECT count(*) FROM follow_ups") == [(0,)]
    assert called(door, f"/cases/{case}/evidence", headers, UPLOAD) == 200


def test_a_photo_that_is_on_the_case_already_is_named_so(door: Door, case: str) -> None:
    files = [("files", ("a.jpg", PHOTO, "image/jpeg"))]
    door.call("buyer:b-1", "POST", f"/cases/{case}/evidence", files=files)

    again = door.call("buyer:b-1", "POST", f"/cases/{case}/evidence", files=files)

    assert (again.status_code, again.json()["detail"]) == (422, "these files are on the case already: send others")


def test_a_cursor_of_another_list_is_refused_or_finds_what_the_caller_may_see(
    door: Door, open_case: Callable[..., str]
) -> None:
    for number in range(3):
        open_case(f"rr-{number}", order_id=f"o-{number}", merchant_id=f"m-{number}")
    cursor = door.get("platform", "/cases?limit=1").json()["next_cursor"]
    other = door.get("merchant:m-1", f"/cases?cursor={cursor}")

    assert {one["merchant_id"] for one in other.json().get("cases", [])} <= {"m-1"}
    for path in ("/cases?order=risk&cursor={}", "/webhooks?cursor={}", "/golden-cases?cursor={}"):
        assert door.get("admin", path.format(cursor)).status_code in {200, 403, 404, 422}
