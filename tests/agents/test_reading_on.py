"""After an assignment messages are let through once, and never while the group assigns anew once more."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types.tuples import TP

from streams.agents.app import build_app
from streams.settings import Settings
from tests.drawn import each

OURS = {TP("requests", 0), TP("requests", 1)}


class Scene:
    """The real consumer of an app that is connected to nothing; going to what is committed waits for :attr:`went`."""

    def __init__(self, folder: Path) -> None:
        self.app = an_app(folder)
        self.consumer: Any = self.app.consumer
        self.reading_on: Any = self.app.tables.recovery
        self.went = asyncio.Event()
        self.committed: dict[TP, int | None] = dict.fromkeys(OURS, 5)
        self.consumer.seek_to_committed = self._go
        self.consumer.assignment = lambda: OURS
        self.app._fetcher.maybe_start = _nothing
        self.app.agents.on_rebalance = _nothing
        self.app.topics.maybe_wait_for_subscriptions = _nothing
        self.app.topics.on_partitions_assigned = _nothing

    async def _go(self) -> dict[TP, int | None]:
        await self.went.wait()
        return self.committed

    async def assign(self, generation: int) -> None:
        """Tell the app, as the group does, that its partitions are assigned."""
        self.app.consumer_generation_id = generation
        await self.consumer.on_partitions_assigned(set(OURS), generation)

    @property
    def lets_through(self) -> bool:
        return bool(self.consumer.flow_active and self.app.flow_control.is_active())


def an_app(folder: Path) -> Any:
    """Return an app of a worker, which is not started."""
    return build_app("readers", Settings.model_validate({"broker": "kafka://127.0.0.1:1", "data_dir": folder}), [])


async def _nothing(*_: object, **__: object) -> None: ...


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    scene = Scene(tmp_path)
    reading_on = asyncio.create_task(scene.reading_on._restart_recovery(scene.reading_on))
    yield scene
    reading_on.cancel()
    await asyncio.wait([reading_on])


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_messages_are_let_through_once_the_consumer_has_gone_to_what_is_committed(scene: Scene) -> None:
    await scene.consumer.on_partitions_revoked(set())
    await scene.assign(1)
    await turns(50)
    assert (scene.lets_through, scene.consumer._get_active_partitions()) == (False, set())
    scene.went.set()
    await turns(50)
    assert (scene.lets_through, scene.consumer._get_active_partitions()) == (True, OURS)
    assert not scene.app.rebalancing


@each(8, waits=(0, 40))
async def test_none_is_let_through_while_the_group_assigns_anew_once_more(scene: Scene, waits: int) -> None:
    await scene.assign(1)
    scene.went.set()
    await turns(waits)
    scene.went.clear()
    await scene.consumer.on_partitions_revoked(set(OURS))
    scene.went.set()
    await turns(50)
    assert not scene.lets_through
    assert scene.app.rebalancing

    scene.went.clear()
    await scene.assign(2)
    await turns(50)
    assert not scene.lets_through, "what is fetched now is from where the consumer does not stay"
    scene.went.set()
    await turns(50)
    assert scene.lets_through


async def test_what_was_committed_of_a_topic_that_is_another_now_holds_up_no_commit(scene: Scene) -> None:
    scene.went.set()
    await scene.consumer.perform_seek()
    scene.committed = dict.fromkeys(OURS)
    await scene.consumer.perform_seek()
    for at in OURS:
        assert scene.consumer._committed_offset[at] is None


async def test_a_partition_whose_first_offset_is_not_known_yet_ends_no_worker(scene: Scene) -> None:
    await scene.assign(1)
    await scene.consumer.verify_all_partitions_active()


@each(4, end=(1, 500), lost=(1, 500))
async def test_what_a_broker_appends_where_it_lost_the_end_of_its_log_is_read(
    scene: Scene, end: int, lost: int
) -> None:
    at = TP("requests", 0)
    come = [end + lost, *range(end, end + lost)]
    read: list[int] = []

    async def fetch(**_: object) -> AsyncIterator[tuple[TP, Any]]:
        for offset in come:
            yield at, SimpleNamespace(offset=offset, topic=at.topic, key=None, value=b"")
        scene.app._fetcher._stopped.set()

    async def take(message: Any) -> None:
        read.append(message.offset)

    scene.consumer.getmany, scene.consumer.callback = fetch, take
    await scene.consumer._drain_messages(scene.app._fetcher)
    assert read == come
