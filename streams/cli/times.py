"""Times as commands take them."""

import re
from datetime import UTC, datetime

import typer

from schemas.units import DAY_MS

_AGO = re.compile(r"(\d{1,5})([dh])")


def time_of(text: str, now_ms: int, option: str) -> int:
    """Return the time (Unix milliseconds) that an option names; raises ``typer.BadParameter`` where it names none.

    ``2026-12-06`` and ``2026-12-06T08:30`` are UTC unless they say otherwise (``+08:00``); ``30d`` and ``12h`` are so
    long before ``now_ms``; digits alone are Unix milliseconds.
    """
    ago = _AGO.fullmatch(text)
    if ago:
        return now_ms - int(ago[1]) * (DAY_MS if ago[2] == "d" else DAY_MS // 24)
    if text.isdigit():
        return int(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError as exc:
        msg = f"{text!r} is no time: write 2026-12-06, 2026-12-06T08:30+08:00, 30d or Unix milliseconds"
        raise typer.BadParameter(msg, param_hint=option) from exc
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1_000)
