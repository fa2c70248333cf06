"""A reading's value is written with its unit, in the words of each language; what is empty is said to be."""

import pytest

from schemas.units import BOX
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
        (
            "12,0,931,700",
            BOX,
            "宽 931、高 700 像素，距左 12、距上 0 像素",
            "931 × 700 px, 12 px from the left and 0 px from the top",
        ),
        (
            "0,0,3,4; 9,8,7,6",
            BOX,
            "宽 3、高 4 像素，距左 0、距上 0 像素；宽 7、高 6 像素，距左 9、距上 8 像素",
            "3 × 4 px, 0 px from the left and 0 px from the top; 7 × 6 px, 9 px from the left and 8 px from the top",
        ),
        ("", BOX, "无", "none"),
        ("", None, "无", "none"),
    ],
)
def test_shares_are_percent_units_have_words_and_boxes_are_told(
    value: float | str, unit: str | None, zh: str, en: str
) -> None:
    written = amount(value, unit)
    assert (written.zh, written.en) == (zh, en)


def test_every_unit_of_a_reading_has_words() -> None:
    in_percent = {SHARE, GOODS, GROUND, "probability"}
    units = {one.unit for one in VARIABLES.values() if one.source == "evidence"} - {""} - in_percent
    known = texts("units").keys()
    assert RATE in known
    assert {unit for unit in units if not unit.startswith("share")} <= known
