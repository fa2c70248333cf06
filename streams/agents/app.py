"""The Faust app of a worker: settings by measurement, raw bytes in and out, no tables, no web server of its own."""

import faust
import faust.streams
from faust.types.auth import CredentialsT

from schemas.topics import DEAD_LETTERS
from streams.adapters.kafka.clients import ssl_context
from streams.agents.transport import transport
from streams.errors import SettingsError
from streams.settings import Settings

REBALANCE_S = 120.0
COMMIT_INTERVAL_S = 1.0
LINGER_S = 0.003
STREAM_BUFFER = 256
REQUEST_OVERHEAD_BYTES = 64 * 1024


def build_app(group: str, settings: Settings) -> faust.App:
    """Return an app that reads as ``group``; it is not started.

    Raises :class:`SettingsError` when Faust came without its C extension: the pure-Python stream acknowledges
    events of an older generation that were never processed.
    """
    if vars(faust.streams)["_CStreamIterator"] is None:
        msg = "faust-streaming has no C extension here: install it from a wheel, or with a C compiler present"
        raise SettingsError(msg)
    app: faust.App = faust.App(
        group,
        broker=settings.broker,
        broker_credentials=_credentials(settings),
        consumer_group_instance_id=settings.instance and f"{group}-{settings.instance}",
        datadir=str(settings.data_dir / "faust"),
        topic_disable_leader=True,
        topic_allow_declare=False,
        web_enabled=False,
        stream_wait_empty=True,
        stream_buffer_maxsize=STREAM_BUFFER,
        broker_commit_interval=COMMIT_INTERVAL_S,
        broker_session_timeout=settings.session_timeout_s,
        broker_heartbeat_interval=min(3.0, settings.session_timeout_s / 3),
        broker_rebalance_timeout=REBALANCE_S,
        broker_request_timeout=REBALANCE_S + 10,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=2 * DEAD_LETTERS.max_message_bytes,
        producer_request_timeout=settings.send_limit_s,
        producer_linger=LINGER_S,
        producer_max_request_size=DEAD_LETTERS.max_message_bytes + REQUEST_OVERHEAD_BYTES,
    )
    app.transport = transport(app)
    return app


def _credentials(settings: Settings) -> CredentialsT | None:
    password = settings.broker_password.get_secret_value() if settings.broker_password else None
    match settings.broker_security:
        case "plaintext":
            return None
        case "ssl":
            return faust.SSLCredentials(context=ssl_context(settings))
        case "sasl_plaintext":
            return faust.SASLCredentials(
                username=settings.broker_user, password=password, mechanism=settings.broker_mechanism
            )
        case "sasl_ssl":
            return faust.SASLCredentials(
                username=settings.broker_user,
                password=password,
                mechanism=settings.broker_mechanism,
                ssl_context=ssl_context(settings),
            )
