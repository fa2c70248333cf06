"""Dead letters as people see them: one message is one line, however often it failed and was sent again.

A message that is sent again stands at a new offset. Where it fails again, its new letter is linked to the first one by
the mark of the replay, so that sending everything again once more sends nothing.
"""

import re
from collections import Counter
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass, replace

import msgspec

from schemas.codec import decode
from schemas.errors import ContractError
from schemas.legible import legible
from schemas.records import DeadLetter
from streams.delivery.poison_pills import EndedTheProcess
from streams.delivery.replay_marks import Identity, content, is_mark
from streams.delivery.sending import MessageTooLarge
from streams.errors import InputError

SHOWN_CHARACTERS = 128
"""Of keys and ids: the contract allows no longer ones."""
CLASSES = frozenset(
    {"ContractError", *(one.__name__ for one in (*InputError.__subclasses__(), EndedTheProcess, MessageTooLarge))}
)
"""Classes of errors that are some message's own fault; what no one of us wrote may stand in a letter, too."""
_REQUEST_ID = re.compile(rb'"request_id"\s*:\s*"([A-Za-z0-9._:-]{1,128})"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One message that failed. Place and size are those of its first letter, the error is that of its last one.

    ``failed_again_at`` are the offsets in the same partition at which it stood when it failed again after a replay.
    ``repeats`` is how often a letter of it was written, ``replays`` how often it was sent again. ``key`` and
    ``request_id`` are None where they cannot be read.
    """

    topic: str
    partition: int
    offset: int
    key: str | None
    request_id: str | None
    error_class: str
    message: str
    stage: str
    size_bytes: int | None
    first_seen_at_ms: int
    last_seen_at_ms: int
    repeats: int
    replays: int
    failed_again_at: tuple[int, ...]

    @property
    def identity(self) -> Identity:
        """Where the original stood first."""
        return (self.topic, self.partition, self.offset)

    @property
    def identities(self) -> set[Identity]:
        """Everywhere the message stood when it failed."""
        return {(self.topic, self.partition, offset) for offset in (self.offset, *self.failed_again_at)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which letters are meant: each None means any."""

    topic: str | None = None
    error_class: str | None = None
    identity: Identity | None = None

    def matches(self, summary: Summary) -> bool:
        """Return whether the letter is meant, by any place where the message stood."""
        return (
            self.topic in {None, summary.topic}
            and self.error_class in {None, summary.error_class}
            and (self.identity is None or self.identity in summary.identities)
        )


@dataclass(frozen=True, slots=True)
class Box:
    """What the topic holds: the letters by their first identity, in no order, and how many messages are none."""

    summaries: dict[Identity, Summary]
    unreadable: int


class _Named(msgspec.Struct):
    """What a message of ours may name: a request, or evidence of one."""

    request_id: str | None = None
    request: "_Named | None" = None


async def sort(messages: AsyncIterable[bytes | None]) -> Box:
    """Return one summary for each message: its repeated letters, marks of replays and later failures are joined."""
    letters: dict[Identity, Summary] = {}
    replays: Counter[Identity] = Counter()
    before: dict[Identity, Identity] = {}
    unreadable = 0
    async for raw in messages:
        try:
            letter = decode(DeadLetter, raw)
        except ContractError:
            unreadable += 1
            continue
        if is_mark(letter):
            replays[letter.identity] += 1
            if letter.sent_again_as is not None:
                before[letter.topic, letter.partition, letter.sent_again_as] = letter.identity
        else:
            letters[letter.identity] = _with(letters.get(letter.identity), _summary(letter))
    return Box(_joined(letters, replays, before), unreadable)


def request_id_of(value: bytes | None) -> str | None:
    """Return the request that a message names, also where it is damaged; None where it names none."""
    try:
        named = msgspec.json.decode(value or b"", type=_Named)
    except (msgspec.MsgspecError, ValueError, RecursionError):  # it may be anything
        found = _REQUEST_ID.search(value or b"")
        return None if found is None else found[1].decode("ascii")
    told = named.request_id or (None if named.request is None else named.request.request_id)
    return None if told is None else legible(told, SHOWN_CHARACTERS)


def key_of(letter: DeadLetter) -> str | None:
    """Return the beginning of the original's key as text; None where it had none or is not UTF-8."""
    try:
        key = (content(letter.key_base64) or b"").decode()
    except UnicodeDecodeError:
        return None
    return legible(key, SHOWN_CHARACTERS) or None


def _joined(
    letters: Mapping[Identity, Summary], replays: Mapping[Identity, int], before: Mapping[Identity, Identity]
) -> dict[Identity, Summary]:
    """Return one summary for each message: the letters of one are joined, the first of those that are there leads."""
    found: dict[Identity, Summary] = {}
    leading: dict[Identity, Identity] = {}
    for identity, summary in sorted(letters.items(), key=lambda one: (one[1].first_seen_at_ms, one[0])):
        first = _first(identity, before)
        leader = leading.setdefault(first, identity)
        again = replays.get(identity, 0)
        if leader == identity:  # the letter where the message stood first may have expired
            found[leader] = replace(summary, replays=again + (replays.get(first, 0) if first != identity else 0))
        else:
            found[leader] = _failed_again(found[leader], summary, again)
    return found


def _first(identity: Identity, before: Mapping[Identity, Identity]) -> Identity:
    """Return where a message stood first. Marks of topics made anew may form a ring: each is followed once."""
    seen = {identity}
    while identity in before and before[identity] not in seen:
        identity = before[identity]
        seen.add(identity)
    return identity


def _failed_again(message: Summary, letter: Summary, replays: int) -> Summary:
    joined = _with(message, letter)
    failed_again_at = (*message.failed_again_at, letter.offset)
    return replace(joined, replays=message.replays + replays, failed_again_at=failed_again_at)


def _with(message: Summary | None, letter: Summary) -> Summary:
    """Return a message with one more letter: the newest says what is wrong."""
    if message is None:
        return letter
    newest = max(message, letter, key=lambda one: one.last_seen_at_ms)
    return replace(
        message,
        error_class=newest.error_class,
        message=newest.message,
        stage=newest.stage,
        first_seen_at_ms=min(message.first_seen_at_ms, letter.first_seen_at_ms),
        last_seen_at_ms=newest.last_seen_at_ms,
        repeats=message.repeats + letter.repeats,
    )


def _summary(letter: DeadLetter) -> Summary:
    value = content(letter.value_base64)
    return Summary(
        topic=letter.topic,
        partition=letter.partition,
        offset=letter.offset,
        key=key_of(letter),
        request_id=request_id_of(value),
        error_class=letter.error.class_,
        message=letter.error.message,
        stage=letter.stage,
        size_bytes=letter.left_out_bytes if value is None else len(value),
        first_seen_at_ms=letter.first_seen_at_ms,
        last_seen_at_ms=letter.first_seen_at_ms,
        repeats=1,
        replays=0,
        failed_again_at=(),
    )
