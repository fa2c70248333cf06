"""What is sent again, and the mark that says so.

The mark is one more dead letter of the same identity, whose error class is :data:`REPLAYED` and which carries no
content. So it is as durable as the letters, every message of the topic keeps the contract, and a reader that knows
nothing of marks sees a repeat.
"""

import base64
from typing import Protocol

import msgspec

from schemas.records import DeadLetter, LetterError
from schemas.topics import BY_NAME, DEAD_LETTERS
from streams.delivery.messages import Outgoing
from streams.errors import OperatorError

REPLAYED = "Replayed"
STAGE = "dlq"

Identity = tuple[str, int, int]
"""Where the original stands: topic, partition, offset."""


class Identified(Protocol):
    """A dead letter, or what is told of one."""

    @property
    def identity(self) -> Identity:
        """Where the original stands."""


def is_mark(letter: DeadLetter) -> bool:
    """Return whether this says only that a letter was sent again."""
    return letter.error.class_ == REPLAYED and letter.stage == STAGE


def original(letter: DeadLetter) -> Outgoing:
    """Return the message as it was: key, value and headers, byte for byte.

    Raises :class:`OperatorError` when it may not go back: its content was too long to be kept here, it never had any,
    or it is from a topic that is none of the contract's (whoever can write a dead letter must not reach other topics
    through us).
    """
    if letter.topic not in BY_NAME or letter.topic == DEAD_LETTERS.name:
        msg = f"{place(letter)} is from a topic that dead letters are not sent back to: look at it with dlq show"
        raise OperatorError(msg)
    if letter.left_out_bytes is not None:
        msg = f"{place(letter)} was too long to be kept as a dead letter: copy it from its own topic"
        raise OperatorError(msg)
    if letter.key_base64 is None and letter.value_base64 is None:
        msg = f"{place(letter)} had neither key nor value: there is nothing to send again"
        raise OperatorError(msg)
    headers = tuple((name, content(value)) for name, value in letter.headers)
    return Outgoing(letter.topic, content(letter.key_base64), content(letter.value_base64), headers)


def mark(letter: DeadLetter, partition: int, offset: int, now_ms: int) -> DeadLetter:
    """Return what is written once the message was sent again and stands at ``offset`` of ``partition``.

    In another partition than its old one it is not recognised when it fails again: it is a letter of its own then.
    """
    return msgspec.structs.replace(
        letter,
        value_base64=None,
        headers=[],
        left_out_bytes=len(content(letter.value_base64) or b""),
        stage=STAGE,
        error=LetterError(class_=REPLAYED, message=f"sent again: {letter.topic}/{partition}/{offset}"),
        first_seen_at_ms=now_ms,
        sent_again_as=offset if partition == letter.partition else None,
    )


def content(encoded: str | None) -> bytes | None:
    """Return the bytes that a dead letter carries in base64."""
    return None if encoded is None else base64.b64decode(encoded)


def place(letter: Identified) -> str:
    """Return the identity in one word: topic/partition/offset."""
    return "/".join(map(str, letter.identity))
