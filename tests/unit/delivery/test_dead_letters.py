"""A dead letter holds its original byte for byte, and can always be sent."""

import base64
import tracemalloc

import pytest

from schemas.codec import decode
from schemas.errors import ContractError
from schemas.records import DeadLetter
from schemas.topics import DEAD_LETTERS, EVIDENCE, REQUESTS
from streams.delivery.dead_letters import letter
from streams.delivery.messages import Incoming, Outgoing
from tests.builders import AT_MS

WRONG = ContractError("the message is empty: send the record as a JSON object")


def an_incoming(
    value: bytes | None, key: bytes | None = b"b-1", headers: list[tuple[str, bytes | None]] | None = None
) -> Incoming:
    return Incoming(
        topic=REQUESTS.name,
        partition=3,
        offset=912,
        generation=1,
        key=key,
        value=value,
        timestamp_ms=AT_MS,
        acknowledge=lambda: None,
        stale=lambda: False,
        headers=headers or [],
    )


def read(sent: Outgoing) -> DeadLetter:
    return decode(DeadLetter, sent.value)


def test_the_original_is_kept_byte_for_byte_under_its_own_key() -> None:
    sent = letter(an_incoming(b"\xff\x00{", headers=[("trace", b"\x01"), ("flag", None)]), "enrich", WRONG, AT_MS)
    found = read(sent)
    assert (sent.key, found.value_base64, found.headers, found.left_out_bytes) == (
        b"b-1",
        base64.b64encode(b"\xff\x00{").decode(),
        [("trace", "AQ=="), ("flag", None)],
        None,
    )


def test_the_longest_message_of_any_topic_is_carried_whole() -> None:
    longest = b"x" * int(EVIDENCE.config()["max.message.bytes"])
    assert read(letter(an_incoming(longest), "decide", WRONG, AT_MS)).left_out_bytes is None


@pytest.mark.parametrize(
    "bomb",
    [
        an_incoming(b"x" * 10_000_000),
        an_incoming(None, key=b"k" * 1_200_000),
        an_incoming(b"{}", headers=[("h", b"x" * 2_000_000)]),
    ],
    ids=["value", "key", "header"],
)
def test_what_unpacks_to_more_than_the_topic_takes_is_left_out_and_says_so(bomb: Incoming) -> None:
    sent = letter(bomb, "enrich", WRONG, AT_MS)
    found = read(sent)
    assert (found.identity, found.value_base64, found.left_out_bytes) == (
        (REQUESTS.name, 3, 912),
        None,
        len(bomb.value or b""),
    )
    assert len(sent.value or b"") + len(sent.key or b"") < DEAD_LETTERS.max_message_bytes


@pytest.mark.parametrize(
    "bomb",
    [an_incoming(b" " * 60_000_000), an_incoming(b"{}", headers=[("h", b"x" * 60_000_000)])],
    ids=["value", "header"],
)
def test_a_letter_of_what_unpacks_to_many_megabytes_takes_no_memory_for_it(bomb: Incoming) -> None:
    tracemalloc.start()
    try:
        letter(bomb, "enrich", WRONG, AT_MS)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < DEAD_LETTERS.max_message_bytes


@pytest.mark.parametrize("said", ["a\0b", "half \ud800", "x" * 100_000])
def test_a_letter_can_be_written_whatever_the_error_says(said: str) -> None:
    assert read(letter(an_incoming(b"{"), "enrich", ValueError(said), AT_MS)).error.class_ == "ValueError"


def test_a_header_with_a_name_that_no_text_may_hold_does_not_stop_the_stream() -> None:
    assert read(letter(an_incoming(b"{", headers=[("a\0b", None)]), "enrich", WRONG, AT_MS)).headers == [("a�b", None)]
