"""A medium as the looks that it offers: a photo is one, a video is several stills. Compared, the best look counts."""

import math
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from streams.errors import MediaUnreadable
from streams.evidence import comparison
from streams.evidence.comparison import PairResult, Photo
from streams.evidence.readings import measured
from streams.wording import causes

_MAGIC = b"RSV1"
_COUNT = struct.Struct(">4sH")
_STILL = struct.Struct(">II")


@dataclass(frozen=True, slots=True)
class Still:
    """One look at a medium; ``at_ms`` is its time in a video, None of a photo."""

    at_ms: int | None
    photo: Photo


def pack(found: Sequence[tuple[int, bytes]]) -> bytes:
    """Return the times (ms) and packed features of a video's stills as bytes."""
    parts = [_STILL.pack(at_ms, len(packed)) + packed for at_ms, packed in found]
    return _COUNT.pack(_MAGIC, len(found)) + b"".join(parts)


def unpack(packed: bytes) -> list[tuple[int | None, bytes]]:
    """Return the looks that packed features offer: what :func:`pack` took, or a photo's own, without a time.

    Raises :class:`MediaUnreadable` when they are damaged.
    """
    if not packed.startswith(_MAGIC):
        return [(None, packed)]
    try:
        return list(_unpacked(packed))
    except struct.error as exc:
        raise MediaUnreadable(causes.KEPT_LOOK_DAMAGED) from exc


def _unpacked(packed: bytes) -> Iterator[tuple[int, bytes]]:
    _, count = _COUNT.unpack_from(packed)
    at = _COUNT.size
    for _ in range(count):
        at_ms, size = _STILL.unpack_from(packed, at)
        yield at_ms, packed[at + _STILL.size : at + _STILL.size + size]
        at += _STILL.size + size


def compare(
    claim: Sequence[Still], references: Sequence[Sequence[Still]], lap: Callable[[str], None] = lambda _stage: None
) -> list[PairResult]:
    """Return what a claim has to do with each reference: of the looks at both, the pair that tells most.

    ``claim_second`` and ``reference_second`` say which moment of a video that is.
    """
    looks = [(at, look) for at, reference in enumerate(references) for look in reference]
    best: dict[int, PairResult] = {}
    for mine in claim:
        found = comparison.compare(mine.photo, [look.photo for _, look in looks], lap)
        for (at, other), beside in zip(looks, found, strict=True):
            if at not in best or _tells(beside) > _tells(best[at]):
                best[at] = _timed(beside, mine, other)
    return [best[at] for at in range(len(references))]


def _tells(beside: PairResult) -> tuple[float, bool, float]:
    """Return how much a pair tells: the surer the derivation, the more; what was measured more than what was not."""
    values = {reading.name: reading.value for reading in beside.readings}
    distance = values.get("hash_distance_bits")
    nearness = -float(distance) if isinstance(distance, int) else -math.inf
    return comparison.derivation(beside), all(value is not None for value in values.values()), nearness


def _timed(beside: PairResult, mine: Still, other: Still) -> PairResult:
    times = {"claim_second": mine.at_ms, "reference_second": other.at_ms}
    told = [measured(name, at_ms / 1000, "s") for name, at_ms in times.items() if at_ms is not None]
    return replace(beside, readings=(*beside.readings, *told)) if told else beside
