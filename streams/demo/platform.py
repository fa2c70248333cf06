"""The platform's side of the demo: sends catalogue, requests and rubbish, and takes down what comes back."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.codec import decode, encode
from schemas.digest import request_digest
from schemas.records import RefundDecided
from schemas.topics import CATALOGUE, DEAD_LETTERS, DECISIONS, REQUESTS
from streams.adapters.kafka.clients import producer
from streams.adapters.kafka.topic_reader import Message, from_now
from streams.demo.day import Day
from streams.demo.photos import Photo
from streams.demo.requests import Asked
from streams.demo.stack import Stack
from streams.demo.stories import REPEATED
from streams.errors import OperatorError

if TYPE_CHECKING:
    from aiokafka import AIOKafkaProducer

LOOK_S = 0.02
PATIENCE_S = 90
"""How long nothing at all may move before the demo says that something is wrong."""

Identity = tuple[str, str]


def identity(asked: Asked) -> Identity:
    """Return what a decision names: the request's id and the digest of its content."""
    return (asked.request.request_id, request_digest(asked.request))


@dataclass(slots=True)
class Seen:
    """What the platform has sent and what came back; ``answers`` are the bytes of every message."""

    sent: dict[Identity, Asked] = field(default_factory=dict)
    answers: dict[Identity, list[bytes]] = field(default_factory=dict)
    decisions: dict[Identity, RefundDecided] = field(default_factory=dict)
    dead_letters: int = 0
    asked_twice: list[Identity] = field(default_factory=list)
    moved_s: float = field(default_factory=time.monotonic)

    @property
    def verdicts(self) -> Counter[str]:
        """How many decisions of each verdict there are."""
        return Counter(str(decision.verdict) for decision in self.decisions.values())

    @property
    def undecided(self) -> list[Identity]:
        """What was asked and not answered yet."""
        return [one for one in self.sent if one not in self.decisions]

    @property
    def unrepeated(self) -> list[Identity]:
        """What was asked twice and answered less than twice yet."""
        return [one for one in self.asked_twice if len(self.answers.get(one, [])) < 2]  # noqa: PLR2004 - once for each

    def take(self, message: Message) -> None:
        """Take down one decision."""
        raw = message.value or b""
        decision = decode(RefundDecided, raw)
        found = (decision.request_id, decision.request_digest)
        self.answers.setdefault(found, []).append(raw)
        self.decisions[found] = decision
        self.moved_s = time.monotonic()


Tell = Callable[[Seen], None]


async def play(day: Day, stack: Stack, seen: Seen, tell: Tell) -> None:
    """Send a day and return once all of it is answered; ``seen`` holds the answers, and ``tell`` is called meanwhile.

    Raises :class:`OperatorError` when a process is gone, or nothing comes back for :data:`PATIENCE_S`.
    """
    async with AsyncExitStack() as clients:
        decisions = await clients.enter_async_context(from_now(stack.settings, DECISIONS))
        letters = await clients.enter_async_context(from_now(stack.settings, DEAD_LETTERS))
        client = await clients.enter_async_context(producer(stack.settings))
        listening = [asyncio.create_task(_decisions(decisions, seen)), asyncio.create_task(_letters(letters, seen))]
        clients.push_async_callback(_end, listening)
        watch = _Watch(stack, seen, tell, listening)
        for photo, event in zip(day.listing, day.catalogue, strict=True):
            await watch.until(lambda photo=photo: _there(stack.folder, (photo,)))  # type: ignore[misc] # mypy cannot read a default in a lambda
            await client.send_and_wait(CATALOGUE.name, encode(event), event.merchant_id.encode())
            seen.moved_s = time.monotonic()
        for late in (False, True):
            await _ask([asked for asked in day.asked if asked.late is late], client, watch)
            for broken in day.poison if not late else ():
                await client.send_and_wait(REQUESTS.name, broken, b"b-broken")
            await watch.until(lambda: not seen.undecided)
        await watch.until(lambda: not seen.unrepeated and seen.dead_letters >= len(day.poison))
        tell(seen)


async def _ask(asked: list[Asked], client: "AIOKafkaProducer[bytes | None, bytes | None]", watch: "_Watch") -> None:
    for one in asked:
        await watch.until(lambda one=one: _there(watch.stack.folder, one.photos))  # type: ignore[misc] # mypy cannot read a default in a lambda
        await client.send_and_wait(REQUESTS.name, encode(one.request), one.request.buyer_id.encode())
        if one.story is REPEATED:
            watch.seen.asked_twice.append(identity(one))
        else:
            watch.seen.sent[identity(one)] = one
        watch.seen.moved_s = time.monotonic()
        watch.tell(watch.seen)


def _there(folder: Path, photos: tuple[Photo, ...]) -> bool:
    return all((folder / "media" / photo.uri).exists() for photo in photos if photo.arrives)


@dataclass(frozen=True, slots=True)
class _Watch:
    """Waits, while it keeps an eye on everything that must go on."""

    stack: Stack
    seen: Seen
    tell: Tell
    listening: list[asyncio.Task[None]]

    async def until(self, done: Callable[[], bool]) -> None:
        while not done():
            wrong = self.stack.ended()
            if wrong is not None:
                raise OperatorError(wrong)
            for task in self.listening:
                if task.done():
                    task.result()
            if time.monotonic() - self.seen.moved_s > PATIENCE_S:
                msg = (
                    f"nothing moved for {PATIENCE_S} s, {len(self.seen.undecided)} requests are undecided: "
                    f"{self.stack.folder / 'workers.log'} says what the workers do"
                )
                raise OperatorError(msg)
            self.tell(self.seen)
            await asyncio.sleep(LOOK_S)


async def _decisions(messages: AsyncIterator[Message], seen: Seen) -> None:
    async for message in messages:
        seen.take(message)


async def _letters(messages: AsyncIterator[Message], seen: Seen) -> None:
    async for _ in messages:
        seen.dead_letters += 1


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
