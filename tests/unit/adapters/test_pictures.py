"""Pictures for the console: what was drawn before needs no process, and what is gone or erased says so."""

from pathlib import Path

import pytest

from streams.adapters.photos.messages import Drawing
from streams.adapters.photos.pictures import StoredPictures
from streams.adapters.storage.evidence_store import EvidenceStore, open_evidence_store
from streams.errors import MediaUnreadable
from streams.settings import Settings


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return (tmp_path / "evidence").as_uri()


@pytest.fixture
def store(folder: str) -> EvidenceStore:
    return open_evidence_store(folder, 5)


@pytest.fixture
def pictures(folder: str) -> StoredPictures:
    return StoredPictures(Settings(evidence_url=folder))


async def test_what_was_drawn_before_is_read(store: EvidenceStore, pictures: StoredPictures) -> None:
    kept, _ = store.keep("catalogue/a", b"photo", "file:///a")
    version = Drawing(kept.sha256, None, "thumb").version
    store.keep_overlay(kept.sha256, kept.sha256, version, b"drawn before")

    assert await pictures.picture("thumb", kept.sha256) == b"drawn before"
    assert await pictures.bytes_of("catalogue/a") == kept.sha256
    pictures.stop()


async def test_a_pointer_to_nothing_says_that_the_copy_is_missing(pictures: StoredPictures) -> None:
    with pytest.raises(MediaUnreadable, match="catalogue/b"):
        await pictures.bytes_of("catalogue/b")
