"""Which column of a file means what: a mapping as frozen values, kept as JSON, and what is missing in it."""

from collections.abc import Mapping as Dict
from dataclasses import asdict, dataclass, replace
from typing import Any

from backoffice.core.errors import Problem
from backoffice.core.i18n import Sentence
from backoffice.imports.cells import DOLLARS, WON
from workflows.indicators import Indicator, all_indicators

ROLES = {
    "": Sentence("쓰지 않음", "Not used"),
    "zone": Sentence("특구", "Zone"),
    "number": Sentence("사업자등록번호", "Business number"),
    "name": Sentence("기업·기관 이름", "Name of the organization"),
    "indicator": Sentence("지표", "Indicator"),
    "year": Sentence("연도", "Year"),
    "value": Sentence("값", "Value"),
    "denominator": Sentence("분모(바로 왼쪽 값의)", "Denominator (of the value to its left)"),
    "growth": Sentence("증가율(바로 왼쪽 값의)", "Growth (of the value to its left)"),
    "unit": Sentence("단위", "Unit"),
    "scope": Sentence("범위", "Scope"),
}
"""What a column can be. Every indicator that is not derived can be one, too: then its cells are values of it."""

MEASURE = "measure:"
UNITS = (*WON, *DOLLARS)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, and what its cells mean."""

    head: str
    role: str = ""
    """A key of ROLES, or ``measure:`` with the code of an indicator."""
    year: int = 0
    """The year of its values, where the head names one."""
    unit: str = ""

    @property
    def indicator(self) -> Indicator | None:
        return all_indicators().get(self.role.removeprefix(MEASURE)) if self.role.startswith(MEASURE) else None


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a whole sheet is read."""

    head_from: int
    """Number of the first row of the head, as a spreadsheet counts."""
    head_to: int
    columns: tuple[Column, ...]
    sheet: str = ""
    zone: str = ""
    """Code of the zone of rows that name none."""
    year: int = 0
    """The year of values that name none."""
    unit: str = ""
    """The unit of amounts of money whose column and cell name none."""

    def with_roles(self, *roles: str) -> tuple[int, ...]:
        """The places of the columns with one of these roles."""
        return tuple(place for place, column in enumerate(self.columns) if column.role in roles)

    @property
    def values(self) -> tuple[int, ...]:
        """The places of the columns whose cells are values."""
        return tuple(
            place
            for place, column in enumerate(self.columns)
            if column.role == "value" or column.role.startswith(MEASURE)
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def from_json(data: Dict[str, Any]) -> Mapping:
    return Mapping(**{**data, "columns": tuple(Column(**column) for column in data["columns"])})


def importable() -> list[Indicator]:
    """The indicators a file may bring: a derived one follows from others."""
    return [item for item in all_indicators().values() if item.source != "derived"]


def problems(mapping: Mapping) -> list[Problem]:
    """What keeps this mapping from being read, each with the way out."""
    found = []
    if not mapping.values:
        found.append(_problem("columns", "값이 있는 열이 없습니다. 값 열이나 지표 열을 하나 이상 골라 주세요.",
                              "No column holds values; choose a value column or an indicator for one."))  # fmt: skip
    if mapping.with_roles("value") and not mapping.with_roles("indicator"):
        found.append(_problem("columns", "값 열이 있으면 지표 열도 있어야 합니다. 지표 열을 골라 주세요.",
                              "A value column needs an indicator column; choose it."))  # fmt: skip
    if not mapping.with_roles("zone", "number") and not mapping.zone:
        found.append(_problem("zone", "특구 열도 사업자등록번호 열도 없습니다. 이 파일의 특구를 골라 주세요.",
                              "There is neither a zone nor a business number column; choose the file's zone."))  # fmt: skip
    dated = all(mapping.columns[place].year for place in mapping.values)
    if mapping.values and not dated and not mapping.with_roles("year") and not mapping.year:
        found.append(_problem("year", "연도 열이 없습니다. 이 파일의 연도를 적어 주세요.",
                              "There is no year column; write the year of this file."))  # fmt: skip
    for role in ("zone", "number", "name", "indicator", "year", "scope", "unit", "value"):
        places = mapping.with_roles(role)
        if len(places) > (1 if role != "value" else len({mapping.columns[place].year for place in places})):
            label = ROLES[role]
            found.append(_problem("columns", f"'{label.ko}' 열이 둘입니다. 하나만 골라 주세요.",
                                  f"Two columns are '{label.en}'; choose one."))  # fmt: skip
    return [*found, *_unit_problems(mapping)]


def _unit_problems(mapping: Mapping) -> list[Problem]:
    """A column of money must say its unit; a long table may say it row by row."""
    if mapping.unit:
        return []
    lacking = [
        column.head
        for column in mapping.columns
        if column.indicator is not None and column.indicator.unit == "won" and column.unit not in WON
    ]
    if not lacking:
        return []
    return [
        _problem(
            "unit",
            f"금액의 단위를 알 수 없습니다({', '.join(lacking[:3])}). 단위를 골라 주세요.",
            f"The unit of the amounts is not known ({', '.join(lacking[:3])}); choose it.",
        )
    ]


def _problem(field: str, ko: str, en: str) -> Problem:
    return Problem(field, Sentence(ko, en))


def same_heads(mapping: Mapping, known: Mapping) -> Mapping:
    """A known mapping carried over to a file with the same heads: what its own rows say about place and sheet stays."""
    return replace(known, head_from=mapping.head_from, head_to=mapping.head_to, sheet=mapping.sheet,
                   year=mapping.year or known.year)  # fmt: skip
