"""Pairs that somebody else made: real edits, with a mask where there is one."""

import csv
import glob
from collections.abc import Callable, Iterator, Mapping, Sequence
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
PAIRS = "pairs.tsv"


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


def folder(path: Path, claims: str = "claim") -> list[tuple[Listed, str]]:
    """Return the pairs that a folder's ``pairs.tsv`` lists, each with its kind; one reference each.

    Either it has the columns ``reference`` and ``claim`` (or what ``claims`` names: as in FraudBench, ``real`` and
    ``fake`` may stand beside one reference), or ``name``, for files NAME.claim.* and NAME.reference.*. A
    column ``pixels_kept`` may say no: all was drawn anew. Raises :class:`OperatorError` where a file is not there.
    """
    try:
        with (path / PAIRS).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
    except OSError as exc:
        msg = f"{path / PAIRS} cannot be read ({exc.strerror}): give a folder with a list of its pairs"
        raise OperatorError(msg) from exc
    return [(_of_row(row, path, claims if claims in row else "claim"), _kind(row)) for row in rows]


def _of_row(row: Mapping[str, str], path: Path, claims: str) -> Listed:
    if claims in row and "reference" in row:
        return _found(Listed(row[claims], row[claims], [row["reference"]]), path)
    name = row.get("name", "")
    claim, reference = (
        next(path.glob(f"{glob.escape(name)}.{part}.*"), path / name) for part in ("claim", "reference")
    )
    return _found(Listed(name, str(claim), [str(reference)]), path)


def _kind(row: Mapping[str, str]) -> str:
    return "drawn anew" if row.get("pixels_kept") == "no" else row.get("kind", "")


def edited(path: Path) -> Iterator[tuple[Truth, Callable[[], Pair]]]:
    """Yield the real edits of a folder; those that were drawn anew from their idea are a question of their own."""
    for pair, kind in folder(path, "fake"):
        question = "edited, drawn anew" if kind == "drawn anew" else "edited"
        yield Truth(question, pair.id, "as it is", kind), partial(_as_it_is, pair)


def honest(path: Path) -> Iterator[tuple[Truth, Callable[[], Pair]]]:
    """Yield the honest photos of a folder, each beside its packshot."""
    for pair, kind in folder(path, "real"):
        yield Truth("honest", pair.id, "as it is", kind), partial(_as_it_is, pair)


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
