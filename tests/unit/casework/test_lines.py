"""Lines of a page on paper end where a reader expects it, keep every sign, and are never wider than the paper."""

from random import Random

import pytest

from streams.casework.package.lines import NEVER_FIRST, NEVER_LAST, broken

SIGNS = "中文照片的比对，。；（）《》“”0123456789abcdefXYZ :/_-.%"


def wide(text: str) -> float:
    """Measure as a font does whose Chinese signs are twice as wide as others."""
    return sum(2.0 if sign >= "\u2e80" else 1.0 for sign in text)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_written_fits_and_stays_what_it_is(seed: int) -> None:
    draw = Random(seed)  # noqa: S311 - no secret
    for _ in range(50):
        text = "".join(draw.choices(SIGNS, k=draw.randrange(200)))
        width = draw.randrange(8, 60)

        lines = broken(text, width, wide).split("\n")

        assert all(wide(line) <= width for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_no_stop_begins_a_line_and_no_bracket_that_opens_ends_one() -> None:
    text = "两图对齐后，有处不同，约占画面的百分之三。请（卖家）查看《标出》的位置：“这里”。" * 5
    for width in range(12, 80):
        lines = broken(text, width, wide).split("\n")
        assert not any(line[0] in NEVER_FIRST for line in lines), width
        assert not any(line[-1] in NEVER_LAST for line in lines), width


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("2026-11-30 20:55:18 UTC+8", 20, ["2026-11-30 20:55:18", "UTC+8"]),
        ("2026-11-30 20:55:18 UTC+8", 12, ["2026-11-30", "20:55:18", "UTC+8"]),
        ("refund-sentinel 0.2.0", 15, ["refund-sentinel", "0.2.0"]),
        ("refund-sentinel 0.2.0", 12, ["refund-", "sentinel", "0.2.0"]),
        ("originals/reference/r1.jpg", 20, ["originals/reference/", "r1.jpg"]),
        ("约占画面的 0.3%。请查看", 15, ["约占画面的", "0.3%。请查看"]),
        ("DERIVED_AND_ALTERED", 14, ["DERIVED_AND_", "ALTERED"]),
        ("0123456789abcdef", 6, ["012345", "6789ab", "cdef"]),
        ("一行\n又一行", 10, ["一行", "又一行"]),
        ("", 10, [""]),
    ],
)
def test_words_numbers_and_times_stay_whole(text: str, width: int, lines: list[str]) -> None:
    assert broken(text, width, wide).split("\n") == lines


def test_a_line_narrower_than_a_sign_ends_too() -> None:
    assert broken("中文", 1, wide) == "中\n文"
