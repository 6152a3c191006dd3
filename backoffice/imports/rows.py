"""Rows of a mapped sheet -> the values they hold: totals are recognized and checked, notes and repeated heads are passed over."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from backoffice.core.i18n import Sentence
from backoffice.imports import cells
from backoffice.imports.cells import CellRefused, Read, squeezed, text_of
from backoffice.imports.heads import indicator_of, role_of
from backoffice.imports.mapping import Column, Mapping
from backoffice.imports.reading import Cell, Row
from backoffice.outcomes.entry_checks import Finding, Stated, total_differs
from workflows.indicators import Indicator, all_indicators

TOTALS = frozenset({"계", "합계", "소계", "총계", "총합계", "누계", "전체합계", "total", "subtotal", "sum"})
_ENDS = ("소계", "합계", "총계", "총합")


@dataclass(slots=True)
class Found:
    """One value of one row, as far as the file alone tells. ``refusals`` keep it from being taken."""

    row: int
    head: str
    cell: str
    zone: str = ""
    """As the file names it: a code, a name, or nothing."""
    number: str = ""
    name: str = ""
    indicator: str = ""
    year: int = 0
    scope: str = ""
    value: Decimal | None = None
    denominator: Decimal | None = None
    before: Decimal | None = None
    """The same row's value of the year before."""
    stated: Stated | None = None
    half_panel: bool = False
    is_total: bool = False
    findings: list[Finding] = field(default_factory=list)
    refusals: list[CellRefused] = field(default_factory=list)


@dataclass(slots=True)
class Sums:
    """The running sums of one column since the last row of subtotals, and since the last of totals."""

    part: Decimal = Decimal(0)
    whole: Decimal = Decimal(0)
    about: set[tuple[str, int]] = field(default_factory=set)
    """What was added: sums over different indicators or years mean nothing."""

    def add(self, value: Decimal, indicator: str, year: int) -> None:
        self.part += value
        self.whole += value
        self.about.add((indicator, year))

    def close(self, *, whole: bool) -> None:
        self.part = Decimal(0)
        if whole:
            self.whole, self.about = Decimal(0), set()


def values(rows: Iterable[Row], mapping: Mapping) -> Iterator[Found]:
    """Every value of the rows below the head, in their order."""
    sums = {place: Sums() for place in mapping.values}
    for row in rows:
        if row.number <= mapping.head_to or _is_head_again(row, mapping):
            continue
        found = list(_row(row, mapping))
        if _is_total(row, mapping):
            yield from _totals(row, found, mapping, sums)
            continue
        for place, one in found:
            if one.value is not None:
                sums[place].add(one.value, one.indicator, one.year)
            yield one


def _is_head_again(row: Row, mapping: Mapping) -> bool:
    """A head that is printed again on the next page."""
    said = [text_of(cell) for cell in row.cells if cell != ""]
    heads = " / ".join(column.head for column in mapping.columns)
    return len(said) >= 2 and all(isinstance(cell, str) for cell in row.cells) and sum(map(bool, map(role_of, said))) >= 2 and all(
        text in heads for text in said
    )  # fmt: skip


def _is_total(row: Row, mapping: Mapping) -> bool:
    marks = set(range(len(row.cells))) - set(mapping.values)
    said = [squeezed(row.cells[place]).strip("()<>[]") for place in marks if isinstance(row.cells[place], str)]
    return any(text in TOTALS or text.endswith(_ENDS) for text in said)


def _totals(row: Row, found: list[tuple[int, Found]], mapping: Mapping, sums: dict[int, Sums]) -> Iterator[Found]:
    """A row of sums, compared with what it sums up. It closes what it counted."""
    partial = any("소계" in squeezed(cell) or squeezed(cell) == "subtotal" for cell in row.cells)
    whole = False
    for place, one in found:
        one.is_total, one.refusals = True, []
        one.findings = [item for item in one.findings if item.code == "hidden"]
        tally = sums[place]
        if one.value is None or len({code for code, _ in tally.about} | {one.indicator} - {""}) > 1 or not tally.about:
            continue
        if one.value == tally.whole and not partial:
            whole = True
        elif one.value != tally.part:
            differs = total_differs(
                all_indicators()[one.indicator], one.value, [tally.part if partial else tally.whole]
            )
            one.findings += [differs] if differs else []
            whole = not partial
        yield one
    for place in mapping.values:
        sums[place].close(whole=whole)


@dataclass(slots=True)
class _Facts:
    """What a row says about all of its values."""

    zone: str
    number: str
    name: str
    scope: str
    year: int
    indicator: str
    unit: str
    findings: list[Finding]
    refusals: list[CellRefused]


def _cell(row: Row, place: int) -> Cell:
    return row.cells[place] if place < len(row.cells) else ""


def _said(row: Row, mapping: Mapping, role: str) -> Cell:
    places = mapping.with_roles(role)
    return _cell(row, places[0]) if places else ""


def _facts(row: Row, mapping: Mapping) -> _Facts:
    refusals: list[CellRefused] = []
    number, year = "", mapping.year
    try:
        number = cells.read_number_of_business(_said(row, mapping, "number"))
    except CellRefused as refused:
        refusals.append(refused)
    try:
        year = cells.read_year(_said(row, mapping, "year")) or mapping.year
    except CellRefused as refused:
        refusals.append(refused)
    named, indicator = text_of(_said(row, mapping, "indicator")), ""
    if mapping.with_roles("indicator"):
        indicator = indicator_of(named)
        if not indicator:
            refusals.append(_unknown_indicator(named))
    hidden = Sentence("엑셀에서 숨긴 행입니다.", "The row is hidden in the spreadsheet.")
    return _Facts(
        zone=text_of(_said(row, mapping, "zone")) or mapping.zone,
        number=number,
        name=text_of(_said(row, mapping, "name"))[:80],
        scope=text_of(_said(row, mapping, "scope"))[:80],
        year=year,
        indicator=indicator,
        unit=cells.unit_in(text_of(_said(row, mapping, "unit"))) if mapping.with_roles("unit") else "",
        findings=[Finding("hidden", hidden)] if row.hidden else [],
        refusals=refusals,
    )


def _unknown_indicator(named: str) -> CellRefused:
    if named in all_indicators():
        return CellRefused(
            "derived",
            f"{all_indicators()[named].label.ko}은(는) 다른 지표에서 계산됩니다. 이 행을 지워 주세요.",
            f"{all_indicators()[named].label.en} follows from other indicators; delete this row.",
        )
    return CellRefused(
        "unknown_indicator",
        f"모르는 지표입니다: '{named[:30]}'. 지표 이름이나 코드를 확인해 주세요.",
        f"'{named[:30]}' is no known indicator; check its name or code.",
    )


def _row(row: Row, mapping: Mapping) -> Iterator[tuple[int, Found]]:
    """(place, value) of every cell of the row that holds a value or should."""
    facts = _facts(row, mapping)
    found = [(place, one) for place in mapping.values if (one := _value(row, place, mapping, facts)) is not None]
    for place, one in found:
        others = [other for _, other in found if other is not one and other.indicator == one.indicator]
        one.before = next((other.value for other in others if other.year == one.year - 1), None)
        role = mapping.columns[place].role
        years = {column.year for column in mapping.columns if column.role == role and column.year}
        one.half_panel = one.value is not None and len(years) > 1 and not others
    yield from found


def _value(row: Row, place: int, mapping: Mapping, facts: _Facts) -> Found | None:
    """The value in one cell; None for a blank one."""
    column, cell = mapping.columns[place], _cell(row, place)
    indicator = column.indicator or all_indicators().get(facts.indicator)
    one = Found(
        row=row.number,
        head=column.head,
        cell=text_of(cell)[:120],
        zone=facts.zone,
        number=facts.number,
        name=facts.name,
        indicator=indicator.code if indicator else "",
        year=column.year or facts.year,
        scope=facts.scope,
        findings=list(facts.findings),
        refusals=list(facts.refusals),
    )
    if indicator is None:
        return one if squeezed(cell) not in cells.NOTHING | cells.NOT_APPLICABLE else None
    try:
        read = cells.read_value(cell, indicator, _unit(column, mapping, facts, indicator))
        if read.value is None:
            return None
        _take(one, read)
        _beside(one, row, place, mapping)
    except CellRefused as refused:
        one.refusals.append(refused)
    return one


def _unit(column: Column, mapping: Mapping, facts: _Facts, indicator: Indicator) -> str:
    """The unit that is stated nearest to the value; a long table without any speaks in the indicator's own."""
    own = indicator.unit_label.ko if column.role == "value" else ""
    mine = (column.unit, facts.unit, mapping.unit, own)
    return next((unit for unit in mine if unit and (indicator.unit != "won" or unit in cells.WON)), "")


def _take(one: Found, read: Read) -> None:
    one.value = read.value
    if read.approximate:
        said = Sentence(f"어림한 값입니다('{one.cell[:20]}').", f"The value is approximate ('{one.cell[:20]}').")
        one.findings.append(Finding("approximate", said))


def _beside(one: Found, row: Row, place: int, mapping: Mapping) -> None:
    """Denominator and stated growth from the columns right of a value, up to the next value. Raises CellRefused."""
    ends = next((other for other in mapping.values if other > place), len(mapping.columns))
    indicator = all_indicators()[one.indicator]
    for beside in range(place + 1, ends):
        role, cell = mapping.columns[beside].role, _cell(row, beside)
        if role == "growth":
            one.stated = cells.read_stated(cell)
        elif role == "denominator" and squeezed(cell) not in cells.NOTHING:
            one.denominator = cells.read_value(cell, indicator, _unit_beside(mapping, beside, indicator)).value


def _unit_beside(mapping: Mapping, place: int, indicator: Indicator) -> str:
    return mapping.columns[place].unit or mapping.unit or indicator.unit_label.ko
