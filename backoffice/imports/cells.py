"""One cell as a person filled it in -> what it means: values with their units, years, business numbers; or why not."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from backoffice.core.hangul import object_, topic
from backoffice.core.i18n import Sentence
from backoffice.core.identifiers import digits_of, format_business_number, is_business_number
from backoffice.imports.child import BROKEN_CELL
from backoffice.imports.reading import Cell
from backoffice.outcomes.entry_checks import Stated
from backoffice.outcomes.numerals import LIMIT, NotANumber, places, read_amount, read_number
from workflows.indicators import Indicator

NOTHING = frozenset({"", "-", "–", "—", "―", "ㅡ", "·", "미집계", "미제출", "미상", "n/a", "na", "비공개"})
"""Nobody reported it. It is not the number 0."""
NOT_APPLICABLE = frozenset({"해당없음", "비해당", "해당사항없음", "해당무"})

WON = {
    "원": Decimal(1), "천원": Decimal(1_000), "만원": Decimal(10_000), "백만원": Decimal(1_000_000),
    "천만원": Decimal(10_000_000), "억원": Decimal(100_000_000), "조원": Decimal(10) ** 12,
}  # fmt: skip
DOLLARS = {"달러": Decimal("0.001"), "천달러": Decimal(1), "만달러": Decimal(10), "백만달러": Decimal(1_000)}
_DOLLAR_WORDS = re.compile(r"(us\$|usd|불|\$)", re.IGNORECASE)
_APPROXIMATE = re.compile(r"^약|(여|정도|쯤|이상|미만|이하|내외)$|(?<=\d)여(?=(개사|개소|개|사|건|명|인|회|곳)$)")
_COUNTED = re.compile(r"(?<=\d)(개사|개소|개|사|건|명|인|회|곳|배|점|%p?|퍼센트)$")
_SPELLED = re.compile(r"\d\s*(조|억|만|백만|천만|천)")
_YEAR = re.compile(r"(?<!\d)((?:19|20|21)\d{2})(?!\d)")
_SHORT_YEAR = re.compile(r"^['’‘](\d{2})\.?년?$")


class CellRefused(ValueError):
    """Why a cell cannot be taken: a stable code, and one sentence with the way out."""

    def __init__(self, code: str, ko: str, en: str) -> None:
        super().__init__(ko)
        self.code = code
        self.sentence = Sentence(ko, en)


@dataclass(frozen=True, slots=True)
class Read:
    """A value in the indicator's unit; None for what nobody reported or what cannot exist."""

    value: Decimal | None
    approximate: bool = False


def text_of(cell: Cell) -> str:
    """What a cell says: one normal form, single spaces."""
    if isinstance(cell, dict):
        return cell.get(BROKEN_CELL, "")
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return " ".join(unicodedata.normalize("NFKC", str(cell)).split())


def squeezed(cell: Cell) -> str:
    """A cell's text without any space, in small letters, to compare words by."""
    return text_of(cell).replace(" ", "").lower()


def read_year(cell: Cell) -> int | None:
    """``2026``, ``2026년``, ``20261121``, ``2026-11-21``, ``'26`` -> 2026; None for nothing. Raises CellRefused."""
    text = squeezed(cell)
    if text in NOTHING:
        return None
    if re.fullmatch(r"(19|20|21)\d{6}", text):
        return int(text[:4])
    short = _SHORT_YEAR.match(text)
    if short:
        return 2000 + int(short[1])
    found = _YEAR.search(text)
    if found is None or len(text) > 14:
        raise CellRefused(
            "year_unread",
            f"연도를 읽을 수 없습니다: '{text[:20]}'. 2026처럼 적어 주세요.",
            f"No year can be read in '{text[:20]}'; write 2026.",
        )
    return int(found[1])


def read_number_of_business(cell: Cell) -> str:
    """Ten digits with the right check digit, lost leading zeros put back; empty for nothing. Raises CellRefused."""
    text = text_of(cell)
    if squeezed(cell) in NOTHING:
        return ""
    digits = digits_of(text)
    if isinstance(cell, int | float) or digits == text:
        digits = digits.zfill(10) if len(digits) in {8, 9} else digits
    if is_business_number(digits) and not re.search(r"[^\d\s\-.]", text):
        return digits
    if len(digits) != 10:
        raise CellRefused(
            "number_unread",
            f"사업자등록번호가 아닙니다: '{text[:20]}'. 숫자 10자리로 적어 주세요.",
            f"'{text[:20]}' is no business number; write its ten digits.",
        )
    raise CellRefused(
        "number_check",
        f"사업자등록번호 {format_business_number(digits)}의 검증번호가 맞지 않습니다. 사업자등록증을 보고 고쳐 주세요.",
        f"The check digit of {format_business_number(digits)} is wrong; copy it from the certificate.",
    )


def unit_in(text: str) -> str:
    """The unit a head or title states: ``매출액(백만원)``, ``(단위 : 천 원)``; empty for none. Dollars as 달러."""
    plain = _DOLLAR_WORDS.sub("달러", unicodedata.normalize("NFKC", text)).replace(" ", "").replace("달러달러", "달러")
    inside = re.findall(r"[(\[]([^()\[\]]*)[)\]]", plain)
    for part in [*(re.sub(r"^단위:?", "", one) for one in inside), *re.findall(r"단위:?([가-힣]+)", plain), plain]:
        for known in sorted((*WON, *DOLLARS), key=len, reverse=True):
            if part == known or (part is plain and re.search(rf"(^|[^가-힣]|액|금|용){known}$", plain)):
                return known
    return ""


def factor(indicator: Indicator, unit: str) -> Decimal | None:
    """By what a number in this unit is multiplied; None when the unit of an amount of money is not known."""
    if indicator.unit == "won":
        return WON.get(unit)
    if indicator.unit_label.ko in DOLLARS:
        return DOLLARS.get(unit, Decimal(1)) / DOLLARS[indicator.unit_label.ko]
    return Decimal(1)


def read_value(cell: Cell, indicator: Indicator, unit: str) -> Read:
    """A value in the indicator's unit. A unit in the cell wins over the column's. Raises CellRefused."""
    if isinstance(cell, dict):
        raise _broken(cell[BROKEN_CELL])
    if isinstance(cell, bool):
        raise _not_a_number(text_of(cell))
    text = squeezed(cell)
    if text in NOTHING | NOT_APPLICABLE:
        return Read(None)
    about = bool(_APPROXIMATE.search(text))
    number = _amount(_APPROXIMATE.sub("", text), indicator, unit)
    if abs(number) >= LIMIT:
        raise CellRefused(
            "too_large",
            f"너무 큰 수입니다: '{text[:20]}'. 단위를 확인해 주세요.",
            f"'{text[:20]}' is too large; check the unit.",
        )
    counted = indicator.unit == "count" and indicator.unit_label.ko not in DOLLARS and not indicator.decimals
    if counted and number != number.to_integral_value():
        raise CellRefused(
            "not_whole",
            f"{topic(text[:20])} 정수가 아닙니다. {object_(indicator.label.ko)} 정수로 적어 주세요.",
            f"'{text[:20]}' is not whole; {indicator.label.en} is counted in whole numbers.",
        )
    return Read(number, about)


def _amount(text: str, indicator: Indicator, unit: str) -> Decimal:
    """The number in a text, in the indicator's unit. Raises CellRefused."""
    below_zero = re.fullmatch(r"\((.+)\)|[-−–△▲](.+)", text)
    sign, text = (-1, below_zero[1] or below_zero[2]) if below_zero else (1, text)
    text = re.sub(r"^[₩\\$]", "", text)
    try:
        if indicator.unit == "won" and (_SPELLED.search(text) or text.endswith("원")):
            return sign * read_amount(text)
        number = read_number(_COUNTED.sub("", text))
    except NotANumber:
        raise _not_a_number(text) from None
    times = factor(indicator, unit)
    if times is None:
        raise CellRefused(
            "unit_unknown",
            "금액의 단위를 알 수 없습니다. 열의 단위를 골라 주세요.",
            "The unit of this amount is not known; choose the unit of its column.",
        )
    return sign * number * times


def read_stated(cell: Cell) -> Stated | None:
    """A growth as it is stated: ``15.3%``, ``△4``, ``0.153``; None for nothing. Raises CellRefused."""
    if isinstance(cell, dict):
        raise _broken(cell[BROKEN_CELL])
    text = squeezed(cell)
    if text in NOTHING | NOT_APPLICABLE:
        return None
    plain = re.sub(r"(증가|상승)$", "", _COUNTED.sub("", re.sub(r"(증가|상승|감소|하락)$", "", text)))
    try:
        growth = read_number(plain)
    except NotANumber:
        raise _not_a_number(text) from None
    falls = text.endswith(("감소", "하락")) and growth > 0
    return Stated(-growth if falls else growth, places(plain), as_fraction=not text.endswith("%"))


def _broken(said: str) -> CellRefused:
    if said == "formula":
        return CellRefused(
            "formula",
            "수식의 계산값이 저장되어 있지 않습니다. 엑셀에서 열어 저장하거나 값으로 바꾸어 주세요.",
            "The formula's value was not saved; open and save the file in Excel, or paste values.",
        )
    return CellRefused(
        "formula",
        f"수식이 오류({said[:10]})입니다. 엑셀에서 고쳐 주세요.",
        f"The formula says {said[:10]}; mend it in Excel.",
    )


def _not_a_number(text: str) -> CellRefused:
    return CellRefused(
        "not_a_number",
        f"숫자로 읽을 수 없습니다: '{text[:30]}'. 숫자만 적거나 비워 두세요.",
        f"'{text[:30]}' is no number; write a number or leave it blank.",
    )
