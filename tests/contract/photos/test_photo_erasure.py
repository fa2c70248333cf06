"""Erased photos: gone from the store with all that was made of them, unless somebody else needs them; for good."""

import hashlib
from typing import Any

import pytest

from streams.adapters.storage.evidence_store import EvidenceStore, open_evidence_store
from streams.adapters.storage.kept_bytes import holder_of
from streams.adapters.storage.objects import Objects, open_objects
from streams.adapters.storage.photo_erasure import PhotoEraser
from streams.cases.photos.photos import ClaimPhoto
from streams.cases.record.erasure import MarkedPhoto, PersonsPhoto
from streams.errors import MediaUnreadable
from streams.evidence.files.limits import Limits
from streams.evidence.looking.examination import VERSION, examine
from tests.builders import AT_MS
from tests.contract.photos.conftest import Place
from tests.photos import jpeg

DIGEST = "sha256:" + "ab" * 32
LIMITS = Limits(10_000_000, 10_000_000)
ERASED = "erased because the person asked for it"


def sha256(photo: bytes) -> str:
    return hashlib.sha256(photo).hexdigest()


def a_photo(request_id: str = "rr-1", media_id: str = "c1", **changes: Any) -> PersonsPhoto:
    given: dict[str, Any] = {"request_id": request_id, "request_digest": DIGEST, "photo": ClaimPhoto(media_id)}
    return PersonsPhoto(**given | changes)


@pytest.fixture
def store(place: Place) -> EvidenceStore:
    return open_evidence_store(place.url, 5.0)


@pytest.fixture
def objects(place: Place) -> Objects:
    return open_objects(place.url, 5.0)


@pytest.fixture
def eraser(objects: Objects) -> PhotoEraser:
    return PhotoEraser(objects)


def kept(store: EvidenceStore, photo: PersonsPhoto, content: bytes) -> str:
    """Keep a photo and what a look at it makes; return its SHA-256."""
    found, _ = store.keep(photo.pointer, content, "claims/c1.jpg")
    store.keep_look(found.sha256, VERSION, examine(jpeg(), LIMITS), of_claim=True)
    side_by_side(store, found.sha256, "f" * 64)
    return found.sha256


def side_by_side(store: EvidenceStore, claim: str, reference: str) -> str:
    """Keep the picture of two photos, whether or not they are here; return its key."""
    key = f"overlays/{claim}/{reference}/aligned-1"
    store._objects.put(key, b"picture")
    return key


def erase(eraser: PhotoEraser, *photos: PersonsPhoto) -> tuple[list[MarkedPhoto], frozenset[str]]:
    marked = [eraser.mark(photo, AT_MS) for photo in photos]
    gone = eraser.take_away(marked, lambda _: None)
    for one in marked:
        eraser.finish(one)
    return marked, gone


def everything(objects: Objects) -> list[str]:
    return sorted(objects.under(""))


def test_a_picture_that_shows_an_erased_photo_second_goes_whatever_it_stands_beside(
    store: EvidenceStore, objects: Objects, eraser: PhotoEraser
) -> None:
    """A reviewer may lay any photo of a case over an earlier one: not only that which resembles it."""
    photo, others = a_photo(), [a_photo(f"rr-{number}") for number in (2, 3)]
    digest = kept(store, photo, b"photo")
    firsts = [store.keep(other.pointer, other.request_id.encode(), "x.jpg")[0].sha256 for other in others]
    drawn = [store.keep_overlay(first, digest, "changed-1", b"picture") for first in firsts]
    store.keep_overlay(firsts[0], firsts[1], "changed-1", b"picture")
    store.keep_overlay(digest, firsts[1], "aligned-2", b"picture")
    assert all(objects.has(key) for key in drawn)

    marked, gone = erase(eraser, photo)

    assert [key for key in everything(objects) if digest in key] == []
    assert objects.has(f"overlays/{firsts[0]}/{firsts[1]}/changed-1")
    assert list(eraser.left_of(marked, gone)) == []
    erase(eraser, *others)
    assert [key for key in everything(objects) if key.partition("/")[0] in {"overlays", "beside"}] == []


def test_a_picture_that_is_drawn_while_its_photo_is_erased_is_taken_back_whole(
    store: EvidenceStore, objects: Objects, eraser: PhotoEraser
) -> None:
    photo, other = a_photo(), a_photo("rr-2")
    digest, first = kept(store, photo, b"photo"), kept(store, other, b"other")
    erase(eraser, photo)

    store.keep_overlay(first, digest, "changed-1", b"picture")

    assert [key for key in everything(objects) if digest in key] == []


def test_nothing_of_an_erased_photo_is_left_but_that_it_was_erased(
    store: EvidenceStore, objects: Objects, eraser: PhotoEraser
) -> None:
    photo = a_photo()
    digest = kept(store, photo, b"photo")
    assert list(eraser.left_of([MarkedPhoto(photo, (digest,))], {digest})) != []

    marked, gone = erase(eraser, photo)

    assert gone == {digest}
    assert everything(objects) == [photo.pointer]
    assert digest.encode() not in (objects.get(photo.pointer) or b"")
    assert list(eraser.left_of(marked, gone)) == []


def test_an_erased_photo_is_never_looked_at_or_kept_again(
    store: EvidenceStore, objects: Objects, eraser: PhotoEraser
) -> None:
    photo = a_photo()
    kept(store, photo, b"photo")
    erase(eraser, photo)

    with pytest.raises(MediaUnreadable, match=ERASED):
        store.kept(photo.pointer)
    with pytest.raises(MediaUnreadable, match=ERASED):  # a worker that looked before the mark and keeps after it
        store.keep(photo.pointer, b"photo", "claims/c1.jpg")
    assert everything(objects) == [photo.pointer]


def test_a_photo_that_was_never_had_is_not_kept_later(store: EvidenceStore, eraser: PhotoEraser) -> None:
    photo = a_photo()
    erase(eraser, photo)
    with pytest.raises(MediaUnreadable, match=ERASED):
        store.kept(photo.pointer)


OTHERS = {
    "another person's claim": f"requests/rr-2/{DIGEST}/claim/c1",
    "a reference of the same request": f"requests/rr-1/{DIGEST}/reference/r1",
    "a photo of the catalogue": "catalogue/p-1",
}


@pytest.mark.parametrize("pointer", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("before", [True, False], ids=["kept before", "kept after"])
def test_bytes_that_somebody_else_needs_stay_theirs(
    store: EvidenceStore,
    eraser: PhotoEraser,
    pointer: str,
    before: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    photo = a_photo()
    if before:
        store.keep(pointer, b"photo", "theirs.jpg")
    digest = kept(store, photo, b"photo")
    if not before:
        store.keep(pointer, b"photo", "theirs.jpg")

    _, gone = erase(eraser, photo)

    assert gone == frozenset()
    theirs = store.kept(pointer)
    assert theirs is not None
    assert store.photo(theirs.sha256) == b"photo"
    assert store.look(digest, VERSION) is not None
    with pytest.raises(MediaUnreadable, match=ERASED):
        store.kept(photo.pointer)


def test_bytes_go_with_the_last_claim_that_needs_them(
    store: EvidenceStore, objects: Objects, eraser: PhotoEraser
) -> None:
    first, second = a_photo("rr-1"), a_photo("rr-2")
    digest = kept(store, first, b"photo")
    kept(store, second, b"photo")

    assert erase(eraser, first)[1] == frozenset()
    assert erase(eraser, second)[1] == {digest}
    assert everything(objects) == sorted([first.pointer, second.pointer])


def test_pictures_that_show_an_erased_photo_second_go_too(
    store: EvidenceStore, objects: Objects, eraser: PhotoEraser
) -> None:
    theirs = sha256(b"theirs")
    photo = a_photo(beside=frozenset({theirs}))
    digest = kept(store, photo, b"photo")
    shows_both = side_by_side(store, theirs, digest)
    shows_another = side_by_side(store, theirs, "f" * 64)

    erase(eraser, photo)

    assert not objects.has(shows_both)
    assert objects.has(shows_another)


def test_who_comes_with_the_same_bytes_in_the_middle_keeps_them(
    store: EvidenceStore, objects: Objects, eraser: PhotoEraser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst moment: they saw the bytes, wrote that they need them, and then the bytes are deleted."""
    photo = a_photo()
    digest = kept(store, photo, b"photo")
    delete = Objects.delete

    def delete_after_them(here: Objects, key: str) -> None:
        if key.startswith("blobs/"):
            store.keep(OTHERS["another person's claim"], b"photo", "theirs.jpg")
        delete(here, key)

    monkeypatch.setattr(Objects, "delete", delete_after_them)
    _, gone = erase(eraser, photo)

    assert gone == frozenset()
    assert store.photo(digest) == b"photo"
    assert objects.under(f"holders/{digest}") == [holder_of(digest, OTHERS["another person's claim"])]


def test_who_loses_the_race_for_a_pointer_leaves_no_bytes_behind(store: EvidenceStore, objects: Objects) -> None:
    photo = a_photo()
    store.keep(photo.pointer, b"first", "claims/c1.jpg")
    store.keep(photo.pointer, b"second", "claims/c1.jpg")
    assert objects.under("blobs") == [f"blobs/{sha256(b'first')}"]
    assert objects.under("holders") == [f"holders/{sha256(b'first')}/{photo.pointer}"]


@pytest.mark.parametrize("deletions", range(6))
def test_what_a_crash_leaves_is_completed_by_a_repeat(
    store: EvidenceStore, objects: Objects, eraser: PhotoEraser, monkeypatch: pytest.MonkeyPatch, deletions: int
) -> None:
    photos = [a_photo("rr-1"), a_photo("rr-2", beside=frozenset({sha256(b"one")}))]
    digests = {kept(store, photos[0], b"one"), kept(store, photos[1], b"two")}
    side_by_side(store, sha256(b"one"), sha256(b"two"))
    left = deletions
    delete = Objects.delete

    def delete_until_the_crash(here: Objects, key: str) -> None:
        nonlocal left
        if not left:
            raise KeyboardInterrupt
        left -= 1
        delete(here, key)

    with monkeypatch.context() as crashing:
        crashing.setattr(Objects, "delete", delete_until_the_crash)
        with pytest.raises(KeyboardInterrupt):
            erase(eraser, *photos)

    marked, gone = erase(eraser, *photos)

    assert gone == digests
    assert everything(objects) == sorted(photo.pointer for photo in photos)
    assert list(eraser.left_of(marked, gone)) == []


def test_what_is_made_of_a_photo_that_was_erased_meanwhile_is_not_kept(
    store: EvidenceStore, objects: Objects, eraser: PhotoEraser
) -> None:
    """A worker had read the photo, or another claim was compared with it, and both were slow."""
    photo, theirs = a_photo(), store.keep(OTHERS["another person's claim"], b"theirs", "theirs.jpg")[0].sha256
    digest = kept(store, photo, b"photo")
    erase(eraser, photo)

    store.keep_look(digest, VERSION, examine(jpeg(), LIMITS), of_claim=True)
    store.keep_overlay(digest, theirs, "aligned-1", b"picture")
    store.keep_overlay(theirs, digest, "aligned-1", b"picture")

    assert [key for key in everything(objects) if digest in key] == []


def test_what_a_worker_keeps_while_the_photo_goes_goes_too(
    store: EvidenceStore, objects: Objects, eraser: PhotoEraser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst moment: the features were listed and deleted, and the bytes are still there to be seen."""
    photo = a_photo()
    digest = kept(store, photo, b"photo")
    delete = Objects.delete

    def delete_after_them(here: Objects, key: str) -> None:
        if key.startswith("blobs/"):
            store.keep_look(digest, VERSION, examine(jpeg(), LIMITS), of_claim=True)
        delete(here, key)

    monkeypatch.setattr(Objects, "delete", delete_after_them)
    erase(eraser, photo)

    assert everything(objects) == [photo.pointer]


def test_photos_of_a_claim_are_found_by_their_pointers(store: EvidenceStore, eraser: PhotoEraser) -> None:
    store.keep(a_photo(media_id="c:1").pointer, b"one", "claims/c1.jpg")
    store.keep(a_photo(media_id="..").pointer, b"two", "claims/c2.jpg")
    store.keep(OTHERS["a reference of the same request"], b"three", "goods.jpg")
    found = eraser.photos_of("rr-1", DIGEST)
    assert {(photo.media_id, photo.sha256) for photo in found} == {("c:1", sha256(b"one")), ("..", sha256(b"two"))}


def test_a_damaged_pointer_can_be_erased(store: EvidenceStore, place: Place, eraser: PhotoEraser) -> None:
    photo = a_photo(photo=ClaimPhoto("c1", sha256(b"photo")))
    kept(store, photo, b"photo")
    place.put(photo.pointer, b"{")
    marked, gone = erase(eraser, photo)
    assert gone == {sha256(b"photo")}
    assert list(eraser.left_of(marked, gone)) == []


def test_a_file_that_was_kept_before_holders_were_stays_because_nobody_knows_who_needs_it(
    store: EvidenceStore, objects: Objects, eraser: PhotoEraser
) -> None:
    mine, theirs = a_photo("rr-1"), a_photo("rr-2")
    digest = kept(store, mine, b"photo")
    store.keep(theirs.pointer, b"photo", "theirs.jpg")
    for holder in objects.under(f"holders/{digest}"):
        objects.delete(holder)

    _, gone = erase(eraser, mine)

    assert gone == frozenset()
    assert store.photo(digest) == b"photo"
