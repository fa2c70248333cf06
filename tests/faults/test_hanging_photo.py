"""A photo that cannot be had for a while delays its own partition, and nothing is lost over it."""

from pathlib import Path

import pytest

from tests.faults.hanging import through_a_hanging_photo
from tests.real.kafka import Kafka

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(900)]


async def test_a_worker_that_dies_while_a_fetch_hangs_loses_nothing(kafka: Kafka, tmp_path: Path) -> None:
    report = await through_a_hanging_photo(kafka, tmp_path)

    assert list(report.failures) == []
