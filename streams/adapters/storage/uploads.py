"""The evidence store, as uploads need it."""

from collections.abc import Iterator

from streams.adapters.storage.evidence_store import EvidenceStore
from streams.adapters.storage.files import Room, close, gathered


class StoredUploads:
    """Fulfils :class:`streams.casework.parties.uploads.UploadStore`."""

    def __init__(self, store: EvidenceStore, room: Room) -> None:
        self._store = store
        self._room = room

    def keep(self, pointer: str, pieces: Iterator[bytes], uri: str) -> bool:
        """Return whether the bytes are newly kept under the pointer; False: they were kept before.

        Raises :class:`streams.errors.MediaUnreadable` for a file that is too large, or was erased.
        """
        if self._store.kept(pointer) is not None:
            return False
        file = gathered(pieces, self._room)
        kept_file = file
        try:
            _, kept_file = self._store.keep(pointer, file, uri)
            self._store.settled()
        finally:
            close(file)
            if kept_file is not file:
                close(kept_file)
        return True

    def forget(self, pointer: str, sha256: str) -> None:
        """Remove a pointer that was stored just now, and its bytes unless others need them."""
        self._store.forget(pointer, sha256)
