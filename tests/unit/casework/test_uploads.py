"""Files that parties send: all of them are kept, or none."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

import pytest

from streams.cases.sent_evidence import SentMedium
from streams.casework.uploads import Uploaded, Uploads
from streams.errors import MediaUnreadable
from streams.wording import causes
from tests.unit.cases.cases import a_case

if TYPE_CHECKING:
    from streams.casework.further_evidence import FurtherEvidence


class Shelf:
    """A store in memory that refuses a file without any bytes."""

    def __init__(self) -> None:
        self.kept: set[str] = set()

    def keep(self, pointer: str, pieces: Iterator[bytes], uri: str) -> bool:
        if not any(pieces):
            raise MediaUnreadable(causes.host_not_trusted(uri))
        new = pointer not in self.kept
        self.kept.add(pointer)
        return new

    def forget(self, pointer: str, sha256: str) -> None:
        assert sha256
        self.kept.remove(pointer)


def a_file(digit: str, content: bytes = b"photo") -> Uploaded:
    return Uploaded(sha256=digit * 64, kind="photo", pieces=iter((content,)))


def offered(shelf: Shelf, *files: Uploaded) -> Sequence[SentMedium]:
    uploads = Uploads(shelf, cast("FurtherEvidence", None))
    return uploads.offer(a_case(), "buyer", files, lambda media: media, taken=bool)


def test_a_file_that_cannot_be_kept_takes_those_before_it_along() -> None:
    shelf = Shelf()
    offered(shelf, a_file("a"))
    before = set(shelf.kept)

    with pytest.raises(MediaUnreadable):
        offered(shelf, a_file("a"), a_file("b"), a_file("c", b""))

    assert shelf.kept == before, "what was there before stays, what is new is taken back"


def test_a_file_sent_again_has_the_name_that_it_had() -> None:
    shelf = Shelf()
    [first], [again] = offered(shelf, a_file("a")), offered(shelf, a_file("a"))
    assert first == again
    assert len(shelf.kept) == 1
