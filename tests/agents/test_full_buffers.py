"""A partition whose messages fill the buffer is still asked for: they are handed on only as room is made."""

from pathlib import Path
from typing import Any

from faust.types.tuples import TP

from streams.agents.app import build_app
from streams.settings import Settings

BUSY, IDLE = TP("evidence", 0), TP("outcomes", 0)


async def test_a_partition_with_a_full_buffer_is_among_those_that_are_read(tmp_path: Path) -> None:
    settings = Settings.model_validate({"broker": "kafka://127.0.0.1:1", "data_dir": tmp_path})
    consumer: Any = build_app("readers", settings, []).consumer
    consumer.resume_partitions({BUSY, IDLE})

    consumer.on_buffer_full(BUSY)
    while_full = set(consumer._get_active_partitions())
    consumer.on_buffer_drop(BUSY)

    assert (while_full, consumer._get_active_partitions()) == ({BUSY, IDLE}, {BUSY, IDLE})
