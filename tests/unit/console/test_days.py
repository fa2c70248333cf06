"""A reviewer's day on the pages begins and ends at their own midnights, whatever their clocks do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from schemas.units import HOUR_MS
from streams.console.pages import audit

ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Atlantic/Azores", "Africa/Cairo")
YEAR_MS = 366 * 24 * HOUR_MS
FIRST_MS = int(datetime(2027, 12, 31, tzinfo=UTC).timestamp()) * 1_000
"""Of a year with a 29th of February."""


def around_changes(zone: ZoneInfo) -> Iterator[int]:
    """Give times around each change of the clocks, around the year's end, and the 29th of February."""
    yield from (FIRST_MS + days * 24 * HOUR_MS + off for days in (0, 1, 59, 60, 61) for off in (-1, 0, 1))
    before = None
    for at_ms in range(FIRST_MS, FIRST_MS + YEAR_MS, HOUR_MS):
        apart = datetime.fromtimestamp(at_ms / 1_000, zone).utcoffset()
        if before not in {None, apart}:
            yield from (at_ms + minutes * 60_000 + off for minutes in (-90, -30, 0, 30, 60) for off in (-1, 0, 1))
        before = apart


@pytest.mark.parametrize("name", ZONES)
def test_today_is_the_whole_of_the_persons_day_and_no_other(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    zone = ZoneInfo(name)
    says: Any = SimpleNamespace(zone=zone)

    def day(at_ms: int) -> str:
        return datetime.fromtimestamp(at_ms / 1_000, zone).date().isoformat()

    for now_ms in around_changes(zone):
        monkeypatch.setattr(audit, "now_ms", lambda now_ms=now_ms: now_ms)
        begins = audit._day("", says)
        first_ms, end_ms = audit._ms(begins), audit._ms(begins + timedelta(days=1))
        assert (day(first_ms), day(end_ms - 1)) == (day(now_ms), day(now_ms)), now_ms
        assert day(now_ms) not in {day(first_ms - 1), day(end_ms)}
        assert first_ms == audit._ms(audit._day(day(now_ms), says))
