"""Searching by a photo: finds what it resembles, mirrored too, and says why it cannot."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import pytest
import requests

from streams.adapters.kafka.earlier_photos import LoggedPhotos
from streams.adapters.photos import drawing
from streams.adapters.photos.pool_examiner import plan_of
from streams.cases.acts import AuditAct
from streams.casework.photos.photo_search import PhotoSearch
from streams.casework.quality.golden import GoldenCases
from streams.clock import now_ms
from streams.settings import Settings
from streams.sightings.index import SightingIndex
from tests.contract.console.browser import Browser
from tests.contract.console.door import Door
from tests.contract.sql import Database
from tests.unit.adapters.test_drawing import a_scene
from tests.unit.sightings.sightings import a_claim_sighting


def packed(pixels: Any) -> bytes:
    return cv2.imencode(".jpg", np.asarray(pixels), [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()


class LookedAtHere:
    """Looks at photos in a thread of the test: starting a photo process takes seconds, and is tested elsewhere."""

    def __init__(self, settings: Settings) -> None:
        self._plan = plan_of(settings)

    async def fingerprints(self, content: bytes) -> list[str]:
        return await asyncio.to_thread(drawing.fingerprints, self._plan, content)


@pytest.fixture
def settings(door: Door, tmp_path: Path) -> Settings:
    found = Settings(replica_dir=tmp_path / "replica", data_dir=tmp_path, broker="kafka://127.0.0.1:1")
    search = PhotoSearch(LookedAtHere(found), LoggedPhotos(found))
    door.app.state.uses = replace(door.uses, photo_search=search)
    return found


@pytest.fixture
def kept(settings: Settings) -> Settings:
    keep_a_scene(settings)
    return settings


def keep_a_scene(settings: Settings) -> None:
    """Let a worker of this host have sealed one photo: :func:`a_scene`, of ``rr-0``."""
    assert settings.replica_dir
    [bits, *_] = drawing.fingerprints(plan_of(settings), packed(a_scene()))
    index = SightingIndex(settings.replica_dir)
    index.add(0, a_claim_sighting(0, bits=int(bits, 16)))
    index.advance(1)
    index.seal()
    index.close()


def searched(browser: Browser, *contents: bytes) -> requests.Response:
    files: list[Any] = [("files", ("a.jpg", content, "image/jpeg")) for content in contents]
    token = browser.hidden("/search")["token"]
    answered = browser.client.post("/search", data={"token": token}, files=files, allow_redirects=False)
    return cast("requests.Response", answered)


def test_a_photo_finds_the_case_of_what_it_resembles_mirrored_too(
    door: Door, kept: Settings, open_case: Callable[..., str]
) -> None:
    case = open_case("rr-0")
    assert kept.replica_dir
    reviewer = Browser(door).sign_in("lin", "reviewer")

    for pixels in (a_scene(), a_scene()[:, ::-1]):
        text = searched(reviewer, packed(pixels)).text
        assert "1 earlier photo is like it" in text
        assert "very alike" in text
        assert f'href="/cases/{case}"' in text
        assert f'src="/photos/{case}/c0/thumb"' in text, "found by a photo, so it is shown"
        assert "The newest photos cannot be read just now" in text, "there is no Kafka in this test"
    other = np.random.default_rng(5).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    unlike = cv2.resize(other, (800, 600), interpolation=cv2.INTER_CUBIC)
    assert "0 earlier photos are like it" in searched(reviewer, packed(unlike)).text


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # no database is asked
def test_what_is_no_photo_or_shows_nothing_is_refused(door: Door, kept: Settings) -> None:
    assert kept.replica_dir
    reviewer = Browser(door).sign_in("lin", "reviewer")

    blank = np.full((400, 400, 3), 255, np.uint8)
    assert searched(reviewer, packed(blank)).status_code == 422
    assert searched(reviewer, b"<html><script>alert(1)</script>").status_code == 422
    assert searched(reviewer).status_code == 422
    assert searched(reviewer, packed(a_scene()), packed(a_scene())).status_code == 422


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_host_without_earlier_photos_finds_none_and_says_why(door: Door, settings: Settings) -> None:
    assert settings.replica_dir
    answered = searched(Browser(door).sign_in("lin", "reviewer"), packed(a_scene()))

    assert answered.status_code == 200
    assert "The newest photos cannot be read just now" in answered.text


@pytest.mark.usefixtures("kept")
def test_a_photo_of_a_golden_case_is_found_by_those_alone_who_may_know_of_it(
    door: Door, database: Database, open_case: Callable[..., str]
) -> None:
    case = open_case("rr-0")
    day_ms = 24 * 3_600_000
    act = AuditAct(by="ma.li", note="as it was", at_ms=now_ms())
    database.verdicts.decide(case, act, "REFUSE", "R-1", heard=True)
    database.timers.move_due(act.at_ms + 20 * day_ms)
    GoldenCases(database.cases, database.casework).mark(case, act)

    lead = searched(Browser(door).sign_in("the.lead", "senior"), packed(a_scene()))
    reviewer = searched(Browser(door).sign_in("chen.yu", "reviewer"), packed(a_scene()))

    assert (lead.status_code, reviewer.status_code) == (200, 200)
    assert "rr-0" in lead.text
    assert "rr-0" not in reviewer.text
