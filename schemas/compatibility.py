"""What a change of a record would break, field by field.

Every topic keeps messages that were written before (and decisions are sent again as stored), so nothing that was
valid may be refused: that holds in both directions. What *we* write is read by programs that know only the old
schema, so there nothing may be widened either. A new optional field is always allowed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Schema = dict[str, Any]

LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
MEANING = ("x-unit", "contentEncoding")
ENTRIES = {"propertyNames": "{name}", "additionalProperties": "{}"}
"""What a map's names and values may be, and how a line about them is written."""
STRUCTURE = ("$ref", "anyOf", "enum", "items", "pattern", "prefixItems", "properties", "required", "type", *ENTRIES)
SILENT = ("$defs", "$id", "$schema", "default", "description", "title")
KNOWN = frozenset(LOWER + UPPER + MEANING + STRUCTURE + SILENT)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: ``narrowed`` refuses what was valid, ``widened`` allows what was not, ``other`` breaks both."""

    path: str
    kind: Literal["narrowed", "widened", "other"]
    what: str


def breaking(name: str, old: Schema, new: Schema, *, we_write: bool) -> list[str]:
    """Return one line for each change from ``old`` to ``new`` that would break an existing reader or writer."""
    return [
        f"{change.path}: {change.what}; {WHY[change.kind]}"
        for change in _changes(name, _Side(old, old), _Side(new, new))
        if we_write or change.kind != "widened"
    ]


WHY = {
    "narrowed": "messages that writers send, and that topics still hold, would be refused",
    "widened": "existing readers would meet what they do not know",
    "other": "old and new messages would not mean the same",
}


@dataclass(frozen=True, slots=True)
class _Side:
    """A place in a schema, and the whole that its references point into."""

    whole: Schema
    node: Schema

    def at(self, node: Schema) -> "_Side":
        while "$ref" in node:
            node = self.whole["$defs"][node["$ref"].rpartition("/")[2]]
        return _Side(self.whole, node)

    def alternatives(self) -> dict[str, "_Side"]:
        """Return the types that the place may have, by name.

        Raises ValueError for two of one type, which nothing here tells apart: the check must not overlook one.
        """
        node = self.at(self.node).node
        sides = [self.at(one) for one in node.get("anyOf", [node])]
        named = {side.node.get("type", "enum" if "enum" in side.node else "anything"): side for side in sides}
        if len(named) != len(sides):
            msg = f"two alternatives of one type: teach schemas/compatibility.py to tell them apart: {sorted(named)}"
            raise ValueError(msg)
        return named


def _changes(path: str, old: _Side, new: _Side) -> Iterator[Change]:
    before, after = old.alternatives(), new.alternatives()
    for name in sorted(before.keys() - after.keys()):
        yield Change(path, "narrowed", f"may no longer be of type {name}")
    for name in sorted(after.keys() - before.keys()):
        yield Change(path, "widened", f"may now be of type {name}")
    for name in sorted(before.keys() & after.keys()):
        yield from _of_one_type(path, before[name], after[name])


def _of_one_type(path: str, old: _Side, new: _Side) -> Iterator[Change]:
    for keyword in sorted((old.node.keys() | new.node.keys()) - KNOWN):
        yield Change(path, "other", f"the check does not understand {keyword!r}: teach it in schemas/compatibility.py")
    yield from _bounds(path, old.node, new.node)
    yield from _pattern(path, old.node.get("pattern"), new.node.get("pattern"))
    yield from _values(path, old.node.get("enum", []), new.node.get("enum", []))
    for keyword in MEANING:
        was, now = old.node.get(keyword), new.node.get(keyword)
        if was != now:
            yield Change(path, "other", f"{keyword} was {was!r}, is {now!r}")
    yield from _properties(path, old, new)
    yield from _elements(path, old, new)
    yield from _entries(path, old, new)


def _bounds(path: str, old: Schema, new: Schema) -> Iterator[Change]:
    for keyword in LOWER + UPPER:
        was, now = old.get(keyword), new.get(keyword)
        if was == now:
            continue
        tighter = was is None or (now is not None and (now > was if keyword in LOWER else now < was))
        yield Change(path, "narrowed" if tighter else "widened", f"{keyword} was {was}, is {now}")


def _pattern(path: str, was: str | None, now: str | None) -> Iterator[Change]:
    if was == now:
        return
    kind: Literal["narrowed", "widened", "other"] = "narrowed" if was is None else "widened" if now is None else "other"
    yield Change(path, kind, f"the pattern was {was!r}, is {now!r}")


def _values(path: str, old: list[Any], new: list[Any]) -> Iterator[Change]:
    for value in old:
        if value not in new:
            yield Change(path, "narrowed", f"the value {value!r} was removed")
    for value in new:
        if value not in old:
            yield Change(path, "widened", f"the value {value!r} is new")


def _properties(path: str, old: _Side, new: _Side) -> Iterator[Change]:
    before, after = old.node.get("properties", {}), new.node.get("properties", {})
    had_to, has_to = set(old.node.get("required", [])), set(new.node.get("required", []))
    for name in sorted(before.keys() | after.keys()):
        field = f"{path}.{name}"
        if name not in after:
            yield Change(field, "other", "the field was removed")
        elif name not in before:
            if name in has_to:
                yield Change(field, "narrowed", "the field is new and required")
        else:
            yield from _presence(field, name in had_to, name in has_to)
            if name not in had_to | has_to and before[name].get("default") != after[name].get("default"):
                was, now = before[name].get("default"), after[name].get("default")
                yield Change(field, "other", f"the default was {was!r}, is {now!r}")
            yield from _changes(field, _Side(old.whole, before[name]), _Side(new.whole, after[name]))


def _presence(field: str, had_to: bool, has_to: bool) -> Iterator[Change]:  # noqa: FBT001 - old and new, side by side
    if had_to and not has_to:
        yield Change(field, "widened", "the field was required and may now be left out")
    if has_to and not had_to:
        yield Change(field, "narrowed", "the field is now required")


def _elements(path: str, old: _Side, new: _Side) -> Iterator[Change]:
    before, after = _places(old.node), _places(new.node)
    if len(before) != len(after):
        yield Change(path, "other", f"had {len(before)} fixed places, has {len(after)}")
        return
    for (place, was), (_, now) in zip(before, after, strict=True):
        yield from _changes(f"{path}[{place}]", _Side(old.whole, was), _Side(new.whole, now))


def _places(node: Schema) -> list[tuple[str, Schema]]:
    fixed = [(str(index), item) for index, item in enumerate(node.get("prefixItems", []))]
    return [*fixed, ("", node["items"])] if isinstance(node.get("items"), dict) else fixed


def _entries(path: str, old: _Side, new: _Side) -> Iterator[Change]:
    for keyword, place in ENTRIES.items():
        was, now = old.node.get(keyword), new.node.get(keyword)
        if isinstance(was, dict) and isinstance(now, dict):
            yield from _changes(path + place, _Side(old.whole, was), _Side(new.whole, now))
        elif was != now:
            yield Change(path, "other", f"{keyword} was {was!r}, is {now!r}")
