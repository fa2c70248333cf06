"""A policy in a file, with the files that it includes: read in one way by commands and by workers."""

from pathlib import Path

from streams.errors import PolicyError
from streams.judgement.versions import read
from streams.policy.compiled import Policy, compile_policy
from streams.policy.includes import gathered
from streams.policy.question import StoredPolicy
from streams.policy.yaml_reader import LONGEST, Place

MOST_BYTES = 4 * LONGEST
"""Bytes of one file at most: characters of UTF-8 have four at most."""


def text_of(file: Path) -> str:
    """Return the text of one file; :class:`PolicyError`, naming the file, when it is not UTF-8, or has no end."""
    with file.open("rb") as opened:
        raw = opened.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        msg = f"{file}: it has more than the {MOST_BYTES:,} bytes that are read of a file"
        raise PolicyError(msg)
    try:
        return raw.decode().replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as exc:
        line_end, before = b"\n", exc.object[: exc.start]
        place = Place(before.count(line_end) + 1, exc.start - before.rfind(line_end))
        msg = f"{file}: {place}: this is not UTF-8: save the file in that encoding"
        raise PolicyError(msg) from exc


def _included(folder: Path, name: str) -> str:
    """Return the text of a file that a policy includes; ``ValueError`` for one that is none, or leads elsewhere."""
    file = folder / name
    if not file.resolve().is_relative_to(folder.resolve()):
        msg = "it is a link that leads outside the policy's own folder"
        raise ValueError(msg)
    if file.exists() and not file.is_file() and not file.is_dir():
        msg = "it is no file, and may have no end"
        raise ValueError(msg)
    return text_of(file)


def read_file(file: Path) -> tuple[StoredPolicy, Policy]:
    """Return the policy in ``file`` and those that it includes; :class:`PolicyError`, naming the file, when it is none.

    ``OSError`` when the file itself cannot be read.
    """
    own = text_of(file)
    try:
        text = gathered(file.name, lambda name: own if name == file.name else _included(file.parent, name))
        return read(text), compile_policy(text)
    except PolicyError as exc:
        msg = f"{file}: {exc}"
        raise PolicyError(msg) from exc
