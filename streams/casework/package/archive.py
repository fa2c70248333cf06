"""The zip of a package: its files in the order in which they are put in, and the list of them, which goes in last."""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

import msgspec

from streams.casework.package import verification

FORMAT = "refund-sentinel/evidence/1"
DATE = verification.DATE
"""Of every entry in the archive: times of files are no evidence, and would make two archives differ."""


class Archive:
    """The files of a package in the order in which they are put in, and what the list says of each."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED, allowZip64=True)
        self.listed: list[dict[str, Any]] = []

    def put(self, path: str, content: bytes | Iterable[bytes], **said: str) -> tuple[int, str, bytes]:
        """Return a file's size in bytes, SHA-256 in hex and first bytes (up to 16), once it is in the archive."""
        size, whole, first = 0, hashlib.sha256(), b""
        with self._zip.open(_info(path), "w", force_zip64=True) as to:
            for piece in [content] if isinstance(content, bytes) else content:
                first = first or piece[:16]
                size += len(piece)
                whole.update(piece)
                to.write(piece)
        self.listed.append({"path": path, "sha256": whole.hexdigest(), "bytes": size, **said})
        return size, whole.hexdigest(), first

    def leave(self) -> None:
        """Write nothing more; else the archive would end itself when it goes, on a file that may be closed."""
        self._zip.fp = None

    def close(self, **said: Any) -> str:
        """Return the SHA-256, in hex, of the list of files, which goes in last."""
        files = sorted(self.listed, key=lambda one: str(one["path"]))
        content = as_json({"format": FORMAT, **said, "files": files})
        with self._zip.open(_info(verification.LIST), "w") as to:
            to.write(content)
        self._zip.close()
        return hashlib.sha256(content).hexdigest()


def _info(path: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, DATE)
    info.external_attr = 0o644 << 16
    info.create_system = 3  # the same everywhere
    return info


def as_json(content: Any) -> bytes:
    """Return content as JSON that people can read, the same bytes for the same content."""
    return msgspec.json.format(msgspec.json.encode(content, order="sorted"), indent=1)


_SUFFIXES = {
    b"\xff\xd8\xff": "jpg",
    b"\x89PNG": "png",
    b"GIF8": "gif",
    b"RIFF": "webp",
    b"II*\0": "tif",
    b"MM\0*": "tif",
}


def peeked(pieces: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return the first bytes (up to 16), and an iterator over all the pieces, the first included."""
    rest = iter(pieces)
    first = next(rest, b"")

    def whole() -> Iterator[bytes]:
        yield first
        yield from rest

    return first[:16], whole()


def name_of(*ids: str) -> str:
    """Return a file name made of ids; no other ids give the same one, because none has ``+`` or ``~`` in it."""
    return "+".join(ids).replace(":", "~")


def suffix_of(first: bytes) -> str:
    """Return the suffix of a photo's file by its first bytes, as ``jpg``; ``bin`` where these are unknown."""
    if first[4:8] == b"ftyp":
        return "heic"
    return next((suffix for magic, suffix in _SUFFIXES.items() if first.startswith(magic)), "bin")
