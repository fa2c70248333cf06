"""What goes between a worker and its photo processes: what these are told at their start, and what comes back."""

from dataclasses import dataclass
from pathlib import Path

from streams.ports import Compared, Examined, Recognised


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a pool process needs to know."""

    media_url: str
    media_hosts: tuple[str, ...]
    evidence_url: str
    size_bytes: int
    pixels: int
    memory_bytes: int
    answer_s: float
    anchors: str | None = None
    label_models: tuple[str, str] | None = None
    further_labels: str | None = None
    video_bytes: int = 300_000_000
    video_s: float = 60.0
    scratch: Path | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture that a person wants to see: of one photo, or of a pair; photos are named by their SHA-256."""

    sha256: str
    beside: str | None
    view: str

    @property
    def version(self) -> str:
        """The name under which it is kept; another way to draw is another version."""
        return f"{self.view}-1"


@dataclass(frozen=True, slots=True)
class Look:
    """One look's result, and the seconds that its stages took."""

    examined: Examined
    seconds: dict[str, float]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """What a claim has to do with each of its references, and the seconds that the stages took."""

    compared: list[Compared]
    seconds: dict[str, float]


@dataclass(frozen=True, slots=True)
class Recognitions:
    """What a claim has to do with earlier photos, and the seconds that the stages took."""

    recognised: list[Recognised]
    seconds: dict[str, float]
