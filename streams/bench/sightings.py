"""``bench sightings``: the index of earlier photos, at a size of choice, beside faiss's exact search in the same run.

Hashes are random, so chunks are spread evenly; of each question's hash exactly so many random bits differ from one that
is kept. Segments have the sizes that a worker's would have after as many photos, one after the other. Times are of one
thread, faiss's too; beside those of the clock stand those of the processor, which other programs disturb less.
"""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from schemas.records import PhotoSighted
from schemas.units import FINGERPRINT_BITS
from streams.bench.figures import spread_ms
from streams.bench.proc import mapped_bytes, own_bytes
from streams.bench.progress import Tell
from streams.bench.synthetic import a_log, a_sighting
from streams.errors import OperatorError
from streams.sightings.building import kept_whole
from streams.sightings.folder import Checkpoint, Folder, Named
from streams.sightings.index import SEAL_ROWS, SightingIndex
from streams.sightings.log_record import read_record
from streams.sightings.owner import Words, words
from streams.sightings.rows import COLUMNS, Stored, row_of
from streams.sightings.segment import write_segment
from streams.sightings.warming import warm

VARIANTS = 8
FAR = (31, 40, 50)
QUESTIONS = 1_000
FAISS_QUESTIONS = 100
REBUILT = 500_000
BATCH = 1_000
PER_S = 5_000
INSERTED = 2 * SEAL_ROWS + 10_000
"""Enough for two segments to be sealed meanwhile."""

Clocks = tuple[float, float]


@dataclass(frozen=True)
class _Kept:
    """What is in the index: hashes as rows of 32 bytes."""

    hashes: np.ndarray[Any, np.dtype[np.uint8]]
    chance: np.random.Generator

    def words(self, first: int, end: int) -> Words:
        """Return hashes as they are compared; bit by bit they take much room, so not all at once."""
        pieces = range(first, end, SEAL_ROWS)
        return np.concatenate([words(self.hashes[at : min(at + SEAL_ROWS, end)].tobytes()) for at in pieces])

    def asked(self, far: int) -> tuple[int, PhotoSighted]:
        """Return a position, and a photo whose hash differs from the one there in ``far`` random bits."""
        position = int(self.chance.integers(len(self.hashes)))
        bits = np.unpackbits(self.hashes[position])
        bits[self.chance.permutation(FINGERPRINT_BITS)[:far]] ^= 1
        return position, a_sighting(10**9, np.packbits(bits).tobytes().hex())


def measure(size: int, tell: Tell) -> dict[str, Any]:
    """Return the figures at ``size`` photos, as they are printed.

    Raises :class:`OperatorError` where faiss is not installed.
    """
    faiss = _faiss()
    warm()
    chance = np.random.default_rng(size)
    kept = _Kept(chance.integers(0, FINGERPRINT_BITS, (size, FINGERPRINT_BITS // 8), dtype=np.uint8), chance)
    with TemporaryDirectory(prefix="bench-sightings-") as folder:
        tell(f"sightings: writing segments of {size} photos")
        _write(Path(folder), kept)
        began, own = time.perf_counter(), own_bytes()
        index = SightingIndex(Path(folder))
        start_s = time.perf_counter() - began
        found = index.stats()
        figures: dict[str, Any] = {
            "size": size,
            "segments": found.segments,
            "bytes_per_hash": round(found.index_bytes / size, 1),
            "owner_bytes_per_photo": round((found.file_bytes - found.index_bytes) / size, 1),
            "start_from_disk_s": round(start_s, 2),
        }
        figures["resident_bytes_per_photo"] = {
            "of_the_files": round(mapped_bytes(Path(folder)) / size, 1),
            "of_its_own": round((own_bytes() - own) / size, 1),
        }
        tell("sightings: searching")
        figures |= _searches(index, kept)
        tell("sightings: searching while photos come and are sealed")
        figures |= _while_inserting(index, kept)
        index.close()
    tell("sightings: searching with faiss")
    figures |= _beside(faiss, kept, figures["query_cpu_ms"]["p50"])
    tell("sightings: reading a log")
    figures |= _rebuild(min(size, REBUILT), chance)
    return figures | {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1)}


def _write(folder: Path, kept: _Kept) -> None:
    """Write the segments that a worker would have after taking up every hash, ``SEAL_ROWS`` at a time."""
    sizes: list[int] = []
    for start in range(0, len(kept.hashes), SEAL_ROWS):
        newest = min(SEAL_ROWS, len(kept.hashes) - start)
        whole = kept_whole(sizes, newest, [0] * len(sizes))
        sizes[whole:] = [sum(sizes[whole:]) + newest]
    named, first = [], 0
    for number, size in enumerate(sizes):
        write_segment(folder / f"{number:010d}.segment", [_stored(kept, first, first + size)])
        named.append(Named(f"{number:010d}.segment", first))
        first += size
    Folder(folder).commit(Checkpoint(number=len(sizes), position=first, segments=named))


def _stored(kept: _Kept, first: int, end: int) -> Stored:
    count, like = end - first, row_of(0, a_sighting(0, "0" * 64), 0)
    columns = np.zeros(count, np.dtype(list(COLUMNS.items())))
    columns["position"], columns["length"] = np.arange(first, end), len(like.packed)
    for name in ("seen_at_ms", "version"):
        columns[name] = getattr(like, name)
    for name, bits in (("key", 64), ("request", 32), ("matter", 32)):
        columns[name] = kept.chance.integers(0, 2**bits, count, dtype=np.uint64)
    return Stored(kept.words(first, end), columns, np.tile(np.frombuffer(like.packed, np.uint8), count))


def _searches(index: SightingIndex, kept: _Kept) -> dict[str, Any]:
    recall, times = {}, []
    for far in FAR:
        found = 0
        for _ in range(QUESTIONS):
            position, asked = kept.asked(far)
            took, answer = _timed(index.search, asked, 2**60, max_bits=far)
            found += position in {one.position for one in answer.sightings}
            if far == FAR[0]:
                times.append(took)
        recall[str(far)] = found / QUESTIONS
    eight = []
    for _ in range(QUESTIONS // 4):
        asked, *others = [kept.asked(FAR[0])[1] for _ in range(VARIANTS)]
        variants = [other.fingerprint.bits for other in others]
        took, _ = _timed(index.search, asked, 2**60, variants=variants, max_bits=FAR[0])
        eight.append(took)
    return {"recall": recall} | _both("query", times) | _both("query8", eight)


def _while_inserting(index: SightingIndex, kept: _Kept) -> dict[str, Any]:
    """Search as often as there is time while photos come at a steady rate; in one thread, as a worker does it."""
    chance, position, times, sealing = kept.chance, index.position, [], []
    photos = a_log(INSERTED, position, chance)
    began, taken = time.perf_counter(), 0
    while taken < len(photos):
        due = min(len(photos), int((time.perf_counter() - began) * PER_S))
        if due > taken:
            index.add_all([(at, read_record(raw)) for at, raw in photos[taken:due]])
            index.advance(photos[due - 1][0] + 1)
            taken = due
        took, _ = _timed(index.search, kept.asked(FAR[0])[1], 2**60, max_bits=FAR[0])
        times.append(took)
        if index.sealing:
            sealing.append(took)
    inserted_s = time.perf_counter() - began
    return (
        {
            "inserted_per_s": round(len(photos) / inserted_s),
        }
        | _both("while_inserting", times)
        | _both("while_sealing", sealing)
    )


def _beside(faiss: Any, kept: _Kept, ours_ms: float) -> dict[str, Any]:
    """Return the time of faiss's exact search, on one thread, and how many times ours its processor time is.

    Not in turns with ours: faiss reads every hash, so that ours would find none of what it reads in the caches.
    """
    faiss.omp_set_num_threads(1)
    flat = faiss.IndexBinaryFlat(FINGERPRINT_BITS)
    flat.add(kept.hashes)
    times = []
    for _ in range(FAISS_QUESTIONS):
        asked = np.frombuffer(bytes.fromhex(kept.asked(FAR[0])[1].fingerprint.bits), np.uint8)[None]
        took, _ = _timed(flat.range_search, asked, FAR[0] + 1)
        times.append(took)
    both = _both("faiss_flat", times)
    used_ms = both["faiss_flat_cpu_ms"]["p50"]
    return {
        "faiss_flat_ms": both["faiss_flat_ms"]["p50"],
        "faiss_flat_cpu_ms": used_ms,
        "faiss_flat_times_ours": round(used_ms / ours_ms, 1),
    }


def _rebuild(count: int, chance: np.random.Generator) -> dict[str, float]:
    """Return how many photos of a log become searchable a second, while they are sealed and merged beside that."""
    photos = a_log(count, 0, chance)
    with TemporaryDirectory(prefix="bench-sightings-") as folder:
        index = SightingIndex(Path(folder))
        began, used = time.perf_counter(), time.process_time()
        for start in range(0, count, BATCH):
            index.add_all([(at, read_record(raw)) for at, raw in photos[start : start + BATCH]])
            index.advance(min(count, start + BATCH), more=start + BATCH < count)
        took, used = time.perf_counter() - began, time.process_time() - used
        index.close()
    return {"rebuild_per_s": round(count / took), "rebuild_cpu_us": round(1e6 * used / count, 1)}


def _timed(work: Callable[..., Any], *given: Any, **named: Any) -> tuple[Clocks, Any]:
    """Return the seconds that something took, by the clock and of this thread's processor time, and its result."""
    began, used = time.perf_counter(), time.thread_time()
    result = work(*given, **named)
    return (time.perf_counter() - began, time.thread_time() - used), result


def _both(name: str, times: Sequence[Clocks]) -> dict[str, Any]:
    return {
        f"{name}_ms": spread_ms([clock for clock, _ in times]),
        f"{name}_cpu_ms": spread_ms([used for _, used in times]),
    }


def _faiss() -> Any:
    try:
        return import_module("faiss")
    except ModuleNotFoundError as exc:
        msg = "faiss is not installed: pip install 'refund-sentinel[bench]' brings what this is measured beside"
        raise OperatorError(msg) from exc
