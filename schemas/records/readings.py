"""A reading: what was measured, in which unit and by which method, or why it could not be."""

from typing import Annotated

import msgspec

from schemas.records.base import Identifier, Text

ReadingName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,63}(?![\s\S])")]


class Reading(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One fact about a request or about one of its media: exactly one of ``value`` and ``unmeasured`` is there."""

    name: ReadingName
    media_id: Identifier | None = None
    value: bool | int | float | str | None = None
    unit: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    method: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    reference_id: Identifier | None = None
    unmeasured: Text | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.unmeasured is None):
            msg = "a reading has either a value or the reason why it is unmeasured"
            raise ValueError(msg)
