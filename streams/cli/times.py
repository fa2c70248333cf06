"""Times and ages as commands take them."""

import re
from datetime import UTC, datetime

import typer

from schemas.records.base import FIRST_TIME_MS, LAST_TIME_MS
from schemas.units import DAY_MS, HOUR_MS, MINUTE_MS

_UNITS_MS = {"m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS}
_AGE = re.compile(r"([0-9]{1,6}) ?([mhd])")
_DIGITS = re.compile(r"[0-9]{9,18}")
"""Unix milliseconds; 20261206 is a day, which ISO 8601 lets be written without hyphens too."""
_HOW = "write 2026-12-06, 2026-12-06T08:30+08:00, 90m, 12h, 30d or Unix milliseconds"


def age_ms(text: str) -> int:
    """Return an age as milliseconds: ``90m``, ``48h`` or ``7d``; raises ``typer.BadParameter`` for anything else."""
    found = _ago(text)
    if found is None:
        msg = "give a number of minutes, hours or days: 90m, 48h or 7d"
        raise typer.BadParameter(msg)
    return found


def time_of(text: str, now_ms: int, option: str) -> int:
    """Return the time (Unix milliseconds) that an option names.

    ``2026-12-06`` and ``2026-12-06T08:30`` are UTC unless they say otherwise (``+08:00``); ``30d``, ``12h`` and ``90m``
    are so long before ``now_ms``; nine digits and more are Unix milliseconds. Raises ``typer.BadParameter`` where it
    names no time, or one outside the years 2000 to 2100, which no request has: so seconds given for milliseconds are
    refused.
    """
    text = text.strip()
    ago = _ago(text)
    at_ms = _named(text, option) if ago is None else now_ms - ago
    if FIRST_TIME_MS <= at_ms <= LAST_TIME_MS:
        return at_ms
    seconds = _DIGITS.fullmatch(text) is not None and FIRST_TIME_MS <= 1_000 * int(text) <= LAST_TIME_MS
    what = "is a number of seconds" if seconds else "is outside the years 2000 to 2100"
    raise _no_time(text, what, option)


def _ago(text: str) -> int | None:
    found = _AGE.fullmatch(text.strip().lower())
    return None if found is None else int(found[1]) * _UNITS_MS[found[2]]


def _named(text: str, option: str) -> int:
    if _DIGITS.fullmatch(text):
        return int(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise _no_time(text, "is no time", option) from None
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1_000)


def _no_time(text: str, what: str, option: str) -> typer.BadParameter:
    return typer.BadParameter(f"{text!r} {what}: {_HOW}", param_hint=option)
