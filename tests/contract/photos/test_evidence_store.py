"""Our own copies: whoever comes first decides which bytes a photo stands for, and they stay."""

import hashlib
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from streams.adapters.storage.evidence_store import EvidenceStore, Kept, open_evidence_store
from streams.adapters.storage.files import PIECE, File
from streams.errors import MediaUnreadable, StoreUnavailable
from streams.evidence.files.limits import Limits
from streams.evidence.files.video_file import VideoFile
from streams.evidence.looking.examination import VERSION, examine
from tests.contract.photos.conftest import Place
from tests.photos import a_picture, jpeg
from tests.real.s3 import S3Server
from tests.videos import a_video

POINTER = "requests/rr-1/sha256:" + "ab" * 32 + "/claim/c:1.a"


@pytest.fixture
def store(place: Place) -> EvidenceStore:
    return open_evidence_store(place.url, 5.0)


def sha256(photo: bytes) -> str:
    return hashlib.sha256(photo).hexdigest()


def test_nothing_is_kept_before_anyone_came(store: EvidenceStore) -> None:
    assert store.kept(POINTER) is None
    assert store.look("0" * 64, VERSION) is None


def test_what_is_kept_comes_back(store: EvidenceStore) -> None:
    kept, photo = store.keep(POINTER, b"photo", "claims/c1.jpg")
    assert (kept, photo) == (Kept(sha256(b"photo"), 5, "claims/c1.jpg"), b"photo")
    assert store.kept(POINTER) == kept
    assert store.photo(kept.sha256) == b"photo"
    assert kept.key == f"blobs/{sha256(b'photo')}"


def test_the_first_bytes_of_a_pointer_stay(store: EvidenceStore) -> None:
    first, _ = store.keep(POINTER, b"first", "claims/c1.jpg")
    assert store.keep(POINTER, b"second", "claims/c1.jpg") == (first, b"first")
    assert store.photo(first.sha256) == b"first"


def test_of_many_writers_at_once_one_wins_and_all_use_its_bytes(store: EvidenceStore) -> None:
    def write(number: int) -> tuple[Kept, File]:
        return store.keep(POINTER, b"photo %d" % number, "claims/c1.jpg")

    with ThreadPoolExecutor(8) as threads:
        winners = set(threads.map(write, range(16)))
    assert len(winners) == 1
    kept, photo = winners.pop()
    assert store.kept(POINTER) == kept
    assert store.photo(kept.sha256) == photo


def test_one_photo_under_two_pointers_is_one_blob(store: EvidenceStore) -> None:
    one, _ = store.keep("catalogue/p-1", b"photo", "a.jpg")
    other, _ = store.keep("catalogue/p-2", b"photo", "b.jpg")
    assert (one.key, one.uri, other.uri) == (other.key, "a.jpg", "b.jpg")


def test_a_look_comes_back_as_it_was(store: EvidenceStore) -> None:
    found = examine(jpeg(), Limits(10_000_000, 10_000_000))
    store.keep_look("0" * 64, VERSION, found)
    store.keep_look("0" * 64, VERSION, found)
    assert store.look("0" * 64, VERSION) == found
    assert store.look("0" * 64, "another-version") is None


def test_a_damaged_look_is_as_good_as_none(store: EvidenceStore, place: Place) -> None:
    store.keep_look("0" * 64, VERSION, examine(jpeg(), Limits(10_000_000, 10_000_000)))
    for content in (b"", b"abc", bytes(5_000)):
        place.put(f"features/{'0' * 64}/{VERSION}", content)
        assert store.look("0" * 64, VERSION) is None


def test_a_damaged_or_missing_copy_is_for_people_to_see(store: EvidenceStore, place: Place) -> None:
    kept, _ = store.keep(POINTER, b"photo", "claims/c1.jpg")
    place.put(kept.key, b"altered")
    with pytest.raises(MediaUnreadable, match="our own copy of the photo is damaged"):
        store.photo(kept.sha256)
    with pytest.raises(MediaUnreadable, match="our own copy of the photo is missing"):
        store.photo("1" * 64)


def test_a_damaged_pointer_is_for_people_to_see(store: EvidenceStore, place: Place) -> None:
    place.put(POINTER, b"{")
    with pytest.raises(MediaUnreadable, match="our own record of which file this photo is, is damaged"):
        store.kept(POINTER)


def test_a_folder_that_cannot_be_made_is_a_store_that_does_not_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreUnavailable, match="the evidence store does not answer"):
        open_evidence_store((tmp_path / "file" / "folder").as_uri(), 5.0)


@pytest.mark.s3
def test_a_bucket_that_is_missing_is_a_store_that_does_not_answer(s3: S3Server) -> None:
    assert s3.port
    with pytest.raises(StoreUnavailable, match="the evidence store does not answer"):
        open_evidence_store("s3://no-such-bucket", 5.0).keep(POINTER, b"photo", "claims/c1.jpg")


def test_the_picture_of_a_pair_is_kept_under_the_names_of_both_and_the_first_stays(store: EvidenceStore) -> None:
    claim, reference = (store.keep(f"catalogue/{name}", name.encode(), "a.jpg")[0].sha256 for name in ("one", "other"))
    key = store.keep_overlay(claim, reference, "aligned-1", b"picture")
    assert key == f"overlays/{claim}/{reference}/aligned-1"
    assert store.keep_overlay(claim, reference, "aligned-1", b"another") == key


@pytest.fixture(scope="module")
def video() -> bytes:
    """A video of more than one piece: what stands behind its last box is nothing to whoever plays it."""
    return a_video([a_picture(1, 64, 48)], 1) + bytes(2 * PIECE)


def test_a_video_comes_back_as_a_file_on_disk(store: EvidenceStore, video: bytes) -> None:
    with VideoFile.of([video]) as file:
        kept, ours = store.keep(POINTER, file, "claims/c1.mp4")
        assert (kept, ours) == (Kept(sha256(video), len(video), "claims/c1.mp4", video=True), file)
        again, ours = store.keep(POINTER, file, "claims/c1.mp4")
        assert (again, ours) == (kept, file)
    found = store.file(kept.sha256)
    assert isinstance(found, VideoFile)
    with found:
        assert (len(found), found.sha256()) == (len(video), kept.sha256)
    with pytest.raises(MediaUnreadable, match="our own copy of the photo is damaged"):
        store.photo(kept.sha256)


def test_a_video_of_which_a_part_is_missing_is_for_people_to_see(
    store: EvidenceStore, place: Place, video: bytes
) -> None:
    with VideoFile.of([video]) as file:
        kept, _ = store.keep(POINTER, file, "claims/c1.mp4")
    place.put(kept.key, video[:-1])
    with pytest.raises(MediaUnreadable, match="our own copy of the photo is damaged"):
        store.file(kept.sha256)


def test_whoever_comes_second_gets_the_video_of_whoever_came_first(store: EvidenceStore, video: bytes) -> None:
    first, _ = store.keep(POINTER, b"photo", "claims/c1.jpg")
    with VideoFile.of([video]) as file:
        assert store.keep(POINTER, file, "claims/c1.jpg") == (first, b"photo")
    with pytest.raises(MediaUnreadable, match="missing"):
        store.file(sha256(video))  # nobody needs it


def test_a_pointer_holds_bytes_that_are_there_and_no_others(store: EvidenceStore) -> None:
    kept, _ = store.keep(POINTER, b"still", "claims/c1.mp4")
    other = POINTER.replace("rr-1", "rr-2") + "#s1"
    assert store.hold(other, kept.sha256, "claims/c1.mp4")
    assert not store.hold(POINTER.replace("rr-1", "rr-3") + "#s1", "1" * 64, "claims/c1.mp4")
    store.forget(other, kept.sha256)
    assert (store.kept(other), store.photo(kept.sha256)) == (None, b"still")


def test_nothing_is_left_in_a_folder_of_a_video_that_was_kept_in_part(tmp_path: Path, video: bytes) -> None:
    """A process that ends while it writes leaves nothing: what is not whole has no name."""
    store = open_evidence_store(tmp_path.as_uri(), 5.0)

    class Torn(VideoFile):
        def pieces(self, size: int) -> Iterator[bytes]:
            yield self[:size]
            raise KeyboardInterrupt

    with Torn.of([video]) as file:
        file.sha256 = lambda: "ab" * 32  # type: ignore[method-assign] # it is read in pieces, too
        with pytest.raises(KeyboardInterrupt):
            store.keep(POINTER, file, "claims/c1.mp4")
    assert [path.name for path in (tmp_path / "blobs").iterdir()] == []


@pytest.fixture
def on_disk(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """What the disk was told to keep: the path of each file or folder, and how many bytes it had then."""
    told: dict[str, int] = {}
    sync = os.fsync

    def noted(descriptor: int) -> None:
        found = os.fstat(descriptor)
        told[str(Path(f"/proc/self/fd/{descriptor}").readlink())] = -1 if stat.S_ISDIR(found.st_mode) else found.st_size
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    return told


def test_what_is_kept_in_a_folder_outlasts_a_loss_of_power(
    tmp_path: Path, on_disk: dict[str, int], video: bytes
) -> None:
    store, photo = open_evidence_store(tmp_path.as_uri(), 5.0), jpeg(a_picture(5))

    kept, _ = store.keep(POINTER, photo, "claims/c1.jpg")
    with VideoFile.of([video]) as file:
        moving, _ = store.keep(f"{POINTER}v", file, "claims/v.mp4")
    store.settled()

    pointers = [tmp_path / POINTER, tmp_path / f"{POINTER}v"]
    assert [on_disk[str(tmp_path / one.key)] for one in (kept, moving)] == [len(photo), len(video)]
    assert [on_disk[str(one)] for one in pointers] == [one.stat().st_size for one in pointers]
    assert all(on_disk[str(one)] == -1 for one in (tmp_path / "blobs", pointers[0].parent))
    on_disk.clear()
    store.forget(POINTER, kept.sha256)
    store.settled()
    assert on_disk[str(tmp_path / "blobs")] == -1, "what was taken away stays away"
