"""One cell as people fill it in: amounts with units, blanks that are not 0, years and business numbers."""

from decimal import Decimal

import pytest

from backoffice.imports.cells import (
    CellRefused,
    read_number_of_business,
    read_stated,
    read_value,
    read_year,
    unit_in,
)
from tests.make import business_number
from workflows.indicators import all_indicators

SALES, STAFF, EXPORT = (all_indicators()[code] for code in ("SALES", "EMP", "EXPORT"))


@pytest.mark.parametrize(
    ("cell", "unit", "won"),
    [
        ("4억 5,350만 원", "백만원", 453_500_000),
        ("1,234천원", "억원", 1_234_000),
        (1234, "백만원", 1_234_000_000),
        (12.5, "억원", 1_250_000_000),
        ("15백만원", "", 15_000_000),
        ("1조 2,000억원", "", 1_200_000_000_000),
        ("３００", "천원", 300_000),
        ("△1,200", "천원", -1_200_000),
        ("(300)", "천원", -300_000),
        ("-5억 원", "", -500_000_000),
        ("₩1,000", "원", 1_000),
        (0.1 + 0.2, "백만원", 300_000),
        ("0", "천원", 0),
    ],
)
def test_an_amount_is_read_in_the_unit_nearest_to_it(cell: str | float, unit: str, won: int) -> None:
    cell = float(f"{cell:.15g}") if isinstance(cell, float) else cell
    assert read_value(cell, SALES, unit).value == won


@pytest.mark.parametrize("cell", ["", "-", "–", "해당없음", "해당 없음", "N/A", "미제출"])
def test_a_blank_a_dash_and_not_applicable_are_not_the_number_zero(cell: str) -> None:
    assert read_value(cell, SALES, "원").value is None


@pytest.mark.parametrize(
    ("cell", "unit", "code"),
    [
        ("삼억", "원", "not_a_number"),
        ("1e9", "원", "not_a_number"),
        (True, "원", "not_a_number"),
        ("1,234", "", "unit_unknown"),
        ("9" * 15, "백만원", "too_large"),
        ({"error": "#REF!"}, "원", "formula"),
        ({"error": "formula"}, "원", "formula"),
    ],
)
def test_what_cannot_be_taken_says_why(cell: str | bool | dict[str, str], unit: str, code: str) -> None:
    with pytest.raises(CellRefused) as refused:
        read_value(cell, SALES, unit)
    assert refused.value.code == code
    assert refused.value.sentence.ko.endswith(("요.", "니다."))


def test_counts_lose_their_unit_and_stay_whole() -> None:
    assert read_value("1,200 명", STAFF, "").value == 1200
    about = read_value("약 30여명", STAFF, "")
    assert (about.value, about.approximate) == (30, True)
    with pytest.raises(CellRefused, match="정수"):
        read_value(12.5, STAFF, "")


def test_dollars_become_thousands_of_dollars() -> None:
    assert read_value("1,200", EXPORT, "달러").value == Decimal("1.2")
    assert read_value("3", EXPORT, "백만달러").value == 3000
    assert read_value("1,200", EXPORT, "").value == 1200


@pytest.mark.parametrize("cell", [2026, "2026", "2026년", 20261121, "20261121", "2026. 11. 21.", "2026-11-21", "'26"])
def test_a_year_is_read_out_of_any_date(cell: str | int) -> None:
    assert read_year(cell) == 2026


def test_a_word_is_no_year() -> None:
    with pytest.raises(CellRefused, match="연도"):
        read_year("내년")


def test_a_business_number_gets_its_lost_zeros_back() -> None:
    with_zero = next(number for seed in range(9999) if (number := _leading_zero(seed)))
    assert read_number_of_business(int(with_zero)) == with_zero
    assert read_number_of_business("１１６－８２－００２７６") == "1168200276"
    assert read_number_of_business("-") == ""


def _leading_zero(seed: int) -> str:
    """A valid number whose first digit is 0."""
    for last in range(10):
        number = f"01281{seed:04d}{last}"
        try:
            return read_number_of_business(number)
        except CellRefused:
            continue
    return ""


@pytest.mark.parametrize(
    ("cell", "code"), [("116-82-00278", "number_check"), ("12345", "number_unread"), ("없음", "number_unread")]
)
def test_a_wrong_business_number_is_told_from_an_unreadable_one(cell: str, code: str) -> None:
    assert business_number(1) == read_number_of_business(business_number(1))
    with pytest.raises(CellRefused) as refused:
        read_number_of_business(cell)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("head", "unit"),
    [
        ("매출액(백만원)", "백만원"), ("(단위 : 천 원)", "천원"), ("단위: 억원", "억원"), ("수출액(천USD)", "천달러"),
        ("매출액 백만원", "백만원"), ("(단위: 백만원, 명)", "백만원"), ("매출액", ""), ("특구 지원", ""), ("직원", ""),
    ],
)  # fmt: skip
def test_the_unit_is_read_out_of_heads_and_titles(head: str, unit: str) -> None:
    assert unit_in(head) == unit


def test_a_stated_growth_keeps_its_precision() -> None:
    stated = read_stated("15.3%")
    assert stated is not None
    assert (stated.growth, stated.digits, stated.as_fraction) == (Decimal("15.3"), 1, False)
    fallen = read_stated("4.2% 감소")
    assert fallen is not None
    assert fallen.growth == Decimal("-4.2")
    assert read_stated("-") is None
