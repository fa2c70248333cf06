"""A policy of several files: gathered into one text, and read back as one content.

The text that is stored is whole: each file behind a line ``--- # file: NAME``, which YAML reads as the start of a
document, those that are included first. So the policy's hash covers all of them, and errors name the file.
"""

import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from streams.errors import PolicyError
from streams.policy.yaml_reader import LONGEST, Place, Source

INCLUDE = "include"
MOST_FILES = 50
_START = re.compile(r"^--- # file: (.*)\n", re.MULTILINE)
_STEP = re.compile(r"\$\.[^.\[]+(?:\[\d+\]|\.[^.\[]+)?")
"""The part of a path that says which file something stands in: a key, and an entry of its list or mapping."""


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    source: Source

    def place(self, path: str) -> Place:
        return self.source.place(path)._replace(file=self.name)

    def included(self) -> list[str]:
        """Return the names of the files that this one includes, as seen from the main one's folder."""
        content = self.source.content
        if not isinstance(content, dict) or INCLUDE not in content:
            return []
        found = content[INCLUDE]
        if not isinstance(found, list) or not found or not all(isinstance(one, str) and one for one in found):
            msg = f"{self.place('$.include')}: {INCLUDE} is a list of names of files, as [limits.yaml, toys.yaml]"
            raise PolicyError(msg)
        return [self._named(at, one) for at, one in enumerate(found)]

    def _named(self, at: int, name: str) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.name), name))
        if path.startswith(("/", "..")) or not path.isprintable():
            msg = f"{self.place(f'$.include[{at}]')}: {name} lies outside the policy's own folder: move it into that"
            raise PolicyError(msg)
        return path


def gathered(name: str, text_of: Callable[[str], str]) -> str:
    """Return the text of a policy with all files that it includes; one that includes none is returned as it is.

    ``text_of`` reads a file by its name (``ValueError``: it may not be read), ``name`` is the main one's; names are
    relative to the folder of the main file. Raises :class:`PolicyError`, naming file and line, for a file that includes
    itself, one outside the folder, one that cannot be read, and for too many.
    """
    found: dict[str, str] = {}
    _gather(name, text_of, (), found)
    if len(found) == 1:
        return found[name]
    text = "".join(f"--- # file: {one}\n{own.rstrip()}\n" for one, own in found.items())
    if len(text) > LONGEST:
        msg = f"the policy has {len(text):,} characters in {len(found)} files: at most {LONGEST:,} are read"
        raise PolicyError(msg)
    return text


def _gather(name: str, text_of: Callable[[str], str], around: Sequence[str], found: dict[str, str]) -> None:
    """Add a file to ``found``, behind those that it includes; ``around`` are those that include it."""
    text = text_of(name)
    if not _START.search(text):
        file = _File(name, _source(name, text) if around else Source(text))  # whoever reads the main one names it
        for at, other in enumerate(file.included()):
            if other not in found:
                _follow(file.place(f"$.include[{at}]"), other, text_of, [*around, name], found)
    elif around:
        msg = f"{name} holds several files already (a line `--- # file:`): give it alone, or write them apart"
        raise PolicyError(msg)
    found[name] = text


def _follow(
    where: Place, name: str, text_of: Callable[[str], str], around: Sequence[str], found: dict[str, str]
) -> None:
    if name in around:
        circle = " includes ".join([*around[around.index(name) :], name])
        msg = f"{where}: a file may not include itself: {circle}"
        raise PolicyError(msg)
    if len(found) + len(around) >= MOST_FILES:
        msg = f"{where}: more than {MOST_FILES} files: join some"
        raise PolicyError(msg)
    try:
        _gather(name, text_of, around, found)
    except (OSError, ValueError) as exc:
        msg = f"{where}: {name} cannot be read ({getattr(exc, 'strerror', None) or exc})"
        raise PolicyError(msg) from exc


def _source(name: str, text: str) -> Source:
    try:
        return Source(text)
    except PolicyError as exc:
        msg = f"{name}, {exc}"
        raise PolicyError(msg) from exc


class Sources:
    """A policy's text as it was read: ``content`` of all its files as one, and where each part stands.

    Lists are joined in the order of the files. A key is given in one file only, or, where it holds a mapping, each of
    its keys. Raises :class:`PolicyError` as :class:`Source` does, and where two files give one key.
    """

    def __init__(self, text: str) -> None:
        starts = list(_START.finditer(text))
        self._places: dict[str, tuple[_File, str]] = {}
        if not starts:
            self._files = [_File("", Source(text))]
            self.content = self._files[0].source.content
            if isinstance(self.content, dict) and INCLUDE in self.content:
                msg = (
                    f"{self.place('$.include')}: the files that it includes are not in this text: name the file, "
                    "`refund-sentinel policy propose FILE` gathers them"
                )
                raise PolicyError(msg)
            return
        ends = [*(one.start() for one in starts[1:]), len(text)]
        self._files = [
            _File(start[1], _source(start[1], text[start.end() : end])) for start, end in zip(starts, ends, strict=True)
        ]
        self.content = self._joined()

    def place(self, path: str) -> Place:
        """Return where ``path`` begins, its key where it has one; else the nearest part around it."""
        file, own = self._own(path)
        return file.place(own)

    def place_of_value(self, path: str, offset: int = 0) -> Place:
        """Return where the value of ``path`` begins, or the character at ``offset`` of a text."""
        file, own = self._own(path)
        return file.source.place_of_value(own, offset)._replace(file=file.name)

    def _own(self, path: str) -> tuple[_File, str]:
        """Return the file that holds a part, and the part's path in that file."""
        step = _STEP.match(path)
        if step is not None and step[0] in self._places:
            file, own = self._places[step[0]]
            return file, own + path[step.end() :]
        key = re.match(r"\$\.[^.\[]+", path)
        return self._places.get(key[0] if key else "", (self._files[-1], ""))[0], path

    def _joined(self) -> Any:
        joined: dict[str, Any] = {}
        for file in self._files:
            content = file.source.content
            if not isinstance(content, dict):
                msg = f"{file.place('$')}: a file of a policy holds keys and their values"
                raise PolicyError(msg)
            for key, value in content.items():
                if key != INCLUDE:
                    self._add(joined, key, value, file)
        return joined

    def _add(self, joined: dict[str, Any], key: str, value: Any, file: _File) -> None:
        path = f"$.{key}"
        if key not in joined:
            joined[key] = value.copy() if isinstance(value, list | dict) else value
            self._places[path] = file, path
            first = 0
        elif isinstance(value, list) and isinstance(joined[key], list):
            first = len(joined[key])
            joined[key] += value
        elif isinstance(value, dict) and isinstance(joined[key], dict):
            first = 0
            for name in value:
                self._refuse_second(f"{path}.{name}", name, file, known=name in joined[key])
            joined[key] |= value
        else:
            self._refuse_second(path, key, file, known=True)
            return
        if isinstance(value, list):
            self._places |= {f"{path}[{first + at}]": (file, f"{path}[{at}]") for at in range(len(value))}
        elif isinstance(value, dict):
            self._places |= {f"{path}.{name}": (file, f"{path}.{name}") for name in value}

    def _refuse_second(self, path: str, name: str, file: _File, *, known: bool) -> None:
        if known:
            msg = f"{file.place(path)}: {name!r} is given at {self.place(path)} too: keep one"
            raise PolicyError(msg)
