"""Videos of cases: whole and in ranges, to whoever may see the case, from our own copy."""

from hashlib import sha256

import pytest
from PIL import Image
from sqlalchemy import Engine

from schemas.names import request_pointer
from schemas.units import MINUTE_MS
from streams.adapters.storage.evidence_store import EvidenceStore, open_evidence_store
from streams.clock import now_ms
from streams.console.pages import photos
from tests import command_line
from tests.builders import AT_MS, a_medium_evidence, a_request, an_evidence
from tests.contract.console.browser import Browser
from tests.contract.console.door import Door
from tests.contract.judging import suspecting
from tests.contract.sql import Database
from tests.videos import a_video


@pytest.fixture(scope="module")
def film() -> bytes:
    return a_video([Image.new("RGB", (64, 48), colour) for colour in ("red", "green")], 1, ".webm")


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, EvidenceStore]:
    url = tmp_path_factory.mktemp("evidence").as_uri()
    return url, open_evidence_store(url, 5)


@pytest.fixture
def video_case(engine: Engine, database: Database, store: tuple[str, EvidenceStore], film: bytes) -> tuple[Door, str]:
    """A console, and a case whose claim is a video."""
    url, evidence_store = store
    door = Door(engine, evidence_url=url)
    request = a_request("rr-film")
    medium = a_medium_evidence("c1", kind="video", fingerprint=None, sha256=sha256(film).hexdigest())
    gathered = an_evidence(request, media=[medium])
    pointer = request_pointer("rr-film", gathered.request_digest, "claim", "c1")
    evidence_store.keep(pointer, film, "file:///c1.webm")
    [decision] = database.decide(suspecting("rr-film"), gathered, now_ms=now_ms())
    return door, f"/videos/{decision.case_id}/c0"


def test_a_video_is_played_whole_and_in_ranges(video_case: tuple[Door, str], film: bytes) -> None:
    door, address = video_case
    browser = Browser(door).sign_in("lin", "reviewer")

    whole = browser.get(address)
    first = browser.get(address, Range="bytes=0-")
    some = browser.get(address, Range="bytes=10-19")
    last = browser.get(address, Range="bytes=-5")
    none = browser.get(address, Range=f"bytes={len(film)}-")

    assert (whole.status_code, whole.headers["Content-Type"], whole.content) == (200, "video/webm", film)
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert (first.status_code, first.content) == (206, film)
    assert (some.status_code, some.content) == (206, film[10:20])
    assert some.headers["Content-Range"] == f"bytes 10-19/{len(film)}"
    assert (last.status_code, last.content) == (206, film[-5:])
    assert (none.status_code, none.headers["Content-Range"]) == (416, f"bytes */{len(film)}")
    assert "sandbox" in whole.headers["Content-Security-Policy"]


def test_a_video_is_not_there_for_whoever_may_not_see_its_case(video_case: tuple[Door, str]) -> None:
    door, address = video_case

    assert Browser(door).sign_in("own", "merchant:m-1").get(address).status_code == 200
    assert Browser(door).sign_in("other", "merchant:m-2").get(address).status_code == 404
    assert Browser(door).sign_in("author", "policy-author").get(address).status_code == 404
    assert Browser(door).get(address).status_code == 303
    reviewer = Browser(door).sign_in("lin", "reviewer")
    assert reviewer.get(address.replace("/c0", "/c1")).status_code == 404
    assert reviewer.get(address.replace("/c0", "/../c0")).status_code == 404


def test_a_video_that_was_erased_is_gone_and_one_that_is_none_is_not_played(
    video_case: tuple[Door, str], store: tuple[str, EvidenceStore], film: bytes
) -> None:
    door, address = video_case
    browser = Browser(door).sign_in("lin", "senior")
    digest = sha256(film).hexdigest()

    store[1]._objects.put(f"blobs/{digest}", b"no video at all")
    assert browser.get(address).status_code == 404
    store[1]._objects.delete(f"blobs/{digest}")
    assert browser.get(address).status_code == 404
    assert 'name="rationale"' in browser.get(address.replace("/videos/", "/cases/").removesuffix("/c0")).text


def test_a_video_that_is_played_in_many_parts_is_one_view_a_minute_and_the_command_lists_it(
    video_case: tuple[Door, str], engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, address = video_case
    case_id = address.split("/")[2]
    lin = Browser(door).sign_in("lin", "reviewer")
    begins = AT_MS - AT_MS % MINUTE_MS
    for at_ms in (begins, begins + 1_000, begins + MINUTE_MS):
        monkeypatch.setattr(photos, "now_ms", lambda at_ms=at_ms: at_ms)
        for wanted in ("bytes=5-9", "bytes=10-"):
            assert lin.get(address, Range=wanted).status_code == 206
    settings = {"database_url": engine.url.render_as_string(hide_password=False)}

    told = command_line.run("case", "photo-views", case_id, "--json", settings=settings)
    shown = command_line.run("case", "photo-views", "rr-film", settings=settings)

    assert [one["at_ms"] for one in told.records] == [begins, begins + MINUTE_MS]
    assert {(one["viewer"], one["places"], one["view"]) for one in told.records} == {("lin", "c0", "video")}
    assert shown.text.count("lin") == 2
    assert command_line.run("case", "photo-views", "rr-none", settings=settings).status == 1


def test_whoever_begins_a_video_after_its_first_byte_is_on_record_too(
    video_case: tuple[Door, str], database: Database
) -> None:
    door, address = video_case

    assert Browser(door).sign_in("lin", "reviewer").get(address, Range="bytes=1-").status_code == 206

    assert database.rows("SELECT viewer, places, view FROM photo_views") == [("lin", "c0", "video")]
