"""A trace goes with the messages, in a header and nowhere else."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from prometheus_client.openmetrics.exposition import generate_latest

from streams.adapters.tracing import OpenTelemetry
from streams.delivery.messages import Incoming, Outgoing
from streams.delivery.stage import Answer, Shape
from streams.metrics import Metrics
from streams.tracing import exemplar, part
from tests.unit.delivery.test_stage import BATCHES, SIDE_BY_SIDE, Bench, each, until

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SENT = f"00-{TRACE}-00f067aa0ba902b7-01"
LEGAL = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[0-3]")


class Followed:
    """A tracer, and the spans that it ended."""

    def __init__(self, share: float = 1) -> None:
        self._kept = InMemorySpanExporter()
        self.tracer = OpenTelemetry("test", "", SimpleSpanProcessor(self._kept), share)

    def spans(self, name: str) -> list[ReadableSpan]:
        return [span for span in self._kept.get_finished_spans() if span.name == name]


def with_trace(incoming: Incoming, value: bytes = SENT.encode()) -> Incoming:
    return replace(incoming, headers=[("other", b"x"), ("traceparent", value)])


async def decide(batch: list[Incoming]) -> Sequence[Answer]:
    with part("decide"):
        return await each(batch)


def traced(message: Outgoing) -> str:
    ((name, value),) = message.headers
    assert name == "traceparent"
    assert value is not None
    return value.decode()


async def answered(bench: Bench, messages: Sequence[Incoming], shape: Shape = SIDE_BY_SIDE) -> list[Outgoing]:
    async with bench.stage(decide, shape) as stage:
        for message in messages:
            await stage.take(message)
        await until(lambda: len(bench.log.acknowledged) == len(messages))
    return bench.broker.sent


async def test_what_is_sent_for_a_message_is_of_its_trace_and_has_the_same_bytes_as_without_one(tmp_path: Path) -> None:
    found = Followed()
    followed, alone = Bench(tmp_path, tracer=found.tracer), Bench(tmp_path)

    (sent,) = await answered(followed, [with_trace(followed.log.message(7))])
    (plain,) = await answered(alone, [with_trace(alone.log.message(7))])

    assert (sent.topic, sent.key, sent.value) == (plain.topic, plain.key, plain.value)
    assert plain.headers == (), "nothing is added where nobody follows"
    (work,) = found.spans("process requests")
    assert traced(sent) == f"00-{TRACE}-{work.context.span_id:016x}-01"
    assert work.parent is not None
    assert f"{work.parent.span_id:016x}" == "00f067aa0ba902b7"
    assert work.attributes is not None
    assert work.attributes["messaging.kafka.offset"] == 7
    assert not {"k", "b-1"} & {str(value) for value in work.attributes.values()}, "a key may name a person"


async def test_each_message_of_a_batch_stays_in_a_trace_of_its_own(tmp_path: Path) -> None:
    found = Followed()
    bench = Bench(tmp_path, tracer=found.tracer)

    sent = await answered(bench, [bench.log.message(offset) for offset in range(5)], BATCHES)

    traces = [traced(message)[3:35] for message in sent]
    assert len(set(traces)) == 5
    assert {f"{span.context.trace_id:032x}" for span in found.spans("decide")} == set(traces)


@given(st.binary(max_size=80) | st.text("0123456789abcdef-ZG", max_size=80).map(str.encode) | st.just(SENT.encode()))
def test_whatever_a_header_says_the_next_one_is_legal(value: bytes) -> None:
    incoming = with_trace(Bench(Path()).log.message(1), value)
    span = Followed().tracer.begin("work", incoming.traceparent, {})
    assert LEGAL.fullmatch(span.header)
    assert (TRACE in span.header) == (value == SENT.encode())


async def test_a_dead_letter_is_of_the_trace_and_its_span_names_the_error_alone(tmp_path: Path) -> None:
    found = Followed()
    bench = Bench(tmp_path, tracer=found.tracer)

    async def refuse(_: list[Incoming]) -> Sequence[Answer]:
        return [ValueError("what a message holds")]

    async with bench.stage(refuse, SIDE_BY_SIDE) as stage:
        await stage.take(with_trace(bench.log.message(1)))
        await until(lambda: len(bench.log.acknowledged) == 1)

    (letter,) = bench.broker.sent
    assert TRACE in traced(letter)
    (work,) = found.spans("process requests")
    assert (work.status.status_code, work.status.description) == (StatusCode.ERROR, "ValueError")


async def test_a_histogram_names_a_trace_as_its_example_once_what_was_sent_is_confirmed(tmp_path: Path) -> None:
    bench, metrics = Bench(tmp_path, tracer=Followed().tracer), Metrics("decide")

    async def answer(batch: list[Incoming]) -> Sequence[Answer]:
        seen = metrics.decision_seconds
        return [[Outgoing("out", b"k", b"v", on_confirmed=lambda: seen.observe(0.2, exemplar()))] for _ in batch]

    async with bench.stage(answer, SIDE_BY_SIDE) as stage:
        await stage.take(with_trace(bench.log.message(1)))
        await until(lambda: len(bench.log.acknowledged) == 1)

    page = generate_latest(metrics.registry).decode()  # type: ignore[no-untyped-call]
    (line,) = [line for line in page.splitlines() if TRACE in line]
    assert line.startswith('sentinel_decision_latency_seconds_bucket{le="0.25"} 1.0 # {trace_id="')


async def test_a_trace_that_is_not_kept_goes_on_as_such_and_is_no_example(tmp_path: Path) -> None:
    found = Followed(share=0)
    bench = Bench(tmp_path, tracer=found.tracer)
    examples: list[object] = []

    async def look(batch: list[Incoming]) -> Sequence[Answer]:
        examples.append(exemplar())
        return await each(batch)

    async with bench.stage(look, SIDE_BY_SIDE) as stage:
        await stage.take(bench.log.message(1))
        await until(lambda: len(bench.log.acknowledged) == 1)

    assert traced(bench.broker.sent[0]).endswith(("-00", "-02"))
    assert examples == [None]
    assert found.spans("process requests") == []


def test_where_nobody_follows_a_part_costs_no_object_and_there_is_no_example() -> None:
    assert part("decide") is part("photos")
    assert exemplar() is None
