"""A reading: what was measured, in which unit and by which method, or why it could not be."""

import math
import re
from functools import lru_cache
from typing import Annotated

import msgspec

from schemas.records.base import END, Identifier, Label, Record, Text, Words

NAME_AT_MOST = 64
_NAME = r"^[a-z][a-z0-9_]{0,63}" + END
_is_name = lru_cache(maxsize=1_024)(re.compile(_NAME).match)
"""Whether a text is the name of a reading: evidence repeats a few dozen names, most of them in every medium."""

ReadingName = Annotated[str, msgspec.Meta(extra_json_schema={"pattern": _NAME})]


MeasuredInt = Annotated[
    int, msgspec.Meta(ge=-(2**53), le=2**53, description="Exact in every language that reads numbers as doubles")
]


class Reading(Record, omit_defaults=True):
    """One fact about a request or about one of its media: exactly one of ``value`` and ``unmeasured`` is there."""

    name: ReadingName
    media_id: Identifier | None = None
    value: bool | MeasuredInt | float | Text | None = None
    unit: Label | None = None
    method: Label | None = None
    reference_id: Identifier | None = None
    unmeasured: Words | None = None

    def __post_init__(self) -> None:
        if len(self.name) > NAME_AT_MOST or not _is_name(self.name):
            msg = "a reading's name is 1 to 64 characters of a-z, 0-9 and _, and begins with a letter"
            raise ValueError(msg)
        if (self.value is None) == (self.unmeasured is None):
            msg = "a reading has either a value or the reason why it is unmeasured"
            raise ValueError(msg)
        if isinstance(self.value, float) and not math.isfinite(self.value):
            msg = "a measured value is finite: where there is none, say why it is unmeasured"
            raise ValueError(msg)
