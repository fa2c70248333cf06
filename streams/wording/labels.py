"""The words for readings and their values: as rules see them, only ever seen as unmeasured, or only shown."""

import re
from functools import cache, lru_cache

import msgspec

from schemas.records import Reading, ReasonText
from schemas.units import BOX
from streams.wording.cause import why
from streams.wording.tables import Wording, table, texts

_IN_PERCENT = ("share", "probability")
_ONE_BOX = re.compile(r"(?P<x>\d+),(?P<y>\d+),(?P<width>\d+),(?P<height>\d+)")


class ReadingWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of ``readings.yaml``: ``variables`` by their full names, the others by the names of readings."""

    variables: dict[str, Wording]
    only_unmeasured: dict[str, Wording]
    only_shown: dict[str, Wording]


def reading_words() -> ReadingWords:
    """Return the packaged table."""
    return table("readings", ReadingWords)


@lru_cache(maxsize=1_024)
def label(name: str) -> ReasonText:
    """Return the words for the reading of that name; for one that this version does not know, its name."""
    found = _by_name().get(name)
    return ReasonText(zh=name, en=name) if found is None else ReasonText(zh=found.zh, en=found.en)


def amount(value: float | str, unit: str | None) -> ReasonText:
    """Return a reading's value with its unit, as it is written; a share or a likelihood in percent, boxes in words."""
    if isinstance(value, str) and (not value or unit == BOX):
        return boxes(value)
    if isinstance(value, float) and unit is not None and unit.startswith(_IN_PERCENT):
        return ReasonText(zh=f"{value:.2%}", en=f"{value:.2%}")
    shown = f"{value:.4g}" if isinstance(value, float) else str(value)
    words = texts("units").get(unit or "")
    zh, en = (unit, unit) if words is None else (words.zh, words.en)
    return ReasonText(zh=f"{shown} {zh or ''}".rstrip(), en=f"{shown} {en or ''}".rstrip())


def boxes(written: str) -> ReasonText:
    """Return boxes (unit :data:`BOX`) as sizes, and where in the picture each begins; "none" where there is none."""
    said = [texts("values")["box"].filled(**box.groupdict()) for box in _ONE_BOX.finditer(written)]
    if not said:
        none = texts("values")["none"]
        return ReasonText(zh=written or none.zh, en=written or none.en)
    return ReasonText(zh="；".join(one.zh for one in said), en="; ".join(one.en for one in said))


def in_both(value: str, unit: str | None) -> str:
    """Return a text among readings as pages in both languages write it: once, where both write the same."""
    said = amount(value, unit)
    return said.zh if said.zh == said.en else f"{said.zh} / {said.en}"


def yes_or_no(value: bool) -> str:  # noqa: FBT001 - it is the value
    """Return a bool as it is written on pages, in both languages."""
    return texts("values")["true" if value else "false"].both


def unmeasured(reading: Reading) -> str:
    """Return what is written in place of the value of an unmeasured reading, with why, in both languages."""
    said = why(reading)
    return f"{texts('values')['unmeasured'].both}: {said.zh} / {said.en}"


@cache
def _by_name() -> dict[str, Wording]:
    words = reading_words()
    variables = {
        name.rpartition(".")[2]: one
        for name, one in words.variables.items()
        if not name.startswith("operating_points.")  # shown in the page of variables, never as a reading
    }
    return words.only_shown | words.only_unmeasured | variables
