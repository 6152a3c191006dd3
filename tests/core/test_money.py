"""Amounts as people type and read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.core import money
from backoffice.core.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "won"),
    [
        ("48,000", 48_000_000),
        ("48000", 48_000_000),
        ("４８,０００", 48_000_000),
        (" 48,000천원 ", 48_000_000),
        ("48,000,000원", 48_000_000),
        ("₩ 48,000,000", 48_000_000),
        ("４８，０００，０００ 원", 48_000_000),
        ("0", 0),
        ("4억 5,350만", 453_500_000),
        ("4억 5,350만원", 453_500_000),
        ("5만5천", 55_000),
        ("2조5,639억", 2_563_900_000_000),
    ],
)
def test_amounts_are_read_the_way_people_write_them(typed: str, won: int) -> None:
    assert money.read_thousands(typed, "amount") == won


@pytest.mark.parametrize("typed", ["-5", "1e99", "NaN", "12.5", "많이", "1,00", "9" * 30, "∞", "0x10", "1억2억", "--1"])
def test_what_is_no_amount_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(Invalid) as wrong:
        money.read_thousands(typed, "amount")
    assert wrong.value.problems[0].field == "amount"
    assert wrong.value.sentence.ko.endswith(".") or "예:" in wrong.value.sentence.ko


@given(st.integers(min_value=0, max_value=10**10))
def test_what_is_written_in_thousands_is_read_back_exactly(thousand: int) -> None:
    assert money.read_thousands(money.thousands(thousand * 1000), "amount") == thousand * 1000


@pytest.mark.parametrize(
    ("won", "text"),
    [
        (0, "0원"),
        (453_500_000, "4억 5,350만 원"),
        (48_000_000, "4,800만 원"),
        (2_563_900_000_000, "2조 5,639억 원"),
        (7, "7 원"),
    ],
)
def test_an_amount_can_be_read_aloud(won: int, text: str) -> None:
    assert money.reading(won) == text


@pytest.mark.parametrize(
    ("won", "text"), [(1_500_000, "2"), (1_499_999, "1"), (-2_500_000, "△3"), (0, "0"), (123_456_789_000, "123,457")]
)
def test_official_tables_round_half_up_to_millions(won: int, text: str) -> None:
    assert money.millions(won) == text


@pytest.mark.parametrize(
    ("won", "text"), [(17_684_300_000_000, "17조 6,843억원"), (45_350_000_000, "453.5억원"), (129_00000000, "129억원")]
)
def test_headlines_speak_in_eok(won: int, text: str) -> None:
    assert money.headline(won) == text
