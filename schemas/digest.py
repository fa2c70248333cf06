"""The identity of a content: two records are the same when their digests are."""

import hashlib
import json
from functools import cache
from typing import Any

import msgspec
from msgspec.structs import FieldInfo, fields


def request_digest(record: msgspec.Struct) -> str:
    """Return ``sha256:`` and the hex digest over the canonical JSON of ``record``."""
    return "sha256:" + hashlib.sha256(canonical(record)).hexdigest()


def canonical(record: msgspec.Struct) -> bytes:
    """Return the record's known fields as JSON: sorted keys, no white space, raw UTF-8.

    Fields that are null or at their default are left out, so that an optional field added later changes no digest.
    """
    return json.dumps(_known(record), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _known(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return {
            field.encode_name: _known(item)
            for field in _fields(type(value))
            if (item := getattr(value, field.name)) is not None and not _at_default(field, item)
        }
    if isinstance(value, list | tuple):
        return [_known(item) for item in value]
    return value


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[FieldInfo, ...]:
    return fields(kind)


def _at_default(field: FieldInfo, item: Any) -> bool:
    if field.default is not msgspec.NODEFAULT:
        return bool(item == field.default)
    return field.default_factory is not msgspec.NODEFAULT and bool(item == field.default_factory())
