"""Numbers as Korean figures write them: read exactly, printed with separators and without trailing zeros."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

_PLAIN = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d{1,15})(\.\d{1,6})?")
_STEP = re.compile(r"(\d[\d,]*(?:\.\d+)?)?(조|억|만|천|백|십)|(\d[\d,]*(?:\.\d+)?)")
_LARGE = {"조": 10**12, "억": 10**8, "만": 10**4}
_SMALL = {"천": 1000, "백": 100, "십": 10}
LIMIT = Decimal(10) ** 15
"""No figure of a zone or a nation comes near it; what does is a slip."""


class NotANumber(ValueError):
    """A text that is no number anybody would publish."""


def normal(text: str) -> str:
    """Full-width digits and the Korean minus become what a number is made of."""
    return re.sub(r"^[△▲−–]", "-", unicodedata.normalize("NFKC", text).strip())


def read_number(text: str) -> Decimal:
    """``1,822`` · ``4.4`` · ``△20`` · ``14만6천336`` -> a decimal. Raises NotANumber for words, exponents and NaN."""
    plain = normal(text)
    if _PLAIN.fullmatch(plain):
        number = Decimal(plain.replace(",", ""))
    elif re.search(r"[만천]", plain) and not re.search(r"[조억]", plain):
        number = _mixed(plain)
    else:
        raise NotANumber(text)
    if abs(number) >= LIMIT:
        raise NotANumber(text)
    return number


def read_amount(text: str) -> Decimal:
    """``2조5,639억`` -> 2563900000000: a mixed numeral with its units, as headlines print money. Raises NotANumber."""
    plain = normal(text).replace(" ", "").removesuffix("원")
    return _mixed(plain) if re.search(r"[조억만천]", plain) else read_number(plain)


def _mixed(plain: str) -> Decimal:
    """``14만6천336`` step by step: small units build up a group, a large one closes it; units must fall."""
    total = group = Decimal(0)
    place, large, small = 0, LIMIT * 10, 10_000
    for step in _STEP.finditer(plain):
        if step.start() != place:
            raise NotANumber(plain)
        place = step.end()
        number = Decimal((step[1] or step[3] or "1").replace(",", ""))
        unit = step[2]
        if unit in _SMALL:
            if _SMALL[unit] >= small:
                raise NotANumber(plain)
            small = _SMALL[unit]
            group += number * small
        elif unit is None:
            if small == 1:
                raise NotANumber(plain)
            small = 1
            group += number
        else:
            if _LARGE[unit] >= large or (step[1] is None and not group):
                raise NotANumber(plain)
            large, small = Decimal(_LARGE[unit]), 10_000
            group = group + number if step[1] is not None else group
            total, group = total + group * large, Decimal(0)
    if place != len(plain) or not plain:
        raise NotANumber(plain)
    return total + group


def places(text: str) -> int:
    """How many decimals a number is stated with: ``71.6`` has one, ``20`` none."""
    return len(normal(text).partition(".")[2])


def half_up(value: Decimal, digits: int = 0) -> Decimal:
    """Rounded the way Korean statistics round: a half goes away from zero."""
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """``1822`` -> ``1,822``, ``4.20`` -> ``4.2``, ``-0`` -> ``0``."""
    return "0" if value == 0 else f"{value.normalize():,f}"
