"""The dead letters on the broker: looked at, and sent back to where they came from."""

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.codec import decode, encode
from schemas.errors import ContractError
from schemas.records import DeadLetter
from schemas.topics import DEAD_LETTERS
from streams.adapters.kafka.clients import producer
from streams.adapters.kafka.topic_reader import Message, whole
from streams.clock import now_ms
from streams.delivery.dead_letter_topic import Box, Wanted, sort
from streams.delivery.replay_marks import Identity, is_mark, mark, original
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
    """What a replay did: sent again, and why others could not be."""

    sent: list[Identity]
    refused: list[str]


async def due(settings: Settings, wanted: Wanted, *, again: bool = False) -> tuple[set[Identity], int]:
    """Return the wanted letters that are to be sent again, and how many are not because they were; ``again``: none.

    Raises :class:`OperatorError` when some are wanted by place, topic or class and there is none such.
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
    """Send the originals of these letters back to their topics.

    Each is sent and confirmed first and marked then. A crash between the two sends it once more the next time, which
    is harmless: a request sent twice gets the same decision. ``on_done`` is told how many are done.
    """
    open_ = set(identities)
    total, done = len(open_), Replay(sent=[], refused=[])
    if not open_:
        return done
    async with producer(settings) as client:
        async for message, letter in _letters(settings):
            if letter.identity in open_:
                open_.discard(letter.identity)
                try:
                    await _send_again(client, message, letter)
                    done.sent.append(letter.identity)
                except OperatorError as exc:
                    done.refused.append(str(exc))
                on_done(total - len(open_))
    return done


def _none(identity: Identity) -> OperatorError:
    where = "/".join(map(str, identity))
    return OperatorError(f"there is no dead letter of {where}: `refund-sentinel dlq list` shows them")


async def _send_again(
    client: "AIOKafkaProducer[bytes | None, bytes | None]", message: Message, letter: DeadLetter
) -> None:
    outgoing = original(letter)
    # its old partition: whoever wrote it there may hash keys in another way than we do
    sent = await client.send_and_wait(
        outgoing.topic, outgoing.value, outgoing.key, letter.partition, headers=list(outgoing.headers)
    )
    marked = encode(mark(letter, sent.offset, now_ms()))
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
