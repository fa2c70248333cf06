"""Pauses a topic past a share or a run of dead letters: its sender is broken, and draining it helps nobody."""

import json
from collections import deque
from collections.abc import Callable
from pathlib import Path

WINDOW = 1_000
WRITTEN_EVERY = 200


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
        self._seen: deque[bool] = deque(self._load(), maxlen=WINDOW)
        self._unwritten = 0
        self.paused = self._over()

    def note(self, *, bad: bool) -> None:
        """Count one message; pause when there are too many bad ones."""
        self._seen.append(bad)
        self._unwritten += 1
        if not bad and self._unwritten < WRITTEN_EVERY:
            return
        self._unwritten = 0
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps({"seen": "".join("x" if seen else "." for seen in self._seen)}))
        fresh.replace(self._path)
        if not self.paused and self._over():
            self.paused = True
            self._on_pause()

    def resumed(self) -> bool:
        """Return whether an operator has taken the file away, which is how a paused topic is resumed."""
        return self.paused and not self._path.exists()

    def _over(self) -> bool:
        tail = list(self._seen)[-self._run :]
        return sum(self._seen) > self._limit or (len(tail) == self._run and all(tail))

    def _load(self) -> list[bool]:
        try:
            return [mark == "x" for mark in json.loads(self._path.read_text())["seen"]]
        except (FileNotFoundError, ValueError, KeyError):
            return []


def windows(data_dir: Path) -> list[Path]:
    """Return the files that count the messages of a worker in ``data_dir``, or of the workers that run below it."""
    return sorted([*data_dir.glob("*.window.json"), *data_dir.glob("*/*.window.json")])
