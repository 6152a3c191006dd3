"""The arithmetic of royalties."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backoffice.licensing.royalty import (
    MILESTONE,
    RUNNING,
    UPFRONT,
    Part,
    Terms,
    charged_years,
    next_due,
    open_amount,
    overdue_amount,
    running,
    schedule,
    unreported,
)

THREE_YEARS = Terms(Decimal("2.5"), 1_000_000, date(2026, 4, 1), date(2028, 3, 31))


@pytest.mark.parametrize(
    ("sales", "owed"),
    [
        (100_000_000, 2_500_000),
        (0, 1_000_000),
        (39_999_999, 1_000_000),
        (40_000_020, 1_000_001),
        (40_000_019, 1_000_000),
    ],
)
def test_a_running_royalty_is_a_share_of_sales_rounded_half_up_and_never_below_the_minimum(
    sales: int, owed: int
) -> None:
    assert running(sales, THREE_YEARS) == owed


def test_a_schedule_holds_the_upfront_payment_and_the_milestones_by_date() -> None:
    parts = schedule(30_000_000, date(2026, 5, 1), [(date(2027, 1, 31), 5_000_000), (date(2026, 3, 1), 1_000_000)])
    assert [(part.kind, part.amount) for part in parts] == [
        (MILESTONE, 1_000_000),
        (UPFRONT, 30_000_000),
        (MILESTONE, 5_000_000),
    ]
    assert schedule(0, date(2026, 5, 1), []) == ()


def test_the_years_of_the_license_are_reported_without_those_that_are_free() -> None:
    assert list(charged_years(THREE_YEARS)) == [2026, 2027, 2028]
    free = Terms(Decimal(3), 0, date(2026, 4, 1), date(2028, 3, 31), free_until=date(2026, 12, 31))
    assert list(charged_years(free)) == [2027, 2028]
    half = Terms(Decimal(3), 0, date(2026, 4, 1), date(2028, 3, 31), free_until=date(2027, 6, 30))
    assert list(charged_years(half)) == [2027, 2028]
    assert list(charged_years(Terms(Decimal(0), 0, date(2026, 4, 1), date(2028, 3, 31)))) == []


def test_what_is_due_next_is_an_open_sum_or_the_report_of_a_year() -> None:
    parts = [Part(UPFRONT, 10, date(2026, 5, 1), paid=10), Part(MILESTONE, 7, date(2027, 9, 1))]
    assert next_due(THREE_YEARS, parts) == date(2027, 6, 30)
    told = [*parts, Part(RUNNING, 4, date(2027, 7, 30), year=2026)]
    assert next_due(THREE_YEARS, told) == date(2027, 7, 30)
    assert unreported(THREE_YEARS, told) == [2027, 2028]
    assert overdue_amount(told, date(2027, 8, 1)) == 4
    assert next_due(Terms(Decimal(0), 0, date(2026, 1, 1), date(2027, 1, 1)), parts[:1]) is None


money = some.integers(min_value=0, max_value=10**11)
parts = some.lists(
    some.builds(
        lambda amount, share, day: Part(MILESTONE, amount, day, amount * share // 100),
        money, some.integers(min_value=0, max_value=100), some.dates(date(2024, 1, 1), date(2030, 1, 1)),
    ),
    max_size=12,
)  # fmt: skip


@given(parts, some.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_what_is_overdue_is_never_more_than_what_is_open(owed: list[Part], day: date) -> None:
    assert 0 <= overdue_amount(owed, day) <= open_amount(owed)


@given(money, some.decimals(min_value=0, max_value=50, places=2), money)
def test_a_royalty_is_whole_won_and_grows_with_sales(sales: int, rate: Decimal, more: int) -> None:
    terms = Terms(rate, 0, date(2026, 1, 1), date(2027, 1, 1))
    assert running(sales, terms) <= running(sales + more, terms)
