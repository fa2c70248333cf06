"""What a field may hold, and what was given instead, in words. Nothing of a value is quoted, only its kind and size."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import inspect

_ODD_CHARACTERS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("a NUL", lambda one: one == "\0"),
    ("a line end", lambda one: one in "\r\n"),
    ("a blank", lambda one: one.isspace() and one not in "\r\n"),
    ("a control character", lambda one: one != "\0" and not one.isprintable() and not one.isspace()),
    ("a character that is not ASCII", lambda one: one.isprintable() and not one.isascii()),
)


def given(value: object) -> str:
    """Return the kind of a JSON value: ``a text of 130 characters``, ``a list of 21``, ``null``."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int):
        return "a whole number"
    if isinstance(value, float):
        return "a number with a decimal point or an exponent"
    if isinstance(value, str):
        return _text(value)
    return f"a list of {len(value):,}" if isinstance(value, list) else "an object"


def allowed(declared: inspect.Type) -> str:
    """Return what a field of this type may hold: the type's own description, and its limits."""
    if isinstance(declared, inspect.Metadata):
        return _described(allowed(declared.type), (declared.extra_json_schema or {}).get("description"))
    if isinstance(declared, inspect.UnionType):
        return listed([allowed(one) for one in declared.types], "or")
    return _PLAIN[type(declared)](declared)


def _described(limits: str, description: str | None) -> str:
    """Return limits with their description; a text's description alone where it gives the limits itself."""
    if description is None:
        return limits
    if limits == _TEXT or limits.rpartition(" to ")[2].removesuffix(" characters") in description:
        return description
    return f"{limits} ({description})"


def _text(value: str) -> str:
    if not value:
        return "an empty text"
    odd = [name for name, is_one in _ODD_CHARACTERS if any(map(is_one, value))]
    among = f", {listed(odd, 'and')} among them" if odd else ""
    return f"a text of {len(value):,} character{'s' if len(value) > 1 else ''}{among}"


def listed(items: Sequence[str], last: str) -> str:
    """Return items with commas between them, and the word ``last`` before the last one."""
    *first, end = items
    return f"{', '.join(first)} {last} {end}" if first else end


_TEXT = "a text"


def _a_text(declared: inspect.StrType) -> str:
    if declared.max_length is None:
        return _TEXT
    return f"a text of {declared.min_length or 0:,} to {declared.max_length:,} characters"


def _a_number(what: str) -> Callable[[Any], str]:
    def within(declared: inspect.IntType | inspect.FloatType) -> str:
        bounds = ((word, bound) for word, bound in (("from", declared.ge), ("to", declared.le)) if bound is not None)
        return " ".join((what, *(f"{word} {bound:,}" for word, bound in bounds)))

    return within


def _a_list(declared: inspect.ListType) -> str:
    return "a list" if declared.max_length is None else f"a list of at most {declared.max_length:,}"


_PLAIN: dict[type[inspect.Type], Callable[[Any], str]] = {
    inspect.StrType: _a_text,
    inspect.IntType: _a_number("a whole number"),
    inspect.FloatType: _a_number("a number"),
    inspect.BoolType: lambda _: "true or false",
    inspect.NoneType: lambda _: "null",
    inspect.LiteralType: lambda declared: f"one of {', '.join(declared.values)}",
    inspect.ListType: _a_list,
    inspect.TupleType: lambda declared: f"a list of {len(declared.item_types)}",
    inspect.DictType: lambda _: "an object",
    inspect.StructType: lambda _: "an object",
}
