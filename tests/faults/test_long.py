"""The promise under every fault, in the order of a seed: `make faults`. FAULTS_SEED=… repeats a run that failed."""

import os
import random
import time
from pathlib import Path

import pytest

from tests.faults.course import Course
from tests.faults.disturbances import EVERY
from tests.faults.load import draw_photos, make_load
from tests.faults.scene import Database, set_scene
from tests.real.kafka import Kafka

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(3_600)]

REQUESTS = 20_000
RATE_PER_S = 120
REST_WITHIN_S = 1_200


async def test_each_of_20_000_requests_gets_one_decision_through_every_fault(
    kafka: Kafka, database: Database, tmp_path: Path
) -> None:
    seed = int(os.environ.get("FAULTS_SEED", time.time_ns() % 1_000_000))
    disturbances = list(EVERY)
    random.Random(seed).shuffle(disturbances)  # noqa: S311 - to repeat a failure, no secret
    async with set_scene(kafka, database, tmp_path) as scene:
        load = make_load(draw_photos(scene.media, honest=400), REQUESTS, seed)
        scene.fleet.start("enrich", 2)
        scene.fleet.start("decide", 2)

        report = await Course(scene, load, seed).run(disturbances, RATE_PER_S, REST_WITHIN_S)

        assert list(report.failures) == [], f"FAULTS_SEED={seed} repeats this"
        assert report.figures["clear"] > 0
