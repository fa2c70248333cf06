"""YAML 1.2 as policies are written in it: what other readers of YAML take for something else is refused.

Numbers are decimal, as in JSON. YAML 1.1, which most libraries read, takes ``020000`` for 8192, ``200:00`` for 12000
and ``no`` for false, without a word. Anchors, tags and merge keys are refused too: a policy says plainly what it means.
"""

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import yaml

from streams.errors import PolicyError

LONGEST = 262_144
"""Characters of a policy at most: some two thousand rules."""
SHOWN = 60
"""Characters of a tag that an error shows."""
DEEPEST = 20
"""Levels of a policy at most."""

_HALF = re.compile("[\ud800-\udfff]")
"""What an escape like ``\\ud83d`` stands for in YAML, also beside its other half: nothing can store or send it."""
_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_READ_OTHERWISE = re.compile(
    r"""
    y | Y | n | N | yes | Yes | YES | no | No | NO | on | On | ON | off | Off | OFF   # bools of YAML 1.1
    | [-+]?0[bBoOxX][0-9a-fA-F_]*                                                   # other bases
    | [-+]?[0-9][0-9_]*(?::[0-9_]+)*(?:\.[0-9_.]*)?(?:[eE][-+]?[0-9_]+)?              # zeros, separators, base 60
    | [-+]?\.[0-9][0-9_.]*(?:[eE][-+]?[0-9_]+)?
    | [-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9].*)?                       # dates and times
    | << | =                                                                        # merge keys, default values
    """,
    re.VERBOSE | re.ASCII,
)
"""Plain texts that YAML 1.1 or 1.2 takes for something other than a text, besides what is read here."""
_QUOTED = "a condition that begins with !, [, {, & or a quote stands in quotes as a whole"
_INDENTED = "keys of one part begin in one column"
_WIDE_COLON = re.compile(r"\s*(?:- )?[A-Za-z_0-9]+\s*\uff1a")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LINE_ENDS = re.compile("[\x85\u2028\u2029]")
"""Line ends in YAML 1.1 and none in 1.2."""


class Place(NamedTuple):
    """Where something stands, both from 1; ``file`` names the one of several files that it stands in."""

    line: int
    column: int
    file: str = ""

    def __str__(self) -> str:
        """Return the place as errors name it."""
        return f"{f'{self.file}, ' if self.file else ''}line {self.line}, column {self.column}"


class Source:
    """A policy file as it was read: ``content``, and where each part of it stands.

    Parts go by the paths that msgspec uses, as ``$.rules[3].score``. Raises :class:`PolicyError`, naming line and
    column, for what is not YAML and for what readers of YAML take for different things.
    """

    def __init__(self, text: str) -> None:
        self._nodes: dict[str, yaml.Node] = {}
        self._keys: dict[str, yaml.Node] = {}
        self._characters: dict[str, Sequence[int]] = {}  # found once: a long condition may have thousands of faults
        self._text = text
        self.content = self._value("$", _root(text))

    def place(self, path: str) -> Place:
        """Return where ``path`` begins, its key where it has one; else the nearest part around it."""
        return self._at(path, self._keys, self._nodes)

    def place_of_value(self, path: str, offset: int = 0) -> Place:
        """Return where the value of ``path`` begins, or the character at ``offset`` of a text."""
        node = self._nodes.get(path)
        if offset and isinstance(node, yaml.ScalarNode):
            found = self._characters.get(path) or self._characters.setdefault(path, _characters(self._text, node))
            return _of(self._text, found[min(offset, len(found) - 1)])
        return self._at(path, self._nodes)

    def _at(self, path: str, *known: dict[str, yaml.Node]) -> Place:
        while path:
            for nodes in known:
                if path in nodes:
                    return _place(nodes[path].start_mark)
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return Place(1, 1)

    def _value(self, path: str, node: yaml.Node) -> Any:
        self._nodes[path] = node
        if isinstance(node, yaml.SequenceNode):
            return [self._value(f"{path}[{at}]", one) for at, one in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return dict(self._entries(path, node))
        return _scalar(node) if isinstance(node, yaml.ScalarNode) else None

    def _entries(self, path: str, node: yaml.MappingNode) -> Iterator[tuple[str, Any]]:
        seen = set()
        for key, value in node.value:
            name = _scalar(key) if isinstance(key, yaml.ScalarNode) else None
            if not isinstance(name, str):
                raise _wrong(key, "a key is a text: write it in quotes")
            if name in seen:
                raise _wrong(key, f"{name!r} is given twice: keep one")
            seen.add(name)
            self._keys[f"{path}.{name}"] = key
            yield name, self._value(f"{path}.{name}", value)


class _Loader(yaml.SafeLoader):
    """Composes nodes; refuses what a policy does not need and what could make a small file large."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call] # the stubs leave its type out
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _wrong(event, "anchors and aliases (& and *) are not used in policies: write the value out")
        if getattr(event, "tag", None) is not None:
            raise _wrong(event, f"tags ({_short(event.tag)}) are not used in policies: {_QUOTED}")
        if self._depth >= DEEPEST:
            raise _wrong(event, f"nested more than {DEEPEST} levels deep: a policy has no such part")
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


def _root(text: str) -> yaml.Node:
    if len(text) > LONGEST:
        msg = f"{_of(text, LONGEST)}: the policy has {len(text):,} characters: at most {LONGEST:,} are read"
        raise PolicyError(msg)
    try:
        found = _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as exc:
        at = _place(exc.problem_mark or exc.context_mark)
        said = exc.problem or exc.context or ""
        msg = f"{at}: not readable as YAML: {said}{_hint(said, text, at)}"
        raise PolicyError(msg) from exc
    except yaml.reader.ReaderError as exc:
        msg = f"{_of(text, exc.position)}: not readable as YAML: the character U+{exc.character:04X} is not allowed"
        raise PolicyError(msg) from exc
    if found is None:
        msg = f"{Place(1, 1)}: there is nothing here: see deploy/docs/policy.md for what it must hold"
        raise PolicyError(msg)
    ambiguous = _LINE_ENDS.search(text)
    if ambiguous:
        at, character = _of(text, ambiguous.start()), f"U+{ord(ambiguous[0]):04X}"
        msg = f"{at}: the character {character} ends a line for some readers of YAML only"
        raise PolicyError(msg)
    return found


def _hint(said: str, text: str, at: Place) -> str:
    """Return the end of a sentence about a text that is no YAML: what it probably is."""
    lines = text.splitlines()
    wide = next((n for n in range(min(at.line, len(lines)), 0, -1) if _WIDE_COLON.match(lines[n - 1])), None)
    if wide is not None:
        return f": line {wide} has a full-width colon (\uff1a), which is a text: write : and a blank"
    if "'\\t'" in said:
        return ": lines begin with blanks, never with a tab"
    if said.startswith("mapping values"):
        return ": a text with a colon and a blank in it stands in quotes as a whole"
    return f": {_INDENTED}, and {_QUOTED}" if said.startswith("expected <block end>") else ""


def _scalar(node: yaml.ScalarNode) -> Any:
    """Return the value of a scalar: a plain one is a number, bool or null of YAML 1.2, else a text."""
    text = node.value
    if (half := _HALF.search(text)) is not None:
        code = f"U+{ord(half[0]):04X}"
        raise _wrong(node, f"{code} is half of a character, and no text: write the character itself")
    if node.style:  # in quotes, or a block
        return text
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    if _INT.fullmatch(text) or _FLOAT.fullmatch(text):
        return _number(node)
    if _READ_OTHERWISE.fullmatch(text):
        instead = (
            f'write a day in quotes, as "{text}"'
            if _DAY.fullmatch(text)
            else "write a number in plain decimal digits (20000, 0.5), and a text in quotes"
        )
        msg = f"{text!r} is read as different things by different readers of YAML: {instead}"
        raise _wrong(node, msg)
    return text


def _number(node: yaml.ScalarNode) -> float:
    try:
        value = int(node.value) if _INT.fullmatch(node.value) else float(node.value)
    except ValueError as exc:  # more digits than Python reads
        raise _wrong(node, "the number is too long") from exc
    if isinstance(value, float) and not math.isfinite(value):
        raise _wrong(node, "the number is too large")
    if value == 0 and re.search("[1-9]", node.value.lower().partition("e")[0]):
        raise _wrong(node, "the number is too small: it is read as 0")
    return value


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _wrong(of: Any, what: str) -> PolicyError:
    return PolicyError(f"{_place(of.start_mark)}: {what}")


def _place(mark: Any) -> Place:
    return Place(1, 1) if mark is None else Place(mark.line + 1, mark.column + 1)


def _of(text: str, position: int) -> Place:
    return Place(text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position))


def _characters(text: str, node: yaml.ScalarNode) -> Sequence[int]:
    """Return where each character of a scalar's value stands in the file, and where its end does.

    The value is what the file has, less indentation, quotes and escapes: each of its characters is looked for from the
    one before on, and blanks of any kind stand for each other. A block begins below its header.
    """
    at, end = node.start_mark.index, node.end_mark.index
    if node.style in {"|", ">"}:
        at = text.find("\n", at) + 1
    found = []
    for character in node.value:
        if character.isspace():
            while at < end and not text[at].isspace():
                at += 1
        else:
            there = text.find(character, at, end)
            at = at if there < 0 else there
        found.append(at)
        at += 1
    return [*found, at]
