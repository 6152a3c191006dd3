"""A table of a board: what is printed, what goes into the file, and where a number leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from backoffice.core.i18n import Sentence
from backoffice.reports import display
from backoffice.reports.cells import MISSING, NOT_APPLICABLE, OK, SUPPRESSED
from workflows.indicators import Indicator

ABSENT = {
    MISSING: Sentence("-", "-"),
    NOT_APPLICABLE: Sentence("해당없음", "not applicable"),
    SUPPRESSED: Sentence("비공개", "withheld"),
}
"""Nobody reported it; it cannot exist here; it may not be shown. None of them is the number 0."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a table."""

    text: str
    raw: Any
    """For files: numbers in the base unit (won)."""
    link: str = ""
    shade: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its chart; the first ``words`` columns are texts, the others numbers."""

    code: str
    title: Sentence
    note: Sentence
    head: tuple[Sentence, ...]
    rows: tuple[tuple[Field, ...], ...]
    words: int = 1
    charts: tuple[tuple[str, Markup], ...] = ()
    """Each drawing with its caption, which may be empty."""
    file_head: tuple[Sentence, ...] = ()
    """The head of the file, where it names other units than the page; empty where it is the same."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A headline: its value and unit, the change, how far the target was reached, and what it is made of."""

    label: str
    value: tuple[str, str]
    change: str
    achieved: str
    sentence: str
    link: str


def word(text: object) -> Field:
    return Field(str(text), str(text))


def count(number: int, link: str = "") -> Field:
    return Field(f"{number:,}", number, link)


def won(amount: int) -> Field:
    """Money in 백만원 on the page, in won in the file."""
    return Field(display.millions(amount), amount)


def value(cell: Mapping[str, Any], unit: str, link: str = "") -> Field:
    """A figure without its unit, or in a word why there is none."""
    if cell["state"] != OK:
        return absent(cell)
    return Field(display.shown(cell, unit), Decimal(cell["value"]), link)


def percent(cell: Mapping[str, Any]) -> Field:
    return absent(cell) if cell["state"] != OK else Field(display.percent(cell), Decimal(cell["value"]))


def change(cell: Mapping[str, Any]) -> Field:
    return absent(cell) if cell["state"] != OK else Field(display.arrow(cell), Decimal(cell["value"]))


def absent(cell: Mapping[str, Any]) -> Field:
    said = str(ABSENT[cell["state"]])
    return Field(said, said)


def unit_of(entry: Mapping[str, Any]) -> Field:
    """The unit of a row: as the page prints its numbers, and as the file holds them."""
    return Field(display.unit_name(entry["unit"], entry["unit_label"]), entry["unit_label"])


def name_of(indicator: Indicator) -> str:
    return str(Sentence(indicator.label.ko, indicator.label.en))
