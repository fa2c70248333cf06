"""What may change in a released record, and what would break an existing reader or writer."""

import copy
import json
from collections.abc import Callable
from typing import Any

import jsoncompat
import pytest

from schemas.compatibility import breaking

Schema = dict[str, Any]
Edit = Callable[[Schema], object]

RELEASED: Schema = {
    "$ref": "#/$defs/Thing",
    "$defs": {
        "Thing": {
            "type": "object",
            "properties": {
                "amount": {"type": "integer", "minimum": 0, "maximum": 100, "x-unit": "cents"},
                "kind": {"enum": ["a", "b"]},
                "name": {"type": "string", "pattern": "^[a-z]+", "minLength": 1, "maxLength": 9},
                "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
                "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}, "maxItems": 5, "default": []},
                "extra": {
                    "type": "object",
                    "propertyNames": {"maxLength": 9},
                    "additionalProperties": {"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": 9}]},
                    "default": {},
                },
                "pair": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "default": []},
            },
            "required": ["amount", "kind", "name"],
        },
        "Part": {"type": "object", "properties": {"size": {"type": "integer", "default": 1}}, "required": []},
    },
}

REFUSED = "messages that writers send, and that topics still hold, would be refused"
UNKNOWN = "existing readers would meet what they do not know"
UNLIKE = "old and new messages would not mean the same"


def thing(schema: Schema) -> Schema:
    fields: Schema = schema["$defs"]["Thing"]["properties"]
    return fields


def part(schema: Schema) -> Schema:
    fields: Schema = schema["$defs"]["Part"]["properties"]
    return fields


def required(schema: Schema) -> list[str]:
    names: list[str] = schema["$defs"]["Thing"]["required"]
    return names


def edited(edit: Edit) -> Schema:
    schema = copy.deepcopy(RELEASED)
    edit(schema)
    return schema


NARROWING: dict[str, Edit] = {
    "Thing.amount: maximum was 100, is 50": lambda s: thing(s)["amount"].update(maximum=50),
    "Thing.amount: minimum was 0, is 1": lambda s: thing(s)["amount"].update(minimum=1),
    "Thing.name: maxLength was 9, is 5": lambda s: thing(s)["name"].update(maxLength=5),
    "Thing.name: minLength was 1, is 2": lambda s: thing(s)["name"].update(minLength=2),
    "Thing.kind: the value 'b' was removed": lambda s: thing(s)["kind"].update(enum=["a"]),
    "Thing.note: may no longer be of type null": lambda s: thing(s)["note"].update(anyOf=[{"type": "string"}]),
    "Thing.note: the field is now required": lambda s: required(s).append("note"),
    "Thing.colour: the field is new and required": lambda s: s["$defs"].update(
        Thing=s["$defs"]["Thing"]
        | {"properties": thing(s) | {"colour": {"type": "string"}}, "required": [*required(s), "colour"]}
    ),
    "Thing.parts: maxItems was 5, is 4": lambda s: thing(s)["parts"].update(maxItems=4),
    "Thing.extra{}: may no longer be of type string": lambda s: thing(s)["extra"].update(
        additionalProperties={"type": "integer"}
    ),
    "Thing.extra{name}: maxLength was 9, is 8": lambda s: thing(s)["extra"].update(propertyNames={"maxLength": 8}),
    "Thing.parts[].size: minimum was None, is 0": lambda s: part(s)["size"].update(minimum=0),
}

WIDENING: dict[str, Edit] = {
    "Thing.amount: maximum was 100, is 500": lambda s: thing(s)["amount"].update(maximum=500),
    "Thing.amount: minimum was 0, is None": lambda s: thing(s)["amount"].pop("minimum"),
    "Thing.name: maxLength was 9, is 12": lambda s: thing(s)["name"].update(maxLength=12),
    "Thing.name: the pattern was '^[a-z]+', is None": lambda s: thing(s)["name"].pop("pattern"),
    "Thing.kind: the value 'c' is new": lambda s: thing(s)["kind"]["enum"].append("c"),
    "Thing.name: the field was required and may now be left out": lambda s: required(s).remove("name"),
    "Thing.extra{}: maxLength was 9, is 10": lambda s: thing(s)["extra"]["additionalProperties"]["anyOf"][1].update(
        maxLength=10
    ),
    "Thing.parts[].size: may now be of type null": lambda s: part(s).update(
        size={"anyOf": [{"type": "integer"}, {"type": "null"}], "default": 1}
    ),
}

OTHERWISE: dict[str, Edit] = {
    "Thing.note: the field was removed": lambda s: thing(s).pop("note"),
    "Thing.amount: x-unit was 'cents', is 'euros'": lambda s: thing(s)["amount"].update({"x-unit": "euros"}),
    "Thing.name: the pattern was '^[a-z]+', is '^[a-y]+'": lambda s: thing(s)["name"].update(pattern="^[a-y]+"),
    "Thing.parts[].size: the default was 1, is 2": lambda s: part(s)["size"].update(default=2),
    "Thing.extra: propertyNames was {'maxLength': 9}, is None": lambda s: thing(s)["extra"].pop("propertyNames"),
    "Thing.pair: had 2 fixed places, has 1": lambda s: thing(s)["pair"]["prefixItems"].pop(),
    "Thing.amount: the check does not understand 'multipleOf': teach it in schemas/compatibility.py": lambda s: thing(
        s
    )["amount"].update(multipleOf=5),
}

ALLOWED: dict[str, Edit] = {
    "nothing": lambda _: None,
    "a new optional field": lambda s: thing(s).update(colour={"type": "string", "default": ""}),
    "a new optional field within a part": lambda s: part(s).update(colour={"type": "string", "default": ""}),
    "other words": lambda s: thing(s)["amount"].update(description="What it costs"),
    "a part under another name": lambda s: (
        s["$defs"].update(Piece=s["$defs"].pop("Part")),
        thing(s)["parts"].update(items={"$ref": "#/$defs/Piece"}),
    ),
}


@pytest.mark.parametrize(("line", "edit"), NARROWING.items(), ids=NARROWING)
@pytest.mark.parametrize("we_write", [True, False])
def test_what_was_valid_may_never_be_refused(line: str, edit: Edit, *, we_write: bool) -> None:
    assert breaking("Thing", RELEASED, edited(edit), we_write=we_write) == [f"{line}; {REFUSED}"]


@pytest.mark.parametrize(("line", "edit"), WIDENING.items(), ids=WIDENING)
def test_what_we_write_may_not_surprise_an_existing_reader(line: str, edit: Edit) -> None:
    assert breaking("Thing", RELEASED, edited(edit), we_write=True) == [f"{line}; {UNKNOWN}"]


@pytest.mark.parametrize(("line", "edit"), WIDENING.items(), ids=WIDENING)
def test_what_only_others_write_may_be_widened(line: str, edit: Edit) -> None:  # noqa: ARG001 - names the case
    assert breaking("Thing", RELEASED, edited(edit), we_write=False) == []


@pytest.mark.parametrize(("line", "edit"), OTHERWISE.items(), ids=OTHERWISE)
@pytest.mark.parametrize("we_write", [True, False])
def test_a_change_of_meaning_breaks_both_sides(line: str, edit: Edit, *, we_write: bool) -> None:
    assert breaking("Thing", RELEASED, edited(edit), we_write=we_write) == [f"{line}; {UNLIKE}"]


@pytest.mark.parametrize("edit", ALLOWED.values(), ids=ALLOWED)
@pytest.mark.parametrize("we_write", [True, False])
def test_what_breaks_nobody_is_allowed(edit: Edit, *, we_write: bool) -> None:
    assert breaking("Thing", RELEASED, edited(edit), we_write=we_write) == []


def test_another_type_is_told_in_both_directions() -> None:
    changed = edited(lambda s: thing(s).update(amount={"type": "string"}))
    assert breaking("Thing", RELEASED, changed, we_write=True) == [
        f"Thing.amount: may no longer be of type integer; {REFUSED}",
        f"Thing.amount: may now be of type string; {UNKNOWN}",
    ]


def test_two_alternatives_that_cannot_be_told_apart_stop_the_check() -> None:
    twice = edited(lambda s: thing(s)["note"].update(anyOf=[{"type": "string"}, {"type": "string", "maxLength": 3}]))
    with pytest.raises(ValueError, match="tell them apart"):
        breaking("Thing", RELEASED, twice, we_write=False)


JUDGED_OTHERWISE = {
    # it passes over patterns
    "Thing.name: the pattern was '^[a-z]+', is None",
    # it refuses what the contract allows, as an older writer might have sent something else under that name
    "a new optional field",
    "a new optional field within a part",
}


@pytest.mark.parametrize(("line", "edit"), (NARROWING | WIDENING | ALLOWED).items())
def test_jsoncompat_judges_alike_but_for_what_is_listed(line: str, edit: Edit) -> None:
    before, after = json.dumps(RELEASED), json.dumps(edited(edit))
    theirs = [jsoncompat.check_compat(before, after, role) for role in ("deserializer", "serializer")]
    told = "".join(breaking("Thing", RELEASED, edited(edit), we_write=True))
    assert ([REFUSED not in told, UNKNOWN not in told] == theirs) == (line not in JUDGED_OTHERWISE)
