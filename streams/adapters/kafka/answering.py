"""Errors of Kafka's clients as errors of ours: unavailable, which may pass, or refused, which a person has to mend."""

import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    InvalidTimestampError,
    KafkaError,
    TopicAuthorizationFailedError,
)

from streams.adapters.kafka.connection import connection
from streams.adapters.kafka.diagnosis import why_away, why_refused
from streams.errors import BrokerRefused, BrokerUnavailable, StoreUnavailable
from streams.settings import Settings

NOT_ALLOWED = (ClusterAuthorizationFailedError, GroupAuthorizationFailedError, TopicAuthorizationFailedError)

OF_DISKS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
"""Errors that no connection has: what is done inside may write files too."""
CLOCKS_DIFFER = "the clock of this host is far from the broker's: set the one that is wrong right"
"""What it means that Kafka refuses the time of a message, which is the time at which it was sent."""
_IS_IT_UP = "is it up, and are the settings SENTINEL_BROKER and SENTINEL_BROKER_… right?"


@asynccontextmanager
async def answering(settings: Settings) -> AsyncIterator[None]:
    """Raise an error of ours, one line with the broker's address, for what Kafka's clients raise inside.

    :class:`BrokerRefused` where a setting or a right is wrong: the broker is asked what, for a few seconds at most.
    :class:`StoreUnavailable` where a file of ours is at fault, and :class:`BrokerUnavailable` otherwise.
    """
    try:
        yield
    except NOT_ALLOWED as exc:
        raise not_allowed(exc, settings) from exc
    except InvalidTimestampError as exc:
        msg = f"Kafka at {settings.broker} does not take a message: {CLOCKS_DIFFER}"
        raise BrokerUnavailable(msg) from exc
    except (KafkaError, OSError) as exc:
        if (why := await why_refused(settings, connection(settings))) is not None:
            raise BrokerRefused(why) from exc
        if isinstance(exc, OSError) and (exc.filename is not None or exc.errno in OF_DISKS):
            which = exc.filename or "a file of this process"
            msg = f"{which} cannot be used ({exc.strerror}): look at its disk and rights"
            raise StoreUnavailable(msg) from exc
        away = await why_away(settings, connection(settings)) or _IS_IT_UP
        msg = f"Kafka at {settings.broker} does not answer ({type(exc).__name__}): {away}"
        raise BrokerUnavailable(msg) from exc


def not_allowed(exc: BaseException, settings: Settings) -> BrokerRefused:
    """Return the error of a right that is lacking: who has to be given it."""
    who = settings.broker_user or "everybody"
    return BrokerRefused(f"Kafka at {settings.broker} does not allow it ({exc}): grant it to {who}")
