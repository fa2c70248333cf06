"""One scenario: a store that never answers for one photo, and the death of the worker that waits for it."""

from collections.abc import Sequence
from pathlib import Path

from tests.faults.counts import Report
from tests.faults.course import Course
from tests.faults.disturbances import hanging_photo
from tests.faults.fleet import PROGRAM
from tests.faults.load import draw_photos, make_load
from tests.faults.scene import Sqlite, set_scene
from tests.faults.stub_store import StubStore
from tests.real.kafka import Kafka

SEED = 11
ONE_ANSWER_S = 10
"""A photo's time is three times that: on a busy machine the trial photo alone takes some seconds."""


async def through_a_hanging_photo(kafka: Kafka, folder: Path, program: Sequence[str] = PROGRAM) -> Report:
    """Return the counts. All requests are of one buyer, so that all of them stand in one partition."""
    with StubStore(folder / "media") as store:
        settings = store.environment | {
            "SENTINEL_EVIDENCE_URL": (folder / "evidence").as_uri(),
            "SENTINEL_PHOTO_LIMIT_S": str(3 * ONE_ANSWER_S),
            "SENTINEL_POOL_PROCESSES": "2",
        }
        async with set_scene(kafka, Sqlite(folder), folder, program, settings) as scene:
            photos = draw_photos(scene.media, honest=10)
            load = make_load(photos, requests=80, seed=SEED, buyers=1)
            store.hanging.add(photos.honest[0])
            scene.fleet.start("enrich")
            scene.fleet.start("decide")
            disturb = hanging_photo(store, photos.honest[0])
            return await Course(scene, load, SEED).run([disturb], rate_per_s=40, rest_within_s=240)
