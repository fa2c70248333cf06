"""Dead letters: the whole message, where it stood, and why it could not be used."""

import base64

from msgspec.structs import replace

from schemas.codec import encode
from schemas.errors import ContractError
from schemas.left_out import LeftOut
from schemas.legible import legible
from schemas.records import DeadLetter, LetterError
from schemas.topics import DEAD_LETTERS
from streams.delivery.messages import Incoming, Outgoing

MESSAGE_CHARACTERS = 1_000
KEY_BYTES = 1_024


def letter(incoming: Incoming, stage: str, error: BaseException, now_ms: int, attempts: int = 1) -> Outgoing:
    """Return the dead letter of a message, under the message's own key.

    The original is kept byte for byte, so that it can be sent again; the error's class is what metrics count by.
    One that is too long is left out: Kafka's own limit counts compressed bytes, so a small message may unpack to many
    times what this topic takes, and a letter that cannot be sent would stop the stream. So would one that takes
    gigabytes to write: what is too long as it came is not put into letters first.
    """
    key = incoming.key if len(incoming.key or b"") <= KEY_BYTES else None
    bare = DeadLetter(
        topic=incoming.topic,
        partition=incoming.partition,
        offset=incoming.offset,
        key_base64=_base64(key),
        value_base64=None,
        headers=[],
        left_out_bytes=incoming.value.size if isinstance(incoming.value, LeftOut) else len(incoming.value or b""),
        stage=stage,
        error=LetterError(class_=error_class(error), message=legible(str(error), MESSAGE_CHARACTERS)),
        attempts=attempts,
        first_seen_at_ms=now_ms,
    )
    if _size(incoming) <= DEAD_LETTERS.max_message_bytes and not isinstance(incoming.value, LeftOut):
        value = encode(_whole(bare, incoming))
        if len(value) + len(incoming.key or b"") <= DEAD_LETTERS.max_message_bytes:
            return Outgoing(DEAD_LETTERS.name, incoming.key, value)
    return Outgoing(DEAD_LETTERS.name, key, encode(bare))


def _size(incoming: Incoming) -> int:
    """Return how many bytes a message has, which a letter with all of it has more of."""
    headers = sum(len(name) + len(value or b"") for name, value in incoming.headers)
    return len(incoming.key or b"") + len(incoming.value or b"") + headers


def _whole(bare: DeadLetter, incoming: Incoming) -> DeadLetter:
    return replace(
        bare,
        key_base64=_base64(incoming.key),
        value_base64=_base64(incoming.value),
        headers=[(legible(name), _base64(value)) for name, value in incoming.headers],
        left_out_bytes=None,
    )


def error_class(error: BaseException) -> str:
    """Return the name that dead letters and metrics know an error by."""
    return "ContractError" if isinstance(error, ContractError) else type(error).__name__


def _base64(raw: bytes | None) -> str | None:
    return None if raw is None else base64.b64encode(raw).decode("ascii")
