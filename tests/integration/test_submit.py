"""`submit` on a real Kafka: in order, by key, confirmed; and waiting for the decisions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from schemas.codec import decode, encode
from schemas.digest import request_digest
from schemas.records import PolicyIdentity, RefundDecided, RefundRequested
from schemas.topics import DECISIONS, REQUESTS
from streams.adapters.kafka.topic_reader import from_now
from streams.settings import Settings
from tests.builders import AT_MS, a_request
from tests.command_line import Ran, run
from tests.real import topics

pytestmark = pytest.mark.kafka


def a_decision(request: RefundRequested) -> RefundDecided:
    return RefundDecided(
        request_id=request.request_id,
        request_digest=request_digest(request),
        decision_id=f"d-{request.request_id}",
        verdict="CLEAR",
        score=0,
        reasons=[],
        policy=PolicyIdentity(name="default", sha256="0" * 64),
        decided_at_ms=AT_MS,
    )


@asynccontextmanager
async def a_worker(address: str, *silent_on: str) -> AsyncIterator[None]:
    """Answer each request with CLEAR, except those of the named ids."""

    async def answer() -> None:
        async for message in arriving:
            request = decode(RefundRequested, message.value)
            if request.request_id not in silent_on:
                await topics.produce(address, DECISIONS.name, [(message.key, encode(a_decision(request)))])

    async with from_now(Settings.model_validate({"broker": address}), REQUESTS) as arriving:
        task = asyncio.create_task(answer())
        yield
        task.cancel()


def a_file(tmp_path: Path, *lines: bytes) -> str:
    file = tmp_path / "requests.jsonl"
    file.write_bytes(b"".join(line + b"\n" for line in lines))
    return str(file)


async def submit(address: str, *arguments: str, typed: bytes = b"") -> Ran:
    return await asyncio.to_thread(run, "submit", *arguments, settings={"broker": address}, typed=typed)


async def test_records_are_sent_as_they_are_by_buyer_in_the_order_of_the_file(
    kafka_topics: str, tmp_path: Path
) -> None:
    requests = [a_request(f"rr-{number}", buyer_id=f"b-{number % 3}") for number in range(1_200)]
    raw = [encode(request).replace(b'"rr-', b' "rr-') for request in requests]
    done = await submit(kafka_topics, a_file(tmp_path, *raw), "--json")
    assert (done.status, done.error) == (0, "")
    assert done.records == [{"topic": REQUESTS.name, "sent": 1_200, "skipped": 0}]
    arrived = await topics.read_all(kafka_topics, REQUESTS.name)
    by_key = {key: [one.value for one in arrived if one.key == key] for key in (b"b-0", b"b-1", b"b-2")}
    assert by_key == {f"b-{buyer}".encode(): raw[buyer::3] for buyer in range(3)}
    assert all(len({one.partition for one in arrived if one.key == key}) == 1 for key in by_key)


async def test_standard_input_is_read_and_bad_lines_are_left_out_when_asked(kafka_topics: str) -> None:
    good = encode(a_request())
    done = await submit(kafka_topics, "-", "--skip-invalid", typed=b"{}\n" + good + b"\n")
    assert (done.status, done.text) == (0, f"1 sent to {REQUESTS.name}, 1 skipped\n")
    assert done.error.startswith("line 1: not a valid RefundRequested")
    assert [one.value for one in await topics.read_all(kafka_topics, REQUESTS.name)] == [good]


async def test_nothing_is_sent_while_a_line_is_bad(kafka_topics: str, tmp_path: Path) -> None:
    done = await submit(kafka_topics, a_file(tmp_path, encode(a_request()), b"{}"))
    assert done.status == 1
    assert await topics.read_all(kafka_topics, REQUESTS.name) == []


async def test_it_waits_for_the_decisions_and_prints_them_in_the_order_of_the_file(
    kafka_topics: str, tmp_path: Path
) -> None:
    requests = [a_request(f"rr-{number}", buyer_id=f"b-{number}") for number in range(20)]
    stale = a_decision(a_request("rr-0", buyer_id="somebody else"))
    await topics.produce(kafka_topics, DECISIONS.name, [(b"b", encode(stale)), (b"b", b"rubbish")])
    async with a_worker(kafka_topics):
        file = a_file(tmp_path, *map(encode, [*requests, requests[0]]))
        done = await submit(kafka_topics, file, "--wait", "60", "--json")
    assert (done.status, done.error) == (0, "")
    assert [(one["request_id"], one["request_digest"]) for one in done.records] == [
        (request.request_id, request_digest(request)) for request in requests
    ]


async def test_requests_that_nobody_decided_are_counted_and_the_status_is_1(kafka_topics: str, tmp_path: Path) -> None:
    async with a_worker(kafka_topics, "rr-2"):
        done = await submit(
            kafka_topics,
            a_file(tmp_path, encode(a_request("rr-1")), encode(a_request("rr-2"))),
            "--wait",
            "5",
            "--json",
        )
    assert [one["request_id"] for one in done.records] == ["rr-1"]
    assert done.status == 1
    assert done.error.startswith("refund-sentinel: 1 of 2 are not decided after 5 s: ")


async def test_a_missing_topic_is_one_line_that_says_what_to_do(kafka_topics: str, tmp_path: Path) -> None:
    await topics.delete_all(kafka_topics)
    done = await submit(kafka_topics, a_file(tmp_path, encode(a_request())))
    assert (done.status, done.error) == (
        1,
        "refund-sentinel: topic refund.requests.v1 is missing: run `refund-sentinel topics create`\n",
    )


async def test_topics_are_made_once_and_checked(kafka_topics: str) -> None:
    checked = await asyncio.to_thread(run, "topics", "check", "--json", settings={"broker": kafka_topics})
    assert checked.status == 0
    assert {one["state"] for one in checked.records} == {"exists"}
    made = await asyncio.to_thread(run, "topics", "create", "--json", settings={"broker": kafka_topics})
    assert made == checked


async def test_topics_that_a_worker_cannot_work_with_are_listed_and_the_status_is_1(kafka_topics: str) -> None:
    await topics.delete_all(kafka_topics)
    checked = await asyncio.to_thread(run, "topics", "check", "--json", settings={"broker": kafka_topics})
    assert {one["state"] for one in checked.records} == {"missing"}
    assert (checked.status, checked.error.count("\n")) == (1, 1)
