"""Objects of the evidence store by key: a folder or an S3 bucket. Calls block.

Every method raises :class:`streams.errors.StoreUnavailable` when the store does not answer.
"""

import errno
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import LocalStore, S3Store

from streams.adapters.storage.files import PIECE, File, Room, gathered
from streams.adapters.storage.ranges import ranges
from streams.adapters.storage.s3 import open_bucket, unavailable
from streams.evidence.files.video_file import VideoFile


class Objects:
    """What the evidence store is made of."""

    def __init__(self, store: LocalStore | S3Store, folder: Path | None = None) -> None:
        """``folder`` is where a store on this machine keeps its objects."""
        self._store = store
        self._folder = folder
        self._settling = ThreadPoolExecutor(1, "settling")  # its thread begins with the first of them
        self._unsettled: deque[Future[None]] = deque()

    def get(self, key: str) -> bytes | None:
        """Return what is under a key, or None."""
        try:
            with _answering(FileNotFoundError):
                return self._store.get(key).bytes().to_bytes()
        except FileNotFoundError:
            return None

    def pieces(self, key: str) -> Iterator[bytes] | None:
        """Return what is under a key in pieces that come as they are asked for, or None."""
        return ranges(self._store, key) if self.has(key) else None

    def read(self, key: str, scratch: Path | None = None) -> File | None:
        """Return the file under a key, a video on disk in ``scratch``, or None."""
        try:
            with _answering(FileNotFoundError):
                return gathered(ranges(self._store, key), Room(folder=scratch))
        except FileNotFoundError:
            return None

    def has(self, key: str) -> bool:
        """Return whether something is under a key."""
        return self.size_bytes(key) is not None

    def size_bytes(self, key: str) -> int | None:
        """Return how large what is under a key is, or None."""
        try:
            with _answering(FileNotFoundError):
                return self._store.head(key)["size"]
        except FileNotFoundError:
            return None

    def part(self, key: str, start: int, end: int) -> bytes:
        """Return what is under a key from ``start`` to before ``end``; what is not there does not answer."""
        with _answering():
            return bytes(self._store.get_range(key, start=start, end=end))

    def put(self, key: str, content: bytes, *, lasting: bool = False) -> None:
        """Put content under a key, in place of what is there; ``lasting``: see :meth:`settled`."""
        with _answering():
            self._store.put(key, content)
            if lasting:
                self._settle(key)

    def put_if_absent(self, key: str, content: bytes, *, lasting: bool = False) -> bool:
        """Return whether the content was put, False when something was there; ``lasting``: see :meth:`settled`."""
        try:
            with _answering(AlreadyExistsError, PreconditionError):
                self._store.put(key, content, mode="create", use_multipart=False)
                if lasting:
                    self._settle(key)
        except (AlreadyExistsError, PreconditionError):
            return False
        return True

    def put_file(self, key: str, file: File) -> None:
        """Put a file under the key that its bytes have alone, unless it is there: a repeat changes nothing.

        A video goes in parts, and is there once it is whole. On S3 what a killed process had sent of it stays in the
        bucket, unseen, until the bucket's own rule for incomplete uploads takes it away. It lasts: see :meth:`settled`.
        """
        if isinstance(file, bytes):
            self.put_if_absent(key, file, lasting=True)
            return
        with _answering():
            if self._folder is None or not _link(file, self._folder / key):
                with file.opened() as stream:
                    self._store.put(key, stream, use_multipart=True, chunk_size=PIECE, max_concurrency=2)
            self._settle(key)

    def delete(self, key: str) -> None:
        """Delete what is under a key, if anything is; after :meth:`settled` it stays deleted."""
        with suppress(FileNotFoundError), _answering(FileNotFoundError):
            self._store.delete(key)
            self._settle(key)

    def settled(self) -> None:
        """Wait until a machine that loses its power keeps what was to last, and does not bring back what was deleted.

        That goes on beside what its caller does meanwhile, as a disk takes some milliseconds for each. A bucket needs
        no wait.
        """
        with _answering():
            while self._unsettled:
                self._unsettled.popleft().result()

    def _settle(self, key: str) -> None:
        if self._folder is not None:
            self._unsettled.append(self._settling.submit(_on_disk, self._folder / key))

    def under(self, prefix: str) -> list[str]:
        """Return the keys that begin with ``prefix/``."""
        with _answering():
            return [found["path"] for page in self._store.list(prefix) for found in page]


def _on_disk(path: Path) -> None:
    """Wait until the disk has a file, or that there is none of this name."""
    with suppress(FileNotFoundError):  # deleted, or by somebody else meanwhile
        _sync(path)
    for folder in path.parents:
        with suppress(FileNotFoundError):  # a folder that became empty goes too
            _sync(folder)
            return


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _link(file: VideoFile, path: Path) -> bool:
    """Put a file at a path where none is: until it is whole it has no name, so that nothing is left of half of one.

    Returns False where the file system knows no files without a name.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path.parent, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o666)
    except OSError as exc:
        if exc.errno in {errno.EOPNOTSUPP, errno.EISDIR}:
            return False
        raise
    with open(descriptor, "wb") as copy:  # noqa: PTH123 - by descriptor
        copy.writelines(file.pieces(PIECE))
        copy.flush()
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            with suppress(FileExistsError):
                os.link(f"/proc/self/fd/{descriptor}", path.name, dst_dir_fd=folder, follow_symlinks=True)
        finally:
            os.close(folder)
    return True


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
    folder = unquote(parts.path)
    with _answering():
        return Objects(LocalStore(folder, automatic_cleanup=True, mkdir=True), Path(folder))
