"""A batch of messages stored as records in one transaction; where one is refused, each in its own, to find which.

Both who decide and who takes up signals of others store their batches by this.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from schemas.codec import decode
from schemas.errors import ContractError
from schemas.records.base import Record
from streams.delivery.messages import Incoming, Outgoing
from streams.delivery.stage import Answer
from streams.errors import RefusedByDatabase
from streams.ports import DatabaseCalls
from streams.tracing import part

T = TypeVar("T")
R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Stored(Generic[R, T]):
    """An event that the database holds now, and what the store answered."""

    record: R
    answer: T


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an event can never be stored: it becomes a dead letter."""

    error: Exception


class Unread(Generic[R]):
    """A message that is to be read as a record of one kind; it is read once, however often it is asked for."""

    __slots__ = ("_found", "_kind", "_value")

    def __init__(self, kind: type[R], value: bytes | None) -> None:
        self._kind = kind
        self._value = value
        self._found: R | Refused | None = None

    def read(self) -> R | Refused:
        """Return the record, or why it is none."""
        if self._found is None:
            try:
                self._found = decode(self._kind, self._value)
            except ContractError as exc:
                self._found = Refused(exc)
        return self._found


def unread(kind: type[R], incoming: Incoming) -> Unread[R]:
    """Return what reads a message: the same for each call, which are all of one ``kind``."""
    if incoming.record is None:
        incoming.record = Unread(kind, incoming.value)
    return cast("Unread[R]", incoming.record)


def read(kind: type[R], incoming: Incoming) -> R | Refused:
    """Return the record of a message, or why it is none."""
    return unread(kind, incoming).read()


class Storing:
    """Stores what was read of a batch."""

    def __init__(self, database: DatabaseCalls) -> None:
        """``database`` is the thread in which everything is stored."""
        self._database = database

    async def all(
        self, name: str, read: Sequence[R | Refused], work: Callable[[Sequence[R]], Sequence[T]]
    ) -> list[Stored[R, T] | Refused]:
        """Return what became of each event, in their order; ``work`` stores records, and answers each."""
        results = iter(await self._together(name, [one for one in read if not isinstance(one, Refused)], work))
        return [one if isinstance(one, Refused) else next(results) for one in read]

    async def _together(
        self, name: str, records: Sequence[R], work: Callable[[Sequence[R]], Sequence[T]]
    ) -> list[Stored[R, T] | Refused]:
        if not records:
            return []
        try:
            with part(name):
                answers = await self._database.call(name, lambda: work(records))
        except RefusedByDatabase as exc:
            if len(records) == 1:
                return [Refused(exc)]
        else:
            return [Stored(record, answer) for record, answer in zip(records, answers, strict=True)]
        return [result for record in records for result in await self._together(name, [record], work)]


def answered(result: Stored[R, T] | Refused, messages: Callable[[Stored[R, T]], Sequence[Outgoing]]) -> Answer:
    """Return what is sent for an event: ``messages`` of what was stored, or its dead letter."""
    return result.error if isinstance(result, Refused) else messages(result)
