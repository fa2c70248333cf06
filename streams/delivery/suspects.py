"""Finding an input that ends the process: it cannot be caught, so it is recognised by where the worker keeps dying.

A worker that starts for the third time on the same uncommitted head takes that partition's events one by one, and
writes down which one it is at. If it dies there twice, that event is a dead letter. An end for a known reason
(broker, database) clears what was written down: infrastructure is no input's fault.
"""

import asyncio
import json
from dataclasses import asdict, dataclass, field
from enum import Enum, auto
from pathlib import Path

from streams.delivery.messages import Incoming
from streams.errors import SentinelError

STARTS = 3
DEATHS = 2


class EndedTheProcess(SentinelError):
    """The worker died twice while it worked on nothing but this message."""


class Care(Enum):
    """How an event is to be taken."""

    USUAL = auto()
    ALONE = auto()
    CULPRIT = auto()


@dataclass
class _Notes:
    heads: dict[str, list[int]] = field(default_factory=dict)
    """Partition to [offset of its head at the last start, starts on it in a row]."""
    alone: str | None = None
    deaths: dict[str, int] = field(default_factory=dict)


class Suspects:
    """What this worker's earlier lives ended on, in all its topics, kept in its data directory.

    ``alone`` is held by the one event of the process that is taken alone: two at once could not be told apart.
    """

    def __init__(self, path: Path) -> None:
        """Read what the last life left at ``path``."""
        self._path = path
        self.alone = asyncio.Lock()
        self._notes = self._load()
        self._until: dict[str, int] = {}
        if self._notes.alone is not None:
            self._notes.deaths[self._notes.alone] = self._notes.deaths.get(self._notes.alone, 0) + 1
            self._notes.alone = None
            self._write()

    def care(self, incoming: Incoming, stretch: int) -> Care:
        """Return how to take an event; the first of a partition since the start is its head.

        ``stretch`` events from a suspected head on are taken one by one: as many as may have been open together.
        """
        partition = f"{incoming.topic}/{incoming.partition}"
        if partition not in self._until:
            self._until[partition] = self._arrive(partition, incoming.offset, stretch)
        if self._notes.deaths.get(f"{partition}/{incoming.offset}", 0) >= DEATHS:
            return Care.CULPRIT
        return Care.ALONE if incoming.offset < self._until[partition] else Care.USUAL

    def begin(self, incoming: Incoming) -> None:
        """Write down that this event, and nothing else, is being worked on."""
        self._notes.alone = f"{incoming.topic}/{incoming.partition}/{incoming.offset}"
        self._write()

    def clear(self) -> None:
        """Forget the event at hand: it is through, or the process ends for a known reason."""
        if self._notes.alone is not None:
            self._notes.alone = None
            self._write()

    def known_end(self) -> None:
        """Forget the event at hand and this start: the process ends for a reason that is no input's."""
        for partition in self._until:
            self._notes.heads.pop(partition, None)
        self._notes.alone = None
        self._write()

    def _arrive(self, partition: str, offset: int, stretch: int) -> int:
        last, starts = self._notes.heads.get(partition, [-1, 0])
        starts = starts + 1 if last == offset else 1
        self._notes.heads[partition] = [offset, starts]
        self._write()
        suspected = starts >= STARTS or any(
            key.rpartition("/")[0] == partition and int(key.rpartition("/")[2]) >= offset for key in self._notes.deaths
        )
        return offset + stretch if suspected else offset

    def _load(self) -> _Notes:
        try:
            return _Notes(**json.loads(self._path.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return _Notes()

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self._notes)))
        fresh.replace(self._path)
