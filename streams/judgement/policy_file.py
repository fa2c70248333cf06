"""A policy in a file, with the files that it includes: read in one way by commands and by workers."""

from itertools import islice
from pathlib import Path

from streams.errors import PolicyError, SettingsError
from streams.judgement.versions import read
from streams.policy.compiled import Policy, compile_policy
from streams.policy.includes import gathered
from streams.policy.packaged import load_default
from streams.policy.question import StoredPolicy
from streams.policy.refusals import near
from streams.policy.yaml_reader import LONGEST, Place
from streams.setting_files import content_of

MOST_BYTES = 4 * LONGEST
"""Bytes of one file at most: characters of UTF-8 have four at most."""
MOST_NAMES = 1_000
"""Files that are looked at, at most, for the one that was meant."""


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
    if not file.exists() and not file.is_symlink():
        msg = f"no such file{near(name, _policies_in(folder))}"
        raise ValueError(msg)
    if not file.resolve().is_relative_to(folder.resolve()):
        msg = "it is a link that leads outside the policy's own folder"
        raise ValueError(msg)
    if file.exists() and not file.is_file() and not file.is_dir():
        msg = "it is no file, and may have no end"
        raise ValueError(msg)
    return text_of(file)


def _policies_in(folder: Path) -> list[str]:
    """Return the names of files in a folder, and in those that it holds, that may have been meant by an include."""
    found = (one for pattern in ("*.yaml", "*.yml", "*/*.yaml", "*/*.yml") for one in folder.glob(pattern))
    return sorted(one.relative_to(folder).as_posix() for one in islice(found, MOST_NAMES))


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


def seed_policy(path: Path | None) -> StoredPolicy:
    """Return the policy that an empty database starts with: that of the file, else the packaged one.

    Raises :class:`SettingsError` when the file cannot be read and :class:`streams.errors.PolicyError`, naming the file,
    when it cannot be used.
    """
    if path is None:
        return read(load_default()[1])
    try:
        content_of(path)  # it is read more than once: a pipe would hold nothing the second time
        return read_file(path)[0]
    except (OSError, ValueError) as exc:
        msg = f"SENTINEL_POLICY: {path} cannot be read ({exc})"
        raise SettingsError(msg) from exc
