"""The arithmetic of scores."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.reviews import scoring

CEILINGS = {"creativity": 30, "capability": 30, "impact": 40}


def test_a_total_needs_every_criterion_within_its_ceiling() -> None:
    assert scoring.total({"creativity": 30, "capability": 30, "impact": 40}, CEILINGS) == 100
    assert scoring.total({"creativity": 30, "capability": 30}, CEILINGS) is None
    assert scoring.total({"creativity": 31, "capability": 30, "impact": 40}, CEILINGS) is None


@pytest.mark.parametrize(
    ("totals", "mean", "trimmed"),
    [
        ([80, 85, 91], "85.33", False),
        ([10, 80, 85, 90, 100], "85.00", True),
        ([70], "70.00", False),
        ([1, 2], "1.50", False),
    ],
)
def test_from_five_sheets_on_the_highest_and_the_lowest_are_left_out(
    totals: list[int], mean: str, trimmed: bool
) -> None:
    assert scoring.average(totals) == (Decimal(mean), trimmed)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=9))
def test_the_order_of_the_sheets_changes_nothing(totals: list[int]) -> None:
    assert scoring.average(totals) == scoring.average(sorted(totals, reverse=True))


def test_equal_averages_share_a_rank() -> None:
    averages = {1: Decimal("90"), 2: Decimal("80"), 3: Decimal("80"), 4: Decimal("70")}
    assert scoring.ranks(averages) == {1: 1, 2: 2, 3: 2, 4: 4}
