"""How long waits last: profile, platform, category, each over the one before."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from schemas.units import HOUR_MS
from streams.cases.procedure import DEFAULT, SIX_MONTHS_DAYS, Procedure, SomeWaits, Waits
from streams.casework.procedure_file import procedure_of
from streams.errors import SettingsError

FILE = """\
profile: eu
waits:
  hearing_hours: 24
categories:
  fresh-food:
    hearing_hours: 6
"""


def test_a_category_differs_from_the_platform_and_that_from_its_profile(tmp_path: Path) -> None:
    file = tmp_path / "procedure.yaml"
    file.write_text(FILE)

    procedure = procedure_of(file)

    assert procedure.of("ceramics") == Waits(hearing_hours=24, appeal_hours=SIX_MONTHS_DAYS * 24)
    assert procedure.of("fresh-food") == Waits(hearing_hours=6, appeal_hours=SIX_MONTHS_DAYS * 24)


def six_months_later(day: date) -> date:
    """Return the same day six months later, or the last of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + 6, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@pytest.mark.parametrize("zone", ["Europe/Dublin", "Europe/Berlin", "Europe/Helsinki", "Atlantic/Azores"])
def test_six_months_in_the_eu_are_never_shorter_whatever_the_month_and_the_summer_time(zone: str) -> None:
    """To the end of the day six months later, as people there read their clocks, for each day of five years."""
    wait = Procedure(profile="eu").of("ceramics")
    begun, there = datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo(zone)
    shortest = timedelta(days=9)
    for hours in range(0, 5 * 365 * 24, 7):
        at = begun + timedelta(hours=hours)
        over = six_months_later(at.astimezone(there).date()) + timedelta(days=1)
        by_law = datetime(over.year, over.month, over.day, tzinfo=there)
        ours = datetime.fromtimestamp(wait.appeal_ends_ms(int(at.timestamp() * 1_000)) / 1_000, UTC)
        shortest = min(shortest, ours - by_law)

    assert timedelta(0) <= shortest < timedelta(days=1)


def test_without_a_file_hearings_last_two_days_and_appeals_a_week() -> None:
    assert procedure_of(None) is DEFAULT
    assert DEFAULT.of("whatever").hearing_ends_ms(0) == 48 * HOUR_MS
    assert DEFAULT.of("whatever").appeal_ends_ms(0) == 7 * 24 * HOUR_MS
    assert Procedure(waits=SomeWaits(rehearing_hours=1)).of("x").rehearing_ends_ms(5) == 5 + HOUR_MS
    assert DEFAULT.of("x").buyer_evidence_ends_ms(1) == 1 + 72 * HOUR_MS


def test_parties_are_told_times_in_the_zone_of_the_platform(tmp_path: Path) -> None:
    file = tmp_path / "procedure.yaml"
    file.write_text("zone: Europe/Berlin\n")

    assert procedure_of(file).told_in == "Europe/Berlin"
    assert (DEFAULT.told_in, Procedure(profile="eu").told_in) == ("Asia/Shanghai", "UTC")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("profile: us\n", r"line 1, column 1, \$\.profile"),
        ("waits:\n  hearing_hour: 5\n", r"line 2, column 3.*hearing_hours"),
        ("waits:\n  hearing_hours: 0\n", r"line 2, column 3"),
        ("waits:\n  hearing_hours: 010\n", r"line 2, column 18"),
        ("- a list\n", "line 1"),
        ("profile: eu\nzone: Mars/Olympus\n", r"line 2, column 1, \$\.zone: this machine knows no zone Mars/Olympus"),
        ("verdict_fields:\n  GRNT: [a]\n", r"line 2, column 3.*unknown value 'GRNT': did you mean 'GRANT'\?"),
        (
            "verdict_fields: {PAY: [a]}\n",
            r"unknown value 'PAY': use one of FORGERY_CONFIRMED, GRANT",
        ),
        ("zone: ../../etc/passwd\n", r"line 1, column 1, \$\.zone"),
        ("zone: Europe\n", r"line 1, column 1, \$\.zone"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_place(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "procedure.yaml"
    file.write_text(text)

    with pytest.raises(SettingsError, match=why):
        procedure_of(file)
