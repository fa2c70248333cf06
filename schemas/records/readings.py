"""A reading: what was measured, in which unit and by which method, or why it could not be."""

import re
from math import isfinite
from typing import Annotated

import msgspec

from schemas.records.base import END, Identifier, Label, Record, Text, Words

NAME_AT_MOST = 64
PARAM_AT_MOST = 160
"""Characters of a text that a sentence about an unmeasured reading is filled with."""
_NAME = r"^[a-z][a-z0-9_]{0,63}" + END
_is_name = re.compile(_NAME).match
_names: set[str] = set()
"""Names of readings that were looked at: evidence repeats a few dozen, most of them in every medium."""
_NAMES_AT_MOST = 1_024

ReadingName = Annotated[str, msgspec.Meta(extra_json_schema={"pattern": _NAME})]


MeasuredInt = Annotated[
    int, msgspec.Meta(ge=-(2**53), le=2**53, description="exact in every language that reads numbers as doubles")
]


ParamText = Annotated[
    str,
    msgspec.Meta(
        max_length=PARAM_AT_MOST,
        description="a name or a short message, as it is filled into the sentence",
        extra_json_schema={"pattern": r"^[^\u0000]*" + END},
    ),
]


class Reading(Record, omit_defaults=True):
    """One fact about a request or about one of its media: exactly one of ``value`` and ``unmeasured`` is there.

    ``unmeasured`` is the English sentence that says why there is no value. ``unmeasured_code`` names the sentence for
    machines and for other languages, and ``unmeasured_params`` are what it is filled with; older records lack both.
    """

    name: ReadingName
    media_id: Identifier | None = None
    value: bool | MeasuredInt | float | Text | None = None
    unit: Label | None = None
    method: Label | None = None
    reference_id: Identifier | None = None
    unmeasured: Words | None = None
    unmeasured_code: Label | None = None
    unmeasured_params: dict[Label, MeasuredInt | ParamText] | None = None

    def __post_init__(self) -> None:
        name, value = self.name, self.value  # once: this is called for each of the dozens in a message
        if name not in _names:
            _look_at(name)
        if (value is None) == (self.unmeasured is None):
            msg = "a reading has either a value or the reason why it is unmeasured"
            raise ValueError(msg)
        if value is None:
            return
        if self.unmeasured_code or self.unmeasured_params:
            msg = "only an unmeasured reading has a code and parameters of why it is unmeasured"
            raise ValueError(msg)
        if isinstance(value, float) and not isfinite(value):
            msg = "a measured value is finite: where there is none, say why it is unmeasured"
            raise ValueError(msg)


def _look_at(name: str) -> None:
    if len(name) > NAME_AT_MOST or not _is_name(name):
        msg = "a reading's name is 1 to 64 characters of a-z, 0-9 and _, and begins with a letter"
        raise ValueError(msg)
    if len(_names) < _NAMES_AT_MOST:
        _names.add(name)
