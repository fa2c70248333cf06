"""Any record that keeps the contract, drawn from the declared types: a new field is covered as soon as it is there."""

import base64
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from schemas.records import CreditSignal, EvidenceGathered, Reading, RefundDecided, RefundRequested, ReviewEvent
from schemas.records.base import END, Record

Drawn = st.SearchStrategy[Any]

PRINTED = st.characters(codec="utf-8", exclude_characters="\x00")
HEX_64 = st.binary(min_size=32, max_size=32).map(bytes.hex)
LONG = 40
"""Characters of a drawn text at most; the limits themselves stand in the examples."""
OPAQUE = "ABCXYZabcxyz0189._:-"

BY_PATTERN: dict[str, Callable[[int, int], Drawn]] = {
    r"^[A-Za-z0-9._:\-]+": lambda least, most: st.text(OPAQUE, min_size=least, max_size=most),
    r"^[A-Za-z0-9._\-]{1,249}": lambda *_: st.text(OPAQUE.replace(":", ""), min_size=1, max_size=LONG),
    r"^[0-9a-f]{64}": lambda *_: HEX_64,
    r"^[0-9a-f]{128}": lambda *_: st.tuples(HEX_64, HEX_64).map("".join),
    r"^sha256:[0-9a-f]{64}": lambda *_: HEX_64.map("sha256:".__add__),
    r"^[A-Z]{3}": lambda *_: st.text("ABCXYZ", min_size=3, max_size=3),
    r"^[a-z][a-z0-9_]{0,63}": lambda *_: st.text("abz", min_size=1, max_size=1).flatmap(_reading_name),
    r"^[^\u0000]+": lambda least, most: st.text(PRINTED, min_size=max(1, least), max_size=most),
    r"^[^\u0000]*": lambda least, most: st.text(PRINTED, min_size=least, max_size=most),
    r"^(?:claim|catalogue):[A-Za-z0-9._:\-]+(?:#[a-z][0-9]{1,4})?": lambda *_: st.builds(
        "{}:{}{}".format,
        st.sampled_from(("claim", "catalogue")),
        st.text(OPAQUE, min_size=1, max_size=LONG),
        st.sampled_from(("", "#s1", "#p12")),
    ),
    r"^[a-z][0-9]{1,4}": lambda *_: st.builds("{}{}".format, st.sampled_from("sp"), st.integers(0, 9_999)),
    r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?": lambda *_: st.binary().map(
        lambda raw: base64.b64encode(raw).decode()
    ),
}


def _reading_name(first: str) -> Drawn:
    return st.text("az09_", max_size=9).map(first.__add__)


@cache
def records(kind: type[Record]) -> Drawn:
    """Return a strategy for any valid record of this kind, optional fields given or left at their default."""
    given = {field.name: of(_typed(kind)[field.name]) for field in msgspec.structs.fields(kind)}
    needed = {field.name: given.pop(field.name) for field in msgspec.structs.fields(kind) if field.required}
    return st.fixed_dictionaries(needed, optional=given).map(lambda fields: kind(**_agreed(kind, fields)))


def of(declared: Any) -> Drawn:
    """Return a strategy for any value that the declared type allows."""
    return DRAWN[type(declared)](declared)


def _words(declared: inspect.StrType, only_in_schema: str | None = None) -> Drawn:
    wanted = BY_PATTERN[(declared.pattern or only_in_schema or r"^[^\u0000]*").removesuffix(END)]
    return wanted(declared.min_length or 0, min(declared.max_length or LONG, LONG))


def _with_metadata(declared: inspect.Metadata) -> Drawn:
    if isinstance(declared.type, inspect.StrType):
        return _words(declared.type, (declared.extra_json_schema or {}).get("pattern"))
    return of(declared.type)


DRAWN: dict[type[inspect.Type], Callable[[Any], Drawn]] = {
    inspect.Metadata: _with_metadata,
    inspect.StrType: _words,
    inspect.IntType: lambda declared: st.integers(declared.ge, declared.le),
    inspect.FloatType: lambda declared: st.floats(declared.ge, declared.le, allow_nan=False, allow_infinity=False),
    inspect.BoolType: lambda _: st.booleans(),
    inspect.NoneType: lambda _: st.none(),
    inspect.LiteralType: lambda declared: st.sampled_from(declared.values),
    inspect.DictType: lambda declared: st.dictionaries(of(declared.key_type), of(declared.value_type), max_size=2),
    inspect.ListType: lambda declared: st.lists(of(declared.item_type), max_size=2),
    inspect.TupleType: lambda declared: st.tuples(*map(of, declared.item_types)),
    inspect.UnionType: lambda declared: st.one_of(*map(of, declared.types)),
    inspect.StructType: lambda declared: records(declared.cls),
}


def _typed(kind: type[Record]) -> dict[str, inspect.Type]:
    declared = inspect.type_info(kind)
    assert isinstance(declared, inspect.StructType)
    return {field.name: field.type for field in declared.fields}


def _agreed(kind: type[Record], fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields such that they also agree with each other, where the record asks for that."""
    if kind is RefundRequested:
        for name in ("claim_media", "reference_media"):
            once = {medium.media_id: medium for medium in fields.get(name, [])}
            fields |= {name: list(once.values())} if name in fields else {}
    if kind is Reading and (fields.get("value") is None) == (fields.get("unmeasured") is None):
        fields |= {"value": None, "unmeasured": "too blurred"}
    if kind is Reading and fields.get("unmeasured") is None:
        fields |= {"unmeasured_code": None, "unmeasured_params": None}
    if kind is RefundDecided:
        review = bool(fields["verdict"] == "REVIEW" and fields["reasons"])
        fields |= {"verdict": "REVIEW", "case_id": "case-1"} if review else {"verdict": "CLEAR", "case_id": None}
    if kind is EvidenceGathered and (fields.get("case_id") is None) is not (fields.get("follow_up") is None):
        fields |= {"case_id": None, "follow_up": None}
    if kind is ReviewEvent and fields["event"] == "DECIDED":
        fields |= {"verdict": "GRANT"}
    if kind is CreditSignal:
        issued = min(fields["issued_at_ms"], 4_133_980_799_998)
        fields |= {"issued_at_ms": issued, "expires_at_ms": max(fields["expires_at_ms"], issued + 1)}
    return fields
