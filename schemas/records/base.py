"""The field types that every record is built from: what is known is strict, what is unknown is passed over."""

from typing import Annotated, Any, ClassVar, dataclass_transform

import msgspec

END = r"(?![\s\S])"
"""The very end of a text, alike in Python and ECMA: a bare ``$`` would let a trailing newline through in Python."""

MESSAGE_LIMIT_BYTES = 256 * 1024


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A message, or a part of one: frozen, named fields only, unknown fields ignored when read.

    ``max_bytes`` is how long a message of this kind may be.
    """

    max_bytes: ClassVar[int] = MESSAGE_LIMIT_BYTES


def _unit(name: str) -> dict[str, Any]:
    return {"x-unit": name}


Identifier = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=128,
        pattern=r"^[A-Za-z0-9._:\-]+" + END,
        description="an opaque identifier: 1-128 characters of A-Za-z0-9._:-",
    ),
]
Digest = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^sha256:[0-9a-f]{64}" + END,
        description="'sha256:' and 64 lower-case hex digits, over the canonical content",
    ),
]
Sha256 = Annotated[
    str,
    msgspec.Meta(pattern=r"^[0-9a-f]{64}" + END, description="the SHA-256 of the bytes, 64 lower-case hex digits"),
]
Code = Annotated[
    str,
    msgspec.Meta(
        min_length=1, max_length=64, pattern=r"^[^\u0000]+" + END, description="a code or category, 1-64 characters"
    ),
]
Text = Annotated[
    str,
    msgspec.Meta(
        max_length=4_000, pattern=r"^[^\u0000]*" + END, description="free text without NUL, at most 4,000 characters"
    ),
]
Words = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=4_000,
        pattern=r"^[^\u0000]+" + END,
        description="words for a person without NUL, 1-4,000 characters",
    ),
]
Label = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=64,
        description="a short name that our own code gives",
        # only in the schema: evidence holds hundreds, and the codec looks for NUL once in the whole message
        extra_json_schema={"pattern": r"^[^\u0000]+" + END},
    ),
]
Uri = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=1_024,
        pattern=r"^[^\u0000]+" + END,
        description="a key in the media store, or https:// where the operator has allowed the host",
    ),
]
Minor = Annotated[
    int,
    msgspec.Meta(
        ge=0,
        le=1_000_000_000_000,
        description="money in the smallest unit of its currency",
        extra_json_schema=_unit("smallest unit of the currency"),
    ),
]
Currency = Annotated[
    str, msgspec.Meta(pattern=r"^[A-Z]{3}" + END, description="an ISO 4217 code: three capital letters")
]
FIRST_TIME_MS, LAST_TIME_MS = 946_684_800_000, 4_133_980_799_999
TimeMs = Annotated[
    int,
    msgspec.Meta(
        ge=FIRST_TIME_MS,
        le=LAST_TIME_MS,
        description="Unix milliseconds, UTC, years 2000-2100",
        extra_json_schema=_unit("milliseconds since 1970-01-01T00:00:00Z"),
    ),
]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000, description="how many")]
SizeBytes = Annotated[
    int, msgspec.Meta(ge=0, le=1_000_000_000_000, description="a size", extra_json_schema=_unit("bytes"))
]
DistanceBits = Annotated[
    int,
    msgspec.Meta(ge=0, le=256, description="bits in which two fingerprints differ", extra_json_schema=_unit("bits")),
]
Position = Annotated[
    int, msgspec.Meta(ge=0, le=9_223_372_036_854_775_807, description="offset in the log of sightings")
]
