"""Times and ages, in every spelling that a person may try."""

import pytest
import typer

from schemas.units import DAY_MS, HOUR_MS, MINUTE_MS
from streams.cli.times import age_ms, time_of

NOW_MS = 1_796_000_000_000
DAY = 1_796_515_200_000
"""2026-12-06, in UTC."""


@pytest.mark.parametrize(
    ("text", "expected_ms"),
    [
        ("2026-12-06", DAY),
        (" 2026-12-06 ", DAY),
        ("20261206", DAY),
        ("2026-W49-7", DAY),
        ("2026-12-06T08:30", DAY + 510 * MINUTE_MS),
        ("2026-12-06 08:30", DAY + 510 * MINUTE_MS),
        ("2026-12-06T08:30:00Z", DAY + 510 * MINUTE_MS),
        ("2026-12-06T08:30+08:00", DAY + 30 * MINUTE_MS),
        (str(DAY), DAY),
        ("30d", NOW_MS - 30 * DAY_MS),
        ("30D", NOW_MS - 30 * DAY_MS),
        ("12 h", NOW_MS - 12 * HOUR_MS),
        ("90m", NOW_MS - 90 * MINUTE_MS),
    ],
)
def test_a_time_is_what_was_meant(text: str, expected_ms: int) -> None:
    assert time_of(text, NOW_MS, "--since") == expected_ms


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1796515200", "is a number of seconds"),
        ("0", "is no time"),
        ("2026", "is no time"),
        ("²", "is no time"),
        ("٣٠d", "is no time"),
        ("-30d", "is no time"),
        ("1w", "is no time"),
        ("2h30m", "is no time"),
        ("yesterday", "is no time"),
        ("", "is no time"),
        ("2026-13-01", "is no time"),
        ("06.12.2026", "is no time"),
        ("9" * 30, "is no time"),
        ("1970-01-01", "is outside the years 2000 to 2100"),
        ("1796515200000000", "is outside the years 2000 to 2100"),
        ("0001-01-01T00:00+14:00", "is outside the years 2000 to 2100"),
        ("9999-12-31", "is outside the years 2000 to 2100"),
        ("99999d", "is outside the years 2000 to 2100"),
    ],
)
def test_what_names_no_time_of_a_request_is_refused_with_how_to_write_one(text: str, why: str) -> None:
    with pytest.raises(typer.BadParameter, match=f"{why}: write 2026-12-06") as raised:
        time_of(text, NOW_MS, "--since")
    assert raised.value.param_hint == "--since"


def test_an_age_is_a_number_of_minutes_hours_or_days() -> None:
    assert [age_ms(text) for text in ("90m", " 48H ", "7 d")] == [90 * MINUTE_MS, 48 * HOUR_MS, 7 * DAY_MS]
    for text in ("", "7", "d", "-1d", "1.5h", "²d", "1w"):
        with pytest.raises(typer.BadParameter, match="give a number of minutes, hours or days"):
            age_ms(text)
