"""A reading's value is written with its unit, in the words of each language."""

import pytest

from streams.policy.variable import GOODS, GROUND, RATE, SHARE
from streams.policy.variables import VARIABLES
from streams.wording.labels import amount
from streams.wording.tables import texts


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (0.0118, SHARE, "1.18%", "1.18%"),
        (1.0, "probability", "100.00%", "100.00%"),
        (64, "bits", "64 位", "64 bits"),
        (587.84, "squared grey levels", "587.8 灰度级平方", "587.8 squared grey levels"),
        ("JPEG", None, "JPEG", "JPEG"),
        (3, "furlongs", "3 furlongs", "3 furlongs"),
    ],
)
def test_shares_are_percent_and_units_have_words(value: float | str, unit: str | None, zh: str, en: str) -> None:
    written = amount(value, unit)
    assert (written.zh, written.en) == (zh, en)


def test_every_unit_of_a_reading_has_words() -> None:
    in_percent = {SHARE, GOODS, GROUND, "probability"}
    units = {one.unit for one in VARIABLES.values() if one.source == "evidence"} - {""} - in_percent
    known = texts("units").keys()
    assert RATE in known
    assert {unit for unit in units if not unit.startswith("share")} <= known
