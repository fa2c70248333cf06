"""A policy in a file, with the files that it includes: read in one way by commands and by workers."""

from pathlib import Path

from streams.errors import PolicyError
from streams.judgement.versions import read
from streams.policy.compiled import Policy, compile_policy
from streams.policy.includes import gathered
from streams.policy.question import StoredPolicy
from streams.policy.yaml_reader import Place


def text_of(file: Path) -> str:
    """Return the text of one file; :class:`PolicyError`, naming the file, when it is not UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as exc:
        line_end, before = b"\n", exc.object[: exc.start]
        place = Place(before.count(line_end) + 1, exc.start - before.rfind(line_end))
        msg = f"{file}: {place}: this is not UTF-8: save the file in that encoding"
        raise PolicyError(msg) from exc


def read_file(file: Path) -> tuple[StoredPolicy, Policy]:
    """Return the policy in ``file`` and those that it includes; :class:`PolicyError`, naming the file, when it is none.

    ``OSError`` when the file itself cannot be read.
    """
    own = text_of(file)
    try:
        text = gathered(file.name, lambda name: own if name == file.name else text_of(file.parent / name))
        return read(text), compile_policy(text)
    except PolicyError as exc:
        msg = f"{file}: {exc}"
        raise PolicyError(msg) from exc
