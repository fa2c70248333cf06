"""Whether a store can be used at all, asked without naming anything in it. Calls block."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from obstore.exceptions import BaseError

from streams.adapters.storage.s3 import open_bucket, unavailable
from streams.errors import StoreUnavailable
from streams.settings import Settings

ANSWER_S = 4.0


class StoreCheck:
    """The stores of a worker that looks at photos."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is contacted yet."""
        self._media = settings.media_url
        self._evidence = settings.evidence_store_url
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
            return self._listed(self._evidence, "evidence")
        folder = _folder(self._evidence)
        there = next(one for one in (folder, *folder.parents) if one.exists())  # what is missing is made
        if not os.access(there, os.R_OK | os.W_OK | os.X_OK) or not there.is_dir():
            msg = f"the folder of our own copies {folder} cannot be written: check SENTINEL_EVIDENCE_URL"
            raise StoreUnavailable(msg)
        return None

    def _listed(self, url: str, which: str) -> None:
        try:
            next(iter(self._buckets[url].list(chunk_size=1)), None)
        except (BaseError, OSError) as exc:
            raise unavailable(exc, which=which) from None


def _folder(url: str) -> Path:
    return Path(unquote(urlsplit(url).path))
