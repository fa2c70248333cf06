"""What runs beside the app for as long as a worker lives: looks at its health, and reasons to start it afresh."""

import asyncio
from collections.abc import Awaitable
from contextlib import AsyncExitStack

import structlog

from schemas.topics import Topic
from streams.agents.health import LOOK_S, Health, without_numbers
from streams.agents.runtime import Runtime
from streams.errors import BrokerUnavailable, OperatorError, TransientError

ASKED_EVERY_S = 1.0
LOST_NAME_SHOWN_S = 30.0
LEFT_OUT_SHOWN_S = 10.0

log = structlog.get_logger(__name__)


def attend(runtime: Runtime, service: Awaitable[None], stack: AsyncExitStack) -> None:
    """Run a service beside the app until the stack closes; its failure ends the worker."""

    async def attended() -> None:
        try:
            await service
        except asyncio.CancelledError:
            raise
        except BaseException as exc:  # noqa: BLE001 - whatever it is, a half-alive worker is worse than none
            runtime.shutdown.end(exc)

    task = asyncio.create_task(attended())
    stack.callback(task.cancel)


async def measure(health: Health) -> None:
    """Measure lag and progress; a broker that is away may hold up one look, and nothing else."""
    while True:
        try:
            await health.look()
        except Exception as exc:  # noqa: BLE001 - a look that fails costs one sample of a metric
            log.warning("lag is unknown", error=f"{type(exc).__name__}: {exc}")
        await asyncio.sleep(LOOK_S)


async def tell(health: Health) -> None:
    """Log each change of what keeps the worker from being ready."""
    said: list[str] | None = None
    while True:
        why = health.unready()
        if (now := without_numbers(why)) != said:
            log.info("worker is not ready", why=why) if why else log.info("worker is ready")
            said = now
        await asyncio.sleep(ASKED_EVERY_S)


async def begin_anew_with(topic: Topic, runtime: Runtime) -> None:
    """End the worker once a topic that it reads by itself was made anew: what it knows is of the one before."""
    while not runtime.was_made_anew(topic):  # noqa: ASYNC110 - it is seen in the consumer's thread
        await asyncio.sleep(ASKED_EVERY_S)
    msg = f"{topic.name} was made anew: a fresh start reads it from its beginning"
    raise BrokerUnavailable(msg)


async def give_up_a_lost_name(runtime: Runtime) -> None:
    """End the worker a while after another one took its name: ``/ready`` says so meanwhile, and nothing is read."""
    while not runtime.lost_name:  # noqa: ASYNC110 - it is lost in the consumer's thread
        await asyncio.sleep(ASKED_EVERY_S)
    (why,) = runtime.troubles()
    log.error("worker reads nothing any more", why=why)
    await asyncio.sleep(LOST_NAME_SHOWN_S)
    raise OperatorError(why)


async def give_up_where_left_out(runtime: Runtime) -> None:
    """End the worker a while after its group did not take it: a fresh start asks again, and ``/ready`` says why."""
    while (why := runtime.left_out) is None:  # noqa: ASYNC110 - it is seen in the consumer's thread
        await asyncio.sleep(ASKED_EVERY_S)
    log.error("worker reads nothing any more", why=why)
    await asyncio.sleep(LEFT_OUT_SHOWN_S)
    raise BrokerUnavailable(why)


async def give_up_where_stuck(health: Health) -> None:
    """End the worker once something is left to read and it does not read on, whatever holds it up."""
    health.keep_time()
    while not (why := health.stuck()):  # nothing tells that nothing happens
        await asyncio.sleep(ASKED_EVERY_S)
        health.keep_time()
    raise BrokerUnavailable("; ".join(why))


class Resumed(TransientError):
    """An operator resumed a paused topic: a fresh start reads it from where it was committed."""


async def resume(runtime: Runtime) -> None:
    """End the worker once an operator has resumed a paused topic."""
    while True:
        for topic, window in runtime.limits.items():
            if window.resumed():
                await runtime.app.consumer.commit()  # what is acknowledged must not be counted a second time
                msg = f"{topic} was resumed"
                raise Resumed(msg)
        await asyncio.sleep(ASKED_EVERY_S)
