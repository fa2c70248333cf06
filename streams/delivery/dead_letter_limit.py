"""Pauses a topic past a share or a run of dead letters: its sender is broken, and draining it helps nobody."""

from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

WINDOW = 1_000
WRITTEN_EVERY = 200
_SUFFIX = ".window.json"
_BAD, _GOOD = "x", "."


class DeadLetterLimit:
    """The last 1,000 messages of one topic, good or bad, in a file: a restart must not forget them.

    The file is written at each bad message and otherwise now and then: losing some good ones only makes it stricter.
    """

    def __init__(self, path: Path, ratio: float, run: int, on_pause: Callable[[], None] = lambda: None) -> None:
        """``ratio`` is the share of :data:`WINDOW`, ``run`` the number in a row, that pauses the topic."""
        self._path = path
        self._limit = ratio * WINDOW
        self._run = run
        self._on_pause = on_pause
        kept = _read(path)
        self._seen: deque[bool] = deque((mark == _BAD for mark in kept.seen), maxlen=WINDOW)
        self._unwritten = 0
        self.paused = self._over()
        if self.paused != kept.paused:
            self._write()

    def note(self, *, bad: bool) -> None:
        """Count one message; pause when there are too many bad ones."""
        self._seen.append(bad)
        self._unwritten += 1
        if not bad and self._unwritten < WRITTEN_EVERY:
            return
        self._unwritten = 0
        pausing = not self.paused and self._over()
        self.paused = self.paused or pausing
        self._write()
        if pausing:
            self._on_pause()

    def resumed(self) -> bool:
        """Return whether an operator has taken the file away, which is how a paused topic is resumed."""
        return self.paused and not self._path.exists()

    def _over(self) -> bool:
        tail = list(self._seen)[-self._run :]
        return sum(self._seen) > self._limit or (len(tail) == self._run and all(tail))

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        kept = _Kept("".join(_BAD if bad else _GOOD for bad in self._seen), self.paused)
        fresh = self._path.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(kept))
        fresh.replace(self._path)


class _Kept(msgspec.Struct):
    """What the file holds. Files without ``paused`` are of an earlier version: their worker writes it at its start."""

    seen: str = ""
    paused: bool = False


def _read(path: Path) -> _Kept:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Kept)
    except (FileNotFoundError, msgspec.MsgspecError):
        return _Kept()


def paused(data_dir: Path) -> dict[str, list[Path]]:
    """Return which topics are paused, with the files that say so: resuming a topic takes its files away.

    They are those of a worker in ``data_dir``, and of the workers that run below it.
    """
    found: dict[str, list[Path]] = {}
    for path in sorted([*data_dir.glob(f"*{_SUFFIX}"), *data_dir.glob(f"*/*{_SUFFIX}")]):
        if _read(path).paused:
            found.setdefault(path.name.removesuffix(_SUFFIX), []).append(path)
    return found


def file_of(data_dir: Path, topic: str) -> Path:
    """Return where a worker counts the messages of a topic."""
    return data_dir / f"{topic}{_SUFFIX}"
