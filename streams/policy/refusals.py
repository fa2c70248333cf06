"""What msgspec says of a document that does not fit, made exact: which part it is, and which name was meant."""

import ast
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

import msgspec
from msgspec import inspect

_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_NOT_ONE_OF = re.compile(r"Invalid enum value '(.*)'", re.DOTALL)
_NO_MATCH = re.compile(r"Expected `str` matching regex '(.*)'", re.DOTALL)
_PATTERNS = {
    r"^[A-Z]{3}(?![\s\S])": "this is no currency: write its ISO 4217 code, three capital letters, as CNY",
    r"^[a-z][a-z0-9_]{0,63}(?![\s\S])": "this is no id: write small letters, digits and _, a letter first, at most 64",
    r"^[^\u0000]+(?![\s\S])": "this is no code: write 1 to 64 characters",
}
_NO_DAY = "Invalid RFC3339 encoded date"
_MISSING = re.compile(r"Object missing required field `(.*)`", re.DOTALL)
_OTHER_TYPE = re.compile(r"Expected `([a-z]+)(?: \| null)?`, got `([a-z]+)`")
_OUT_OF_BOUNDS = re.compile(r"Expected `[a-z]+(?: \| null)?` (<=|>=|<|>) (\S+)")
_TOO_LONG = re.compile(r"Expected `[a-z]+(?: \| null)?` of length <= (\d+)")
_EMPTY = "Expected `str` of length >= 1"
_WRITE = {
    "int": "a whole number, as 45",
    "float": "a number, as 0.5",
    "str": "a text, in quotes",
    "bool": "true or false",
    "array": "a list, as [a, b]",
    "object": "keys with their values, as {key: value}",
    "date": 'a day in quotes, as "2026-12-01"',
}
_GOT = _WRITE | {
    "int": "a whole number",
    "float": "a number with decimals",
    "str": "a text",
    "array": "a list",
    "object": "keys with values",
    "null": "empty",
}
_OF_UNITS = (
    ("_minor", "a whole number in the currency's smallest unit, as 20000 for 200.00"),
    ("_s", "a whole number of seconds, as 86400 for a day"),
)
"""What a whole number counts, by how its key ends."""
_SHARES = " (0.02 is two in a hundred)"
_ANY = "[...]"
"""How msgspec writes the key of a mapping whose keys are free."""


def explained(exc: msgspec.ValidationError, content: Any, shape: Any) -> tuple[str, str]:
    """Return which part of ``content`` does not fit ``shape``, as ``$.rules[3].score``, and what is wrong with it."""
    what, _, at = str(exc).partition(" - at ")
    path = at[at.find("$") :].rstrip("`") if "$" in at else "$"
    of_key = "`key`" in at
    path = _exact(path, content, shape, of_key=of_key)
    unknown, other = _UNKNOWN.fullmatch(what), _NOT_ONE_OF.fullmatch(what)
    if unknown is not None:
        known = _keys(inspect.type_info(shape), path)
        return f"{path}.{unknown[1]}", f"unknown key {unknown[1]!r}{meant(unknown[1], known)}"
    if other is not None:
        known = [str(one) for one in _literals(inspect.type_info(shape), path, of_key=of_key)]
        return path, f"unknown value {other[1]!r}{meant(other[1], known)}"
    pattern = _NO_MATCH.fullmatch(what)
    if pattern is not None:
        return path, _PATTERNS.get(ast.literal_eval(f"'{pattern[1]}'"), what)
    if what == _NO_DAY:
        return path, 'this is no day: write it in quotes, with year, month and day, as "2026-12-01"'
    return path, _in_words(what, path, content)


def _in_words(what: str, path: str, content: Any) -> str:
    """Return what msgspec says of a value's type, size or absence, as what to write instead."""
    missing, other = _MISSING.fullmatch(what), _OTHER_TYPE.fullmatch(what)
    bound, long = _OUT_OF_BOUNDS.fullmatch(what), _TOO_LONG.fullmatch(what)
    if missing is not None:
        return f"{missing[1]} is missing: add it"
    if other is not None:
        unit = next((unit for end, unit in _OF_UNITS if path.endswith(end)), None) if other[1] == "int" else None
        return f"this is {_GOT.get(other[2], other[2])}: write {unit or _WRITE.get(other[1], other[1])}"
    if bound is not None:
        most = bound[1].startswith("<")
        share = _SHARES if (most, bound[2]) == (True, "1.0") else ""
        word, edge = ("large", "most") if most else ("small", "least")
        return f"{_part(content, path)} is too {word}: write at {edge} {bound[2].removesuffix('.0')}{share}"
    if what.startswith(_EMPTY):
        return "this is empty: write a text"
    return f"this is too long: write at most {long[1]} characters" if long is not None else what


def meant(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about an unknown name: which one was meant, or all there are."""
    names = sorted(known)
    return near(name, names) or f": use one of {', '.join(names)}"


def near(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence that asks for the known name that is nearest; empty where none is near."""
    names = {one.lower(): one for one in known}
    found = get_close_matches(name.lower(), names, n=1)
    return f": did you mean {names[found[0]]!r}?" if found else ""


def _exact(path: str, content: Any, shape: Any, *, of_key: bool) -> str:
    """Return the path with the keys that msgspec leaves out: each entry of a mapping is tried alone."""
    before, found, after = path.partition(_ANY)
    if not found and not of_key:
        return path
    entries = _part(content, before)
    for key, value in entries.items():
        try:
            msgspec.convert(_with(content, _steps(before), {key: value}), shape)
        except msgspec.ValidationError as exc:
            if (_ANY in str(exc) or "`key`" in str(exc)) and before in str(exc):
                return f"{before}.{key}{after}"
    return before


def _steps(path: str) -> list[str | int]:
    """Return the steps of a path: names and places in lists."""
    return [int(place) if place else name for name, place in re.findall(r"\.([^.\[]+)|\[(\d+)\]", path)]


def _part(content: Any, path: str) -> Any:
    for step in _steps(path):
        content = content[step]
    return content


def _with(content: Any, steps: Sequence[str | int], part: Any) -> Any:
    """Return the content with another ``part`` where the steps lead."""
    if not steps:
        return part
    first, *rest = steps
    other = content.copy()
    other[first] = _with(content[first], rest, part)
    return other


def _type_at(kind: inspect.Type, path: str) -> inspect.Type:
    for step in _steps(path):
        kind = _plain(kind)
        if isinstance(kind, inspect.StructType):
            kind = next(field.type for field in kind.fields if field.encode_name == step)
        elif isinstance(kind, inspect.DictType):
            kind = kind.value_type
        elif isinstance(kind, inspect.VarTupleType | inspect.ListType):
            kind = kind.item_type
    return _plain(kind)


def _plain(kind: inspect.Type) -> inspect.Type:
    """Return a type without what is said about it, and without the null that may stand in its place."""
    if isinstance(kind, inspect.Metadata):
        return _plain(kind.type)
    if isinstance(kind, inspect.UnionType):
        return _plain(next(one for one in kind.types if not isinstance(one, inspect.NoneType)))
    return kind


def _keys(kind: inspect.Type, path: str) -> list[str]:
    found = _type_at(kind, path)
    return [field.encode_name for field in found.fields] if isinstance(found, inspect.StructType) else []


def _literals(kind: inspect.Type, path: str, *, of_key: bool) -> tuple[Any, ...]:
    """Return the values that a part may have; ``of_key``: those that its own key may have."""
    found = _type_at(kind, path.rpartition(".")[0] if of_key else path)
    if of_key:
        found = _plain(found.key_type) if isinstance(found, inspect.DictType) else found
    return tuple(found.values) if isinstance(found, inspect.LiteralType) else ()
