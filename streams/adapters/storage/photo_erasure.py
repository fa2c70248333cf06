"""Erasing photos from the evidence store, in an order that a crash may interrupt anywhere and a repeat completes.

First each photo's pointer is marked, so that nobody looks at it any more; then the bytes go, with what was made of
them, unless other pointers need them; last the mark forgets which bytes it was. The mark itself stays for ever.
"""

from collections.abc import Callable, Collection, Iterator, Sequence

import msgspec

from schemas.names import media_id_of, request_folder
from streams.adapters.storage.evidence_store import Kept
from streams.adapters.storage.kept_bytes import let_go, made_of
from streams.adapters.storage.objects import Objects
from streams.cases.photos.photos import ClaimPhoto
from streams.cases.record.erasure import MarkedPhoto, PersonsPhoto


class PhotoEraser:
    """Fulfils :class:`streams.casework.record.erasure_ports.PhotoStore`; errors as of :class:`Objects`."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def photos_of(self, request_id: str, request_digest: str) -> list[ClaimPhoto]:
        """Return the claim photos of a request that have a pointer here."""
        return [
            ClaimPhoto(media_id_of(pointer), (self._said(pointer) or _UNREAD).sha256 or None)
            for pointer in self._objects.under(request_folder(request_id, request_digest, "claim"))
        ]

    def mark(self, photo: PersonsPhoto, now_ms: int) -> MarkedPhoto:
        """Return the bytes that a photo stood for; from now on nobody looks at it or keeps it."""
        said = self._said(photo.pointer)
        if said is None or said.erased_at_ms is None:
            known = (said or _UNREAD).sha256 or photo.photo.sha256 or ""
            mark = Kept(known, 0, "", now_ms)
            if said is None and not self._objects.put_if_absent(photo.pointer, msgspec.json.encode(mark), lasting=True):
                return self.mark(photo, now_ms)  # a replay has just kept it: what it kept has to be known
            self._objects.put(photo.pointer, msgspec.json.encode(mark), lasting=True)
            said = mark
        return MarkedPhoto(photo, tuple(sorted({said.sha256, photo.photo.sha256 or ""} - {""})))

    def take_away(self, marked: Sequence[MarkedPhoto], on_done: Callable[[int], None]) -> frozenset[str]:
        """Return the SHA-256 of the bytes that are gone: all that no other person's photo, and no photo of goods needs.

        ``on_done`` is told how many photos are done.
        """
        gone: set[str] = set()
        for done, one in enumerate(marked, 1):
            gone.update(sha256 for sha256 in one.bytes if let_go(self._objects, sha256, one.photo.pointer))
            on_done(done)
        for key in self._side_by_side(marked, gone):
            self._objects.delete(key)
        return frozenset(gone)

    def finish(self, marked: MarkedPhoto) -> None:
        """Forget which bytes a marked photo stood for."""
        said = self._said(marked.photo.pointer)
        if said is not None and said.sha256:
            mark = Kept("", 0, "", said.erased_at_ms)
            self._objects.put(marked.photo.pointer, msgspec.json.encode(mark), lasting=True)
            self._objects.settled()

    def left_of(self, marked: Sequence[MarkedPhoto], gone: Collection[str]) -> Iterator[str]:
        """Give the key of everything that is still kept of erased photos: nothing, once all is done."""
        for one in marked:
            said = self._said(one.photo.pointer)
            if said is None or said.erased_at_ms is None or said.sha256 or said.uri:
                yield one.photo.pointer
        for sha256 in gone:
            yield from made_of(self._objects, sha256)
        yield from self._side_by_side(marked, gone)

    def _side_by_side(self, marked: Sequence[MarkedPhoto], gone: Collection[str]) -> Iterator[str]:
        """Give the pictures that show another photo first and one of these second."""
        pairs = {(other, sha256) for one in marked for sha256 in one.bytes for other in one.photo.beside}
        for other, sha256 in sorted(pairs):
            if sha256 in gone:
                yield from self._objects.under(f"overlays/{other}/{sha256}")

    def _said(self, pointer: str) -> Kept | None:
        """Return what a pointer says, erased or not; a damaged one says nothing of bytes."""
        content = self._objects.get(pointer)
        if content is None:
            return None
        try:
            return msgspec.json.decode(content, type=Kept)
        except msgspec.DecodeError:
            return _UNREAD


_UNREAD = Kept("", 0, "")
