"""How long waits last: profile, platform, category, each over the one before."""

from pathlib import Path

import pytest

from schemas.units import HOUR_MS
from streams.cases.procedure import DEFAULT, Procedure, SomeWaits, Waits
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

    assert procedure.of("ceramics") == Waits(hearing_hours=24, appeal_hours=184 * 24)
    assert procedure.of("fresh-food") == Waits(hearing_hours=6, appeal_hours=184 * 24)


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
        ("zone: ../../etc/passwd\n", r"line 1, column 1, \$\.zone"),
        ("zone: Europe\n", r"line 1, column 1, \$\.zone"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_place(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "procedure.yaml"
    file.write_text(text)

    with pytest.raises(SettingsError, match=why):
        procedure_of(file)
