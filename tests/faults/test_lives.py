"""Cases live random lives by the API while the API and the workers are killed: nothing is lost, doubled, or illegal.

2,000 lives on each database are `make faults`; FAULTS_SEED=… repeats a run that failed, FAULTS_LIVES=… has fewer.
"""

import asyncio
import contextlib
import os
import random
import threading
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import Engine

from schemas.codec import encode
from schemas.topics import CASE_EVIDENCE, EVIDENCE, REVIEW_EVENTS
from streams.access.keys import Keys
from streams.adapters.sql.api_keys import SqlKeys
from streams.adapters.sql.audit_seals import SqlAuditSeals
from streams.adapters.sql.cases.work import SqlCaseDatabase
from streams.adapters.sql.engine import open_engine
from streams.adapters.time_authority import Rfc3161Check
from streams.cases.acts import AuditAct
from streams.cases.reviewing.assignment import Reviewer
from streams.casework.record.proving import prove
from streams.casework.reviewing.assignments import Assignments
from tests.contract.judging import some_evidence
from tests.contract.sql import Database as Tables
from tests.faults.lives import DESKS, HOUR_MS, Api, Clock, Lives, Standing
from tests.faults.lives_counts import failures
from tests.faults.lives_process import CLOCK
from tests.faults.scene import Database, set_scene
from tests.real import topics
from tests.real.kafka import Kafka

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(3_600)]

SEED = 20_261_129
PROGRAM = ("-m", "tests.faults.lives_process")
POLICY = "name: lives\nrules: []\namount_limits: {}\naudit_share: 1\n"
TURNS_H = (1, 20, 49, 73, 170)
"""By how many hours the clock is turned after a round: past a lease, no deadline, or one of those that there are."""
ROUNDS_AT_MOST = 40
REST_WITHIN_S = 300.0
BUYERS = 4
"""Cases for each buyer: several forgeries of one person reach the criminal tier, which needs a second reviewer."""


async def test_thirty_lives_are_whole(kafka: Kafka, database: Database, tmp_path: Path) -> None:
    async with Course(kafka, database, tmp_path, SEED).opened(30, workers=1) as course:
        await course.live(kill_every=80, rounds=2)


@pytest.mark.long
async def test_two_thousand_lives_are_whole(kafka: Kafka, database: Database, tmp_path: Path) -> None:
    seed = int(os.environ.get("FAULTS_SEED", time.time_ns() % 1_000_000))
    lives = int(os.environ.get("FAULTS_LIVES", "2000"))
    async with Course(kafka, database, tmp_path, seed).opened(lives, workers=2) as course:
        await course.live(kill_every=400, rounds=8)


class Course:
    """The course of the lives: rounds of acts with kills in between, the clock turned after each, and a count."""

    def __init__(self, kafka: Kafka, database: Database, folder: Path, seed: int) -> None:
        self._kafka, self._database, self._folder, self._seed = kafka, database, folder, seed
        self._chance = random.Random(seed)  # noqa: S311 - to repeat a failure, no secret
        self._clock = Clock(folder / "clock")
        self._calls = 0
        self._kills = 0
        self._kill_every = 0
        self._guard = threading.Lock()

    @contextlib.asynccontextmanager
    async def opened(self, lives: int, workers: int) -> AsyncIterator["Course"]:
        """Give the course once ``lives`` cases were opened by the workers, and the API answers."""
        (self._folder / "policy.yaml").write_text(POLICY)
        settings = {
            "SENTINEL_POLICY": str(self._folder / "policy.yaml"),
            "SENTINEL_CONSOLE_CALLS_PER_S": "100000",
            CLOCK: str(self._folder / "clock"),
        }
        async with set_scene(self._kafka, self._database, self._folder, PROGRAM, settings) as scene:
            self._scene, self._engine = scene, open_engine(self._database.url)
            self._tables = Tables(self._engine)
            scene.fleet.start("decide", workers)
            scene.fleet.start("console", 1)
            keys = self._keys(self._engine)
            self._api = Api(scene.fleet, keys, self._on_answer)
            self._make_known(self._engine)
            await topics.produce(self._kafka.address, EVIDENCE.name, self._evidence(lives))
            await topics.until(lambda: asyncio.to_thread(self._opened, lives), REST_WITHIN_S)
            try:
                yield self
            finally:
                self._engine.dispose()

    async def live(self, kill_every: int, rounds: int) -> None:
        """Let ``rounds`` rounds of acts pass, then those in which nobody asks for more, until every case is closed."""
        self._kill_every = kill_every
        number = 0
        while standing := await asyncio.to_thread(self._standing):
            assert number < ROUNDS_AT_MOST, f"{len(standing)} cases do not end: {standing[:5]}"
            last = number >= rounds
            await asyncio.to_thread(self._round, number, standing, last=last)
            self._clock.turn((max(TURNS_H) if last else self._chance.choice(TURNS_H)) * HOUR_MS)
            await topics.until(lambda: asyncio.to_thread(self._nothing_due), REST_WITHIN_S)
            number += 1
        await topics.until(lambda: asyncio.to_thread(self._all_sent), REST_WITHIN_S)
        await self._count(number)

    def _round(self, number: int, standing: list[Standing], *, last: bool) -> None:
        Lives(self._api, self._seed).round(number, standing, last=last)

    async def _count(self, rounds: int) -> None:
        held = {
            topic.name: [one.value or b"" for one in await topics.read_all(self._kafka.address, topic.name)]
            for topic in (REVIEW_EVENTS, CASE_EVIDENCE)
        }
        counted = await asyncio.to_thread(lambda: list(failures(self._tables, self._api.done, held)))
        [(cases, moves)] = self._tables.rows("SELECT (SELECT count(*) FROM cases), (SELECT count(*) FROM audit)")
        print(  # noqa: T201 - the figures that were asked for
            f"{cases:,} lives in {rounds} rounds: {self._calls:,} calls, {self._api.cut_off:,} tries cut off, "
            f"{self._api.repeats:,} repeats, {self._kills} kills, {moves:,} entries, "
            f"{len(held[REVIEW_EVENTS.name]):,} events; FAULTS_SEED={self._seed}"
        )
        assert [*self._api.failures, *counted] == [], f"FAULTS_SEED={self._seed} repeats this"
        assert self._kills > 0
        proved = await asyncio.to_thread(prove, SqlAuditSeals(self._engine), Rfc3161Check(()))
        assert (proved.broken, proved.cases, proved.entries) == (None, cases, moves)

    def _on_answer(self) -> None:
        """Count a call that was answered, and kill one of the processes where it is the turn."""
        with self._guard:
            self._calls += 1
            if self._kill_every == 0 or self._calls % self._kill_every:
                return
            self._kills += 1
            there = self._scene.fleet.workers("console" if self._kills % 2 else "decide")
            victim = self._chance.choice(there)
        self._scene.fleet.kill(victim)

    def _evidence(self, lives: int) -> list[tuple[bytes | None, bytes | None]]:
        found = list[tuple[bytes | None, bytes | None]]()
        for number in range(lives):
            like = (f"rr-{number - 1}",) if number % 10 == 1 else ()  # one picture in ten was claimed before
            about = {"buyer_id": f"b-{number // BUYERS}", "order_id": f"o-{number}", "merchant_id": f"m-{number % 5}"}
            evidence = some_evidence(f"rr-{number}", like=like, **about)
            found.append((evidence.request.buyer_id.encode(), encode(evidence)))
        return found

    def _keys(self, engine: Engine) -> Mapping[str, str]:
        made = Keys(SqlKeys(engine))
        scopes = {"platform": ["platform"], "reviewer": ["reviewer"], "senior": ["senior", "reviewer"]}
        return {name: made.create(name, scope, by="tests", now_ms=1).key for name, scope in scopes.items()}

    def _make_known(self, engine: Engine) -> None:
        """Make all desks known as reviewers, so that cases can be handed over to who has not asked for one yet."""
        hands, lead = Assignments(SqlCaseDatabase(engine)), AuditAct(by="tests", note="", at_ms=self._clock.now_ms)
        for name in DESKS:
            hands.know(Reviewer(name=name), lead)

    def _opened(self, lives: int) -> bool:
        return bool(self._tables.rows("SELECT count(*) FROM cases") == [(lives,)] and self._scene.fleet.ready())

    def _standing(self) -> list[Standing]:
        open_ones = "SELECT case_id, request_id, state, verdict FROM cases WHERE state <> 'CLOSED' ORDER BY case_id"
        return [Standing(*row) for row in self._tables.rows(open_ones)]

    def _nothing_due(self) -> bool:
        due = "SELECT count(*) FROM cases WHERE due_at_ms <= :now"
        leases = "SELECT count(*) FROM assignments WHERE ended_at_ms IS NULL AND lease_until_ms <= :now"
        return all(self._tables.rows(each, now=self._clock.now_ms) == [(0,)] for each in (due, leases))

    def _all_sent(self) -> bool:
        return self._tables.rows("SELECT count(*) FROM outbox WHERE sent_at_ms IS NULL") == [(0,)]
