"""What people type -> typed answers, one reader per field type. An answer is plain JSON: won as int, dates as ISO."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from backoffice.core.errors import Invalid
from backoffice.core.identifiers import read_business_number
from backoffice.core.money import read_integer, read_thousands
from workflows.forms import Field

UNREAD = "unread"
"""``{"unread": "text"}``: an answer that could not be read yet. A draft keeps it, so that nothing typed is lost."""

_DATE = re.compile(r"^(\d{4})[-./년\s]*(\d{1,2})[-./월\s]*(\d{1,2})[일.\s]*$")
_EMAIL = re.compile(r"^[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,190}\.[a-zA-Z]{2,24}$")
_URL = re.compile(r"^https?://[^\s<>\"]{3,300}$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def is_unread(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {UNREAD}


def shown(value: Any) -> str:
    """The text of an unread answer, for showing it again."""
    return str(value[UNREAD])


def clean(text: str) -> str:
    """One normal form, no control characters, no blanks around, Unix line ends."""
    return _CONTROL.sub("", unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")).strip()


def read(field: Field, text: str, name: str | None = None) -> Any:
    """One typed answer; None for nothing. Raises Invalid naming the field (``name`` when it sits in a row)."""
    text = clean(text)
    if not text:
        return None
    return _READERS[field.type](field, text, name or field.name)


def read_date(text: str, name: str) -> date:
    """``2026-11-21``, ``2026. 11. 21.``, ``20261121`` -> a date."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"\d{8}", plain):
        plain = f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
    match = _DATE.match(plain)
    try:
        if match is None:
            raise ValueError(plain)
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        raise Invalid.field(name, "날짜는 2026-11-21처럼 적어 주세요.", "Write the date as 2026-11-21.") from error
    if not 1900 <= day.year <= 2200:
        raise Invalid.field(name, "연도를 확인해 주세요.", "Check the year.")
    return day


def read_decimal(text: str, name: str) -> Decimal:
    """A decimal with at most three places. Raises Invalid for exponents and words."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "").removesuffix("%")
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,3})?", plain):
        raise Invalid.field(
            name,
            "숫자만 적어 주세요(소수 셋째 자리까지). 예: 12.5",
            "Write a number with at most three decimals: 12.5.",
        )
    try:
        return Decimal(plain).quantize(Decimal("0.001"), ROUND_HALF_UP)
    except InvalidOperation as error:
        raise Invalid.field(name, "숫자를 확인해 주세요.", "Check the number.") from error


def _text(field: Field, text: str, name: str) -> str:  # noqa: ARG001  # every reader has the same shape
    return " ".join(text.split())


def _long_text(field: Field, text: str, name: str) -> str:  # noqa: ARG001  # every reader has the same shape
    return text


def _integer(field: Field, text: str, name: str) -> int:  # noqa: ARG001  # every reader has the same shape
    return read_integer(text, name)


def _money(field: Field, text: str, name: str) -> int:  # noqa: ARG001  # every reader has the same shape
    return read_thousands(text, name)


def _decimal(field: Field, text: str, name: str) -> str:  # noqa: ARG001  # every reader has the same shape
    return format(read_decimal(text, name).normalize(), "f")


def _iso_date(field: Field, text: str, name: str) -> str:  # noqa: ARG001  # every reader has the same shape
    return read_date(text, name).isoformat()


def _choice(field: Field, text: str, name: str) -> str:
    if text not in {option.code for option in field.options}:
        raise Invalid.field(name, "목록에 있는 것 가운데 골라 주세요.", "Choose one of the listed options.")
    return text


def _yes_no(field: Field, text: str, name: str) -> bool:  # noqa: ARG001  # every reader has the same shape
    if text.lower() not in {"yes", "no", "true", "false"}:
        raise Invalid.field(name, "'예' 또는 '아니요'를 골라 주세요.", "Choose yes or no.")
    return text.lower() in {"yes", "true"}


def _consent(field: Field, text: str, name: str) -> bool:  # noqa: ARG001  # every reader has the same shape
    return text.lower() in {"yes", "on", "true", "y", "1"}


def _email(field: Field, text: str, name: str) -> str:  # noqa: ARG001  # every reader has the same shape
    if not _EMAIL.match(text):
        raise Invalid.field(name, "전자우편 주소를 확인해 주세요. 예: name@example.kr", "Check the e-mail address.")
    return text.lower()


def _phone(field: Field, text: str, name: str) -> str:  # noqa: ARG001  # every reader has the same shape
    plain = unicodedata.normalize("NFKC", text)
    if not re.fullmatch(r"\+?[\d\-\s()]{8,20}", plain):
        raise Invalid.field(name, "전화번호를 확인해 주세요. 예: 02-1234-5678", "Check the phone number.")
    return plain


def _url(field: Field, text: str, name: str) -> str:  # noqa: ARG001  # every reader has the same shape
    if not _URL.match(text):
        raise Invalid.field(name, "주소는 https://로 시작해야 합니다.", "The address must start with https://.")
    return text


def _business_number(field: Field, text: str, name: str) -> str:  # noqa: ARG001  # every reader has the same shape
    return read_business_number(text, name)


_READERS: Mapping[str, Callable[[Field, str, str], Any]] = {
    "text": _text,
    "person_name": _text,
    "long_text": _long_text,
    "integer": _integer,
    "money": _money,
    "decimal": _decimal,
    "percent": _decimal,
    "date": _iso_date,
    "choice": _choice,
    "zone": _text,
    "yes_no": _yes_no,
    "consent": _consent,
    "email": _email,
    "phone": _phone,
    "url": _url,
    "business_number": _business_number,
}
