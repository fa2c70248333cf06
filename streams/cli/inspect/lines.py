"""Many pairs for ``inspect``: a file's lines in, findings out in the same order, worked on by several processes."""

import os
import resource
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from multiprocessing import get_context, set_forkserver_preload
from pathlib import Path
from typing import Any

import cv2
import msgspec
from pebble import ProcessFuture, ProcessPool

from streams.cli.inspect import inspecting
from streams.cli.inspect.file import is_video
from streams.cli.inspect.inspecting import Finding, Pair, Wanted
from streams.errors import MediaUnreadable, OperatorError
from streams.wording import causes

_AHEAD = 4
"""Lines a process that are worked on or wait to be written: findings may hold pictures."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file of pairs. Where it holds no pair, ``why`` says so."""

    pair: Pair | None
    id: str | None = None
    why: str = ""


def lines(path: Path) -> list[Line]:
    """Return the pairs of a file, empty lines left out; raises :class:`OperatorError` when it cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as exc:
        msg = f"{path} cannot be read: {exc.strerror}"
        raise OperatorError(msg) from exc
    return [_line(raw, number, path.parent) for number, raw in enumerate(content.splitlines(), 1) if raw.strip()]


def findings(given: Sequence[Line], wanted: Wanted) -> Iterator[tuple[Line, Finding]]:
    """Yield each line with its finding, in order. What hangs or dies is that line's error.

    A line has as long as a worker has for each of its photos and for comparing them, and as much memory.
    """
    processes = max(1, min(os.cpu_count() or 1, len(given)))
    waiting: deque[tuple[Line, ProcessFuture[Finding] | None]] = deque()
    set_forkserver_preload([inspecting.__name__])
    with ProcessPool(
        max_workers=processes, initializer=_begin, initargs=[wanted.memory_bytes], context=get_context("forkserver")
    ) as pool:
        for line in given:
            task = None
            if line.pair is not None:
                task = pool.schedule(inspecting.inspect, args=[line.pair, wanted], timeout=_limit_s(line.pair, wanted))
            waiting.append((line, task))
            if len(waiting) >= _AHEAD * processes:
                yield _finished(*waiting.popleft(), wanted)
        while waiting:
            yield _finished(*waiting.popleft(), wanted)


def _line(raw: bytes, number: int, folder: Path) -> Line:
    try:
        pair = msgspec.json.decode(raw, type=Pair)
    except msgspec.DecodeError as exc:
        return Line(None, _id(raw), f"line {number} is no pair: {exc}")
    return Line(Pair(pair.id, _found(pair.claim, folder), [_found(one, folder) for one in pair.references]), pair.id)


def _id(raw: bytes) -> str | None:
    try:
        given: Any = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return None
    found = given.get("id") if isinstance(given, dict) else None
    return found if isinstance(found, str) else None


def _found(path: str, folder: Path) -> str:
    return path if Path(path).is_file() or not (folder / path).is_file() else str(folder / path)


def _limit_s(pair: Pair, wanted: Wanted) -> float:
    files = [_seconds(path, wanted) for path in (pair.claim, *pair.references)]
    return sum(files) + max(files)


def _seconds(path: str, wanted: Wanted) -> float:
    try:
        return wanted.video_limit_s if is_video(Path(path)) else wanted.limit_s
    except (OSError, MediaUnreadable):
        return wanted.limit_s


def _finished(line: Line, task: ProcessFuture[Finding] | None, wanted: Wanted) -> tuple[Line, Finding]:
    if task is None or line.pair is None:
        return line, inspecting.failed(line.id, line.why, causes.pair_not_understood(line.why))
    try:
        return line, task.result()
    except TookTooLong:
        limit_s = _limit_s(line.pair, wanted)
        said = f"looking at the photos took longer than {limit_s:g} s"
        return line, inspecting.failed(line.id, said, causes.look_too_long(limit_s))
    except Exception as exc:  # noqa: BLE001 - whatever goes wrong with one line, the others are written
        said = f"looking at the photos failed: {type(exc).__name__}: {exc}"
        return line, inspecting.failed(line.id, said, causes.LOOK_FAILED)


def _begin(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    cv2.setNumThreads(1)
    cv2.setRNGSeed(1)
