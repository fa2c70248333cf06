"""Files of named arrays: written whole or not at all, mapped into memory, and each array with a checksum.

::

    magic (8 bytes), header's length, header's checksum, header (JSON: format, notes, arrays), then the arrays
"""

import mmap
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec
import numpy as np
import numpy.typing as npt

from streams.errors import ReplicaDamaged

MAGIC = b"SIGHTING"
FORMAT = 2
"""2: the catalogue's photos are sorted by their goods too. A file of another format is made anew from the log."""
_HEAD = struct.Struct("<8sII")
_ALIGNED = 4_096
_PIECE = 1 << 24

Array = npt.NDArray[Any]
Shapes = Mapping[str, tuple[str, tuple[int, ...]]]


class _Placed(msgspec.Struct, frozen=True):
    name: str
    dtype: str
    shape: tuple[int, ...]
    offset: int
    crc32: int

    @property
    def length(self) -> int:
        return int(np.prod(self.shape)) * np.dtype(self.dtype).itemsize


class _Header(msgspec.Struct, frozen=True):
    format: int
    notes: dict[str, int]
    arrays: list[_Placed]


class NewArrays:
    """A file that is being written under another name, its arrays mapped for writing; :meth:`finish` makes it real."""

    def __init__(self, path: Path, shapes: Shapes) -> None:
        self._path, self._new = path, path.with_name(f"{path.name}.new")
        self._placed: list[_Placed] = []
        offset = _ALIGNED
        for name, (dtype, shape) in shapes.items():
            self._placed.append(_Placed(name, dtype, shape, offset, 0))
            offset += -(-self._placed[-1].length // _ALIGNED) * _ALIGNED
        with self._new.open("wb") as file:
            file.truncate(offset)
        self.arrays = _mapped(self._new, self._placed, "r+")

    def finish(self, notes: Mapping[str, int]) -> None:
        """Put the file in its place, synced with its folder: after this it survives a crash of the machine."""
        placed = [msgspec.structs.replace(one, crc32=_sum(self.arrays[one.name])) for one in self._placed]
        header = msgspec.json.encode(_Header(FORMAT, dict(notes), placed))
        with self._new.open("r+b") as file:
            file.write(_HEAD.pack(MAGIC, len(header), crc32(header)) + header)
            file.flush()
            os.fsync(file.fileno())
        self.arrays = {}
        self._new.replace(self._path)
        sync_folder(self._path.parent)

    def discard(self) -> None:
        """Leave nothing behind."""
        self.arrays = {}
        self._new.unlink(missing_ok=True)


class Arrays:
    """The arrays of a file, mapped for reading, and what its writer noted."""

    def __init__(self, path: Path) -> None:
        """Raises :class:`ReplicaDamaged` for what is no such file; the arrays themselves are read by :meth:`verify`."""
        self._path = path
        header = _header(path)
        self._placed, self.notes = header.arrays, header.notes
        self.bytes = path.stat().st_size
        if any(one.offset + one.length > self.bytes for one in self._placed):
            msg = f"{path.name} is cut short"
            raise ReplicaDamaged(msg)
        self.arrays = _mapped(path, self._placed, "r")

    def verify(self) -> None:
        """Read all of it, and raise :class:`ReplicaDamaged` where an array is not what was written."""
        for one in self._placed:
            if _sum(self.arrays[one.name]) != one.crc32:
                msg = f"{self._path.name}: {one.name} is not what was written: a bit has changed on the disk"
                raise ReplicaDamaged(msg)
            _unmap(self.arrays[one.name])


def write_synced(path: Path, content: bytes) -> None:
    """Put a small file in its place, whole or not at all."""
    new = path.with_name(f"{path.name}.new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make names in a folder survive a crash of the machine."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _header(path: Path) -> _Header:
    with path.open("rb") as file:
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size or not head.startswith(MAGIC):
            msg = f"{path.name} is no file of earlier photos"
            raise ReplicaDamaged(msg)
        _, length, checksum = _HEAD.unpack(head)
        raw = file.read(length)
    if len(raw) < length or crc32(raw) != checksum:
        msg = f"{path.name}: its header is not what was written"
        raise ReplicaDamaged(msg)
    header = msgspec.json.decode(raw, type=_Header)
    if header.format != FORMAT:
        msg = f"{path.name} has format {header.format}, this program reads {FORMAT}"
        raise ReplicaDamaged(msg)
    return header


def _mapped(path: Path, placed: list[_Placed], mode: Any) -> dict[str, Array]:
    return {
        one.name: np.memmap(path, one.dtype, mode, one.offset, one.shape).view(np.ndarray)
        if one.length
        else np.zeros(one.shape, one.dtype)
        for one in placed
    }


def _unmap(array: Array) -> None:
    """Take an array's pages out of this process's memory, until they are read again; the system may keep them."""
    mapped = array.base
    if isinstance(mapped, np.memmap):
        mapped._mmap.madvise(mmap.MADV_DONTNEED)  # type: ignore[attr-defined]  # noqa: SLF001 - NumPy has no other way


def _sum(array: Array) -> int:
    view, checksum = array.reshape(-1).view(np.uint8).data, 0
    for start in range(0, len(view), _PIECE):
        checksum = crc32(view[start : start + _PIECE], checksum)
    return checksum
