"""The fonts of this machine that labels can be drawn with."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from shutil import which

from streams.errors import OperatorError

Font = tuple[str, int]
"""A file, and which of the faces in it."""

_LATIN = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "LiberationSans-Regular.ttf", "LiberationSerif-Regular.ttf")
"""Usual faces; a machine has dozens of others that nobody labels a picture with."""


@dataclass(frozen=True, slots=True)
class Fonts:
    """Faces that have the Chinese letters, and usual ones that have Latin letters only."""

    chinese: tuple[Font, ...]
    latin: tuple[Font, ...]


def installed() -> Fonts:
    """Return the fonts that fontconfig knows.

    Raises :class:`OperatorError` where there is none with Chinese letters, or no fontconfig.
    """
    chinese, every = _listed(":lang=zh-cn"), _listed(":lang=en")
    if not chinese:
        msg = "no font with Chinese letters is installed: on Debian, apt-get install fontconfig fonts-noto-cjk"
        raise OperatorError(msg)
    return Fonts(tuple(chinese), tuple(font for font in every if Path(font[0]).name in _LATIN))


def of_files(files: Iterable[Path]) -> Fonts:
    """Return the first face of each file, taken to have Chinese letters and Latin ones."""
    return Fonts(tuple((str(file), 0) for file in files), ())


def _listed(pattern: str) -> list[Font]:
    if which("fc-list") is None:
        return []
    said = subprocess.run(  # noqa: S603 - of this machine's own fonts, with a constant pattern
        ["fc-list", "--format", "%{file}\t%{index}\n", pattern],  # noqa: S607 - wherever it is installed
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    ).stdout
    rows = (line.rpartition("\t") for line in set(said.splitlines()))
    return sorted((file, int(face)) for file, _, face in rows if int(face) < 1 << 16)  # above it: named instances
