"""Numbers as Korean figures write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.outcomes.aggregation import jo_eok
from backoffice.outcomes.numerals import NotANumber, half_up, plain, read_amount, read_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,822", 1822), ("△20", -20), ("−3", -3), ("5만5천362", 55362), ("4천300", 4300), ("1천200", 1200), ("１２", 12)],
)
def test_a_number_is_read_as_published(text: str, number: int) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    "text", ["", "abc", "1e5", "inf", "nan", "12,34", "1 2", "700여", "3만4만", "1.2.3", "--1", "1조", "9" * 40]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NotANumber):
        read_number(text)


@pytest.mark.parametrize(
    ("text", "won"),
    [
        ("2조5,639억", 2_563_900_000_000),
        ("17조6,843억원", 17_684_300_000_000),
        ("4억 5,350만 원", 453_500_000),
        ("1조", 10**12),
        ("9,055", 9055),
    ],
)
def test_an_amount_is_read_with_its_units(text: str, won: int) -> None:
    assert read_amount(text) == won


@given(st.integers(0, 10**16 - 1).map(lambda eok: eok // 10**4))
def test_a_headline_amount_reads_back_to_itself(eok: int) -> None:
    assert read_amount(jo_eok(Decimal(eok) * 10**8)) == eok * 10**8


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4))
def test_printing_never_changes_a_number_and_leaves_no_trailing_zero(number: Decimal) -> None:
    text = plain(number)
    assert read_number(text) == number
    assert "." not in text or not text.endswith("0")


def test_a_half_goes_away_from_zero() -> None:
    assert [half_up(Decimal(text), 1) for text in ("1.25", "-1.25", "0.05")] == [
        Decimal("1.3"),
        Decimal("-1.3"),
        Decimal("0.1"),
    ]
