"""Dead letters as people see them: repeats are one, and which were sent again is written among them.

What was sent again is marked by one more dead letter of the same identity, whose error class is :data:`REPLAYED` and
which carries no content. So the mark is as durable as the letters, every message of the topic keeps the contract, and
a reader that knows nothing of marks sees a repeat.
"""

import base64
from collections.abc import AsyncIterable
from dataclasses import dataclass, replace

import msgspec

from schemas.codec import decode
from schemas.errors import ContractError
from schemas.records import DeadLetter, LetterError
from schemas.topics import BY_NAME, DEAD_LETTERS
from streams.delivery.messages import Outgoing
from streams.errors import OperatorError

REPLAYED = "Replayed"
STAGE = "dlq"

Identity = tuple[str, int, int]
"""Where the original stands: topic, partition, offset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One dead letter: how often it was written (``repeats``) and how often sent again (``replays``)."""

    topic: str
    partition: int
    offset: int
    error_class: str
    message: str
    stage: str
    size_bytes: int | None
    first_seen_at_ms: int
    repeats: int
    replays: int

    @property
    def identity(self) -> Identity:
        """Where the original stands."""
        return (self.topic, self.partition, self.offset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which letters are meant: each None means any."""

    topic: str | None = None
    error_class: str | None = None
    identity: Identity | None = None

    def matches(self, summary: Summary) -> bool:
        """Return whether the letter is meant."""
        return (
            self.topic in {None, summary.topic}
            and self.error_class in {None, summary.error_class}
            and self.identity in {None, summary.identity}
        )


@dataclass(frozen=True, slots=True)
class Box:
    """What the topic holds: the letters by identity, in no order, and how many messages are none."""

    summaries: dict[Identity, Summary]
    unreadable: int


async def sort(messages: AsyncIterable[bytes | None]) -> Box:
    """Return the letters among ``messages``, repeats and marks taken together."""
    summaries: dict[Identity, Summary] = {}
    marks: dict[Identity, int] = {}
    unreadable = 0
    async for raw in messages:
        try:
            letter = decode(DeadLetter, raw)
        except ContractError:
            unreadable += 1
            continue
        if is_mark(letter):
            marks[letter.identity] = marks.get(letter.identity, 0) + 1
        else:
            summaries[letter.identity] = _with(summaries.get(letter.identity), letter)
    counted = {identity: replace(one, replays=marks.get(identity, 0)) for identity, one in summaries.items()}
    return Box(counted, unreadable)


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


def mark(letter: DeadLetter, offset: int, now_ms: int) -> DeadLetter:
    """Return what is written once the message was sent again and stands at ``offset`` of its partition."""
    return msgspec.structs.replace(
        letter,
        value_base64=None,
        headers=[],
        left_out_bytes=len(content(letter.value_base64) or b""),
        stage=STAGE,
        error=LetterError(class_=REPLAYED, message=f"sent again: {letter.topic}/{letter.partition}/{offset}"),
        first_seen_at_ms=now_ms,
    )


def content(encoded: str | None) -> bytes | None:
    """Return the bytes that a dead letter carries in base64."""
    return None if encoded is None else base64.b64decode(encoded)


def place(letter: DeadLetter | Summary) -> str:
    """Return the identity in one word: topic/partition/offset."""
    return "/".join(map(str, letter.identity))


def _with(before: Summary | None, letter: DeadLetter) -> Summary:
    seen = letter.first_seen_at_ms
    value = content(letter.value_base64)
    return Summary(
        topic=letter.topic,
        partition=letter.partition,
        offset=letter.offset,
        error_class=letter.error.class_,
        message=letter.error.message,
        stage=letter.stage,
        size_bytes=letter.left_out_bytes if value is None else len(value),
        first_seen_at_ms=seen if before is None else min(seen, before.first_seen_at_ms),
        repeats=1 if before is None else before.repeats + 1,
        replays=0,
    )
