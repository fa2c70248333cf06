"""What waits is read while the batch before it is written, not while that is judged."""

import pytest

from schemas.records import EvidenceGathered
from streams.decide.reading_ahead import ReadingAhead
from streams.decide.storing import Refused, Unread
from tests.agents.fakes import Shelf
from tests.builders import a_request, an_evidence
from tests.decide.test_handler import deciding, incoming, messages


class Note(Unread[EvidenceGathered]):
    """A message that says when it is read."""

    def __init__(self, read: list[int], number: int, *, fails: bool = False) -> None:
        super().__init__(EvidenceGathered, None)
        self.list, self.number, self.fails = read, number, fails

    def read(self) -> Refused:
        self.list.append(self.number)
        if self.fails:
            raise MemoryError
        return Refused(ValueError())


def test_what_comes_while_a_batch_is_judged_is_read_once_it_is_written_in_its_order() -> None:
    read, ahead = list[int](), ReadingAhead()

    ahead.note(Note(read, 1))
    with ahead.judging():
        ahead.note(Note(read, 2))
        ahead.note(Note(read, 3))
        assert read == [1]
        ahead.written()
        assert read == [1, 2, 3]
        ahead.note(Note(read, 4))

    assert read == [1, 2, 3, 4]


def test_what_came_while_a_batch_failed_is_read_though_it_was_never_written() -> None:
    read, ahead = list[int](), ReadingAhead()

    def failing() -> None:
        with ahead.judging():
            ahead.note(Note(read, 1, fails=True))
            ahead.note(Note(read, 2))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    ahead.note(Note(read, 3))

    assert read == [1, 2, 3]


async def test_what_was_prepared_is_not_read_a_second_time() -> None:
    shelf = Shelf()
    handler = deciding(shelf)
    later = incoming(an_evidence(a_request("rr-2")))

    handler.prepare(later)
    later.value = b"spoilt"  # whoever reads it again finds nothing
    answers = await handler.decide([incoming(an_evidence(a_request("rr-1"))), later])

    assert len(messages(answers)) == 2
