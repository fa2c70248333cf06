"""Records to bytes and back: the only way in and out of a topic.

Decoders are built once a type: that is where msgspec spends its time.
"""

import codecs
import json
import numbers
import re
from functools import cache
from typing import Any, TypeVar

import msgspec

from schemas.errors import ContractError
from schemas.left_out import LeftOut
from schemas.records.base import Record
from schemas.violations import violations

R = TypeVar("R", bound=Record)

MAX_NESTING = 32
"""Objects and lists within each other, at most; our own deepest record has eight."""

_TOO_DEEP = f"nested more than {MAX_NESTING} deep"
_NUL = "text holds no NUL, in unknown fields neither"
_CUT = "Input data was truncated"
"""What msgspec says of a message that breaks off, and of half a surrogate pair in a field that it passes over."""
_REGISTRY_HEAD = 5
"""Bytes that a serializer of a schema registry puts first: a zero, and the schema's number."""
_PACKERS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4", b"PK\x03\x04": "zip"}
_MOST_DIGITS = 40
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def _plain(value: object) -> int | float:
    """Return a number of another library, NumPy above all, as the number that it means; nothing else has a meaning."""
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    msg = f"{type(value).__name__} has no meaning in JSON"
    raise ValueError(msg)


_encoder = msgspec.json.Encoder(enc_hook=_plain)


def encode(record: Record) -> bytes:
    """Return the record as JSON in UTF-8, fields in their declared order.

    Raises :class:`ContractError` where the record itself breaks the contract, so that we never write what a reader
    must refuse. Its length is left to the sender.
    """
    kind = type(record)
    raw = b""
    try:
        raw = _encoder.encode(record)
        _decode(kind, raw)
    except (msgspec.MsgspecError, ValueError, OverflowError) as exc:
        raise _broken(kind, raw, exc) from None
    return raw


def decode(kind: type[R], raw: bytes | None) -> R:
    """Return the record that ``raw`` holds.

    Raises :class:`ContractError`, and nothing else, for null, empty, longer than ``kind.max_bytes``, not UTF-8, not
    one JSON object, a key twice in one object, nested too deeply, and for every known field whose type, range or
    length is wrong. Unknown fields are passed over.
    """
    if not raw:
        msg = raw.why if isinstance(raw, LeftOut) else "the message is empty: send the record as a JSON object"
        raise ContractError(msg)
    if len(raw) > kind.max_bytes:
        msg = f"the message has {len(raw)} bytes, more than the {kind.max_bytes} that the contract allows"
        raise ContractError(msg)
    try:
        record = _decode(kind, raw)
        if _encoder.encode(record) != raw:  # what we would write ourselves needs no second look
            _refuse_two_readings(raw.decode())  # the whole of it: msgspec looks only at the text of known fields
    except (msgspec.MsgspecError, ValueError, RecursionError) as exc:
        raise _broken(kind, raw, _no_text(raw) or exc) from None
    return record


def _no_text(raw: bytes) -> UnicodeDecodeError | None:
    """Return why the bytes are no text at all, which is said before what else is wrong; None where they are one."""
    try:
        raw.decode()
    except UnicodeDecodeError as exc:
        return exc
    return None


def _decode(kind: type[R], raw: bytes) -> R:
    record: R = _decoder(kind).decode(raw)
    if b"\\u0000" in raw and _ESCAPED_NUL.search(raw):
        msg = _NUL
        raise ValueError(msg)
    return record


@cache
def _decoder(kind: type[R]) -> msgspec.json.Decoder[R]:
    return msgspec.json.Decoder(kind)


def _refuse_two_readings(text: str) -> None:
    """Raise ValueError where another JSON reader might see another content, or give up where this one does not."""
    tree = json.loads(text, object_pairs_hook=one_of_each, parse_int=str, parse_float=str)
    level = [tree]
    for _ in range(MAX_NESTING):
        level = [item for outer in level for item in _items(outer)]
        if not level:
            return
    msg = _TOO_DEEP
    raise ValueError(msg)


def one_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON; ValueError where a key stands twice: some read its first value, others its last."""
    found = dict(pairs)
    if len(found) != len(pairs):
        msg = "a key stands twice in one object"
        raise ValueError(msg)
    return found


def _items(outer: Any) -> list[Any]:
    inner = list(outer.values()) if isinstance(outer, dict) else outer
    return [item for item in inner if isinstance(item, dict | list)]


def _broken(kind: type[Record], raw: bytes, exc: Exception) -> ContractError:
    return ContractError(f"not a valid {kind.__name__}: {_without_content(kind, raw, exc)}")


def _without_content(kind: type[Record], raw: bytes, exc: Exception) -> str:
    """Return what is wrong and where; logs and dead-letter lists show it, so it quotes nothing of the message.

    The original exception is not chained, because its text or its ``object`` may hold content.
    """
    if said := _wrong_code(raw, exc):
        return said
    if isinstance(exc, RecursionError):
        return _TOO_DEEP
    if isinstance(exc, json.JSONDecodeError):
        return f"JSON is malformed: {exc.msg} (character {exc.pos})"
    if isinstance(exc, msgspec.ValidationError) or str(exc) == _NUL:
        return _of_fields(kind, raw, str(exc))
    return "JSON is malformed: it breaks off" if str(exc) == _CUT else str(exc)


def _wrong_code(raw: bytes, exc: Exception) -> str:
    """Return what is wrong with how the text is coded, "" where nothing is."""
    if raw.startswith(codecs.BOM_UTF8):
        return "it begins with a byte order mark: send UTF-8 without one"
    if raw[:1] == b"\x00" and raw[_REGISTRY_HEAD : _REGISTRY_HEAD + 1] == b"{":
        return "five bytes of a schema registry stand before the JSON: send the JSON alone"
    if packer := next((name for begins, name in _PACKERS.items() if raw.startswith(begins)), ""):
        return f"the value itself is packed with {packer}: send JSON, and let the producer's compression.type pack it"
    if b"\x00" in raw[:2]:
        return "not UTF-8: every other byte is zero, as in UTF-16"
    if isinstance(exc, UnicodeDecodeError):
        return f"not UTF-8 at byte {exc.start}"
    lone = isinstance(exc, UnicodeEncodeError) or (str(exc) == _CUT and _is_whole(raw))
    return "text with a lone surrogate" if lone else ""


def _is_whole(raw: bytes) -> bool:
    try:
        json.loads(raw, parse_int=str)
    except (ValueError, RecursionError):
        return False
    return True


def _of_fields(kind: type[Record], raw: bytes, said: str) -> str:
    """Return which fields are wrong; where each is right by itself, what the record ``said`` of them together."""
    try:
        tree = json.loads(raw, parse_int=_whole)
    except (ValueError, RecursionError) as exc:
        return _without_content(kind, b"", exc)
    found = violations(kind, tree)
    if found:
        return "; ".join(found)
    what, _, where = said.rpartition(" - at `")
    return f"{where.removesuffix('`').removeprefix('$').removeprefix('.')}: {what}".removeprefix(": ") if what else said


def _whole(digits: str) -> int:
    """Return a whole number, or one that is beyond every limit as well: Python refuses to read thousands of digits."""
    return int(digits[:_MOST_DIGITS])
