"""When the broker took a message: what history counts by, because nobody outside can set it."""

from datetime import UTC, datetime

from schemas.errors import ContractError
from schemas.records.base import FIRST_TIME_MS, LAST_TIME_MS
from schemas.topics import BY_NAME
from schemas.units import DAY_MS, HOUR_MS
from streams.delivery.messages import Incoming

AHEAD_MS = HOUR_MS
"""How far a sender's clock may be ahead: Kafka's own default for topics that keep the sender's time."""
KEPT_LONGER_MS = DAY_MS
"""How much longer than asked a broker may keep a message."""


def append_time(incoming: Incoming, now_ms: int) -> int:
    """Return when the broker took a message, in Unix milliseconds.

    A topic whose configuration was changed to ``CreateTime`` tells the sender's time instead. It is taken where it can
    be the broker's too: not ahead of ours by more than :data:`AHEAD_MS`, and not older than the topic keeps messages.
    Raises :class:`ContractError` where it cannot: a window of history that counts by such a time counts nothing.
    """
    time_ms = incoming.timestamp_ms
    first_ms, last_ms = FIRST_TIME_MS, LAST_TIME_MS
    if not incoming.by_broker:
        kept_ms = BY_NAME[incoming.topic].kept_ms
        first_ms = max(first_ms, now_ms - kept_ms - KEPT_LONGER_MS) if kept_ms is not None else first_ms
        last_ms = min(last_ms, now_ms + AHEAD_MS)
    if first_ms <= time_ms <= last_ms:
        return time_ms
    whose = "the broker" if incoming.by_broker else "the topic keeps the time of its senders (CreateTime), and this one"
    msg = (
        f"{whose} says that the message was appended {_said(time_ms)}, which cannot be: set message.timestamp.type to "
        "LogAppendTime (`refund-sentinel topics create --alter-configs`), then replay the message"
    )
    raise ContractError(msg)


def _said(time_ms: int) -> str:
    try:
        return f"at {datetime.fromtimestamp(time_ms / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (OverflowError, ValueError, OSError):
        return f"{time_ms} ms after 1970"
