"""A worker process: starts one app, serves its health, and ends cleanly on a signal or at once on a failure."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import NoReturn

import structlog

from streams import gc_tuning
from streams.adapters import health_server
from streams.adapters.kafka.aiokafka_inside import require_pinned
from streams.adapters.kafka.answering import NOT_ALLOWED, answering, not_allowed
from streams.adapters.listening import written
from streams.adapters.own_folder import require_usable
from streams.agents import services
from streams.agents.health import Health
from streams.agents.probe import Probe
from streams.agents.runtime import Runtime
from streams.delivery.shutdown import Shutdown
from streams.errors import BrokerUnavailable, SettingsError, StoreUnavailable, TransientError
from streams.metrics import Kind, Metrics
from streams.settings import Settings
from streams.tracing import Tracer

CLEAN = 0
STOP_S = 25.0

log = structlog.get_logger(__name__)

Build = Callable[[Runtime, Health, AsyncExitStack], Awaitable[None]]
"""Attaches the stages of one kind of worker, and gives to the stack what must be closed in the end."""


async def run(kind: Kind, settings: Settings, build: Build) -> NoReturn:
    """End the process with status 0 once the worker was told to stop by SIGTERM or SIGINT, and ended cleanly.

    Failures of infrastructure, at the start too, end it with status 70, to be started again. What only a person can
    mend is raised: :class:`streams.errors.OperatorError`.
    """
    require_pinned()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    _require_own_folders(kind, settings)
    async with AsyncExitStack() as stack:
        runtime = Runtime(kind, settings, Metrics(kind), open_tracer(kind, settings, stack))
        health = Health(runtime)
        runner = await health_server.serve(
            runtime.metrics.registry,
            health.stalled,
            health.unready,
            (settings.http_host, settings.http_port),
            exemplars=runtime.tracer is not None,
        )
        stack.push_async_callback(runner.cleanup)
        port = health_server.write_port(settings.data_dir, runner)
        log.info("worker starts", metrics=f"http://{written(settings.http_host, port)}/metrics")
        _watch_folders(kind, runtime, health, stack)
        gc_tuning.settle()  # a start may read a long log of earlier photos
        await _unless_told(stop, _start(runtime, health, stack, build), runtime)
        gc_tuning.settle()
        await _until(stop, runtime)
        runtime.shutdown.settle()  # at once: whoever told us may lose patience, and that is no input's fault either
        log.info("worker stops")
        await _stop(runtime)
    # Threads that look at something else would hold the end up, and with it others' start.
    runtime.shutdown.leave(CLEAN)


def _require_own_folders(kind: Kind, settings: Settings) -> None:
    """Return where the worker's folders can be written to; a full disk ends the worker, to be started again.

    Earlier photos are found from memory while the disk of their folder is full.
    """
    if kind == "enrich" and settings.replica_dir is not None:
        with suppress(StoreUnavailable):
            require_usable(settings.replica_dir, "SENTINEL_REPLICA_DIR")
    try:
        require_usable(settings.data_dir, "SENTINEL_DATA_DIR")
    except TransientError as exc:
        Shutdown().end(exc)


def open_tracer(kind: Kind, settings: Settings, stack: AsyncExitStack) -> Tracer | None:
    """Return what follows messages, closed in the end; None where nobody takes traces.

    Raises :class:`SettingsError` where the library is not installed.
    """
    if settings.traces_url is None:
        return None
    try:
        from streams.adapters.tracing import over_otlp  # noqa: PLC0415 - it takes a third of a second to load
    except ImportError as exc:
        msg = "SENTINEL_TRACES_URL: traces need OpenTelemetry: pip install refund-sentinel[tracing]"
        raise SettingsError(msg) from exc
    tracer = over_otlp(kind, settings, settings.traces_url)
    stack.push_async_callback(asyncio.to_thread, tracer.close)
    return tracer


def _watch_folders(kind: Kind, runtime: Runtime, health: Health, stack: AsyncExitStack) -> None:
    own = {"SENTINEL_DATA_DIR": runtime.settings.data_dir}
    if kind == "enrich" and runtime.settings.replica_dir is not None:
        own["SENTINEL_REPLICA_DIR"] = runtime.settings.replica_dir
    for setting, folder in own.items():
        probe = Probe(partial(asyncio.to_thread, require_usable, folder, setting))
        health.watch("own folder" if setting == "SENTINEL_DATA_DIR" else "folder of earlier photos", probe.away)
        services.attend(runtime, probe.run(), stack)


async def _start(runtime: Runtime, health: Health, stack: AsyncExitStack, build: Build) -> None:
    services.attend(runtime, runtime.heartbeat.run(), stack)
    services.attend(runtime, services.tell(health), stack)
    await build(runtime, health, stack)
    beside = (
        services.measure(health),
        services.resume(runtime),
        services.give_up_a_lost_name(runtime),
        services.give_up_where_left_out(runtime),
        services.give_up_where_stuck(health),
    )
    for service in beside:
        services.attend(runtime, service, stack)
    runtime.heartbeat.join()
    async with answering(runtime.settings):
        await runtime.app.start()
    health.started = True


async def _unless_told(stop: asyncio.Event, start: Coroutine[None, None, None], runtime: Runtime) -> None:
    """Return once the worker has started, or end it when it is told to stop before.

    A database or a group that is busy may hold a start up for longer than a supervisor waits.
    """
    starting, told = asyncio.create_task(start), asyncio.create_task(stop.wait())
    await asyncio.wait({starting, told}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        log.info("worker stops while it starts")
        runtime.shutdown.leave(CLEAN)
    told.cancel()
    try:
        await starting
    except TransientError as exc:
        runtime.shutdown.end(exc)


async def _stop(runtime: Runtime) -> None:
    """Stop the app in order, or at once when that takes too long: what was not acknowledged is taken up again."""
    runtime.close()
    stopping = asyncio.create_task(runtime.app.stop())  # not cancelled: Faust swallows that while it waits for events
    await asyncio.wait({stopping}, timeout=STOP_S)
    if not stopping.done():
        log.warning("worker ends in the middle of its work: it did not stop in time", seconds=STOP_S)
        runtime.shutdown.leave(CLEAN)
    await stopping


async def _until(stop: asyncio.Event, runtime: Runtime) -> None:
    stopping = asyncio.create_task(stop.wait())
    ended = asyncio.create_task(runtime.app.wait_until_stopped())
    await asyncio.wait({stopping, ended}, return_when=asyncio.FIRST_COMPLETED)
    if not stop.is_set():
        reason = runtime.app.crash_reason
        if isinstance(reason, NOT_ALLOWED):  # it was taken away while the worker ran
            runtime.shutdown.end(not_allowed(reason, runtime.settings))
        if isinstance(reason, TransientError):
            runtime.shutdown.end(reason)
        runtime.shutdown.end(BrokerUnavailable(f"the consumer stopped by itself: {reason!r}"))
    ended.cancel()
