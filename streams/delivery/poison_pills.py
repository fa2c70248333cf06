"""Finding an input that ends the process: it cannot be caught, so it is recognised by where the worker keeps dying.

A worker that starts for the third time on the same uncommitted head takes that partition's events one by one, each as
the only one in work in the whole process. Before each it writes down that it tries it; what comes through is struck
out again. An event that was tried three times and never came through is a dead letter, however long it took to end the
process. An end for a known reason (told to stop, broker, database) takes the try back: it is no input's fault.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from enum import Enum, auto
from pathlib import Path

from streams.delivery.messages import Incoming
from streams.errors import InputError, StoreUnavailable

STARTS = 3
DEATHS = 3
"""Two may be chance: a message that is innocent survives as many kills of its worker while it is alone."""


class EndedTheProcess(InputError):
    """The worker died each time it worked on nothing but this message."""

    attempts = DEATHS


class Care(Enum):
    """How an event is to be taken."""

    USUAL = auto()
    ALONE = auto()
    CULPRIT = auto()


@dataclass
class _Notes:
    heads: dict[str, list[int]] = field(default_factory=dict)
    """Partition to [offset of its head at the last start, starts on it in a row]."""
    tries: dict[str, int] = field(default_factory=dict)
    """Event to how often it was tried alone and did not come through; the one at hand counts already."""


class PoisonPills:
    """What this worker's lives ended on, in all its topics, kept in its data directory.

    Nothing is written for an event that is taken as usual.
    """

    def __init__(self, path: Path) -> None:
        """Read what earlier lives left at ``path``."""
        self._path = path
        self._notes = self._load()
        self._until: dict[str, int] = {}
        self._alone: str | None = None
        self._shutdown = False

    def care(self, incoming: Incoming, stretch: int) -> Care:
        """Return how to take an event; the first of a partition since the start is its head.

        ``stretch`` events from a suspected head on are taken one by one: as many as may have been open together.
        """
        partition = f"{incoming.topic}/{incoming.partition}"
        if partition not in self._until:
            self._until[partition] = self._arrive(partition, incoming.offset, stretch)
        if self._notes.tries.get(_event(incoming), 0) >= DEATHS:
            return Care.CULPRIT
        return Care.ALONE if incoming.offset < self._until[partition] else Care.USUAL

    def begin(self, incoming: Incoming) -> None:
        """Write down, on the disk itself, that this event is tried and nothing else is in work."""
        if not self._shutdown:
            self._alone = _event(incoming)
            self._notes.tries[self._alone] = self._notes.tries.get(self._alone, 0) + 1
            self._write()

    def through(self) -> None:
        """Strike out the event at hand, with all its tries: it did not end the process."""
        if self._alone is not None:
            self._notes.tries.pop(self._alone)
            self._alone = None
            self._write()

    def known_end(self) -> None:
        """Take back this start and the try at hand, and write down no more: the process ends by no input's fault."""
        self._shutdown = True
        for partition in self._until:
            self._notes.heads.pop(partition, None)
        if self._alone is not None:
            self._notes.tries[self._alone] -= 1
            self._alone = None
        self._write()

    def _arrive(self, partition: str, offset: int, stretch: int) -> int:
        if self._shutdown:
            return offset
        last, starts = self._notes.heads.get(partition, [-1, 0])
        starts = starts + 1 if last == offset else 1
        self._notes.heads[partition] = [offset, starts]
        tries = {event: count for event, count in self._notes.tries.items() if not _before(event, partition, offset)}
        self._notes.tries = tries
        self._write()
        tried = any(count and event.rpartition("/")[0] == partition for event, count in tries.items())
        return offset + stretch if tried or starts >= STARTS else offset

    def _load(self) -> _Notes:
        try:
            return _Notes(**json.loads(self._path.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return _Notes()

    def _write(self) -> None:
        try:
            self._replace()
        except OSError as exc:
            msg = f"the worker's own folder {self._path.parent} cannot be written ({exc.strerror}): make room there"
            raise StoreUnavailable(msg) from exc

    def _replace(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        with fresh.open("w") as file:
            json.dump(asdict(self._notes), file)
            file.flush()
            # An input may take the whole machine down. This is rare: starts, and suspected messages.
            os.fsync(file.fileno())
        fresh.replace(self._path)


def _event(incoming: Incoming) -> str:
    return f"{incoming.topic}/{incoming.partition}/{incoming.offset}"


def _before(event: str, partition: str, offset: int) -> bool:
    """Return whether the event is committed, as the head of its partition is past it."""
    of_partition, _, its_offset = event.rpartition("/")
    return of_partition == partition and int(its_offset) < offset
