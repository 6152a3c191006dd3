"""How a definition writes a due date: an anchor plus a length, read into values that carry no calendar."""

import re
from dataclasses import dataclass
from enum import StrEnum

FORMS = "7d, 5bd (business days), 3m, call_closes+7d, field:period_end+60d, fact:agreement_end+2m, february_end"


class Unit(StrEnum):
    DAYS = "d"
    BUSINESS_DAYS = "bd"
    MONTHS = "m"


@dataclass(frozen=True, slots=True)
class Length:
    """A signed number of calendar days, Korean business days or months."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Due:
    """When something falls due: so long after an anchor.

    ``anchor`` is ``entry`` (the state was entered), ``call_closes``, ``february_end`` (the last day of February of
    the year after the anchor year: decree of the R&D Innovation Act, art. 37(1)), ``field:<form field>`` or
    ``fact:<name of a date the office knows>``.
    """

    anchor: str
    length: Length


_LENGTH = re.compile(r"^([+-]?\d{1,4})(bd|d|m)$")
_DUE = re.compile(
    r"^(?P<anchor>entry|call_closes|february_end|field:[a-z][a-z0-9_.]*|fact:[a-z][a-z0-9_]*)(?P<length>[+-].+)?$"
)
_NOTHING = Length(0, Unit.DAYS)


def parse_length(text: str) -> Length:
    """``"5bd"`` -> five business days. Raises ValueError that shows the accepted forms."""
    match = _LENGTH.match(text.strip())
    if match is None:
        raise ValueError(f"'{text}' is not a length of time; write for example 7d, 5bd, 3m or -30d")
    return Length(int(match[1]), Unit(match[2]))


def parse_due(text: str) -> Due:
    """``"field:period_end+60d"`` -> an anchor and a length. A bare length counts from the entry into the state."""
    text = text.strip()
    if _LENGTH.match(text):
        return Due("entry", parse_length(text))
    match = _DUE.match(text)
    if match is None:
        raise ValueError(f"'{text}' is not a due date; write one of {FORMS}")
    return Due(match["anchor"], parse_length(match["length"]) if match["length"] else _NOTHING)
