"""Named conditions: what several rules ask is written once, under ``definitions``, and rules ask it by its name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from streams.errors import PolicyError
from streams.policy.includes import Sources
from streams.policy.variables import VARIABLES

MOST = 200
"""Definitions of a policy at most."""
LONGEST = 20_000
"""Characters of a condition with all its definitions in it; each use of one is written out."""
_WORDS = frozenset(
    {"true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import"}
    | {"let", "loop", "package", "namespace", "return", "var", "void", "while", "has", "all", "exists", "exists_one"}
    | {"map", "filter", "size", "int", "uint", "double", "string", "bool", "bytes", "list", "type", "dyn", "timestamp"}
    | {"duration", "matches", "contains"}
)
"""What CEL has a meaning of its own for."""
_TOKEN = re.compile(
    r"[rR](?:\"[^\"]*\"|'[^']*')"
    r"|\"\"\".*?\"\"\"|'''.*?'''|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'"
    r"|//[^\n]*"
    r"|(?<![\w.])(?P<name>[a-z][a-z0-9_]*)(?![\w]|\s*[.(])",
    re.DOTALL,
)
"""A text, a comment, or a name that is no part of a longer one."""


class Piece(NamedTuple):
    """From where on a condition that is written out comes from which text, and from where in that."""

    begins: int
    path: str
    offset: int


@dataclass(frozen=True, slots=True)
class Written:
    """A condition with its definitions written out, each within brackets; ``used`` are those, through others too."""

    text: str
    pieces: Sequence[Piece]
    used: frozenset[str]

    def place(self, offset: int) -> tuple[str, int]:
        """Return where in the policy a character of it stands: the path of a text, and the character in that."""
        last = self.pieces[0]
        for piece in self.pieces:
            if piece.begins > offset:
                break
            last = piece
        return last.path, offset - last.begins + last.offset


class Definitions:
    """The named conditions of a policy."""

    def __init__(self, texts: Mapping[str, str], source: Sources) -> None:
        """Raises :class:`PolicyError`, with its place, for too many, and for a name that means something already."""
        self._texts = texts
        self._source = source
        self._written: dict[str, Written] = {}
        for at, name in enumerate(texts):
            if at >= MOST:
                self._refuse(path_of(name), f"{len(texts):,} definitions, of which at most {MOST} are read")
            if name in _WORDS:
                self._refuse(path_of(name), f"{name} is a word of CEL: give the definition another name")
            if name in _first_parts():
                what = f"{name} is what variables are called ({_a_variable(name)}): give the definition another name"
                self._refuse(path_of(name), what)
        self.all = {name: self._of(name, ()) for name in texts}

    def written(self, condition: str, path: str) -> Written:
        """Return a condition with its definitions written out; :class:`PolicyError` where it gets too long."""
        return self._expand(condition, path, ())

    def _of(self, name: str, around: tuple[str, ...]) -> Written:
        if name not in self._written:
            self._written[name] = self._expand(self._texts[name], path_of(name), (*around, name))
        return self._written[name]

    def _expand(self, text: str, path: str, around: tuple[str, ...]) -> Written:
        parts, pieces, used, size, done = list[str](), list[Piece](), set[str](), 0, 0

        def add(part: str, came_from: Sequence[Piece]) -> None:
            nonlocal size
            pieces.extend(piece._replace(begins=piece.begins + size) for piece in came_from)
            parts.append(part)
            size += len(part)

        for found in self._names(text):
            name = found["name"]
            if name in around:
                circle = " uses ".join([*around[around.index(name) :], name])
                self._refuse(path, f"a definition may not use itself: {circle}", found.start())
            inner = self._of(name, around)
            add(text[done : found.start()], [Piece(0, path, done)])
            add("(", [Piece(0, path, found.start())])
            add(inner.text, inner.pieces)
            add("\n)", [Piece(0, path, found.end() - 1)])  # a comment may end what it stands for
            done = found.end()
            used |= {name, *inner.used}
            if size > LONGEST:
                what = f"with what {name} stands for it has more than the {LONGEST:,} characters that are read"
                self._refuse(path, what, found.start())
        add(text[done:], [Piece(0, path, done)])
        return Written("".join(parts), pieces, frozenset(used))

    def _names(self, text: str) -> Iterator[re.Match[str]]:
        return (found for found in _TOKEN.finditer(text) if found["name"] in self._texts) if self._texts else iter(())

    def _refuse(self, path: str, what: str, offset: int | None = None) -> None:
        place = self._source.place(path) if offset is None else self._source.place_of_value(path, offset)
        msg = f"{place}: {what}"
        raise PolicyError(msg)


def path_of(name: str) -> str:
    """Return the path of a definition in the policy's content."""
    return f"$.definitions.{name}"


@cache
def _first_parts() -> frozenset[str]:
    return frozenset(one.name.partition(".")[0] for one in VARIABLES.values())


def _a_variable(first: str) -> str:
    return next(name for name in VARIABLES if name.partition(".")[0] == first)
