"""The Faust app of a worker: settings by measurement, raw bytes in and out, no tables, no web server of its own."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import faust
import faust.streams
from faust.types import ChannelT
from mode import CrashingSupervisor

from streams.adapters.kafka.clients import REBALANCE_S, REQUEST_S
from streams.agents.reading_on import NoTables
from streams.agents.transport import transport
from streams.errors import SettingsError
from streams.settings import Settings

COMMIT_INTERVAL_S = 1.0
STREAM_BUFFER = 256


def build_app(group: str, settings: Settings, topics: Sequence[str]) -> faust.App:
    """Return an app that reads as ``group``; it is not started. ``topics`` are all that it reads and writes.

    Raises :class:`SettingsError` when Faust came without its C extension: the pure-Python stream acknowledges
    events of an older generation that were never processed.
    """
    if vars(faust.streams)["_CStreamIterator"] is None:
        msg = "faust-streaming has no C extension here: install it from a wheel, or with a C compiler present"
        raise SettingsError(msg)
    app: faust.App = faust.App(
        group,
        broker=settings.broker,
        datadir=str(settings.data_dir / "faust"),
        topic_disable_leader=True,
        topic_allow_declare=False,
        web_enabled=False,
        stream_wait_empty=True,
        stream_buffer_maxsize=STREAM_BUFFER,
        broker_commit_interval=COMMIT_INTERVAL_S,
        broker_session_timeout=settings.session_timeout_s,
        broker_rebalance_timeout=REBALANCE_S,
        broker_request_timeout=REQUEST_S,
        TableManager=NoTables,
    )
    app.transport = transport(app, settings, topics)
    return app


def attach(
    agent: Callable[[faust.Stream[bytes]], Awaitable[None]], app: faust.App, name: str, read: ChannelT[bytes]
) -> None:
    """Have the app run ``agent`` on what it reads there; a failure of the agent ends the app.

    It is what ``app.agent`` does, without looking up which module the agent stands in: for that Python asks for the
    places of the files of all modules, a tenth of what a worker does at its start beside loading them.
    """
    inner: Any = app
    made = inner.conf.Agent(
        agent,
        name=name,
        app=app,
        channel=read,
        supervisor_strategy=CrashingSupervisor,
        on_error=inner._on_agent_error,  # noqa: SLF001 - as app.agent gives it
    )
    app.agents[made.name] = made
    app.topics.beacon.add(made)
