"""Records to bytes and back. Decoders are built once a type: that is where msgspec spends its time."""

from functools import cache
from typing import TypeVar

import msgspec

from schemas.errors import ContractError

R = TypeVar("R", bound=msgspec.Struct)

MESSAGE_LIMIT_BYTES = 256 * 1024
EVIDENCE_LIMIT_BYTES = 1024 * 1024

_encoder = msgspec.json.Encoder()


def encode(record: msgspec.Struct) -> bytes:
    """Return the record as JSON in UTF-8, fields in their declared order."""
    return _encoder.encode(record)


def decode(kind: type[R], raw: bytes | None, *, limit_bytes: int = MESSAGE_LIMIT_BYTES) -> R:
    """Return the record that ``raw`` holds.

    Raises :class:`ContractError` for null, empty, too long, not JSON, not UTF-8, and for every known field whose
    type, range or length is wrong. Unknown fields are passed over.
    """
    if not raw:
        msg = "the message is empty: send the record as a JSON object"
        raise ContractError(msg)
    if len(raw) > limit_bytes:
        msg = f"the message has {len(raw)} bytes, more than the {limit_bytes} that the contract allows"
        raise ContractError(msg)
    try:
        return _decoder(kind).decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        msg = f"not a valid {kind.__name__}: {exc}"
        raise ContractError(msg) from exc


@cache
def _decoder(kind: type[R]) -> msgspec.json.Decoder[R]:
    return msgspec.json.Decoder(kind)
