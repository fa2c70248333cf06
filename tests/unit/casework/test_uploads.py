"""Files that parties send: all of them are kept, or none."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, cast

import pytest

from streams.cases.sent_evidence import SentMedium
from streams.casework.parties.uploads import Uploaded, Uploads
from streams.errors import Invalid, MediaUnreadable
from streams.wording import causes
from tests.unit.cases.cases import a_case

if TYPE_CHECKING:
    from streams.casework.parties.further_evidence import FurtherEvidence


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
    return Uploaded(sha256=digit * 64, kind="photo", pieces=lambda: iter((content,)))


class Sent:
    """What parties sent on a case; ``look`` is called at each look."""

    def __init__(self, look: Callable[[], None] = lambda: None) -> None:
        self.media: set[str] = set()
        self._look = look

    def media_of(self, case_id: str) -> set[str]:
        assert case_id
        seen = set(self.media)
        self._look()
        return seen

    def take(self, media: Sequence[SentMedium]) -> Sequence[SentMedium]:
        """As one transaction does: all of them, or none where one is known."""
        if self.media & {one.media_id for one in media}:
            raise Invalid(KNOWN)
        self.media |= {one.media_id for one in media}
        return media


KNOWN = "this medium was sent before"


def offered(
    shelf: Shelf,
    *files: Uploaded,
    sent: Sent | None = None,
    take: Callable[[Sequence[SentMedium]], Sequence[SentMedium]] = lambda media: media,
) -> Sequence[SentMedium]:
    uploads = Uploads(shelf, cast("FurtherEvidence", sent or Sent()))
    return uploads.offer(a_case(), "buyer", files, take, taken=bool)


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


def test_of_two_calls_with_one_file_the_refused_one_takes_nothing_from_the_other() -> None:
    shelf, sent = Shelf(), Sent()

    def late(media: Sequence[SentMedium]) -> Sequence[SentMedium]:
        offered(shelf, a_file("a"), sent=sent, take=sent.take)  # it came later, and was through before us
        return sent.take(media)

    with pytest.raises(Invalid):
        offered(shelf, a_file("a"), sent=sent, take=late)

    assert len(shelf.kept) == 1


def test_a_call_that_is_taken_while_the_refused_one_cleans_up_keeps_its_file_too() -> None:
    shelf, waiting = Shelf(), [True]

    def come_in_between() -> None:
        if waiting:
            waiting.clear()
            offered(shelf, a_file("a"), sent=sent, take=sent.take)

    sent = Sent(come_in_between)

    def refused(_: Sequence[SentMedium]) -> Sequence[SentMedium]:
        raise Invalid(KNOWN)

    with pytest.raises(Invalid):
        offered(shelf, a_file("a"), sent=sent, take=refused)

    assert (len(shelf.kept), len(sent.media)) == (1, 1)


def test_what_a_refused_call_took_back_meanwhile_comes_again_with_the_one_that_is_taken() -> None:
    shelf, sent = Shelf(), Sent()

    def slow(media: Sequence[SentMedium]) -> Sequence[SentMedium]:
        for pointer in set(shelf.kept):  # by a call that was refused, before ours is through
            shelf.forget(pointer, "a")
        return sent.take(media)

    offered(shelf, a_file("a"), sent=sent, take=slow)

    assert len(shelf.kept) == 1


def test_a_refused_call_alone_leaves_nothing() -> None:
    shelf = Shelf()

    def refused(_: Sequence[SentMedium]) -> Sequence[SentMedium]:
        raise Invalid(KNOWN)

    with pytest.raises(Invalid):
        offered(shelf, a_file("a"), take=refused)

    assert not shelf.kept
