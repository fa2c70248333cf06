"""What may go wrong, each as a small function that says what it does and returns when it is over.

Pauses here are part of a disturbance (how long the broker is away, how long a worker stands still): nothing waits for
a result by time.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from schemas.topics import DEAD_LETTERS, DECISIONS, EVIDENCE, REQUESTS, REVIEW_EVENTS, SIGHTINGS, Topic
from tests.faults.fleet import KINDS, SESSION_S, Kind
from tests.faults.scene import Scene
from tests.faults.stub_store import StubStore
from tests.real import topics

COMMITTED_S = 2.5
"""Longer than workers take to commit what they acknowledged: what was acknowledged too early is then lost for good."""
READY_WITHIN_S = 240
NOTICED_S = 15
"""How long a worker may take to notice that its sends fail; it is killed then in any case."""
SOME = 20

Say = Callable[[str], None]
Disturbance = Callable[[Scene, random.Random, Say], Awaitable[None]]


def kills(times: int) -> Disturbance:
    """Kill -9 of alternating workers at random moments."""

    async def disturb(scene: Scene, chance: random.Random, say: Say) -> None:
        for number in range(times):
            worker = chance.choice(scene.fleet.workers(KINDS[number % 2]))
            say(f"kill -9 {worker.name}")
            scene.fleet.kill(worker)
            await asyncio.sleep(chance.uniform(0.5, 3))

    return disturb


def zombie(kind: Kind) -> Disturbance:
    """SIGSTOP beyond the session, then SIGCONT."""

    async def disturb(scene: Scene, chance: random.Random, say: Say) -> None:
        worker = chance.choice(scene.fleet.workers(kind))
        stopped_s = SESSION_S + chance.uniform(1, 4)
        say(f"{worker.name} stands still for {stopped_s:.0f} s, longer than its session")
        scene.fleet.freeze(worker)
        try:
            await asyncio.sleep(stopped_s)
        finally:
            scene.fleet.thaw(worker)

    return disturb


def broker_away(seconds: float) -> Disturbance:
    """The broker is killed, and is back after a while."""

    async def disturb(scene: Scene, _chance: random.Random, say: Say) -> None:
        say(f"the broker is killed for {seconds:g} s")
        await asyncio.to_thread(scene.kafka.kill)
        try:
            await asyncio.sleep(seconds)
        finally:
            await asyncio.to_thread(scene.kafka.start)

    return disturb


def scaled(*counts: int) -> Disturbance:
    """Workers of both kinds come and go, in order."""

    async def disturb(scene: Scene, _chance: random.Random, say: Say) -> None:
        for count in counts:
            say(f"{count} workers of each kind")
            for kind in KINDS:
                await asyncio.to_thread(scene.fleet.scale, kind, count)
            await topics.until(lambda: asyncio.to_thread(scene.fleet.ready), READY_WITHIN_S)

    return disturb


async def database_restarted(scene: Scene, _chance: random.Random, say: Say) -> None:
    """The database cuts everybody off, as in a crash, and is back at once (SQLite: is locked for a moment)."""
    say("the database restarts")
    await asyncio.to_thread(scene.database.restart)


def hanging_database(committed_within_s: float = COMMITTED_S) -> Disturbance:
    """The database answers nothing; a worker that waits for it is killed."""

    async def disturb(scene: Scene, chance: random.Random, say: Say) -> None:
        worker = chance.choice(scene.fleet.workers("decide"))
        say(f"the database hangs, then kill -9 {worker.name}")
        await asyncio.to_thread(scene.database.hang)
        try:
            await _too_early(scene, "decide", committed_within_s)
            scene.fleet.kill(worker)
            await asyncio.sleep(1)
        finally:
            await asyncio.to_thread(scene.database.go_on)

    return disturb


def refusal(topic: Topic, noticed_within_s: float = NOTICED_S, committed_within_s: float = COMMITTED_S) -> Disturbance:
    """An output topic refuses writes; its writers notice, and are killed in any case."""
    kind: Kind = "enrich" if topic in {EVIDENCE, SIGHTINGS, DEAD_LETTERS} else "decide"

    async def disturb(scene: Scene, _chance: random.Random, say: Say) -> None:
        say(f"{topic.name} refuses writes, then kill -9 of every {kind}")
        ended = scene.fleet.ends(kind)
        await topics.refuse_writes(scene.kafka.address, topic.name)
        try:
            await _too_early(scene, kind, committed_within_s)
            await _noticed(scene, kind, ended, noticed_within_s)
            scene.fleet.kill(*scene.fleet.workers(kind))
        finally:
            await topics.accept_writes(scene.kafka.address, topic.name)

    return disturb


def hanging_photo(store: StubStore, address: str) -> Disturbance:
    """A photo's fetch hangs while others are looked at; the worker is killed, and then the store answers.

    What came after the hanging request had time to be done and committed, were it acknowledged out of order.
    """

    async def disturb(scene: Scene, _chance: random.Random, say: Say) -> None:
        say(f"fetching {address} hangs, then kill -9 of every enrich")

        async def it_hangs() -> bool:
            return store.kept_waiting > 0

        await topics.until(it_hangs)
        await _quiet(scene, EVIDENCE)
        scene.fleet.kill(*scene.fleet.workers("enrich"))
        store.let_go()

    return disturb


async def everything_at_once(scene: Scene, _chance: random.Random, say: Say) -> None:
    """Broker, database and all workers end in the same moment."""
    say("everything restarts at once")
    scene.fleet.kill(*scene.fleet.workers())
    await asyncio.gather(asyncio.to_thread(scene.database.restart), asyncio.to_thread(scene.kafka.kill))
    await asyncio.to_thread(scene.kafka.start)


async def _too_early(scene: Scene, kind: Kind, within_s: float) -> None:
    """Return once workers have committed what came since: they cannot have done it. Rightly they never do.

    Those that do nothing wrong are given as long as a commit takes once there is work, those that do ``within_s``.
    """
    topic = REQUESTS if kind == "enrich" else EVIDENCE
    came = sum((await topics.end_offsets(scene.kafka.address, topic.name)).values())
    await _work_arrives(scene, topic)

    async def passed() -> bool:
        committed = await topics.committed(scene.kafka.address, f"refund-sentinel-{kind}", topic.name)
        return sum(committed.values()) > came or await _later()

    with suppress(TimeoutError):
        await topics.until(passed, within_s)


async def _later() -> bool:
    await asyncio.sleep(0.2)  # each look costs the broker a connection
    return False


async def _work_arrives(scene: Scene, topic: Topic) -> None:
    """Return once a topic has so many new messages that some of them are worked on, or when none come any more."""
    before = sum((await topics.end_offsets(scene.kafka.address, topic.name)).values())

    async def some_came() -> bool:
        ends = await topics.end_offsets(scene.kafka.address, topic.name)
        return sum(ends.values()) >= before + SOME or await _later()

    with suppress(TimeoutError):
        await topics.until(some_came, NOTICED_S)


async def _quiet(scene: Scene, topic: Topic) -> None:
    """Return once nothing new came to a topic for as long as a commit takes."""
    ends, since = await topics.end_offsets(scene.kafka.address, topic.name), time.monotonic()
    while time.monotonic() - since < COMMITTED_S:
        await asyncio.sleep(COMMITTED_S / 5)
        if ends != (ends := await topics.end_offsets(scene.kafka.address, topic.name)):
            since = time.monotonic()


async def _noticed(scene: Scene, kind: Kind, ended: int, within_s: float) -> None:
    """Return once a worker of the kind ended by itself, or when it took too long."""

    async def one_ended() -> bool:
        return scene.fleet.ends(kind) > ended

    with suppress(TimeoutError):
        await topics.until(one_ended, within_s)


REFUSED = (EVIDENCE, SIGHTINGS, DEAD_LETTERS, DECISIONS, REVIEW_EVENTS)
EVERY: tuple[Disturbance, ...] = (
    kills(6),
    zombie("enrich"),
    zombie("decide"),
    broker_away(20),
    scaled(1, 3, 1, 2),
    database_restarted,
    hanging_database(),
    *map(refusal, REFUSED),
    everything_at_once,
    kills(6),
)
"""All of them, once at least."""
