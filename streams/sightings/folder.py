"""The folder of segments: which files count, up to which position they hold the log, and who may write.

The list of segments is replaced in one step, after the segments themselves: whatever a crash leaves behind is either
in the list and whole, or not in the list and removed by the next writer. Processes of one host share the folder: one
writes, by a lock that ends with its process, the others map what it wrote.
"""

import fcntl
import os
from pathlib import Path
from zlib import crc32

import msgspec

from streams.errors import ReplicaDamaged
from streams.sightings.arrays import write_synced

FORMAT = 1
_LIST = "segments.json"
_LOCK = "lock"
_KINDS = ("*.segment", "*.new")


class Named(msgspec.Struct, frozen=True):
    """One segment: its file, and the position from which on it holds the log."""

    file: str
    since: int


class Checkpoint(msgspec.Struct, frozen=True):
    """What the segments hold: everything below ``position``. Erased photos still in them and withdrawn ones are hidden.

    ``number`` grows by one with each: files are named by it. ``erased_since_ms`` is when the first of the erased that
    are still in them was erased.
    """

    format: int = FORMAT
    number: int = 0
    position: int = 0
    segments: list[Named] = []
    erased: list[int] = []
    withdrawn: list[int] = []
    erased_since_ms: int | None = None


class Folder:
    """A folder of segments."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock: int | None = None

    def lock(self) -> bool:
        """Return whether this process may write here, from now until :meth:`close` or its end."""
        if self._lock is None:
            handle = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(handle)
                return False
            self._lock = handle
        return True

    def close(self) -> None:
        """Let another process write."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def read(self) -> Checkpoint:
        """Return the last checkpoint, or the very first where there is none.

        Raises :class:`ReplicaDamaged` when it is not what was written.
        """
        try:
            checksum, _, raw = (self.path / _LIST).read_bytes().partition(b"\n")
        except FileNotFoundError:
            return Checkpoint()
        try:
            checkpoint = msgspec.json.decode(raw, type=Checkpoint)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            checkpoint = None
        if checkpoint is None or checksum != _checksum(raw) or checkpoint.format != FORMAT:
            msg = f"{_LIST} is not what was written, or of another format than {FORMAT}"
            raise ReplicaDamaged(msg)
        return checkpoint

    def commit(self, checkpoint: Checkpoint) -> None:
        """Make a checkpoint the one that counts; its segments must be written. Only the holder of the lock does."""
        raw = msgspec.json.encode(checkpoint)
        write_synced(self.path / _LIST, _checksum(raw) + b"\n" + raw)

    def set_aside(self, name: str) -> None:
        """Keep a damaged file for a look, under a name that does not count."""
        path = self.path / name
        if path.exists():
            path.replace(path.with_name(f"{name}.damaged"))

    def set_list_aside(self) -> None:
        """Keep a damaged list of segments for a look."""
        self.set_aside(_LIST)

    def clean(self, checkpoint: Checkpoint) -> None:
        """Remove segments that the checkpoint does not name: a crash, or another writer, left them."""
        named = {segment.file for segment in checkpoint.segments}
        for kind in _KINDS:
            for path in self.path.glob(kind):
                if path.name not in named:
                    path.unlink(missing_ok=True)


def _checksum(raw: bytes) -> bytes:
    return b"%08x" % crc32(raw)
