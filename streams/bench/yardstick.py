"""The yardstick for decide: the delivery mechanism alone, with one row a request and no evidence, history or policy.

In-order lanes, batches in one transaction, stored bytes sent, each confirmation awaited, acknowledged head first.
Run as a process of its own by :mod:`streams.bench.decide`, against the same broker, topic and kind of database.
"""

import asyncio
import os
import signal
import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import faust
import psycopg
from faust.types import EventT
from mode import CrashingSupervisor

BATCH = 128
SEND_LIMIT_S = 30.0
TOPIC = "bench.decisions"

Decide = Callable[[Sequence[tuple[str, str]]], list[bytes]]


def sqlite_decide(path: str) -> Decide:
    """Return what stores and reads back one row a request, a batch in one transaction."""
    database = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    database.executescript(
        "pragma journal_mode=wal; pragma synchronous=full;"
        "create table if not exists yardstick(request text primary key, buyer text, decision blob);"
        "create index if not exists yardstick_by_buyer on yardstick(buyer);"
    )

    def decide(batch: Sequence[tuple[str, str]]) -> list[bytes]:
        database.execute("begin immediate")
        found = [_one(database.execute, "?", request, buyer) for request, buyer in batch]
        database.execute("commit")
        return found

    return decide


def postgres_decide(url: str) -> Decide:
    """Return the same on PostgreSQL, with the buyers' locks."""
    database = psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"))
    database.execute("create table if not exists yardstick(request text primary key, buyer text, decision bytea)")
    database.execute("create index if not exists yardstick_by_buyer on yardstick(buyer)")
    database.commit()

    def decide(batch: Sequence[tuple[str, str]]) -> list[bytes]:
        with database.transaction():
            for buyer in sorted({buyer for _, buyer in batch}):
                database.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (buyer,))
            return [_one(database.execute, "%s", request, buyer) for request, buyer in batch]

    return decide


def _one(execute: Callable[..., Any], mark: str, request: str, buyer: str) -> bytes:
    row = execute(f"select decision from yardstick where request={mark}", (request,)).fetchone()  # noqa: S608 - ours
    if row:
        return bytes(row[0])
    (earlier,) = execute(f"select count(*) from yardstick where buyer={mark}", (buyer,)).fetchone()  # noqa: S608
    decision = f'{{"request":"{request}","earlier":{earlier}}}'.encode()
    execute(f"insert into yardstick values ({mark},{mark},{mark})", (request, buyer, decision))  # noqa: S608
    return decision


@dataclass(slots=True, eq=False)
class _Slot:
    """An event on its way: whether it is confirmed."""

    event: EventT[bytes]
    done: bool = False


@dataclass(frozen=True)
class _InOrder:
    """Acknowledges the head of each partition first: acknowledgements must leave no gap."""

    lanes: dict[tuple[object, int | None], deque[_Slot]] = field(default_factory=dict)

    def admit(self, event: EventT[bytes]) -> _Slot:
        slot = _Slot(event)
        self.lanes.setdefault((event.message.tp, event.message.generation_id), deque()).append(slot)
        return slot

    def finish(self, slot: _Slot, generation: int) -> None:
        slot.done = True
        slots = self.lanes[slot.event.message.tp, slot.event.message.generation_id]
        while slots and slots[0].done:
            event = slots.popleft().event
            if event.message.generation_id == generation:
                event.ack()


def build(broker: str, group: str, datadir: str, decide: Decide) -> faust.App:
    """Return an app that decides what stands in ``refund.evidence.v1`` by key and offset alone."""
    app = faust.App(
        group,
        broker=broker,
        datadir=datadir,
        topic_disable_leader=True,
        topic_allow_declare=False,
        web_enabled=False,
        broker_commit_interval=1.0,
        producer_linger=0.002,
        consumer_auto_offset_reset="earliest",
    )
    source: Any = app.topic("refund.evidence.v1", key_serializer="raw", value_serializer="raw")
    out: Any = app.topic(TOPIC, key_serializer="raw", value_serializer="raw")
    queue: asyncio.Queue[_Slot] = asyncio.Queue(512)
    order, thread = _InOrder(), ThreadPoolExecutor(1)

    async def handle(batch: list[_Slot]) -> None:
        events = [slot.event for slot in batch]
        claims = [(f"{event.message.partition}/{event.message.offset}", str(event.key)) for event in events]
        stored = await asyncio.get_running_loop().run_in_executor(thread, decide, claims)
        sent: list[Awaitable[Any]] = [
            await out.send(key=event.key, value=b"%s|%s" % (event.key, decision))
            for event, decision in zip(events, stored, strict=True)
        ]
        await asyncio.wait_for(asyncio.gather(*sent), SEND_LIMIT_S)
        for slot in batch:
            order.finish(slot, app.consumer_generation_id)

    async def drain() -> None:
        while True:
            batch = [await queue.get()]
            while len(batch) < BATCH and not queue.empty():
                batch.append(queue.get_nowait())
            await handle(batch)

    async def read(stream: Any) -> None:
        drainer = asyncio.create_task(drain())
        async for event in stream.noack().events():
            await queue.put(order.admit(event))
        drainer.cancel()

    agent: Any = app.agent(source, concurrency=1, supervisor_strategy=CrashingSupervisor)
    agent(read)
    return app


async def _run(app: faust.App) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await app.start()
    await stop.wait()
    await app.stop()  # with its last commit: the next turn must not begin with repeats


def main() -> None:
    """Run until SIGTERM."""
    url = os.environ["SENTINEL_DATABASE_URL"]
    decide = sqlite_decide(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else postgres_decide(url)
    app = build(os.environ["SENTINEL_BROKER"], "bench-yardstick", os.environ["SENTINEL_DATA_DIR"], decide)
    asyncio.run(_run(app))


if __name__ == "__main__":
    main()
