"""The platform's photos, only read: a folder, an S3 bucket, or https from allowed hosts. Calls block.

Two kinds of failure are told apart: this medium cannot be had, whoever tries (:class:`MediaUnreadable`: the request
goes to people), and the store does not answer (:class:`StoreUnavailable`: the worker tries again).
"""

import errno
import os
import re
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from obstore.exceptions import BaseError, PermissionDeniedError
from obstore.store import S3Store

from streams.adapters.storage.files import PIECE, FetchLimits, File, Room, gathered
from streams.adapters.storage.https import fetch_https
from streams.adapters.storage.ranges import ranges
from streams.adapters.storage.s3 import answers, open_bucket, unavailable
from streams.errors import MediaUnreadable, StoreUnavailable
from streams.evidence.files.media_kinds import HEAD_BYTES, video_format
from streams.wording import causes

_REFUSED = re.compile(r"status code: 4(?!08|29)\d\d")
"""What a store says of a request that it will never grant: where it answers others, this medium is at fault."""
_MISSING = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL})


class Shelf(Protocol):
    """A place where media are kept under keys."""

    def fetch(self, key: str, *, videos: bool = True) -> File:
        """Return the file under a checked key. Raises MediaUnreadable, StoreUnavailable or IsVideo."""


@dataclass(frozen=True, slots=True)
class Media:
    """Where the photos of claims and catalogue come from."""

    shelf: Shelf
    hosts: Sequence[str]
    limits: FetchLimits

    def fetch(self, uri: str, *, videos: bool = True) -> File:
        """Return the file behind a medium's ``uri``: a key in the store, or https on an allowed host.

        Raises :class:`MediaUnreadable` with the cause, :class:`StoreUnavailable`, or, unless ``videos`` are expected,
        :class:`streams.adapters.storage.files.IsVideo` as soon as the first bytes say so.
        """
        if uri.startswith("https://"):
            return fetch_https(uri, self.hosts, self.limits, videos=videos)
        return self.shelf.fetch(_key(uri), videos=videos)


def open_media(url: str, hosts: Sequence[str], limits: FetchLimits) -> Media:
    """Return the media behind ``file:///folder`` or ``s3://bucket/prefix``; nothing is contacted yet.

    S3 takes credentials, region and endpoint from ``AWS_*`` in the environment. Its user needs ``s3:ListBucket``
    beside ``s3:GetObject``: without it S3 answers "denied" for a photo that is missing.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Media(Folder(Path(unquote(parts.path)), limits.room), hosts, limits)
    return Media(Bucket(open_bucket(url, limits.answer_s), limits.room), hosts, limits)


def _key(uri: str) -> str:
    if "://" in uri or uri.startswith(("/", "\\")) or any(part in {"", ".", ".."} for part in uri.split("/")):
        raise MediaUnreadable(causes.ADDRESS_OUTSIDE_STORE)
    return uri


def _fits(size: int, head: Callable[[], bytes], room: Room) -> None:
    """Return when a file of this size may be fetched; its first bytes are asked for only where they matter."""
    if room.photo_bytes is None or size <= room.photo_bytes:
        return
    limit = room.photo_bytes
    if room.video_bytes is not None and video_format(head()) is not None:
        limit = room.video_bytes
    if size > limit:
        raise MediaUnreadable(causes.file_too_large(size, limit))


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of this machine. Links that lead outside it, pipes, devices and folders are refused, never opened."""

    root: Path
    room: Room

    def fetch(self, key: str, *, videos: bool = True) -> File:
        """Return a file."""
        try:
            return self._read(key, videos=videos)
        except OSError as exc:
            if exc.errno in _MISSING and self.root.is_dir():
                raise MediaUnreadable(causes.PHOTO_MISSING) from exc
            if exc.errno in {errno.EACCES, errno.EPERM, errno.ELOOP} and self.root.is_dir():
                raise MediaUnreadable(causes.PHOTO_NOT_READABLE) from exc
            msg = f"the media folder cannot be read: check SENTINEL_MEDIA_URL ({exc.strerror})"
            raise StoreUnavailable(msg) from exc
        except (ValueError, RuntimeError) as exc:  # a name that no file system takes, or links in a circle
            raise MediaUnreadable(causes.PHOTO_MISSING) from exc

    def _read(self, key: str, *, videos: bool) -> File:
        root = self.root.resolve()
        path = (root / key).resolve(strict=True)
        if not path.is_relative_to(root):
            raise MediaUnreadable(causes.ADDRESS_OUTSIDE_STORE)
        _check(path.stat())
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - opened by descriptor, so that what was checked is read
            found = os.fstat(descriptor)
            _check(found)
            head = os.pread(descriptor, HEAD_BYTES, 0)
            _fits(found.st_size, lambda: head, self.room)
            if video_format(head) is None:
                return self._photo(file, found.st_size)
            return gathered(iter(partial(file.read, PIECE), b""), self.room, videos=videos)

    def _photo(self, file: BinaryIO, size: int) -> bytes:
        photo = file.read(size + 1)  # not as much as it might be: clearing room for that takes longer
        if len(photo) > size:  # it grew meanwhile
            photo += file.read(self.room.photo_bytes or -1)
        if self.room.photo_bytes is not None and len(photo) > self.room.photo_bytes:
            raise MediaUnreadable(causes.file_too_large(len(photo), self.room.photo_bytes))
        return photo


def _check(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise MediaUnreadable(causes.ADDRESS_NOT_A_FILE)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket, or a prefix in it, of an S3-compatible store."""

    store: S3Store
    room: Room

    def fetch(self, key: str, *, videos: bool = True) -> File:
        """Return an object: at once where it fits into a piece, else in ranges, each with an answer's time."""
        try:
            pieces = ranges(self.store, key, lambda size, head: _fits(size, head, self.room))
            return gathered(pieces, self.room, videos=videos)
        except ValueError as exc:
            raise MediaUnreadable(causes.ADDRESS_OUTSIDE_STORE) from exc
        except (FileNotFoundError, PermissionDeniedError) as exc:
            if answers(self.store):
                refused = isinstance(exc, PermissionDeniedError)
                raise MediaUnreadable(causes.PHOTO_NOT_READABLE if refused else causes.PHOTO_MISSING) from exc
            msg = "the media bucket is missing or may not be listed: check SENTINEL_MEDIA_URL and AWS_*"
            raise StoreUnavailable(msg) from exc
        except (BaseError, OSError) as exc:
            if _REFUSED.search(str(exc)) and answers(self.store):
                raise MediaUnreadable(causes.STORE_WITHHOLDS_PHOTO) from None
            raise unavailable(exc, which="media") from None
