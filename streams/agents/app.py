"""The Faust app of a worker: settings by measurement, raw bytes in and out, no tables, no web server of its own."""

from collections.abc import Sequence

import faust
import faust.streams

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
