"""Objects of the evidence store by key: a folder or an S3 bucket. Calls block.

Every method raises :class:`streams.errors.StoreUnavailable` when the store does not answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import unquote, urlsplit

from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import LocalStore, S3Store

from streams.adapters.storage.s3 import open_bucket, unavailable


class Objects:
    """What the evidence store is made of."""

    def __init__(self, store: LocalStore | S3Store) -> None:
        self._store = store

    def get(self, key: str) -> bytes | None:
        """Return what is under a key, or None."""
        try:
            with _answering(FileNotFoundError):
                return self._store.get(key).bytes().to_bytes()
        except FileNotFoundError:
            return None

    def has(self, key: str) -> bool:
        """Return whether something is under a key."""
        try:
            with _answering(FileNotFoundError):
                self._store.head(key)
        except FileNotFoundError:
            return False
        return True

    def put(self, key: str, content: bytes) -> None:
        """Put content under a key, in place of what is there."""
        with _answering():
            self._store.put(key, content)

    def put_if_absent(self, key: str, content: bytes) -> bool:
        """Return whether the content was put; False when something was there already."""
        try:
            with _answering(AlreadyExistsError, PreconditionError):
                self._store.put(key, content, mode="create", use_multipart=False)
        except (AlreadyExistsError, PreconditionError):
            return False
        return True

    def delete(self, key: str) -> None:
        """Take away what is under a key, if anything is."""
        with suppress(FileNotFoundError), _answering(FileNotFoundError):
            self._store.delete(key)

    def under(self, prefix: str) -> list[str]:
        """Return the keys that begin with ``prefix/``."""
        with _answering():
            return [found["path"] for page in self._store.list(prefix) for found in page]


@contextmanager
def _answering(*answers: type[Exception]) -> Iterator[None]:
    """Say of a failure that the store does not answer; its ``answers`` about one key pass through."""
    try:
        yield
    except (BaseError, OSError) as exc:
        if isinstance(exc, answers):
            raise
        raise unavailable(exc, which="evidence") from None


def open_objects(url: str, answer_s: float) -> Objects:
    """Return the objects behind ``file:///folder`` (made when missing) or ``s3://bucket/prefix``.

    A folder that becomes empty goes too: names of folders are names of photos.
    """
    parts = urlsplit(url)
    if parts.scheme != "file":
        return Objects(open_bucket(url, answer_s))
    with _answering():
        return Objects(LocalStore(unquote(parts.path), automatic_cleanup=True, mkdir=True))
