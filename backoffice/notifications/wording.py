"""How a letter writes times, days and amounts, in the reader's language."""

from datetime import date, datetime

from backoffice.core import clock, money
from backoffice.core.i18n import Sentence, language
from workflows.values import Label

_WEEKDAYS = {"ko": "월화수목금토일", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


def moment(value: datetime) -> str:
    """``2026. 11. 21.(토) 18:00`` as official letters write it, or ``2026-11-21 (Sat) 18:00 KST``; always Seoul."""
    local = clock.in_seoul(value)
    weekday = _WEEKDAYS[language()][local.weekday()]
    if language() == "en":
        return f"{local:%Y-%m-%d} ({weekday}) {local:%H:%M} KST"
    return f"{day(local.date())}({weekday}) {local:%H:%M}"


def day(value: date) -> str:
    """``2026. 11. 21.`` or ``2026-11-21``."""
    return value.isoformat() if language() == "en" else f"{value.year}. {value.month}. {value.day}."


def said(label: Label | Sentence) -> str:
    return label.text(language())


def won(amount: int) -> str:
    """``금 50,000,000원(5,000만 원)`` as official letters write an amount, or ``KRW 50,000,000``."""
    if language() == "en":
        return f"KRW {amount:,}"
    return f"금 {amount:,}원({money.reading(amount)})" if abs(amount) >= 10_000 else f"금 {amount:,}원"
