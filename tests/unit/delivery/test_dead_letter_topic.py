"""Dead letters as people see them: repeats are one, marks are no letters, and the original is what it was."""

import itertools
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import decode, encode
from schemas.records import DeadLetter, LetterError
from schemas.topics import BY_NAME, DEAD_LETTERS
from streams.delivery.dead_letter_topic import Wanted, request_id_of, sort
from streams.delivery.dead_letters import letter
from streams.delivery.messages import Incoming, Outgoing
from streams.delivery.replay_marks import is_mark, mark, original
from streams.errors import OperatorError
from tests.builders import AT_MS


def a_letter(**changes: Any) -> DeadLetter:
    given_: dict[str, Any] = {
        "topic": "refund.requests.v1",
        "partition": 3,
        "offset": 7,
        "generation": 1,
        "key": b"b-1",
        "value": b"not json",
        "timestamp_ms": AT_MS,
        "acknowledge": lambda: None,
        "stale": lambda: False,
    }
    made = letter(Incoming(**given_ | changes), "refund-sentinel-enrich", ValueError("why"), AT_MS)
    return decode(DeadLetter, made.value)


async def among(*letters: DeadLetter | bytes | None) -> AsyncIterator[bytes | None]:
    for one in letters:
        yield encode(one) if isinstance(one, DeadLetter) else one


names = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=10)
contents = st.none() | st.binary(max_size=50)


@given(
    topic=st.sampled_from(sorted(set(BY_NAME) - {DEAD_LETTERS.name})),
    key=contents,
    value=st.binary(max_size=50),
    headers=st.lists(st.tuples(names, contents)),
)
def test_the_original_is_what_it_was(
    topic: str, key: bytes | None, value: bytes, headers: list[tuple[str, bytes | None]]
) -> None:
    kept = a_letter(topic=topic, key=key, value=value, headers=headers)
    assert original(kept) == Outgoing(topic, key, value, tuple(headers))


async def test_repeats_are_one_letter_that_was_first_seen_when_the_first_was() -> None:
    later = a_letter()
    box = await sort(among(later, a_letter(offset=8), later))
    assert {identity[2]: one.repeats for identity, one in box.summaries.items()} == {7: 2, 8: 1}


async def test_a_mark_counts_a_replay_and_is_no_letter() -> None:
    marked = mark(a_letter(), 3, 12, AT_MS + 5)
    box = await sort(among(a_letter(), marked, a_letter(offset=8)))
    assert {identity[2]: (one.repeats, one.replays) for identity, one in box.summaries.items()} == {
        7: (1, 1),
        8: (1, 0),
    }
    assert [one.error_class for one in box.summaries.values()] == ["ValueError", "ValueError"]


async def test_a_mark_is_a_repeat_of_its_letter_to_whoever_knows_no_marks_and_says_where_it_went() -> None:
    marked = decode(DeadLetter, encode(mark(a_letter(), 3, 12, AT_MS + 5)))
    assert marked.identity == a_letter().identity
    assert is_mark(marked)
    assert not is_mark(a_letter())
    assert marked.error.message == "sent again: refund.requests.v1/3/12"
    assert (marked.value_base64, marked.left_out_bytes) == (None, len(b"not json"))


async def test_what_fails_again_after_a_replay_is_the_same_letter_wherever_it_stands() -> None:
    first, second = a_letter(), a_letter(offset=12)
    third = msgspec.structs.replace(a_letter(offset=20), first_seen_at_ms=AT_MS + 9)
    third = msgspec.structs.replace(third, error=LetterError(class_="MediaUnreadable", message="now this"))
    chain = [third, mark(second, 3, 20, AT_MS + 8), second, mark(first, 3, 12, AT_MS + 5), first]
    for order in itertools.permutations(chain):
        box = await sort(among(*order, a_letter(offset=21)))
        [one, other] = sorted(box.summaries.values(), key=lambda summary: summary.offset)
        assert (one.identity, one.failed_again_at, one.repeats, one.replays) == (first.identity, (12, 20), 3, 2)
        assert (one.error_class, one.message, one.first_seen_at_ms) == ("MediaUnreadable", "now this", AT_MS)
        assert (other.offset, other.failed_again_at, other.replays) == (21, (), 0)
        assert all(Wanted(identity=part.identity).matches(one) for part in (first, second, third))


async def test_the_link_outlives_the_first_letter() -> None:
    box = await sort(among(mark(a_letter(), 3, 12, AT_MS + 5), a_letter(offset=12)))
    assert [(one.offset, one.replays, one.repeats) for one in box.summaries.values()] == [(12, 1, 1)]


async def test_what_was_sent_to_another_partition_is_a_letter_of_its_own_there() -> None:
    marked = mark(a_letter(), 5, 12, AT_MS + 5)
    box = await sort(among(a_letter(), marked, a_letter(offset=12), a_letter(partition=5, offset=12)))
    assert marked.error.message == "sent again: refund.requests.v1/5/12"
    assert sorted((one.partition, one.offset, one.replays) for one in box.summaries.values()) == [
        (3, 7, 1),
        (3, 12, 0),
        (5, 12, 0),
    ]


async def test_marks_that_point_in_a_ring_come_to_an_end() -> None:
    ring = [mark(a_letter(offset=7), 3, 12, AT_MS), mark(a_letter(offset=12), 3, 7, AT_MS)]
    box = await sort(among(*ring, a_letter(offset=7), a_letter(offset=12)))
    assert sorted((one.offset, one.replays) for one in box.summaries.values()) == [(7, 2), (12, 2)]


@pytest.mark.parametrize(
    ("value", "request_id"),
    [
        (b'{"request_id":"rr-1","amount_minor":-1}', "rr-1"),
        (b'{"meta":{"request_id":"trace"},"request_id":"rr-1"}', "rr-1"),
        (b'{"request":{"request_id":"rr-1"},"media":[{"request_id":"rr-2"}]}', "rr-1"),
        (b'{"request_id" : "rr-1","amount_minor":', "rr-1"),
        ('{"request_id":"申请"}'.encode(), "申请"),
        (b'{"request_id":7}', None),
        (b'{"order_id":"o-1"}', None),
        (b'{"text":"\\"request_id\\":\\"no\\"', None),
        (b"[1]", None),
        (b"not json", None),
        (b'{"request_id":"\xff"}', None),
        (b'{"request_id":"rr-1","text":"\xff"}', "rr-1"),
        (b"\xff\xfe", None),
        (b'{"request":' * 5_000, None),
        (b"", None),
        (None, None),
    ],
)
def test_the_request_is_named_where_it_can_be_read(value: bytes | None, request_id: str | None) -> None:
    assert request_id_of(value) == request_id


@pytest.mark.parametrize(("key", "told"), [(b"b-1", "b-1"), ("买家".encode(), "买家"), (b"\xff", None), (None, None)])
async def test_the_key_is_told_where_it_is_text(key: bytes | None, told: str | None) -> None:
    box = await sort(among(a_letter(key=key)))
    assert [one.key for one in box.summaries.values()] == [told]


async def test_what_is_no_letter_is_counted() -> None:
    box = await sort(among(None, b"rubbish", a_letter()))
    assert (len(box.summaries), box.unreadable) == (1, 2)


async def test_letters_are_wanted_by_topic_class_and_place() -> None:
    box = await sort(among(a_letter(), a_letter(offset=8), a_letter(topic="refund.outcomes.v1")))
    wanted = {
        Wanted(): 3,
        Wanted(topic="refund.requests.v1"): 2,
        Wanted(error_class="ValueError", topic="refund.outcomes.v1"): 1,
        Wanted(error_class="ContractError"): 0,
        Wanted(identity=("refund.requests.v1", 3, 8)): 1,
    }
    assert {one: sum(map(one.matches, box.summaries.values())) for one in wanted} == wanted


@pytest.mark.parametrize("topic", ["payments.v1", DEAD_LETTERS.name])
def test_a_letter_goes_back_to_no_topic_but_ours(topic: str) -> None:
    with pytest.raises(OperatorError, match="not sent back to"):
        original(a_letter(topic=topic))


def test_what_was_too_long_to_be_kept_cannot_go_back() -> None:
    with pytest.raises(OperatorError, match="too long"):
        original(mark(a_letter(), 3, 1, AT_MS))


def test_what_never_had_content_cannot_go_back() -> None:
    with pytest.raises(OperatorError, match="neither key nor value"):
        original(a_letter(key=None, value=None))
