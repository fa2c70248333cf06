"""A time that parties are told is the same instant, whatever zone it is told in, and says which zone that is."""

import re
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from zoneinfo import available_timezones

import pytest

from schemas.units import HOUR_MS
from streams.wording.dates import BEIJING, beijing, known_zone, moment, moment_in

TOLD = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)[ (（]+(?:(.*)[,，] ?)?UTC(?:([+-])(\d+)(?::(\d\d))?)?[)）]?")
"""A time, the name of its zone, and how far that is from UTC."""
FROM_MS, UNTIL_MS = 1_767_225_600_000, 2_082_758_400_000
"""2026 to 2035."""


def instant(text: str) -> tuple[int, str]:
    """Return the instant that a text tells, Unix seconds, and the name of its zone."""
    found = TOLD.fullmatch(text)
    assert found is not None, text
    apart = timedelta(hours=int(found[4] or 0), minutes=int(found[5] or 0))
    zone = timezone(-apart if found[3] == "-" else apart)
    return int(datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone).timestamp()), found[2] or ""


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_zone_and_the_season_the_instant_is_the_same(seed: int) -> None:
    draw = Random(seed)  # noqa: S311 - no secret
    zone = draw.choice(sorted(available_timezones() - {BEIJING, "UTC"}))
    for _ in range(50):
        at_ms = draw.randrange(FROM_MS, UNTIL_MS)
        told = moment_in(at_ms, zone)
        assert instant(told.zh) == instant(told.en) == (at_ms // 1_000, zone)
        assert instant(beijing(at_ms))[0] == instant(moment(at_ms))[0] == at_ms // 1_000


def test_a_chinese_reader_is_told_beijing_time_by_its_name() -> None:
    at_ms = int(datetime(2026, 9, 21, 13, 46, 40, tzinfo=UTC).timestamp() * 1_000)

    told = moment_in(at_ms, BEIJING)

    assert told.zh == "2026-09-21 21:46:40（北京时间，UTC+8）"
    assert told.en == "2026-09-21 21:46:40 (Beijing time, UTC+8)"
    assert beijing(at_ms) == "2026-09-21 21:46:40 UTC+8"


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    twice_ms = int(datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp() * 1_000)

    first, second = (moment_in(at, "Europe/Berlin").zh for at in (twice_ms, twice_ms + HOUR_MS))

    assert (first, second) == (
        "2026-10-25 02:30:00（Europe/Berlin，UTC+2）",
        "2026-10-25 02:30:00（Europe/Berlin，UTC+1）",
    )


def test_only_zones_with_rules_are_known() -> None:
    assert all(known_zone(name) for name in ("UTC", BEIJING, "Europe/Berlin", "Asia/Kathmandu"))
    assert not any(known_zone(name) for name in ("", "Mars/Olympus", "Europe", "../UTC", "/etc/localtime", "x" * 5_000))
