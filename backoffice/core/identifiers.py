"""Korean identifiers: business numbers with their check digit, and resident numbers, which are never taken."""

import re
import unicodedata
from datetime import date

from backoffice.core.errors import Invalid

_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_RESIDENT = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{2})[\s\-‐-―·.]{0,3}([1-8])(\d{6})(?!\d)")
_RESIDENT_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


def digits_of(text: str) -> str:
    """The ASCII digits of a text, full-width digits included."""
    return "".join(ch for ch in unicodedata.normalize("NFKC", text) if ch in "0123456789")


def is_business_number(digits: str) -> bool:
    """Whether ten digits carry the right check digit (National Tax Service rule; guide 3.1)."""
    if len(digits) != 10 or not digits.isdigit():
        return False
    numbers = [int(ch) for ch in digits]
    total = sum(number * weight for number, weight in zip(numbers, _WEIGHTS, strict=False)) + numbers[8] * 5 // 10
    return (10 - total % 10) % 10 == numbers[9]


def read_business_number(text: str, field: str) -> str:
    """``"116-82-00276"`` -> ``"1168200276"``. Raises Invalid that says what is wrong with it."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.search(r"[^\d\s\-]", plain) or len(digits_of(plain)) != 10:
        raise Invalid.field(
            field,
            "사업자등록번호는 숫자 10자리입니다. 예: 116-82-00276",
            "A business number has ten digits: 116-82-00276.",
        )
    digits = digits_of(plain)
    if not is_business_number(digits):
        raise Invalid.field(
            field,
            f"사업자등록번호 {format_business_number(digits)}의 검증번호가 맞지 않습니다. 사업자등록증을 보고 다시 적어 주세요.",
            f"The check digit of {format_business_number(digits)} is wrong; copy it from the registration certificate.",
        )
    return digits


def format_business_number(digits: str) -> str:
    return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}" if len(digits) == 10 else digits


def find_resident_number(text: str) -> bool:
    """Whether a text holds what looks like a resident registration number.

    A valid date of birth and either the old checksum or the separated form count; the checksum was dropped for
    numbers given since October 2020, so a date with a hyphen is enough (Personal Information Protection Act, art. 24-2).
    """
    for match in _RESIDENT.finditer(unicodedata.normalize("NFKC", text)):
        year, month, day, kind, _ = match.groups()
        if _is_date(year, month, day, kind) and (_checks(match) or not match[0].isdigit()):
            return True
    return False


def _is_date(year: str, month: str, day: str, kind: str) -> bool:
    century = 1900 if kind in "1256" else 2000
    try:
        date(century + int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _checks(match: re.Match[str]) -> bool:
    digits = [int(ch) for ch in "".join(match.groups())]
    total = sum(digit * weight for digit, weight in zip(digits, _RESIDENT_WEIGHTS, strict=False))
    return (11 - total % 11) % 10 == digits[12]


def mask_name(name: str) -> str:
    """``홍길동`` -> ``홍*동``."""
    if len(name) <= 1:
        return name
    if len(name) == 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_email(email: str) -> str:
    """``abcd@example.org`` -> ``ab***@example.org``."""
    local, _, domain = email.partition("@")
    return f"{local[:2]}***@{domain}"


def mask_phone(phone: str) -> str:
    """``010-1234-5678`` -> ``010-****-5678``; a number in any other form keeps its last four digits only."""
    digits = digits_of(phone)
    if len(digits) < 8:
        return "*" * len(digits)
    head = digits[:2] if digits.startswith("02") else digits[:3]
    return f"{head}-****-{digits[-4:]}"


def masked(text: str) -> str:
    """A name, an address or a number with its telling part hidden (trust rule 13)."""
    if "@" in text:
        return mask_email(text)
    return mask_phone(text) if len(digits_of(text)) >= 7 else mask_name(text)
