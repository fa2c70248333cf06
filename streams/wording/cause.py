"""Why something could not be measured: a code with parameters, and its words in Chinese and English.

Who cannot measure gives one of :mod:`streams.wording.causes`. Records carry its code, its parameters and, for readers
that lack our table of words, its English sentence: that is made from the table here, so the three cannot disagree.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from schemas.records import Reading, ReasonText
from schemas.records.readings import PARAM_AT_MOST
from streams.wording.tables import Texts, fill, texts

Param = int | str


class Cause(msgspec.Struct, frozen=True):
    """Why something could not be measured: a code of ``unmeasured.yaml``, and what its placeholders stand for."""

    code: str
    params: tuple[tuple[str, Param], ...] = ()

    def __str__(self) -> str:
        """Return the English sentence."""
        return _filled(_wordings()[self.code].en, dict(self.params))


def cause(code: str, **params: float | str) -> Cause:
    """Return a cause. A fraction becomes text, and a text that is longer than a record may hold is cut."""
    return Cause(code, tuple((name, _held(value)) for name, value in params.items()))


def unmeasured(name: str, why: Cause, **about: Any) -> Reading:
    """Return the reading ``name`` as one that could not be made; such a request is never cleared.

    ``about`` are further fields of the reading, as its ``media_id``.
    """
    return Reading(
        name=name,
        unmeasured=str(why),
        unmeasured_code=why.code,
        unmeasured_params=dict(why.params) or None,
        **about,
    )


def cause_of(reading: Reading) -> Cause | None:
    """Return the cause that a reading of this program carries; None where it carries a sentence alone."""
    if reading.unmeasured_code is None:
        return None
    return Cause(reading.unmeasured_code, tuple((reading.unmeasured_params or {}).items()))


def why(reading: Reading) -> ReasonText:
    """Return why a reading could not be made, in both languages; English as the record has it.

    A record without a code, or with one of another version, has English alone: Chinese then quotes it.
    """
    said, params = reading.unmeasured or "", reading.unmeasured_params or {}
    wording = _wordings().get(reading.unmeasured_code or "")
    if wording is None or not wording.placeholders <= params.keys():
        return ReasonText(zh=f"“{said}”", en=said)
    return ReasonText(zh=_filled(wording.zh, params), en=said)


def _wordings() -> Texts:
    return texts("unmeasured")


def _filled(text: str, params: Mapping[str, Param]) -> str:
    return fill(text, {name: _shown(value) for name, value in params.items()})


def _shown(value: Param) -> str:
    return f"{value:,}" if isinstance(value, int) else value


def _held(value: float | str) -> Param:
    """Return the value as records hold it."""
    if isinstance(value, int):
        return value
    text = f"{value:g}" if isinstance(value, float) else value
    return text if len(text) <= PARAM_AT_MOST else text[: PARAM_AT_MOST - 1] + "…"
