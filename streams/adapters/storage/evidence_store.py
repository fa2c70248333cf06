"""Our own copies of photos, and what was measured on them: a folder or an S3 bucket. Calls block.

``blobs/{sha256}``                  the bytes, written once
``{pointer}``                       which bytes a medium of a request stands for: first come, kept; one of the
                                    catalogue's is written only once its bytes could be looked at
``features/{sha256}/{version}``     what a look found, so that a known photo is not decoded again
``overlays/{claim}/{reference}/{version}``  both photos side by side with what was altered, named by their sha256
``beside/{reference}/{claim}/{version}``    says that there is such an overlay: who erases the second photo finds it
``holders/{sha256}/{pointer}``      says that a claim's pointer needs these bytes, or that photos of ``goods`` do

A blob is written before the pointer to it, so a pointer never dangles. Pointers, blobs and overlays are put only if
absent. Once a person's photo is erased (``photo_erasure.py``) its pointer says so, for ever: whoever looks at the photo
again, as a replay does, must not bring it back.
"""

import hashlib
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import msgspec

from schemas.records import Fingerprint, ProvenanceFinding, Reading
from streams.adapters.storage.files import File, close
from streams.adapters.storage.kept_bytes import blob_of, holder_of, let_go
from streams.adapters.storage.objects import Objects, open_objects
from streams.errors import MediaUnreadable, StoreUnavailable
from streams.evidence.files.video_file import VideoFile
from streams.evidence.looking.examination import Examination
from streams.wording import causes

_CHECK_BYTES = 4


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a pointer says: the bytes that its medium stands for, and where they came from.

    ``erased_at_ms`` says that they were erased; ``sha256`` is then empty, unless they are still being erased. ``video``
    is what the file is, whatever it was sent as; pointers from before that was noted do not say it.
    """

    sha256: str
    size_bytes: int
    uri: str
    erased_at_ms: int | None = None
    video: bool = False

    @classmethod
    def of(cls, file: File, uri: str) -> Self:
        """Return what a pointer to this file says."""
        return cls(_sha256(file), len(file), uri, video=isinstance(file, VideoFile))

    @property
    def key(self) -> str:
        """Where the bytes are in the store."""
        return blob_of(self.sha256)


class _KeptLook(msgspec.Struct, frozen=True):
    readings: tuple[Reading, ...]
    fingerprint: Fingerprint | None
    features: bytes
    provenance: tuple[ProvenanceFinding, ...] = ()


class EvidenceStore:
    """The evidence store; every method raises :class:`StoreUnavailable` when it does not answer."""

    def __init__(self, objects: Objects, scratch: Path | None = None) -> None:
        """``scratch`` is where videos lie while they are looked at; none: where temporary files are."""
        self._objects = objects
        self._scratch = scratch

    def kept(self, pointer: str) -> Kept | None:
        """Return what a pointer stands for, or None when nobody has come yet."""
        content = self._objects.get(pointer)
        if content is None:
            return None
        try:
            found = msgspec.json.decode(content, type=Kept)
        except msgspec.DecodeError as exc:
            raise MediaUnreadable(causes.OWN_RECORD_DAMAGED) from exc
        if found.erased_at_ms is not None:
            raise MediaUnreadable(causes.PHOTO_ERASED)
        return found

    def keep(self, pointer: str, file: File, uri: str, ours: Kept | None = None) -> tuple[Kept, File]:
        """Return what the pointer stands for from now on, and its file: this, or that of whoever came first.

        ``ours`` is what the pointer will say, where that is known: a photo's hash takes a tenth of decoding it.
        """
        ours = ours or Kept.of(file, uri)
        holder = holder_of(ours.sha256, pointer)
        if not self._objects.has(holder):  # before the bytes: whoever erases them looks once more who needs them
            self._objects.put(holder, b"")
        if not self._objects.has(ours.key):
            self._objects.put_file(ours.key, file)
        if self._objects.put_if_absent(pointer, msgspec.json.encode(ours), lasting=True):
            # Whoever erased it for somebody else may have died before putting it back.
            if not self._objects.has(ours.key):
                self._objects.put_file(ours.key, file)
            return ours, file
        first = self._first(pointer, ours)
        return first, file if first.sha256 == ours.sha256 else self.file(first.sha256)

    def settled(self) -> None:
        """Wait until what was kept would outlast a loss of power; see :meth:`Objects.settled`."""
        self._objects.settled()

    def hold(self, pointer: str, sha256: str, uri: str) -> bool:
        """Return whether a pointer stands for these bytes now; False: they are not here, and nothing was put."""
        ours = Kept(sha256, 0, uri)
        self._objects.put(holder_of(sha256, pointer), b"")
        if not self._objects.has(ours.key):
            let_go(self._objects, sha256, pointer)
            return False
        self._objects.put_if_absent(pointer, msgspec.json.encode(ours))
        return True

    def forget(self, pointer: str, sha256: str) -> None:
        """Remove a pointer that was stored just now, and its bytes unless others need them."""
        self._objects.delete(pointer)
        let_go(self._objects, sha256, pointer)

    def _first(self, pointer: str, ours: Kept) -> Kept:
        """Return what the pointer stood for before us; where that are other bytes, ours are taken away again."""
        first = None
        try:
            first = self.kept(pointer)
        finally:
            if first is None or first.sha256 != ours.sha256:
                let_go(self._objects, ours.sha256, pointer)
        if first is None:
            msg = "the evidence store refused a pointer that it does not have; trying again should mend it"
            raise StoreUnavailable(msg)
        return first

    def file(self, sha256: str) -> File:
        """Return our own copy: a photo's bytes, or a video on disk, which whoever gets it has to close.

        A copy that is missing or altered raises :class:`MediaUnreadable`, not :class:`StoreUnavailable`: trying again
        would not mend it and would stop the stream, and people see that the evidence is damaged.
        """
        key = blob_of(sha256)
        found = self._objects.read(key, self._scratch)
        if found is None:
            raise MediaUnreadable(causes.own_copy_missing(key))
        if _sha256(found) != sha256:
            close(found)
            raise MediaUnreadable(causes.own_copy_damaged(key))
        return found

    def photo(self, sha256: str) -> bytes:
        """Return our own copy of what is a photo; errors as of :meth:`file`."""
        found = self.file(sha256)
        if isinstance(found, bytes):
            return found
        close(found)
        raise MediaUnreadable(causes.own_copy_damaged(blob_of(sha256)))

    def look(self, sha256: str, version: str) -> Examination | None:
        """Return what an earlier look found, or None when there was none or what was kept of it is damaged."""
        content = self._objects.get(f"features/{sha256}/{version}")
        if content is None or zlib.crc32(content[_CHECK_BYTES:]) != int.from_bytes(content[:_CHECK_BYTES]):
            return None
        try:
            found = msgspec.msgpack.decode(content[_CHECK_BYTES:], type=_KeptLook)
        except msgspec.DecodeError:
            return None
        return Examination(found.readings, found.fingerprint, found.features, found.provenance)

    def keep_look(self, sha256: str, version: str, found: Examination, *, of_claim: bool = False) -> None:
        """Keep what a look found. The same look again writes the same bytes, so a repeat is harmless."""
        kept = _KeptLook(found.readings, found.fingerprint, found.features, found.provenance)
        content = msgspec.msgpack.encode(kept)
        key = f"features/{sha256}/{version}"
        self._objects.put(key, zlib.crc32(content).to_bytes(_CHECK_BYTES) + content)
        if of_claim:
            self._take_back((key,), sha256)

    def keep_overlay(self, claim: str, reference: str, version: str, picture: bytes) -> str:
        """Return the key of the picture of a pair, named by the sha256 of both; a repeat changes nothing."""
        key, named = f"overlays/{claim}/{reference}/{version}", f"beside/{reference}/{claim}/{version}"
        if claim != reference:
            self._objects.put_if_absent(named, b"")  # before the picture: what is there can be found
        self._objects.put_if_absent(key, picture)
        self._take_back((key, named), claim, reference)
        return key

    def overlay(self, claim: str, reference: str, version: str) -> bytes | None:
        """Return the picture that :meth:`keep_overlay` kept; None: nobody drew it yet."""
        return self._objects.get(f"overlays/{claim}/{reference}/{version}") or None  # empty after a loss of power

    def _take_back(self, keys: Sequence[str], *made_from: str) -> None:
        """Delete what was made from photos that were erased meanwhile: who erases looks for it before and after."""
        if not all(self._objects.has(blob_of(sha256)) for sha256 in made_from):
            for key in keys:
                self._objects.delete(key)


def _sha256(file: File) -> str:
    return file.sha256() if isinstance(file, VideoFile) else hashlib.sha256(file).hexdigest()


def open_evidence_store(url: str, answer_s: float, scratch: Path | None = None) -> EvidenceStore:
    """Return the evidence store behind ``file:///folder`` (made when missing) or ``s3://bucket/prefix``."""
    return EvidenceStore(open_objects(url, answer_s), scratch)
