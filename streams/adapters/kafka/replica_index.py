"""The index that a replica keeps: where its segments are, and how records of the log get into it.

Each enrich worker has a folder of its own, or the workers of one host share one.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from schemas.errors import ContractError
from schemas.units import DAY_MS
from streams.clock import now_ms
from streams.settings import Settings
from streams.sightings.index import SightingIndex
from streams.sightings.kernel_loader import keep_compiled
from streams.sightings.log_record import LogRecord, read_record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiokafka.structs import ConsumerRecord

log = structlog.get_logger(__name__)

_NAME = "replica"


def folder_of(settings: Settings) -> Path:
    """Return where one worker with these settings keeps its segments."""
    return settings.replica_dir or settings.data_dir / _NAME


def folders_of(settings: Settings) -> list[Path]:
    """Return the folders of segments that exist: the worker's own, and those of ``worker all`` a folder below.

    Where ``SENTINEL_REPLICA_DIR`` is set, all workers share that one. Empty where no enrich worker ran here yet.
    """
    below = [] if settings.replica_dir else sorted(settings.data_dir.glob(f"*/{_NAME}"))
    return [folder for folder in (folder_of(settings), *below) if folder.is_dir()]


def open_index(settings: Settings, *, only_look: bool = False) -> SightingIndex:
    """Return the index that is kept on this host, its files read and checked; ``only_look``: it never writes."""
    if not os.access(Path(__file__).parent, os.W_OK):  # Numba keeps what it compiled beside the code, where it can
        keep_compiled(settings.data_dir / "compiled")
    return SightingIndex(folder_of(settings), settings.look_back_days * DAY_MS, only_look=only_look)


def take_up(index: SightingIndex, records: "Sequence[ConsumerRecord[bytes, bytes]]") -> None:
    """Take records of the log into the index, in their order: sightings are added, tombstones erase."""
    waiting: list[tuple[int, LogRecord]] = []
    for record in records:
        if record.value is None:
            index.add_all(waiting)
            waiting = []
            erased_at_ms = min(record.timestamp, now_ms())  # a sender's time may be ahead, and files wait for it
            index.erase((record.key or b"").decode(errors="replace"), erased_at_ms)
            continue
        try:
            waiting.append((record.offset, read_record(record.value)))
        except ContractError:
            # Only enrich writes this log, so it is a fault of ours; the photo's own request was still compared.
            log.exception("a sighting cannot be read", offset=record.offset)
    index.add_all(waiting)
