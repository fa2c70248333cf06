"""``bench rollback``: how soon after `policy rollback` every one of five decide workers judges by the policy before."""

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import msgspec

from schemas.topics import DECISIONS, EVIDENCE
from streams.adapters.kafka.topic_reader import Message, from_now
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.kept import SqlKeptEvidence
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.trials import SqlTrials
from streams.bench.figures import Figure
from streams.bench.gap import send_evenly, shared_out
from streams.bench.policy import forty_rules
from streams.bench.processes import running, worker
from streams.bench.progress import Tell
from streams.bench.testbed import open_testbed
from streams.clock import now_ms
from streams.judgement.versions import By, Versions
from streams.settings import Settings

WORKERS = 5
PER_S = 60
TURNS = 5
SETTLE_S = 2.0
"""How long no partition may go back to the other policy before a turn is over."""
LIMIT_S = 60.0
LOOK_S = 0.05
GOAL_S = 5
BY = "bench"


async def measure(settings: Settings, tell: Tell, workers: int = WORKERS, turns: int = TURNS) -> Figure:
    """Return the longest time from a rollback to the last partition's first decision by the policy before, in seconds.

    Each worker is a process of its own; evidence goes to every partition in turn, so every worker judges all the time.
    Raises ``TimeoutError`` where a partition goes on by the policy that was rolled back.
    """
    load, took, watch = os.getloadavg()[0], list[float](), Watch()
    async with open_testbed(settings) as testbed:
        engine = open_engine(testbed.settings.database_url)
        versions = Versions(PolicyStore(engine), SqlKeptEvidence(engine), SqlTrials(engine))
        fleet = [worker(testbed, "decide", number) for number in range(workers)]
        try:
            async with (
                from_now(testbed.settings, DECISIONS) as decisions,
                running(*fleet),
                asyncio.TaskGroup() as group,
            ):
                tasks = [group.create_task(send_evenly(testbed, PER_S)), group.create_task(watch.follow(decisions))]
                tell(f"rollback: {workers} workers start")
                await shared_out(fleet)
                before = (await asyncio.to_thread(versions.active, now_ms())).sha256
                for turn in range(turns):
                    tell(f"rollback: turn {turn + 1} of {turns}")
                    other = await asyncio.to_thread(versions.activate_file, forty_rules().text, _by())
                    await watch.until_all_judge_by(other.sha256)
                    acted_s = time.monotonic()
                    await asyncio.to_thread(versions.rollback, None, _by())
                    took.append(await watch.until_all_judge_by(before) - acted_s)
                for task in tasks:
                    task.cancel()
        finally:
            engine.dispose()
        tell("rollback: the broker forgets the workers")
        await asyncio.sleep(testbed.settings.session_timeout_s)  # a measure after this one would wait for them
    return Figure(
        measure=f"rollback, until {workers} worker processes judge by the policy before",
        value=round(max(took), 2),
        unit="s",
        load=load,
        at_most=GOAL_S,
        parts={"turns": turns, "median_s": round(statistics.median(took), 2), "events_per_s": PER_S},
    )


def _by() -> By:
    return By(name=BY, at_ms=now_ms(), note=BY)


class _Policy(msgspec.Struct):
    sha256: str


class _Told(msgspec.Struct):
    request_id: str
    policy: _Policy


_told = msgspec.json.Decoder(_Told)


@dataclass
class Watch:
    """Which policy judged last on the evidence of each partition, and since when, by this process's monotonic clock."""

    newest: dict[int, tuple[str, float]] = field(default_factory=dict)

    async def follow(self, decisions: AsyncIterator[Message]) -> None:
        """Note decisions for as long as they come."""
        async for decision in decisions:
            self.note(decision.value or b"", time.monotonic())

    def note(self, message: bytes, at_s: float) -> None:
        """Note a decision that arrived at ``at_s``."""
        told = _told.decode(message)
        partition = int(told.request_id.rpartition("-")[2]) % EVIDENCE.partitions
        if self.newest.get(partition, ("", 0.0))[0] != told.policy.sha256:
            self.newest[partition] = told.policy.sha256, at_s

    def since(self, sha256: str) -> float | None:
        """Return since when every partition is judged by this policy; None while one of them is not."""
        if len(self.newest) < EVIDENCE.partitions or any(one != sha256 for one, _ in self.newest.values()):
            return None
        return max(at_s for _, at_s in self.newest.values())

    async def until_all_judge_by(self, sha256: str) -> float:
        """Return since when every partition is judged by this policy, once that has lasted for :data:`SETTLE_S`."""
        async with asyncio.timeout(LIMIT_S):
            while (since := self.since(sha256)) is None or time.monotonic() - since < SETTLE_S:  # noqa: ASYNC110 - as in gap
                await asyncio.sleep(LOOK_S)
        return since
