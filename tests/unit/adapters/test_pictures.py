"""Pictures for the console: what was drawn before needs no process, and what is gone or erased says so."""

import asyncio
from pathlib import Path
from threading import Event

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


async def test_pages_go_on_while_the_process_starts_and_it_starts_once(
    pictures: StoredPictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, looked = [], Event()

    class Slow:
        def __init__(self, *_: object) -> None:
            """Nothing starts yet."""

        def start(self) -> None:
            started.append(looked.wait(10))  # until the loop goes on, which it must meanwhile

        async def run(self, _limit_s: float, _work: object, about: Drawing) -> bytes:
            return about.view.encode()

        def stop(self) -> None:
            """Nothing runs."""

    monkeypatch.setattr("streams.adapters.photos.pictures.Processes", Slow)
    asked = [asyncio.create_task(pictures.picture(view, "0" * 64)) for view in ("thumb", "screen")]
    asked.append(asyncio.create_task(pictures.start()))  # type: ignore[arg-type]  # it gives nothing
    while not pictures._starting.locked():  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.001)
    looked.set()

    assert (await asyncio.gather(*asked))[:2] == [b"thumb", b"screen"]
    assert started == [True]
    pictures.stop()
