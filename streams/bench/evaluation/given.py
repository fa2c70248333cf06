"""Pairs that somebody else made: real edits, with a mask where there is one."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec
import numpy as np

from streams.bench.evaluation.frames import framed, mask_of
from streams.bench.evaluation.pairs import Pair
from streams.bench.evaluation.pixels import Mask, encoded, opened
from streams.bench.evaluation.scoring import Truth
from streams.errors import OperatorError

_CUT = 0.04
_QUALITY = 75
_MIDDLE = 127


class Listed(msgspec.Struct, frozen=True):
    """One line: paths as they are given, or from the folder of the file that lists them."""

    id: str
    claim: str
    references: Sequence[str]
    mask: str | None = None


def listed(path: Path) -> list[Listed]:
    """Return the lines of a file of pairs; raises :class:`OperatorError` for a line that is none."""
    try:
        lines = path.read_bytes().splitlines()
        pairs = [msgspec.json.decode(line, type=Listed) for line in lines if line.strip()]
    except (OSError, msgspec.DecodeError) as exc:
        msg = f"{path} cannot be read as pairs: {exc}"
        raise OperatorError(msg) from exc
    return [_found(pair, path.parent) for pair in pairs]


def questions(pair: Listed) -> Iterator[tuple[Truth, Callable[[], Pair]]]:
    """Yield the pair as it is, and, where its mask is known, cut by 4 % and recompressed."""
    yield Truth("given", pair.id, "as it is"), partial(_as_it_is, pair)
    if pair.mask is not None:
        yield Truth("given, sent", pair.id, "crop 4 %, JPEG 75"), partial(_sent, pair)


def _as_it_is(pair: Listed) -> Pair:
    return Pair(Path(pair.claim).read_bytes(), _references(pair), None, _mask(pair))


def _sent(pair: Listed) -> Pair:
    mask = _mask(pair)
    pixels = opened(Path(pair.claim).read_bytes())
    frame = framed(pixels, np.zeros(pixels.shape[:2], np.bool_) if mask is None else mask)
    width, height = frame.size
    left, top = round(width * _CUT / 2), round(height * _CUT / 2)
    frame = frame.moved(lambda layer: layer[top : height - top, left : width - left])
    return Pair(encoded(frame.pixels, "JPEG", _QUALITY), _references(pair), None, mask_of(frame.altered))


def _references(pair: Listed) -> list[bytes]:
    return [Path(each).read_bytes() for each in pair.references]


def _mask(pair: Listed) -> Mask | None:
    """Return the given mask: light is altered."""
    return None if pair.mask is None else opened(Path(pair.mask).read_bytes()).max(axis=2) > _MIDDLE


def _found(pair: Listed, folder: Path) -> Listed:
    def at(name: str) -> str:
        return name if Path(name).is_file() else str(folder / name)

    files = [at(pair.claim), *map(at, pair.references)]
    mask = None if pair.mask is None else at(pair.mask)
    for name in [*files, *([] if mask is None else [mask])]:
        if not Path(name).is_file():
            msg = f"{pair.id}: there is no file {name}"
            raise OperatorError(msg)
    return Listed(pair.id, files[0], files[1:], mask)
