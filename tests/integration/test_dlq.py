"""Dead letters on a real Kafka: listed, shown, sent back as they were, once."""

import asyncio
from typing import Any

import pytest

from schemas.topics import DEAD_LETTERS, REQUESTS
from streams.delivery.dead_letters import letter
from streams.delivery.messages import Incoming
from streams.errors import MediaUnreadable
from streams.wording import causes
from tests.builders import AT_MS
from tests.command_line import Ran, run
from tests.real import topics

pytestmark = pytest.mark.kafka

BINARY = b"\xff\x00\x80 \xe6\x9d"
BAD = ValueError("not a valid RefundRequested: mend the producer")


def an_original(offset: int = 0, **changes: Any) -> Incoming:
    given: dict[str, Any] = {
        "topic": REQUESTS.name,
        "partition": 3,
        "offset": offset,
        "generation": 1,
        "key": b"b-1",
        "value": b"not json",
        "timestamp_ms": AT_MS,
        "acknowledge": lambda: None,
        "stale": lambda: False,
    }
    return Incoming(**given | changes)


async def bury(address: str, *originals: Incoming, error: Exception = BAD, at_ms: int = AT_MS) -> None:
    letters = [letter(original, "refund-sentinel-enrich", error, at_ms) for original in originals]
    await topics.produce(address, DEAD_LETTERS.name, [(one.key, one.value) for one in letters])


async def dlq(address: str, *arguments: str) -> Ran:
    return await asyncio.to_thread(run, "dlq", *arguments, settings={"broker": address})


async def test_a_letter_is_listed_once_with_how_often_it_was_written(kafka_topics: str) -> None:
    await bury(kafka_topics, an_original(7), an_original(8), an_original(7), at_ms=AT_MS)
    listed = await dlq(kafka_topics, "list", "--json")
    assert (listed.status, listed.error) == (0, "")
    assert [(one["topic"], one["partition"], one["offset"], one["repeats"]) for one in listed.records] == [
        (REQUESTS.name, 3, 7, 2),
        (REQUESTS.name, 3, 8, 1),
    ]
    assert {one["error_class"] for one in listed.records} == {"ValueError"}
    assert {one["message"] for one in listed.records} == {str(BAD)}


async def test_letters_are_listed_newest_first_by_topic_and_class_up_to_a_limit(kafka_topics: str) -> None:
    await bury(kafka_topics, *(an_original(offset) for offset in range(60)))
    await bury(kafka_topics, an_original(99), error=MediaUnreadable(causes.PHOTO_MISSING), at_ms=AT_MS + 1)
    newest = await dlq(kafka_topics, "list", "--json", "--limit", "1")
    assert [one["offset"] for one in newest.records] == [99]
    assert len((await dlq(kafka_topics, "list", "--json")).records) == 50
    assert len((await dlq(kafka_topics, "list", "--json", "--limit", "0")).records) == 61
    chosen = await dlq(kafka_topics, "list", "--json", "--topic", REQUESTS.name, "--class", "MediaUnreadable")
    assert [one["offset"] for one in chosen.records] == [99]
    assert (await dlq(kafka_topics, "list", "--json", "--topic", "catalogue.photos.v1")).records == []
    assert "11 more: --limit 0 shows all" in (await dlq(kafka_topics, "list")).text


@pytest.mark.parametrize(
    ("option", "name", "said"),
    [
        ("--topic", "refund.request.v1", "there is no topic refund.request.v1: did you mean 'refund.requests.v1'?"),
        ("--class", "ContractErr", "there is no class ContractErr: did you mean 'ContractError'?"),
        ("--class", "Zzz", "there is no class Zzz: `refund-sentinel dlq list` shows what there is"),
    ],
)
async def test_a_name_that_nothing_has_is_no_empty_list(kafka_topics: str, option: str, name: str, said: str) -> None:
    for arguments in ((), ("--json",)):
        done = await dlq(kafka_topics, "list", option, name, *arguments)
        assert (done.status, done.text, said in done.error) == (1, "", True), done.error
    known = await dlq(kafka_topics, "list", "--topic", REQUESTS.name, "--class", "EndedTheProcess")
    assert (known.status, known.text) == (0, "no dead letters\n")


async def test_a_message_that_is_no_letter_is_counted_and_passed_over(kafka_topics: str) -> None:
    await topics.produce(kafka_topics, DEAD_LETTERS.name, [(b"k", b"rubbish"), (b"k", None)])
    await bury(kafka_topics, an_original(1))
    listed = await dlq(kafka_topics, "list", "--json")
    assert [one["offset"] for one in listed.records] == [1]
    assert listed.error == "2 messages of the dead-letter topic are no dead letters\n"


async def test_a_letter_is_shown_in_words_and_its_value_byte_for_byte(kafka_topics: str) -> None:
    await bury(kafka_topics, an_original(4, key=BINARY, value=BINARY, headers=[("trace", b"abc"), ("none", None)]))
    shown = await dlq(kafka_topics, "show", REQUESTS.name, "3", "4")
    assert shown.status == 0
    for said in (str(BAD), f"key         hex {BINARY.hex(' ')}", "trace: abc", "none: null", f"{len(BINARY)} bytes"):
        assert said in shown.text
    raw = await dlq(kafka_topics, "show", REQUESTS.name, "3", "4", "--raw")
    assert (raw.status, raw.raw) == (0, BINARY)


async def test_a_long_value_is_cut_when_shown_but_not_when_raw(kafka_topics: str) -> None:
    value = "杯子裂了".encode() * 2_000
    await bury(kafka_topics, an_original(4, value=value))
    shown = await dlq(kafka_topics, "show", REQUESTS.name, "3", "4")
    assert "杯子裂了" * 500 + "…" in shown.text
    assert "杯子裂了" * 501 not in shown.text
    assert (await dlq(kafka_topics, "show", REQUESTS.name, "3", "4", "--raw")).raw == value


async def test_a_letter_that_is_not_there_is_one_line_and_status_1(kafka_topics: str) -> None:
    for command in ("show", "replay"):
        missing = await dlq(kafka_topics, command, REQUESTS.name, "3", "5")
        assert missing.status == 1
        why = "there is no dead letter of refund.requests.v1/3/5: `refund-sentinel dlq list` shows them"
        assert missing.error == f"refund-sentinel: {why}\n"


async def test_replay_sends_back_what_it_was_byte_for_byte(kafka_topics: str) -> None:
    headers = [("trace", BINARY), ("trace", b""), ("none", None)]
    contents = [(key, value) for key in (b"b-1", BINARY, b"", None) for value in (BINARY, b"", None)]
    sendable = [(key, value) for key, value in contents if (key, value) != (None, None)]
    originals = [an_original(at, key=key, value=value, headers=headers) for at, (key, value) in enumerate(sendable)]
    await bury(kafka_topics, *originals)
    done = await dlq(kafka_topics, "replay", "--topic", REQUESTS.name, "--json")
    assert (done.status, done.error) == (0, "")
    assert done.records == [{"sent": 11, "sent_before": 0, "refused": 0}]
    back = await topics.read_all(kafka_topics, REQUESTS.name)
    assert {one.partition for one in back} == {3}
    assert {(one.key, one.value) for one in back} == set(sendable)
    assert [list(one.headers) for one in back] == [headers] * 11


async def test_a_message_of_a_partition_that_is_no_more_goes_back_by_its_key(kafka_topics: str) -> None:
    await bury(kafka_topics, an_original(4, partition=13))
    done = await dlq(kafka_topics, "replay", REQUESTS.name, "13", "4", "--json")
    assert (done.status, done.error, done.records) == (0, "", [{"sent": 1, "sent_before": 0, "refused": 0}])
    assert [(one.key, one.value) for one in await topics.read_all(kafka_topics, REQUESTS.name)] == [
        (b"b-1", b"not json")
    ]


async def test_a_message_without_key_and_value_cannot_be_sent_again(kafka_topics: str) -> None:
    await bury(kafka_topics, an_original(4, key=None, value=None))
    done = await dlq(kafka_topics, "replay", REQUESTS.name, "3", "4", "--json")
    assert (done.status, done.records) == (1, [{"sent": 0, "sent_before": 0, "refused": 1}])
    assert "had neither key nor value: there is nothing to send again" in done.error


async def test_a_second_replay_sends_nothing_unless_it_is_asked_to(kafka_topics: str) -> None:
    await bury(kafka_topics, an_original(4), an_original(5), an_original(4))
    first = await dlq(kafka_topics, "replay", "--all", "--json")
    second = await dlq(kafka_topics, "replay", "--all", "--json")
    assert first.records == [{"sent": 2, "sent_before": 0, "refused": 0}]
    assert second.records == [{"sent": 0, "sent_before": 2, "refused": 0}]
    assert len(await topics.read_all(kafka_topics, REQUESTS.name)) == 2
    once_more = await dlq(kafka_topics, "replay", REQUESTS.name, "3", "5", "--again", "--json")
    assert once_more.records == [{"sent": 1, "sent_before": 0, "refused": 0}]
    listed = (await dlq(kafka_topics, "list", "--json")).records
    assert {(one["offset"], one["repeats"], one["replays"]) for one in listed} == {(4, 2, 1), (5, 1, 2)}


async def test_what_fails_again_after_a_replay_is_one_letter_and_does_not_go_round(kafka_topics: str) -> None:
    async def fail(at_ms: int) -> tuple[int, int]:
        """Bury what was last sent, as a worker does, and return where it stood."""
        last = max(await topics.read_all(kafka_topics, REQUESTS.name), key=lambda record: record.offset)
        failed = an_original(last.offset, partition=last.partition, key=last.key, value=last.value)
        await bury(kafka_topics, failed, at_ms=at_ms)
        return last.partition, last.offset

    await topics.produce(kafka_topics, REQUESTS.name, [(b"b-1", b'{"request_id":"rr-1"}')])
    first = await fail(AT_MS)
    assert (await dlq(kafka_topics, "replay", "--all", "--json")).records[0]["sent"] == 1
    second = await fail(AT_MS + 1)

    [listed] = (await dlq(kafka_topics, "list", "--json")).records
    assert (listed["key"], listed["request_id"]) == ("b-1", "rr-1")
    assert (listed["partition"], listed["offset"], listed["failed_again_at"]) == (*first, [second[1]])
    round_ = await dlq(kafka_topics, "replay", "--all", "--json")
    assert round_.records == [{"sent": 0, "sent_before": 1, "refused": 0}]


async def test_replay_takes_only_the_letters_of_the_class_that_was_named(kafka_topics: str) -> None:
    await bury(kafka_topics, an_original(1))
    await bury(kafka_topics, an_original(2, value=b"unreadable"), error=MediaUnreadable(causes.PHOTO_MISSING))
    await dlq(kafka_topics, "replay", "--class", "MediaUnreadable")
    assert [one.value for one in await topics.read_all(kafka_topics, REQUESTS.name)] == [b"unreadable"]


async def test_what_no_letter_is_of_is_named_and_the_status_is_1(kafka_topics: str) -> None:
    await bury(kafka_topics, an_original(1))
    assert (await dlq(kafka_topics, "replay", "--class", "ValueError")).status == 0
    for _ in range(2):
        misspelt = await dlq(kafka_topics, "replay", "--topic", REQUESTS.name, "--class", "ValuError")
        assert (misspelt.status, misspelt.raw) == (1, b"")
        assert f"there is no dead letter of topic {REQUESTS.name} and class ValuError" in misspelt.error


async def test_a_letter_from_a_topic_that_is_not_ours_is_never_sent_there(kafka_topics: str) -> None:
    await bury(
        kafka_topics, an_original(1), an_original(1, topic="payments.v1"), an_original(1, topic=DEAD_LETTERS.name)
    )
    done = await dlq(kafka_topics, "replay", "--all", "--json")
    assert (done.status, done.records) == (1, [{"sent": 1, "sent_before": 0, "refused": 2}])
    assert "payments.v1/3/1 is from a topic that dead letters are not sent back to" in done.error
