"""What is kept of some photos goes through a pipe whole, whether or not somebody reads it yet."""

import fcntl
import os
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.adapters.photos.wide_pipes import BYTES, WidePipes


@given(st.integers(1, BYTES - 1_000))
@settings(max_examples=20)
def test_a_message_is_sent_before_anybody_reads(size: int) -> None:
    reader, writer = WidePipes().Pipe(duplex=False)
    with reader, writer:
        os.set_blocking(writer.fileno(), False)  # a pipe that is too narrow raises
        sent = os.urandom(size)

        writer.send(sent)

        assert reader.recv() == sent


def test_where_the_system_has_no_room_the_pipe_is_as_it_always_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> NoReturn:
        raise PermissionError(1, "too many pages in pipes")

    monkeypatch.setattr(fcntl, "fcntl", refused)
    reader, writer = WidePipes().Pipe(duplex=False)
    with reader, writer:
        writer.send("a word")
        assert reader.recv() == "a word"


def test_sockets_are_left_as_they_are() -> None:
    one, other = WidePipes().Pipe()
    with one, other:
        one.send(1)
        assert other.recv() == 1
