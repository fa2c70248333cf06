"""Which fields of a message break its contract, each in one sentence: what it is, and what is allowed there.

The codec asks once msgspec has refused a message: its own words quote regular expressions, and name one field only.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from msgspec import inspect

from schemas.in_words import allowed, given
from schemas.records.base import Record

AT_MOST = 3
"""So many fields are named: whoever mends a message mends its kind."""
_ROOT = "the message"


def violations(kind: type[Record], message: Any) -> list[str]:
    """Return what is wrong with a message of this kind, as the JSON reader returns it, field by field.

    At most :data:`AT_MOST` sentences, in the order of the declared fields. Empty where each field alone is right: then
    fields contradict each other.
    """
    return list(islice(_broken(inspect.type_info(kind), message, ""), AT_MOST))


def _broken(declared: inspect.Type, value: Any, path: str, whole: inspect.Type | None = None) -> Iterator[str]:
    """Yield what is wrong at a place; ``whole`` is its type with all alternatives and its description."""
    whole = whole or declared
    if isinstance(declared, inspect.Metadata):
        yield from _broken(declared.type, value, path, whole)
    elif isinstance(declared, inspect.UnionType):
        fitting = [one for one in declared.types if _is(one, value)]
        if fitting:
            yield from _broken(fitting[0], value, path)
        else:
            yield _wrong(path, given(value), whole)
    elif not _is(declared, value):
        yield _wrong(path, given(value), whole)
    elif (what := _beyond(declared, value)) is not None:
        yield _wrong(path, what, whole)
    else:
        yield from _inside(declared, value, path)


def _wrong(path: str, what: str, declared: inspect.Type) -> str:
    return f"{path or _ROOT} is {what}; it must be {allowed(declared)}"


def _is(declared: inspect.Type, value: Any) -> bool:
    """Return whether a JSON value is of a type, whatever its limits are."""
    bare = declared.type if isinstance(declared, inspect.Metadata) else declared
    if isinstance(value, bool):
        return isinstance(bare, inspect.BoolType)
    return isinstance(value, _PYTHON[type(bare)])


_PYTHON: dict[type[inspect.Type], type | tuple[type, ...]] = {
    inspect.StrType: str,
    inspect.IntType: int,
    inspect.FloatType: (int, float),
    inspect.BoolType: (),
    inspect.NoneType: type(None),
    inspect.LiteralType: str,
    inspect.ListType: list,
    inspect.TupleType: list,
    inspect.DictType: dict,
    inspect.StructType: dict,
}


def _beyond(declared: inspect.Type, value: Any) -> str | None:
    """Return what a value of the right type is where it breaks a limit; None where it keeps them."""
    if isinstance(declared, inspect.IntType | inspect.FloatType):
        return _beyond_bounds(declared, value)
    if isinstance(declared, inspect.LiteralType):
        return None if value in declared.values else given(value)
    if isinstance(declared, inspect.StrType):
        return _beyond_form(declared, value)
    if isinstance(declared, inspect.ListType):
        return given(value) if len(value) > (declared.max_length or len(value)) else None
    if isinstance(declared, inspect.TupleType):
        return given(value) if len(value) != len(declared.item_types) else None
    return None


def _beyond_bounds(declared: inspect.IntType | inspect.FloatType, value: float) -> str | None:
    if declared.ge is not None and value < declared.ge:
        return f"a number below {declared.ge:,}"
    if declared.le is not None and value > declared.le:
        return f"a number above {declared.le:,}"
    return None


def _beyond_form(declared: inspect.StrType, value: str) -> str | None:
    if "\0" in value or not (declared.min_length or 0) <= len(value) <= (declared.max_length or len(value)):
        return given(value)
    if declared.pattern is None or re.search(declared.pattern, value):
        return None
    return f"{given(value)}, in another form"


def _inside(declared: inspect.Type, value: Any, path: str) -> Iterator[str]:
    parts = _PARTS.get(type(declared))
    for place, inner, part in parts(declared, value) if parts else ():
        at = f"{path}{place}".removeprefix(".")
        if part is _MISSING:
            yield f"{at} is missing; it must be {allowed(inner)}"
        else:
            yield from _broken(inner, part, at)


_MISSING: Any = object()

Parts = Iterator[tuple[str, inspect.Type, Any]]
"""Where each part of a value stands in it, the part's type, and the part."""


def _fields(declared: inspect.StructType, value: dict[str, Any]) -> Parts:
    for field in declared.fields:
        if field.required or field.encode_name in value:
            yield f".{field.encode_name}", field.type, value.get(field.encode_name, _MISSING)


def _entries(declared: inspect.DictType, value: dict[str, Any]) -> Parts:
    """Give the values only: names of entries come from the message, so they are not told."""
    for part in value.values():
        yield "[…]", declared.value_type, part


def _items(declared: inspect.ListType, value: list[Any]) -> Parts:
    for place, part in enumerate(value):
        yield f"[{place}]", declared.item_type, part


def _members(declared: inspect.TupleType, value: list[Any]) -> Parts:
    for place, (inner, part) in enumerate(zip(declared.item_types, value, strict=True)):
        yield f"[{place}]", inner, part


_PARTS: dict[type[inspect.Type], Callable[[Any, Any], Parts]] = {
    inspect.StructType: _fields,
    inspect.DictType: _entries,
    inspect.ListType: _items,
    inspect.TupleType: _members,
}
