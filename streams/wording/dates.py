"""Times as people write them, each with the zone that it is in."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from streams.wording.tables import Wording, texts

BEIJING = "Asia/Shanghai"
"""The name of the one zone of all China."""
_WITHOUT_RULES: dict[str, tzinfo] = {"UTC": UTC, BEIJING: timezone(timedelta(hours=8))}
"""Zones that need no table of zones, which a small image may lack."""
_HOUR_S, _MINUTE_S = 3_600, 60


def moment(at_ms: int) -> str:
    """Return a time (Unix milliseconds) as people read it, UTC: ``2026-09-21 13:46:40 UTC``."""
    return f"{_written(at_ms, UTC)} UTC"


def beijing(at_ms: int) -> str:
    """Return a time (Unix milliseconds) as a column of a Chinese page has it: ``2026-09-21 21:46:40 UTC+8``."""
    zone = _WITHOUT_RULES[BEIJING]
    return f"{_written(at_ms, zone)} {_offset(at_ms, zone)}"


def moment_in(at_ms: int, zone: str) -> Wording:
    """Return a time (Unix milliseconds) in a zone, named in each language and by how far it is from UTC then.

    ``zone`` is a name of the IANA's, as :func:`known_zone` lets it in.
    """
    rules = _rules(zone)
    name = texts("dates/zones").get(zone, Wording(zh=zone, en=zone))
    time, offset = _written(at_ms, rules), _offset(at_ms, rules)
    return Wording(zh=f"{time}（{name.zh}，{offset}）", en=f"{time} ({name.en}, {offset})")


def known_zone(name: str) -> bool:
    """Return whether this machine knows the rules of a zone of this name."""
    try:
        _rules(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _rules(zone: str) -> tzinfo:
    return _WITHOUT_RULES.get(zone) or ZoneInfo(zone)


def _written(at_ms: int, zone: tzinfo) -> str:
    return datetime.fromtimestamp(at_ms / 1_000, zone).strftime("%Y-%m-%d %H:%M:%S")


def _offset(at_ms: int, zone: tzinfo) -> str:
    apart = datetime.fromtimestamp(at_ms / 1_000, zone).utcoffset() or timedelta()
    seconds = int(apart.total_seconds())
    hours, rest = divmod(abs(seconds), _HOUR_S)
    return f"UTC{'-' if seconds < 0 else '+'}{hours}" + (f":{rest // _MINUTE_S:02}" if rest else "")
