"""Money in whole won: reading what people type, and writing it the way Korean tables and headlines do."""

import re
import unicodedata
from typing import NewType

from backoffice.core.errors import Invalid

Money = NewType("Money", int)
"""Whole won. Never a float; at most LIMIT either way."""

THOUSAND, MILLION, EOK, JO = 1_000, 1_000_000, 100_000_000, 1_000_000_000_000
LIMIT = 100 * JO
"""100조원: far above any budget line, far below what a BIGINT holds."""

_PLAIN = re.compile(r"^[+-]?\d{1,3}(,\d{3})*$|^[+-]?\d+$")
_UNITS = {"조": JO, "억": EOK, "만": 10_000, "천": 1_000}
_MIXED = re.compile(r"(\d[\d,]*)(조|억|만|천)?")


def _normalise(text: str) -> str:
    """Full-width digits, spaces and the won sign become what a number is made of."""
    return unicodedata.normalize("NFKC", text).replace(" ", "").replace("₩", "").removesuffix("원")


def read_integer(text: str, field: str, *, ko: str = "숫자", en: str = "a whole number") -> int:
    """``"１,２００"`` -> 1200. Raises Invalid for decimals, exponents, words and anything past LIMIT."""
    plain = _normalise(text)
    if not _PLAIN.match(plain):
        raise Invalid.field(field, f"{ko}만 적어 주세요. 예: 48,000", f"Write {en}, for example 48,000.")
    digits = plain.replace(",", "")
    if len(digits) > 19 or abs(int(digits)) > LIMIT:
        raise Invalid.field(
            field, "너무 큰 수입니다. 단위를 확인해 주세요.", "The number is too large; check the unit."
        )
    return int(digits)


def read_thousands(text: str, field: str) -> Money:
    """An amount -> won. A bare number counts thousand won (천원); 원, ₩ and mixed numerals (4억 5,350만) say won."""
    said = unicodedata.normalize("NFKC", text).replace(" ", "")
    in_won = "₩" in said or (said.endswith("원") and not said.endswith("천원"))
    plain = _normalise(said.removesuffix("천원"))
    if any(unit in plain for unit in _UNITS) and _mixed(plain) is not None:
        won = _mixed(plain) or 0
    else:
        won = read_integer(plain, field, ko="천원 단위 숫자", en="an amount in thousand won")
        won *= 1 if in_won else THOUSAND
    if won < 0:
        raise Invalid.field(field, "금액은 0 이상이어야 합니다.", "An amount cannot be negative.")
    if won > LIMIT:
        raise Invalid.field(field, "너무 큰 금액입니다. 단위(천원)를 확인해 주세요.", "Too large; check the unit.")
    return Money(won)


def _mixed(plain: str) -> int | None:
    """``4억5,350만`` -> 453_500_000; None if the text is not such a numeral in falling order."""
    total, pending, position, last = 0, 0, 0, JO * 10
    for match in _MIXED.finditer(plain):
        if match.start() != position:
            return None
        position = match.end()
        number = int(match[1].replace(",", ""))
        unit = _UNITS.get(match[2] or "", 1)
        if unit == 1_000:
            pending += number * unit
            continue
        if unit >= last:
            return None
        total, pending, last = total + (pending + number) * unit, 0, unit
    return total + pending if position == len(plain) and position else None


def thousands(won: int) -> str:
    """Won -> ``48,000`` (천원); odd won are shown exactly after a point."""
    whole, rest = divmod(abs(won), THOUSAND)
    sign = "△" if won < 0 else ""
    return f"{sign}{whole:,}" if rest == 0 else f"{sign}{whole:,}.{rest:03d}"


def millions(won: int) -> str:
    """Won -> whole 백만원, half up, as official tables print it; negative amounts carry △."""
    rounded = (abs(won) + MILLION // 2) // MILLION
    return f"△{rounded:,}" if won < 0 and rounded else f"{rounded:,}"


def reading(won: int) -> str:
    """Won -> ``4억 5,350만 원``, exact down to the won."""
    if won == 0:
        return "0원"
    rest, parts = abs(won), []
    for unit, name in ((JO, "조"), (EOK, "억"), (10_000, "만")):
        count, rest = divmod(rest, unit)
        if count:
            parts.append(f"{count:,}{name}")
    if rest:
        parts.append(f"{rest:,}")
    return ("△" if won < 0 else "") + " ".join(parts) + " 원"


def headline(won: int) -> str:
    """Won -> ``2조 5,639억원`` or ``453.5억원``, half up, for headlines."""
    sign, amount = ("△" if won < 0 else ""), abs(won)
    if amount >= JO:
        eok = (amount + EOK // 2) // EOK
        jo, rest = divmod(eok, 10_000)
        return f"{sign}{jo:,}조 {rest:,}억원" if rest else f"{sign}{jo:,}조원"
    tenths = (amount * 10 + EOK // 2) // EOK
    whole, tenth = divmod(tenths, 10)
    return f"{sign}{whole:,}.{tenth}억원" if tenth else f"{sign}{whole:,}억원"
