"""The law as a dated table: which tier sums reach on which day."""

from datetime import datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cases.legal_tiers import ForgedSums, Tier, packaged, read

RATE = """
  - {currency: USD, of: CNY, rate: 7.1, effective_from: 2026-01-01, effective_until: 2026-01-31, source: a bank}
"""


def at(day: str, hour: int = 12) -> int:
    return int(datetime.fromisoformat(f"{day}T{hour:02}:00:00+08:00").timestamp() * 1000)


def paid(yuan: float) -> ForgedSums:
    return ForgedSums(completed={"CNY": int(yuan * 100)})


@pytest.mark.parametrize(
    ("yuan", "tier", "regional"),
    [
        (0, Tier.NONE, False),
        (195, Tier.ADMINISTRATIVE, False),
        (2_999.99, Tier.ADMINISTRATIVE, False),
        (3_000, Tier.CRIMINAL, True),
        (10_000, Tier.CRIMINAL, False),
        (30_000, Tier.CRIMINAL_HUGE, True),
        (500_000, Tier.CRIMINAL_ESPECIALLY_HUGE, False),
    ],
)
def test_a_paid_sum_reaches_its_tier(yuan: float, tier: Tier, regional: bool) -> None:  # noqa: FBT001 - a row
    found = packaged().reached(paid(yuan), at("2026-03-01"))

    assert (found.tier, found.regional) == (tier, regional)


def test_the_law_of_the_day_holds_from_midnight_in_china() -> None:
    before = packaged().reached(paid(195), at("2025-12-31", 23)).row
    after = packaged().reached(paid(195), at("2026-01-01", 0)).row

    assert before is not None
    assert after is not None
    assert ("500" in before.sanction.en, before.unverified) == (True, False)
    assert ("2,000" in after.sanction.en, after.unverified) == (True, True)


def test_what_was_only_tried_counts_from_the_huge_sum_on_and_is_never_added() -> None:
    def tier(completed: int, attempted: int) -> Tier:
        sums = ForgedSums(completed={"CNY": completed * 100}, attempted={"CNY": attempted * 100})
        return packaged().reached(sums, at("2026-03-01")).tier

    assert tier(0, 29_999) is Tier.NONE
    assert tier(0, 30_000) is Tier.CRIMINAL_HUGE
    assert tier(2_000, 2_000) is Tier.ADMINISTRATIVE
    assert tier(29_000, 29_000) is Tier.CRIMINAL


def test_a_currency_without_a_rate_of_that_day_is_unmeasured() -> None:
    sums = ForgedSums(completed={"CNY": 100_000, "USD": 100_000})
    text = msgspec.yaml.encode(packaged()).decode().replace("rates: []", f"rates:{RATE}")
    with_rate = read(text)

    unknown = packaged().reached(sums, at("2026-01-15"))
    assert (unknown.tier, unknown.unmeasured) == (Tier.ADMINISTRATIVE, ("USD",))
    known = with_rate.reached(sums, at("2026-01-15"))
    assert (known.tier, known.unmeasured) == (Tier.CRIMINAL, ())
    assert with_rate.reached(sums, at("2026-02-01")).unmeasured == ("USD",)


def test_before_any_row_holds_there_is_no_tier() -> None:
    assert packaged().reached(paid(1_000_000), at("2001-01-01")).tier is Tier.NONE


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 4 * 10**12))
def test_a_higher_sum_never_reaches_a_lower_tier(sum_minor: int, more: int, at_ms: int) -> None:
    lower = packaged().reached(ForgedSums(completed={"CNY": sum_minor}), at_ms)
    higher = packaged().reached(ForgedSums(completed={"CNY": sum_minor + more}), at_ms)

    assert higher.tier.rank >= lower.tier.rank


def test_every_row_has_its_source_and_rows_of_one_tier_never_overlap() -> None:
    for row in packaged().tiers:
        assert len(row.source) > len("art. 1")
        for other in packaged().tiers:
            if other is not row and (other.tier, other.jurisdiction) == (row.tier, row.jurisdiction):
                assert not row.holds_on(other.effective_from) or not other.holds_on(row.effective_from)
