"""A sighting as it stands in the log, read without looking at its contract again.

Only enrich writes the log, and what it writes was checked when it was written: checking every identifier once more is
most of the time that reading ten million takes. What is found is checked before it is told.
"""

from typing import Annotated

import msgspec

from schemas.errors import ContractError
from schemas.records import PhotoSighted

Hex64 = Annotated[str, msgspec.Meta(min_length=64, max_length=64)]


class LogFingerprint(msgspec.Struct, frozen=True, gc=False):
    """As :class:`schemas.records.Fingerprint`."""

    version: str
    bits: Hex64


class LogRecord(msgspec.Struct, frozen=True, gc=False):
    """As :class:`schemas.records.PhotoSighted`."""

    sighting_id: str
    source: str
    fingerprint: LogFingerprint
    sha256: Hex64
    merchant_id: str
    product_id: str
    seen_at_ms: int
    request_id: str | None = None
    request_digest: str | None = None
    buyer_id: str | None = None
    order_id: str | None = None
    media_id: str | None = None
    part: str | None = None
    withdrawn: bool = False


Sighting = PhotoSighted | LogRecord

_decode = msgspec.json.Decoder(LogRecord).decode


def read_record(raw: bytes) -> LogRecord:
    """Return the sighting that a message of the log holds; raises :class:`ContractError` when it holds none."""
    try:
        return _decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        msg = "not a valid PhotoSighted"
        raise ContractError(msg) from None
