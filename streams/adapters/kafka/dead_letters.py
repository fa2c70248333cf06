"""The dead letters on the broker: looked at, and sent back to where they came from."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiokafka.errors import MessageSizeTooLargeError

from schemas.codec import decode, encode
from schemas.errors import ContractError
from schemas.records import DeadLetter
from schemas.topics import DEAD_LETTERS
from streams.adapters.kafka import topics
from streams.adapters.kafka.clients import producer
from streams.adapters.kafka.topic_reader import Message, whole
from streams.clock import now_ms
from streams.delivery.dead_letter_topic import Box, Wanted, sort
from streams.delivery.replay_marks import Identity, is_mark, mark, original, place
from streams.errors import OperatorError
from streams.settings import Settings

if TYPE_CHECKING:
    from aiokafka import AIOKafkaProducer


async def look(settings: Settings) -> Box:
    """Return what the dead-letter topic holds now; errors as in :func:`streams.adapters.kafka.topic_reader.whole`."""
    return await sort(message.value async for message in whole(settings, DEAD_LETTERS))


async def find(settings: Settings, identity: Identity) -> DeadLetter:
    """Return the newest dead letter of the message at ``identity``; :class:`OperatorError` when there is none."""
    found = None
    async for _, letter in _letters(settings):
        if letter.identity == identity:
            found = letter
    if found is None:
        raise _none(identity)
    return found


@dataclass(slots=True)
class Replay:
    """What a replay did: where the originals stood that were sent, and a sentence for each that could not be."""

    sent: list[Identity]
    refused: list[str]


async def due(settings: Settings, wanted: Wanted, *, again: bool = False) -> tuple[set[Identity], int]:
    """Return the letters to be sent again, and how many of the wanted ones are left out since they were sent before.

    With ``again`` none is left out. Raises :class:`OperatorError` where letters are wanted by place, topic or class and
    there is none such.
    """
    chosen = [one for one in (await look(settings)).summaries.values() if wanted.matches(one)]
    if wanted.identity is not None and not chosen:
        raise _none(wanted.identity)
    if wanted != Wanted() and not chosen:
        named = (("topic", wanted.topic), ("class", wanted.error_class))
        which = " and ".join(f"{what} {name}" for what, name in named if name is not None)
        msg = f"there is no dead letter of {which}: `refund-sentinel dlq list` shows what there is"
        raise OperatorError(msg)
    open_ = {one.identity for one in chosen if again or not one.replays}
    return open_, len(chosen) - len(open_)


async def replay(
    settings: Settings, identities: Iterable[Identity], on_done: Callable[[int], None] = lambda _: None
) -> Replay:
    """Return what became of these letters, after sending their originals back to their topics.

    Each is sent and confirmed, and then marked as sent. After a crash between the two it is sent once more the next
    time, which is harmless: a request sent twice gets the same decision. ``on_done`` is told how many are done.
    """
    open_ = set(identities)
    total, done = len(open_), Replay(sent=[], refused=[])
    if not open_:
        return done
    there = {state.topic: state.partitions for state in await topics.check(settings) if state.state != "missing"}
    async with producer(settings) as client:
        async for message, letter in _letters(settings):
            if letter.identity in open_:
                open_.discard(letter.identity)
                try:
                    await _send_again(client, message, letter, there)
                    done.sent.append(letter.identity)
                except OperatorError as exc:
                    done.refused.append(str(exc))
                on_done(total - len(open_))
    return done


def _none(identity: Identity) -> OperatorError:
    where = "/".join(map(str, identity))
    return OperatorError(f"there is no dead letter of {where}: `refund-sentinel dlq list` shows them")


async def _send_again(
    client: "AIOKafkaProducer[bytes | None, bytes | None]",
    message: Message,
    letter: DeadLetter,
    there: Mapping[str, int],
) -> None:
    """Send one original and mark that. ``there`` has the topics that exist, and how many partitions each has.

    It goes to its old partition, since whoever wrote it there may hash keys in another way than we do; by its key where
    the topic was made anew with fewer. Raises :class:`OperatorError` where it cannot be sent.
    """
    outgoing = original(letter)
    if outgoing.topic not in there:
        msg = f"{place(letter)}: topic {outgoing.topic} is missing: run `refund-sentinel topics create`"
        raise OperatorError(msg)
    partition = letter.partition if letter.partition < there[outgoing.topic] else None
    try:
        sent = await client.send_and_wait(
            outgoing.topic, outgoing.value, outgoing.key, partition, headers=list(outgoing.headers)
        )
    except MessageSizeTooLargeError as exc:
        msg = f"{place(letter)} is longer than its topic takes: run `refund-sentinel topics create --alter-configs`"
        raise OperatorError(msg) from exc
    marked = encode(mark(letter, sent.partition, sent.offset, now_ms()))
    await client.send_and_wait(DEAD_LETTERS.name, marked, message.key, message.partition)


async def _letters(settings: Settings) -> AsyncIterator[tuple[Message, DeadLetter]]:
    """Give the letters without the marks, passing over what is no letter."""
    async for message in whole(settings, DEAD_LETTERS):
        try:
            letter = decode(DeadLetter, message.value)
        except ContractError:
            continue
        if not is_mark(letter):
            yield message, letter
