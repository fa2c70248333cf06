"""Our own copies of photos, and what was measured on them: a folder or an S3 bucket. Calls block.

``blobs/{sha256}``                  the bytes, written once
``{pointer}``                       which bytes a medium of a request stands for: first come, kept; one of the
                                    catalogue's is written only once its bytes could be looked at
``features/{sha256}/{version}``     what a look found, so that a known photo is not decoded again
``overlays/{claim}/{reference}/{version}``  both photos side by side with what was altered, named by their sha256

A blob is written before the pointer to it, so a pointer never dangles. Pointers, blobs and overlays are put only if
absent.
"""

import hashlib
import zlib
from typing import Self
from urllib.parse import unquote, urlsplit

import msgspec
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import LocalStore, S3Store

from schemas.records import Fingerprint, ProvenanceFinding, Reading
from streams.adapters.s3 import open_bucket, unavailable
from streams.errors import MediaUnreadable, StoreUnavailable
from streams.evidence.examination import Examination

_CHECK_BYTES = 4


class Kept(msgspec.Struct, frozen=True):
    """What a pointer says: the bytes that its medium stands for, and where they came from."""

    sha256: str
    size_bytes: int
    uri: str

    @classmethod
    def of(cls, photo: bytes, uri: str) -> Self:
        """Return what a pointer to these bytes says."""
        return cls(hashlib.sha256(photo).hexdigest(), len(photo), uri)

    @property
    def key(self) -> str:
        """Where the bytes are in the store."""
        return _blob(self.sha256)


class _KeptLook(msgspec.Struct, frozen=True):
    readings: tuple[Reading, ...]
    fingerprint: Fingerprint
    features: bytes
    provenance: tuple[ProvenanceFinding, ...] = ()


class EvidenceStore:
    """The evidence store; every method raises :class:`StoreUnavailable` when it does not answer."""

    def __init__(self, store: LocalStore | S3Store) -> None:
        self._store = store

    def kept(self, pointer: str) -> Kept | None:
        """Return what a pointer stands for, or None when nobody has come yet."""
        content = self._get(pointer)
        if content is None:
            return None
        try:
            return msgspec.json.decode(content, type=Kept)
        except msgspec.DecodeError as exc:
            msg = "our own record of which file this photo is, is damaged"
            raise MediaUnreadable(msg) from exc

    def keep(self, pointer: str, photo: bytes, uri: str) -> tuple[Kept, bytes]:
        """Return what the pointer stands for from now on, and its bytes: these, or those of whoever came first."""
        ours = Kept.of(photo, uri)
        if not self._has(ours.key):
            self._put_if_absent(ours.key, photo)
        if self._put_if_absent(pointer, msgspec.json.encode(ours)):
            return ours, photo
        first = self.kept(pointer)
        if first is None:
            msg = "the evidence store refused a pointer that it does not have; trying again should mend it"
            raise StoreUnavailable(msg)
        return first, photo if first.sha256 == ours.sha256 else self.photo(first.sha256)

    def photo(self, sha256: str) -> bytes:
        """Return our own copy's bytes.

        A copy that is missing or altered raises :class:`MediaUnreadable`, not :class:`StoreUnavailable`: trying again
        would not mend it and would stop the stream, and people see that the evidence is damaged.
        """
        key = _blob(sha256)
        photo = self._get(key)
        if photo is None or hashlib.sha256(photo).hexdigest() != sha256:
            msg = f"our own copy of the photo is damaged: {key} in the evidence store"
            if photo is None:
                msg = f"our own copy of the photo is missing: {key} in the evidence store"
            raise MediaUnreadable(msg)
        return photo

    def look(self, sha256: str, version: str) -> Examination | None:
        """Return what an earlier look found, or None when there was none or what was kept of it is damaged."""
        content = self._get(f"features/{sha256}/{version}")
        if content is None or zlib.crc32(content[_CHECK_BYTES:]) != int.from_bytes(content[:_CHECK_BYTES]):
            return None
        try:
            found = msgspec.msgpack.decode(content[_CHECK_BYTES:], type=_KeptLook)
        except msgspec.DecodeError:
            return None
        return Examination(found.readings, found.fingerprint, found.features, found.provenance)

    def keep_look(self, sha256: str, version: str, found: Examination) -> None:
        """Keep what a look found. The same look again writes the same bytes, so a repeat is harmless."""
        kept = _KeptLook(found.readings, found.fingerprint, found.features, found.provenance)
        content = msgspec.msgpack.encode(kept)
        self._put(f"features/{sha256}/{version}", zlib.crc32(content).to_bytes(_CHECK_BYTES) + content)

    def keep_overlay(self, claim: str, reference: str, version: str, picture: bytes) -> str:
        """Return the key of the picture of a pair, named by the sha256 of both; a repeat changes nothing."""
        key = f"overlays/{claim}/{reference}/{version}"
        self._put_if_absent(key, picture)
        return key

    def _get(self, key: str) -> bytes | None:
        try:
            return self._store.get(key).bytes().to_bytes()
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as exc:
            raise unavailable(exc, which="evidence") from None

    def _has(self, key: str) -> bool:
        try:
            self._store.head(key)
        except FileNotFoundError:
            return False
        except (BaseError, OSError) as exc:
            raise unavailable(exc, which="evidence") from None
        return True

    def _put(self, key: str, content: bytes) -> None:
        try:
            self._store.put(key, content)
        except (BaseError, OSError) as exc:
            raise unavailable(exc, which="evidence") from None

    def _put_if_absent(self, key: str, content: bytes) -> bool:
        """Return whether the content was put; False when something was there already."""
        try:
            self._store.put(key, content, mode="create", use_multipart=False)
        except (AlreadyExistsError, PreconditionError):
            return False
        except (BaseError, OSError) as exc:
            raise unavailable(exc, which="evidence") from None
        return True


def _blob(sha256: str) -> str:
    return f"blobs/{sha256}"


def open_evidence_store(url: str, answer_s: float) -> EvidenceStore:
    """Return the evidence store behind ``file:///folder`` (made when missing) or ``s3://bucket/prefix``."""
    parts = urlsplit(url)
    if parts.scheme != "file":
        return EvidenceStore(open_bucket(url, answer_s))
    try:
        return EvidenceStore(LocalStore(unquote(parts.path), mkdir=True))
    except (BaseError, OSError) as exc:
        raise unavailable(exc, which="evidence") from None
