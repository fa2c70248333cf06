"""The faults, each a function that spoils one thing in this process."""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from copy import deepcopy
from functools import partial
from pathlib import Path

from schemas.codec import encode
from schemas.records import EvidenceGathered, PhotoSighted, RefundDecided
from schemas.topics import SIGHTINGS
from streams.adapters.kafka import replica
from streams.agents import compose_decide, compose_enrich
from streams.decide.batch import Batch
from streams.delivery.messages import Incoming, Outgoing
from streams.delivery.ordered_acknowledgement import OrderedAcknowledgement, Slot
from streams.delivery.sending import Sender
from streams.policy.question import Question
from streams.ports import StoredDecision
from streams.sightings.index import SightingIndex
from tests.faults.planted.drawn import Drawn

ABORTS = "rr-aborts"
"""The request whose judging ends the process."""

LATE_S = 2.0
"""Longer than from one commit to the next."""

HELD = "rr-held"
"""The request whose judging waits."""

LET_GO = "let-go"
"""The file in the worker's folder that ends its waiting."""


def acknowledge_on_admission() -> None:
    """Acknowledge before the transaction."""
    admit = OrderedAcknowledgement.admit

    def spoiled(self: OrderedAcknowledgement, incoming: Incoming) -> Slot:
        slot = admit(self, incoming)
        incoming.acknowledge()
        incoming.acknowledge = lambda: None
        return slot

    OrderedAcknowledgement.admit = spoiled  # type: ignore[method-assign]


def acknowledge_out_of_order() -> None:
    """Send and acknowledge each event as soon as it is done, whatever came before it."""
    finish = OrderedAcknowledgement.finish

    async def turn(self: Slot) -> None:
        self.before = None

    def spoiled(self: OrderedAcknowledgement, slot: Slot) -> None:
        slot.incoming.acknowledge()
        slot.incoming.acknowledge = lambda: None
        finish(self, slot)

    Slot.turn = turn  # type: ignore[method-assign]
    OrderedAcknowledgement.finish = spoiled  # type: ignore[method-assign]


def do_not_await_sends() -> None:
    """Take what is buffered for sent, in decide: enrich has to know at which position a photo was published."""
    if "decide" not in sys.argv:
        return

    async def confirmed(self: Sender, sent: Sequence[Awaitable[int]]) -> list[int]:  # noqa: ARG001 - as it is called
        for each in sent:
            asyncio.ensure_future(each).add_done_callback(lambda done: done.cancelled() or done.exception())
        return [0] * len(sent)

    Sender.confirmed = confirmed  # type: ignore[method-assign]


def judge_anew() -> None:
    """Answer what was decided before by judging it again, instead of with what is stored."""
    answer = Batch.answer

    def spoiled(self: Batch, evidence: EvidenceGathered) -> StoredDecision:
        if (evidence.request.request_id, evidence.request_digest) not in self.known.stored:
            return answer(self, evidence)
        return Batch(deepcopy(self.known), self.judge, self.now_ms)._decide(evidence)

    Batch.answer = spoiled  # type: ignore[method-assign]


def abort_on_one_request() -> None:
    """Judging one request ends the process, as a fault in native code would.

    At once in every other life, else after a while, in which what others asked is committed.
    """
    notes = Path(os.environ["SENTINEL_DATA_DIR"]) / "aborts"

    def abort() -> None:
        with notes.open("a") as file:
            file.write(".")
        if notes.stat().st_size % 2 == 0:
            time.sleep(LATE_S)
        os.abort()

    _judge_otherwise(ABORTS, abort)


def hold_one_request() -> None:
    """Judging one request waits until there is a file :data:`LET_GO`: no fault, but time to be killed in."""
    let_go = Path(os.environ["SENTINEL_DATA_DIR"]) / LET_GO

    def wait() -> None:
        while not let_go.exists():
            time.sleep(0.05)

    _judge_otherwise(HELD, wait)


def photos_by_address() -> None:
    """Photos are what their address says: no fault, but an exact number of bits that differ, and no time to look."""
    compose_enrich.PoolExaminer = Drawn  # type: ignore[assignment,attr-defined]


def seal_small_segments() -> None:
    """A segment is sealed every hundred photos: no fault, but segments, and merging, in a short test."""
    replica.SightingIndex = partial(SightingIndex, seal_rows=100)  # type: ignore[assignment,attr-defined]


def read_late() -> None:
    """The replica reads ten times a second: no fault, but time in which a photo is in the log and not yet read."""
    follow = replica.Replica._follow

    async def late(self: replica.Replica) -> None:
        await asyncio.sleep(0.1)
        await follow(self)

    replica.Replica._follow = late  # type: ignore[method-assign]


def search_before_reading() -> None:
    """Search without waiting until the replica has read as far as the photo's own position."""

    async def reach(self: replica.Replica, position: int) -> None:
        """Wait for nothing."""

    replica.Replica._reach = reach  # type: ignore[method-assign]


def publish_anew() -> None:
    """Publish a photo that is in the log already a second time, and answer as of that."""

    async def publish(self: replica.Replica, sighting: PhotoSighted) -> int:
        return await self._send(Outgoing(SIGHTINGS.name, sighting.sighting_id.encode(), encode(sighting)))

    replica.Replica.publish = publish  # type: ignore[method-assign]


def _judge_otherwise(request_id: str, first: Callable[[], object]) -> None:
    judged: Callable[[Question], RefundDecided] = compose_decide.judge  # type: ignore[attr-defined] # of an earlier fault, too

    def spoiled(question: Question) -> RefundDecided:
        if question.evidence.request.request_id == request_id:
            first()
        return judged(question)

    compose_decide.judge = spoiled  # type: ignore[attr-defined]


FAULTS: Mapping[str, Callable[[], None]] = {
    fault.__name__: fault
    for fault in (
        acknowledge_on_admission,
        acknowledge_out_of_order,
        do_not_await_sends,
        judge_anew,
        abort_on_one_request,
        hold_one_request,
        photos_by_address,
        seal_small_segments,
        read_late,
        search_before_reading,
        publish_anew,
    )
}
