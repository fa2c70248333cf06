"""Objects of a store in ranges: each is an answer of its own, so that a large one is bounded in memory and in time."""

from collections.abc import Callable, Iterator

from obstore.exceptions import PreconditionError
from obstore.store import LocalStore, S3Store

from streams.adapters.storage.files import PIECE
from streams.errors import StoreUnavailable
from streams.evidence.files.media_kinds import HEAD_BYTES

Fits = Callable[[int, Callable[[], bytes]], None]
"""Told the size of an object before it is read, and how to get its first bytes; it may raise."""


def ranges(store: LocalStore | S3Store, key: str, fits: Fits = lambda _size, _head: None) -> Iterator[bytes]:
    """Yield an object in pieces; one that fits into a single piece comes with the first answer.

    Errors are those of the store; where the object changed between two pieces, :class:`StoreUnavailable`: trying again
    gets the new one.
    """
    found = store.get(key)
    size, tag = found.meta["size"], found.meta["e_tag"]
    fits(size, lambda: bytes(store.get_range(key, start=0, end=min(size, HEAD_BYTES))))
    if size <= PIECE:
        yield found.bytes().to_bytes()
        return
    del found
    for at in range(0, size, PIECE):
        try:
            yield store.get(key, options={"range": (at, min(size, at + PIECE)), "if_match": tag}).bytes().to_bytes()
        except PreconditionError as exc:
            msg = "a file in the store changed while it was read"
            raise StoreUnavailable(msg) from exc
