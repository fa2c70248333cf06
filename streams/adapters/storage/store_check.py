"""Whether a store can be used at all, asked without naming anything in it. Calls block."""

import os
from pathlib import Path
from time import monotonic
from urllib.parse import unquote, urlsplit

from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

from streams.adapters.own_folder import write_something
from streams.adapters.storage.s3 import open_bucket, unavailable, why
from streams.errors import StoreUnavailable
from streams.settings import Settings

ANSWER_S = 4.0
WRITTEN_EVERY_S = 10.0
"""How often a bucket is asked whether it may be written: each question is paid for."""
WRITABLE = "writable"
"""The empty object that is put where it is not: once it is there a bucket answers so, or that it may not be written."""


class StoreCheck:
    """The stores of a worker that looks at photos."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is contacted yet."""
        self._media = settings.media_url
        self._evidence = settings.evidence_store_url
        self._written_at: float | None = None
        self._buckets = {
            url: open_bucket(url, ANSWER_S) for url in (self._media, self._evidence) if url.startswith("s3://")
        }

    def media(self) -> None:
        """Raise :class:`StoreUnavailable` unless photos can be read."""
        if self._media in self._buckets:
            return self._listed(self._media, "media")
        folder = _folder(self._media)
        if not os.access(folder, os.R_OK | os.X_OK) or not folder.is_dir():
            msg = f"the media folder {folder} is not there, or cannot be read: check SENTINEL_MEDIA_URL"
            raise StoreUnavailable(msg)
        return None

    def evidence(self) -> None:
        """Raise :class:`StoreUnavailable` unless our own copies can be written and read."""
        if self._evidence in self._buckets:
            self._listed(self._evidence, "evidence")
            return self._written()
        folder = _folder(self._evidence)
        there = next(one for one in (folder, *folder.parents) if one.exists())  # what is missing is made
        try:
            write_something(there)
        except OSError as exc:
            msg = (
                f"the folder of our own copies {folder} cannot be written ({exc.strerror}): check SENTINEL_EVIDENCE_URL"
            )
            raise StoreUnavailable(msg) from exc
        return None

    def _written(self) -> None:
        if self._written_at is not None and monotonic() < self._written_at + WRITTEN_EVERY_S:
            return
        self._written_at = None
        try:
            self._buckets[self._evidence].put(WRITABLE, b"", mode="create", use_multipart=False)
        except (AlreadyExistsError, PreconditionError):
            pass
        except (BaseError, OSError) as exc:
            msg = f"the bucket of our own copies cannot be written ({why(exc)}): check what the key of AWS_* may do"
            raise StoreUnavailable(msg) from None
        self._written_at = monotonic()

    def _listed(self, url: str, which: str) -> None:
        try:
            next(iter(self._buckets[url].list(chunk_size=1)), None)
        except (BaseError, OSError) as exc:
            raise unavailable(exc, which=which) from None


def _folder(url: str) -> Path:
    return Path(unquote(urlsplit(url).path))
