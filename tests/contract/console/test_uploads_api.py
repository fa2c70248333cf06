"""Files that a party sends: kept byte for byte, handed to the workers, bounded, and never half."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from schemas.codec import decode
from schemas.records import CaseEvidenceSent
from tests.contract.console.door import Door
from tests.contract.sql import Database

PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8
VIDEO = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"v" * 4_000


@pytest.fixture
def door(engine: Engine) -> Door:
    return Door(engine, photo_limit_bytes=4_000, video_limit_bytes=8_000)


def files(*contents: bytes) -> list[tuple[str, tuple[str, bytes, str]]]:
    names = ("<b>a</b>.jpg", "../../etc/passwd", "\u202egpj.exe")
    return [("files", (names[at % 3], content, "image/jpeg")) for at, content in enumerate(contents)]


def send(door: Door, case: str, *contents: bytes, who: str = "buyer:b-1", **given: Any) -> Any:
    return door.call(who, "POST", f"/cases/{case}/evidence", files=files(*contents), **given)


def blobs(door: Door) -> set[str]:
    return {path.name for path in Path(door.folder.name, "evidence", "blobs").glob("*")}


def sent(database: Database) -> list[CaseEvidenceSent]:
    waiting = database.outbox.waiting(100)
    return [decode(CaseEvidenceSent, one.value) for one in waiting if one.topic == "case.evidence.v1"]


def test_photos_and_videos_are_kept_and_left_for_the_workers(door: Door, database: Database, case: str) -> None:
    answered = send(door, case, PHOTO, VIDEO, data={"text": "from the back"})

    assert answered.status_code == 200, answered.text
    assert answered.json()["follow_up"]["number"] == 1
    assert blobs(door) == {sha256(PHOTO).hexdigest(), sha256(VIDEO).hexdigest()}
    [message] = sent(database)
    assert [(one.media_id, one.kind) for one in message.request.claim_media] == list(
        zip(answered.json()["follow_up"]["media"], ("photo", "video"), strict=True)
    )
    assert [one.sha256 for one in message.request.claim_media] == [
        sha256(PHOTO).hexdigest(),
        sha256(VIDEO).hexdigest(),
    ]


def test_what_a_merchant_sends_stands_among_the_references(door: Door, database: Database, case: str) -> None:
    assert send(door, case, VIDEO, who="merchant:m-1").json()["case"]["state"] == "READY"
    [message] = sent(database)
    assert (message.party, len(message.request.claim_media), len(message.request.reference_media)) == ("merchant", 0, 1)


def test_the_same_file_again_is_known_and_stays(door: Door, database: Database, case: str) -> None:
    send(door, case, PHOTO)
    assert send(door, case, PHOTO).status_code in {409, 422}
    assert len(sent(database)) == 1
    assert blobs(door) == {sha256(PHOTO).hexdigest()}


def test_a_repeat_under_one_key_is_answered_alike_and_sent_once(door: Door, database: Database, case: str) -> None:
    key: dict[str, Any] = {"headers": {"Idempotency-Key": "u1"}}
    first, again = send(door, case, PHOTO, **key), send(door, case, PHOTO, **key)
    other = send(door, case, PHOTO + b"x", **key)

    assert first.status_code == 200
    assert (again.status_code, again.content) == (200, first.content)
    assert other.status_code == 422
    assert len(sent(database)) == 1
    assert blobs(door) == {sha256(PHOTO).hexdigest()}


def test_what_is_too_large_or_no_photo_is_refused_and_leaves_nothing(door: Door, database: Database, case: str) -> None:
    page = b"<html><script>alert(1)</script></html>"
    assert send(door, case, b"\xff\xd8\xff" + b"x" * 4_000).status_code == 413
    assert send(door, case, VIDEO + b"v" * 8_000).status_code == 413
    assert send(door, case, PHOTO, page).status_code == 422
    assert send(door, case, PHOTO, PHOTO).status_code == 422
    assert send(door, case, b"").status_code == 422
    assert send(door, case, *(PHOTO + bytes([n]) for n in range(9))).status_code == 422
    assert door.call("buyer:b-1", "POST", f"/cases/{case}/evidence", data={"text": "none"}).status_code == 422
    assert (blobs(door), sent(database)) == (set(), [])


def test_another_partys_case_takes_nothing(door: Door, case: str) -> None:
    assert send(door, case, PHOTO, who="buyer:b-2").status_code == 404
    assert send(door, case, PHOTO, who="platform").status_code == 422
    assert send(door, case, PHOTO, who="merchant:m-1", data={"party": "buyer"}).status_code == 403
    assert blobs(door) == set()


def test_evidence_on_an_older_version_or_a_closed_case_leaves_nothing(door: Door, case: str) -> None:
    assert send(door, case, PHOTO, headers={"If-Match": '"99"'}).status_code == 409
    door.post("platform", "/requests/rr-1/withdrawal", {"text": "gave up"})
    assert send(door, case, PHOTO).status_code == 409
    assert blobs(door) == set()


def test_a_broken_form_is_refused(door: Door, case: str) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    for body in (b"", b"--x", b"--x\r\n\r\n", b"x" * 100):
        answered = door.call("buyer:b-1", "POST", f"/cases/{case}/evidence", data=body, headers=headers)
        assert answered.status_code in {400, 422}


@pytest.mark.parametrize("setting", ["evidence_url", "data_dir"])
def test_a_store_or_folder_that_takes_no_upload_is_told_where_the_console_is_ready_for_all_else(
    engine: Engine, tmp_path: Path, setting: str
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    (tmp_path / "other").mkdir()
    folders: dict[str, Any] = {"evidence_url": (tmp_path / "other").as_uri(), "data_dir": tmp_path / "other"}
    door = Door(engine, **folders | {setting: place.as_uri() if setting == "evidence_url" else place})

    def said() -> tuple[int, list[str]]:
        door.uses.ask_uploads()
        answer = door.get(None, "/ready")
        return answer.status_code, answer.text.splitlines()

    assert said() == (200, ["ok"])
    place.rmdir()
    place.write_text("a file in the place of the folder: nobody writes into it, not even root")
    status, lines = said()
    assert (status, lines[0], len(lines)) == (200, "ok", 2)
    assert lines[1].startswith("uploads: ")
    assert str(place) in lines[1]
    assert f"SENTINEL_{setting.upper()}" in lines[1]
    place.unlink()
    place.mkdir()
    assert said() == (200, ["ok"])
