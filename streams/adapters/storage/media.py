"""The platform's photos, only read: a folder, an S3 bucket, or https from allowed hosts. Calls block.

Two kinds of failure are told apart: this medium cannot be had, whoever tries (:class:`MediaUnreadable`: the request
goes to people), and the store does not answer (:class:`StoreUnavailable`: the worker tries again).
"""

import errno
import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from obstore.exceptions import BaseError, PermissionDeniedError
from obstore.store import S3Store

from streams.adapters.storage.https import fetch_https
from streams.adapters.storage.s3 import answers, open_bucket, unavailable
from streams.errors import MediaUnreadable, StoreUnavailable
from streams.wording import causes

_REFUSED = re.compile(r"status code: 4(?!08|29)\d\d")
"""What a store says of a request that it will never grant: where it answers others, this medium is at fault."""
_MISSING = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL})


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Bytes of one photo at most, and seconds for one answer of a store or host."""

    size_bytes: int
    answer_s: float


class Shelf(Protocol):
    """A place where media are kept under keys."""

    def fetch(self, key: str) -> bytes:
        """Return the bytes under a checked key. Raises MediaUnreadable or StoreUnavailable."""


@dataclass(frozen=True, slots=True)
class Media:
    """Where the photos of claims and catalogue come from."""

    shelf: Shelf
    hosts: Sequence[str]
    limits: FetchLimits

    def fetch(self, uri: str) -> bytes:
        """Return the bytes behind a medium's ``uri``: a key in the store, or https on an allowed host.

        Raises :class:`MediaUnreadable` with a sentence for people, or :class:`StoreUnavailable`.
        """
        if uri.startswith("https://"):
            return fetch_https(uri, self.hosts, self.limits.size_bytes, self.limits.answer_s)
        return self.shelf.fetch(_key(uri))


def open_media(url: str, hosts: Sequence[str], limits: FetchLimits) -> Media:
    """Return the media behind ``file:///folder`` or ``s3://bucket/prefix``; nothing is contacted yet.

    S3 takes credentials, region and endpoint from ``AWS_*`` in the environment. Its user needs ``s3:ListBucket``
    beside ``s3:GetObject``: without it S3 answers "denied" for a photo that is missing.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Media(Folder(Path(unquote(parts.path)), limits.size_bytes), hosts, limits)
    return Media(Bucket(open_bucket(url, limits.answer_s), limits.size_bytes), hosts, limits)


def _key(uri: str) -> str:
    if "://" in uri or uri.startswith(("/", "\\")) or any(part in {"", ".", ".."} for part in uri.split("/")):
        raise MediaUnreadable(causes.ADDRESS_OUTSIDE_STORE)
    return uri


def _too_large(size: int, limit: int) -> MediaUnreadable:
    return MediaUnreadable(causes.file_too_large(size, limit))


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of this machine. Links that lead outside it, pipes, devices and folders are refused, never opened."""

    root: Path
    size_bytes: int

    def fetch(self, key: str) -> bytes:
        """Return a file's bytes."""
        try:
            return self._read(key)
        except OSError as exc:
            if exc.errno in _MISSING and self.root.is_dir():
                raise MediaUnreadable(causes.PHOTO_MISSING) from exc
            if exc.errno in {errno.EACCES, errno.EPERM, errno.ELOOP} and self.root.is_dir():
                raise MediaUnreadable(causes.PHOTO_NOT_READABLE) from exc
            msg = f"the media folder cannot be read: check SENTINEL_MEDIA_URL ({exc.strerror})"
            raise StoreUnavailable(msg) from exc
        except (ValueError, RuntimeError) as exc:  # a name that no file system takes, or links in a circle
            raise MediaUnreadable(causes.PHOTO_MISSING) from exc

    def _read(self, key: str) -> bytes:
        root = self.root.resolve()
        path = (root / key).resolve(strict=True)
        if not path.is_relative_to(root):
            raise MediaUnreadable(causes.ADDRESS_OUTSIDE_STORE)
        self._check(path.stat())
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - opened by descriptor, so that what was checked is read
            found = os.fstat(descriptor)
            self._check(found)
            photo = file.read(found.st_size + 1)  # not as much as it might be: clearing room for that takes longer
            if len(photo) > found.st_size:  # it grew meanwhile
                photo += file.read(self.size_bytes)
        if len(photo) > self.size_bytes:
            raise _too_large(len(photo), self.size_bytes)
        return photo

    def _check(self, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise MediaUnreadable(causes.ADDRESS_NOT_A_FILE)
        if found.st_size > self.size_bytes:
            raise _too_large(found.st_size, self.size_bytes)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket, or a prefix in it, of an S3-compatible store."""

    store: S3Store
    size_bytes: int

    def fetch(self, key: str) -> bytes:
        """Return an object's bytes."""
        try:
            found = self.store.get(key)
            size = found.meta["size"]
            if size > self.size_bytes:
                raise _too_large(size, self.size_bytes)
            return found.bytes().to_bytes()
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
