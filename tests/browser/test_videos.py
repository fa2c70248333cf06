"""Videos on the page of a case, in Chromium: they play, their stills lead to their moment, a broken one says so."""

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from schemas.digest import request_digest
from schemas.names import request_pointer
from schemas.records import EvidenceGathered, Reading
from schemas.records.evidence import Comparison, PartEvidence
from streams.adapters.storage.evidence_store import open_evidence_store
from tests.browser.axe_core import grave
from tests.browser.browsing import IN_CHROMIUM, WAIT_MS, signed_in, watched
from tests.browser.site import Site
from tests.builders import a_fingerprint, a_medium_evidence, a_request, an_evidence
from tests.photos import a_picture
from tests.unit.adapters.test_drawing import a_scene
from tests.videos import a_video

pytestmark = IN_CHROMIUM
LOOK_MS = 100
VIDEO = "document.querySelector('[data-film] video')"


@pytest.fixture(scope="module")
def film() -> bytes:
    """A video that Chromium plays: three scenes of two seconds."""
    return a_video([a_picture(seed, 320, 240) for seed in (1, 2, 3)], 2, ".webm")


@pytest.fixture(scope="module")
def whole(site: Site, film: bytes) -> str:
    """The page of a case whose claim is a video."""
    return f"{site.address}/cases/{site.open_case('rr-film', filmed('rr-film', site.evidence_url, film))}"


@pytest.fixture(scope="module")
def broken(site: Site, film: bytes) -> str:
    """The page of a case whose claim is the beginning of a video."""
    return f"{site.address}/cases/{site.open_case('rr-half', filmed('rr-half', site.evidence_url, film[:600]))}"


def filmed(request_id: str, evidence_url: str, film: bytes) -> EvidenceGathered:
    """Return the evidence of a claim with a video, whose second still was compared with a reference."""
    request, store = a_request(request_id, merchant_id="m-2", buyer_id="b-2"), open_evidence_store(evidence_url, 5)
    pointer = request_pointer(request_id, request_digest(request), "claim", "c1")
    kept, _ = store.keep(pointer, film, "file:///c1.webm")
    stills = []
    for number, at_ms in enumerate((0, 2_500, 4_000)):
        packed = cv2.imencode(".jpg", np.roll(a_scene(), 200 * number, axis=1))[1].tobytes()
        still, _ = store.keep(f"stills/{request_id}/{number}", packed, "")
        stills.append(PartEvidence(part=f"s{number}", sha256=still.sha256, fingerprint=a_fingerprint(), at_ms=at_ms))
    beside = Comparison(reference_id="r1", readings=[Reading(name="claim_second", value=2.5, unit="s")])
    made = {"kind": "video", "fingerprint": None, "parts": stills, "comparisons": [beside]}
    return an_evidence(request, media=[a_medium_evidence("c1", sha256=kept.sha256, **made)])


def comes(page: Page, said: str) -> bool:
    """Return whether something becomes true on the page, whose own policy forbids what Playwright would wait with."""
    for _ in range(WAIT_MS // LOOK_MS):
        if page.evaluate(said):
            return True
        page.wait_for_timeout(LOOK_MS)
    return False


def test_a_video_opens_by_key_and_a_still_leads_to_its_moment(site: Site, chromium: Browser, whole: str) -> None:
    page = signed_in(chromium, site, "lin.wei", whole.removeprefix(site.address))
    faults = watched(page)

    page.keyboard.press("v")
    assert comes(page, f"{VIDEO}.readyState >= 1")
    marks = page.locator("[data-line] button")
    expect(marks).to_have_count(3)
    assert marks.nth(1).get_attribute("class") == "compared"
    page.get_by_role("link", name="the still of the video at 0:02").click()
    assert comes(page, f"{VIDEO}.readyState >= 2 && !{VIDEO}.seeking && {VIDEO}.currentTime === 2.5")
    marks.nth(2).click()
    assert comes(page, f"!{VIDEO}.seeking && {VIDEO}.currentTime === 4")

    assert page.url == whole
    assert faults == []
    assert grave(page) == []


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_a_video_that_cannot_be_played_says_so_and_its_stills_are_there(
    site: Site, chromium: Browser, broken: str, language: str
) -> None:
    page = signed_in(chromium, site, "lin.wei", broken.removeprefix(site.address), language=language)

    page.keyboard.press("v")

    expect(page.locator("[data-broken]")).to_be_visible()
    expect(page.locator("[data-film] video")).to_be_hidden()
    expect(page.locator("[data-film] .strip li")).to_have_count(3)


def test_a_video_can_be_played_without_script(site: Site, chromium: Browser, whole: str) -> None:
    page = signed_in(chromium, site, "lin.wei", whole.removeprefix(site.address), java_script_enabled=False)
    page.locator("[data-film] summary").click()

    expect(page.locator("[data-film] video")).to_be_visible()
    expect(page.get_by_role("link", name="the still of the video at 0:00")).to_have_attribute(
        "href", f"/photos/{whole.rpartition('/')[2]}/c0/screen"
    )
