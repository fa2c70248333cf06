"""The counts find a worker that is wrong: each fault planted in it is shown by the disturbance that it cannot stand."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from schemas.topics import DECISIONS
from tests.faults.course import Course
from tests.faults.disturbances import Disturbance, hanging_database, kills, refusal
from tests.faults.hanging import through_a_hanging_photo
from tests.faults.load import Load, draw_photos, make_load
from tests.faults.scene import Sqlite, set_scene
from tests.real.kafka import Kafka

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(900)]

SEED = 7
PATIENCE_S = 120
"""What a worker may take to commit what it has not done, so that it is lost: the wait ends when it has."""
LOST = "missing: there is a request, but no decided content"
SEVERAL = "contents with several decisions"


def planted(fault: str) -> Sequence[str]:
    return ("-m", "tests.faults.planted", fault)


async def failures(kafka: Kafka, folder: Path, fault: str, disturbance: Disturbance, times: int = 1) -> str:
    """Return what the counts say of a worker with a fault in it, after one disturbance.

    The whole load is sent ``times`` times.
    """
    async with set_scene(kafka, Sqlite(folder), folder, planted(fault)) as scene:
        made = make_load(draw_photos(scene.media, honest=10), requests=100, seed=SEED)
        load = Load([*made.messages] * times)
        scene.fleet.start("enrich")
        scene.fleet.start("decide")
        report = await Course(scene, load, SEED).run([disturbance], rate_per_s=40, rest_within_s=240)
        return "\n".join(report.failures)


async def test_acknowledging_before_the_transaction_is_found(kafka: Kafka, tmp_path: Path) -> None:
    assert LOST in await failures(kafka, tmp_path, "acknowledge_on_admission", hanging_database(PATIENCE_S))


async def test_not_awaiting_sends_is_found(kafka: Kafka, tmp_path: Path) -> None:
    assert LOST in await failures(kafka, tmp_path, "do_not_await_sends", refusal(DECISIONS, 0, PATIENCE_S))


@pytest.mark.long
async def test_judging_anew_is_found(kafka: Kafka, tmp_path: Path) -> None:
    assert SEVERAL in await failures(kafka, tmp_path, "judge_anew", kills(2), times=2)


@pytest.mark.long
async def test_acknowledging_out_of_order_is_found(kafka: Kafka, tmp_path: Path) -> None:
    report = await through_a_hanging_photo(kafka, tmp_path, planted("acknowledge_out_of_order"))

    assert LOST in "\n".join(report.failures)
