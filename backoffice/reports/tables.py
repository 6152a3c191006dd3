"""Tables as plain text with their numbers: what leaves the house as a sheet or a text document."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as it is read, and its number in the unit of the table where it has one."""

    text: str
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table that can stand alone: title, unit, base date, heads and rows of the same width."""

    title: str
    unit: str
    base: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Shown, ...], ...]
    numeric: frozenset[int] = frozenset()
    """The columns that are set to the right."""


def texts(*words: str) -> tuple[Shown, ...]:
    return tuple(Shown(word) for word in words)
