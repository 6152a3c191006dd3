"""What is asked about a figure when it is entered, by tables."""

from decimal import Decimal
from typing import Any

import pytest

from backoffice.outcomes.entry_checks import Entry, Stated, check, total_differs
from workflows.indicators import all_indicators

SALES, STAFF, RATE = (all_indicators()[code] for code in ("SALES", "EMP", "COMM-RATE"))


def codes(value: str, *, indicator: Any = SALES, year: int = 2025, **more: Any) -> list[str]:
    numbers = {name: Decimal(more.pop(name)) for name in ("before", "denominator") if more.get(name) is not None}
    return [finding.code for finding in check(Entry(indicator, year, Decimal(value), **numbers, **more), 2026)]


@pytest.mark.parametrize(
    ("before", "value", "found"),
    [
        ("100", "1000", []),
        ("100", "1001", ["jump"]),
        ("100", "100000", ["unit_slip"]),
        ("100", "130000", ["unit_slip"]),
        ("100000", "100", ["unit_slip"]),
        ("100", "9000000", ["jump"]),
        ("0", "9000000", []),
        (None, "9000000", []),
        ("100", "0", []),
    ],
)
def test_a_jump_and_a_slipped_unit_are_told_apart(before: str | None, value: str, found: list[str]) -> None:
    assert codes(value, before=before) == found


def test_a_count_has_no_unit_to_slip() -> None:
    assert codes("1000", indicator=STAFF, before="1") == ["jump"]


@pytest.mark.parametrize(
    ("before", "value", "stated", "found"),
    [
        ("687", "1179", Stated(Decimal("71.6"), 1), []),
        ("687", "1179", Stated(Decimal("71.7"), 1), ["growth"]),
        ("114", "178", Stated(Decimal("56"), 0), []),
        ("200", "201", Stated(Decimal("1"), 0), []),
        ("1000", "1015", Stated(Decimal("1"), 0), ["growth"]),
        ("100", "115.3", Stated(Decimal("0.153"), 3, as_fraction=True), []),
        ("100", "90", Stated(Decimal("-10"), 0), []),
    ],
)
def test_a_stated_growth_is_compared_at_its_own_precision_half_up(
    before: str, value: str, stated: Stated, found: list[str]
) -> None:
    assert codes(value, before=before, stated=stated) == found


def test_a_rate_changes_in_points() -> None:
    assert codes("9.7", indicator=RATE, before="4.4", stated=Stated(Decimal("5.3"), 1)) == []
    assert codes("9.7", indicator=RATE, before="4.4", stated=Stated(Decimal("120.5"), 1)) == ["growth"]


def test_a_growth_without_the_year_before_is_no_panel() -> None:
    assert codes("10", stated=Stated(Decimal("5"), 0)) == ["panel"]
    assert codes("10", half_panel=True) == ["panel"]


def test_negative_values_and_years_nobody_reports_on_are_asked_about() -> None:
    assert codes("-1") == ["negative"]
    assert codes("1", year=2003) == ["year"]
    assert codes("1", year=2027) == ["year"]
    assert codes("1", indicator=RATE, denominator="0") == ["negative"]


def test_a_part_cannot_be_larger_than_its_whole() -> None:
    assert codes("24", indicator=all_indicators()["HITECH"], denominator="23") == ["part"]


def test_a_total_says_by_how_much_it_differs() -> None:
    assert total_differs(SALES, Decimal(300), [Decimal(100), Decimal(200)]) is None
    finding = total_differs(SALES, Decimal(310), [Decimal(100), Decimal(200)])
    assert finding is not None
    assert "310원" in finding.sentence.ko.replace(" ", "")
    assert "300원" in finding.sentence.ko.replace(" ", "")
