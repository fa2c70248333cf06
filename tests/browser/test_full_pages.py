"""Pages that show something only once there is something: what a photo search found, and a policy that was tried."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from streams.adapters.kafka.earlier_photos import LoggedPhotos
from streams.adapters.sql.policies import PolicyStore
from streams.casework.photos.photo_search import Likeness, PhotoSearch
from streams.settings import Settings
from tests.browser.axe_core import faults
from tests.browser.browsing import IN_CHROMIUM, signed_in
from tests.browser.site import Site
from tests.contract.console.test_photo_search import LookedAtHere, keep_a_scene, packed
from tests.contract.test_trials import STRICTER, tried
from tests.unit.adapters.test_drawing import a_scene

pytestmark = IN_CHROMIUM


class SealedPhotos(LoggedPhotos):
    """Finds what is sealed, without a broker: how long one that is away is waited for is tested elsewhere."""

    async def like(self, fingerprints: Sequence[str], at_most: int) -> Likeness:
        folder = self._fullest()
        assert folder is not None
        return Likeness(earlier=self._sealed(folder, fingerprints, at_most), complete=True)


@pytest.fixture
def searching(site: Site, tmp_path: Path) -> Path:
    """One earlier photo that a search finds; returns a file like it."""
    settings = Settings(replica_dir=tmp_path / "replica", data_dir=tmp_path, broker="kafka://127.0.0.1:1")
    search = PhotoSearch(LookedAtHere(settings), SealedPhotos(settings))
    site.door.app.state.uses = replace(site.door.app.state.uses, photo_search=search)
    keep_a_scene(settings)
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(packed(a_scene()))
    return photo


def test_what_a_photo_search_found_is_shown_without_a_serious_fault(
    site: Site, chromium: Browser, searching: Path
) -> None:
    page = signed_in(chromium, site, "lin.wei", "/search", language="en-GB", reduced_motion="reduce")
    page.set_input_files("input[type=file]", searching)
    page.locator("form button.primary").click()

    expect(page.locator("table.rows tbody tr")).to_have_count(1)
    assert faults(page) == []


def test_a_policy_that_was_tried_shows_its_report_without_a_serious_fault(site: Site, chromium: Browser) -> None:
    PolicyStore(site.database.engine).propose(STRICTER, 1, "ada")
    tried(site.database.engine, STRICTER)
    page = signed_in(chromium, site, "bo", f"/policies/{STRICTER.sha256}", language="zh-CN", reduced_motion="reduce")

    expect(page.locator("dl.pairs").first).to_be_visible()
    assert faults(page) == []
