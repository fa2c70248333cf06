"""The promise under a few faults, in a short form of tests/faults/test_long.py. The long form is `make faults`."""

from pathlib import Path

import pytest

from schemas.topics import DECISIONS
from tests.faults.course import Course
from tests.faults.disturbances import broker_away, hanging_database, kills, refusal, zombie
from tests.faults.load import draw_photos, make_load
from tests.faults.scene import Database, set_scene
from tests.real.kafka import Kafka

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(900)]

SEED = 20_261_122
FEW = (kills(2), zombie("decide"), hanging_database(), refusal(DECISIONS), broker_away(3))


async def test_each_request_gets_one_decision_through_a_few_faults(
    kafka: Kafka, database: Database, tmp_path: Path
) -> None:
    async with set_scene(kafka, database, tmp_path) as scene:
        load = make_load(draw_photos(scene.media, honest=40), requests=300, seed=SEED, poison_every=60)
        scene.fleet.start("enrich", 2)
        scene.fleet.start("decide", 2)

        report = await Course(scene, load, SEED).run(FEW, rate_per_s=40, rest_within_s=240)

        assert list(report.failures) == []
        assert report.figures["clear"] > 0
        assert report.figures["cases"] > 0
