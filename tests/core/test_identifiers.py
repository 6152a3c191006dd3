"""Business numbers with their check digit, and resident numbers that must never stay."""

import pytest

from backoffice.core.errors import Invalid
from backoffice.core.identifiers import find_resident_number, mask_email, mask_name, read_business_number


@pytest.mark.parametrize(
    "number", ["116-82-00276", "134-86-72683", "123-45-67891", "１１６-８２-００２７６", "1168200276"]
)
def test_a_right_business_number_is_taken(number: str) -> None:
    assert len(read_business_number(number, "n")) == 10


def test_a_wrong_check_digit_is_named_with_the_way_out() -> None:
    with pytest.raises(Invalid) as wrong:
        read_business_number("116-82-00278", "business_number")
    assert "116-82-00278의 검증번호가 맞지 않습니다" in wrong.value.sentence.ko


@pytest.mark.parametrize("number", ["", "123", "abc-de-fghij", "116-82-002766", "116/82/00276"])
def test_what_is_no_business_number_says_what_one_looks_like(number: str) -> None:
    with pytest.raises(Invalid) as wrong:
        read_business_number(number, "n")
    assert "116-82-00276" in wrong.value.sentence.ko


@pytest.mark.parametrize(
    "text",
    [
        "900101-1234567",
        "900101 - 1234568",
        "９００１０１－１２３４５６７",
        "주민번호는 850715-2345678입니다",
        "010203.3456789",
    ],
)
def test_what_looks_like_a_resident_number_is_found(text: str) -> None:
    assert find_resident_number(text)


@pytest.mark.parametrize(
    "text", ["116-82-00276", "2026-RBD-01-0007", "901301-1234567", "010-1234-5678", "900101-9234567"]
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not find_resident_number(text)


def test_names_and_addresses_are_masked() -> None:
    assert (mask_name("홍길동"), mask_name("이수"), mask_email("abcd@example.kr")) == (
        "홍*동",
        "이*",
        "ab***@example.kr",
    )
