"""The dead letters on the broker: looked at, and sent back to where they came from."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.codec import decode, encode
from schemas.errors import ContractError
from schemas.records import DeadLetter
from schemas.topics import DEAD_LETTERS
from streams.adapters.kafka import producer
from streams.adapters.topic_reader import Message, whole
from streams.clock import now_ms
from streams.delivery.letters import Box, Identity, Summary, Wanted, is_mark, mark, original, sort
from streams.errors import OperatorError
from streams.settings import Settings

if TYPE_CHECKING:
    from aiokafka import AIOKafkaProducer


async def look(settings: Settings) -> Box:
    """Return what the dead-letter topic holds now; errors as in :func:`streams.adapters.topic_reader.whole`."""
    return await sort(message.value async for message in whole(settings, DEAD_LETTERS))


async def find(settings: Settings, identity: Identity) -> DeadLetter:
    """Return the newest dead letter of the message at ``identity``; :class:`OperatorError` when there is none."""
    found = None
    async for _, letter in _letters(settings):
        if letter.identity == identity:
            found = letter
    if found is None:
        msg = f"there is no dead letter of {'/'.join(map(str, identity))}: `refund-sentinel dlq list` shows them"
        raise OperatorError(msg)
    return found


@dataclass(slots=True)
class Replay:
    """What a replay did: sent again, left alone because it was sent again before, and why others could not be."""

    sent: list[Summary]
    before: int
    refused: list[str]


async def replay(
    settings: Settings, wanted: Wanted, *, again: bool = False, on_sent: Callable[[int], None] = lambda _: None
) -> Replay:
    """Send the originals of the wanted letters back to their topics, those not yet sent again; ``again``: all.

    Each is sent and confirmed first and marked then. A crash between the two sends it once more the next time, which
    is harmless: a request sent twice gets the same decision. ``on_sent`` is told how many are left.
    """
    box = await look(settings)
    chosen = {identity: one for identity, one in box.summaries.items() if wanted.matches(one)}
    if wanted.identity is not None and not chosen:
        await find(settings, wanted.identity)
    due = {identity: one for identity, one in chosen.items() if again or not one.replays}
    done = Replay(sent=[], before=len(chosen) - len(due), refused=[])
    if due:
        async with producer(settings) as client:
            async for message, letter in _letters(settings):
                summary = due.pop(letter.identity, None)
                if summary is not None:
                    await _send_again(client, message, letter, summary, done)
                    on_sent(len(due))
    return done


async def _send_again(
    client: "AIOKafkaProducer[bytes | None, bytes | None]",
    message: Message,
    letter: DeadLetter,
    summary: Summary,
    done: Replay,
) -> None:
    try:
        outgoing = original(letter)
    except OperatorError as exc:
        done.refused.append(str(exc))
        return
    # its old partition: whoever wrote it there may hash keys in another way than we do
    sent = await client.send_and_wait(
        outgoing.topic, outgoing.value, outgoing.key, letter.partition, headers=list(outgoing.headers)
    )
    marked = encode(mark(letter, sent.offset, now_ms()))
    await client.send_and_wait(DEAD_LETTERS.name, marked, message.key, message.partition)
    done.sent.append(summary)


async def _letters(settings: Settings) -> AsyncIterator[tuple[Message, DeadLetter]]:
    """Give the letters without the marks, passing over what is no letter."""
    async for message in whole(settings, DEAD_LETTERS):
        try:
            letter = decode(DeadLetter, message.value)
        except ContractError:
            continue
        if not is_mark(letter):
            yield message, letter
