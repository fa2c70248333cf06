import asyncio

import pytest

from streams.delivery.heartbeat import Heartbeat, Overslept


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_loop_that_turns_may_send() -> None:
    clock = Clock()
    pulse = Heartbeat(10, clock)
    pulse.join()
    for _ in range(20):
        clock.now += 5
        pulse.tick()
        pulse.check()


def test_a_worker_that_slept_longer_than_its_session_may_not_send_nor_tick() -> None:
    clock = Clock()
    pulse = Heartbeat(10, clock)
    pulse.join()
    clock.now += 10.5

    with pytest.raises(Overslept, match="10 s"):
        pulse.check()
    with pytest.raises(Overslept):
        pulse.tick()


async def test_a_slow_start_is_no_oversleeping_however_often_the_loop_turned_before() -> None:
    clock = Clock()
    pulse = Heartbeat(10, clock)
    running = asyncio.create_task(pulse.run())
    await asyncio.sleep(0)
    clock.now += 60

    pulse.tick()
    clock.now += 60
    pulse.join()
    pulse.check()
    running.cancel()
