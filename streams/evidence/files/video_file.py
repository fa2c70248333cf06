"""A video on disk: read in ranges, never held whole in memory, and deleted when the last user closes it."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Self, overload

from streams.errors import StoreUnavailable

_PIECE = 1024 * 1024


def _opened(folder: Path | None) -> BinaryIO:
    """Return a new file without a name; a folder that is not there is made."""
    with _on_disk():
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryFile(dir=folder)


def _write(file: BinaryIO, piece: bytes) -> None:
    with _on_disk():
        file.write(piece)
        file.flush()


@contextmanager
def _on_disk() -> Iterator[None]:
    """Raise what our own disk refuses as :class:`StoreUnavailable`: neither the video nor its host is at fault."""
    try:
        yield
    except OSError as exc:
        msg = f"a video cannot be put on disk ({exc.strerror}): give SENTINEL_DATA_DIR a disk with more room"
        raise StoreUnavailable(msg) from exc


class VideoFile:
    """A file that is sliced like bytes; each slice is read when it is asked for. Close it, or use it in a ``with``.

    A file made by :meth:`of` has no name: it is gone when this process ends, in whatever way.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = os.fstat(file.fileno()).st_size
        self._sha256: str | None = None

    @classmethod
    def of(cls, pieces: Iterable[bytes], folder: Path | None = None) -> Self:
        """Return a file without a name in ``folder`` (none: where temporary files are) that holds these pieces."""
        file = _opened(folder)
        try:
            for piece in pieces:
                _write(file, piece)
        except BaseException:
            file.close()
            raise
        return cls(file)

    @classmethod
    def at(cls, path: Path) -> Self:
        """Return the file at a path."""
        return cls(path.open("rb"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, at: int, /) -> int: ...
    @overload
    def __getitem__(self, part: slice, /) -> bytes: ...
    def __getitem__(self, part: int | slice, /) -> int | bytes:
        if isinstance(part, slice):
            start, stop, _ = part.indices(self._size)
            return os.pread(self._file.fileno(), max(0, stop - start), start)
        return os.pread(self._file.fileno(), 1, part)[0]

    @property
    def path(self) -> str:
        """A path under which this process and its libraries can open the file."""
        return f"/proc/self/fd/{self._file.fileno()}"

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Give the file, from its beginning, to whoever reads on and seeks."""
        with Path(self.path).open("rb") as file:
            yield file

    def sha256(self) -> str:
        """Return the SHA-256 of the file, in hex; the file is read for it only the first time."""
        if self._sha256 is None:
            digest = hashlib.sha256()
            for piece in self.pieces(_PIECE):
                digest.update(piece)
            self._sha256 = digest.hexdigest()
        return self._sha256

    def pieces(self, size: int) -> Iterator[bytes]:
        """Yield the whole file in pieces of ``size`` bytes."""
        for at in range(0, self._size, size):
            yield self[at : at + size]
