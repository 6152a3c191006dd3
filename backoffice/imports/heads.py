"""Finding the head of a table among titles and merged cells, and proposing what each column means."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from backoffice.imports.cells import NOTHING, squeezed, text_of, unit_in
from backoffice.imports.mapping import MEASURE, Column, Mapping, importable
from backoffice.imports.reading import Cell, Row

DEEPEST = 4
"""How many rows a head can have."""
LOOKED_AT = 40

_NAMES = {
    "zone": ("특구", "특구명", "강소특구", "강소특구명", "특구코드", "zone", "zonecode"),
    "number": ("사업자등록번호", "사업자번호", "사업자no", "organization", "businessnumber", "organizationbusinessnumber"),
    "name": ("기업명", "회사명", "업체명", "기관명", "상호", "상호명", "법인명", "기업", "업체", "기관", "name", "company", "기업·기관"),
    "indicator": ("지표", "지표명", "지표코드", "성과지표", "성과지표명", "indicator"),
    "year": ("연도", "년도", "기준연도", "기준년도", "실적연도", "회계연도", "사업연도", "year"),
    "value": ("값", "실적", "실적값", "수치", "금액", "실적치", "목표", "목표값", "목표치", "value", "target"),
    "denominator": ("분모", "모수", "전체", "denominator"),
    "growth": ("증가율", "증감률", "증감율", "성장률", "신장률", "전년대비증가율", "전년대비", "growth", "statedgrowth"),
    "unit": ("단위", "unit"),
    "scope": ("범위", "scope"),
}  # fmt: skip
_GROWTH = re.compile(r"(증가율|증감[률율]|성장률|신장률|전년대비|growth)")
_YEAR = re.compile(r"(?<!\d)((?:19|20|21)\d{2})(?!\d)")
_NUMBER = re.compile(r"^[△▲\-(]?[\d,]+(\.\d+)?\)?(조|억|만|천|백만|원|명|건|개|사|%)*$")


@cache
def _words() -> dict[str, str]:
    """A squeezed head -> the role it names."""
    known: dict[str, str] = {}
    for item in importable():
        for word in (*item.aliases, item.label.ko, item.label.en, item.code):
            known.setdefault(bare(word), MEASURE + item.code)
            known.setdefault(squeezed(word), MEASURE + item.code)
    return known | {word: role for role, words in _NAMES.items() for word in words}


def bare(text: str) -> str:
    """A head without units, years, brackets and blanks: ``매출액\\n(백만원)`` -> ``매출액``."""
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = re.sub(r"[(\[][^()\[\]]*[)\]]", "", plain)
    plain = re.sub(r"((?:19|20|21)\d{2})년?(도)?(말)?", "", plain)
    return re.sub(r"[\s_.:*※]", "", plain)


def role_of(head: str) -> str:
    """The role a head names; empty when it names none. A growth of an indicator is a growth."""
    words = _words()
    if _GROWTH.search(bare(head)):
        return "growth"
    for name in (squeezed(head), bare(head), re.sub(r"(실적|현황|액\)?)$", "", bare(head))):
        if name in words:
            return words[name]
    for piece in reversed(head.split(" / ")):
        if bare(piece) in words:
            return words[bare(piece)]
    return ""


def indicator_of(text: str) -> str:
    """The code of the indicator a cell names; empty when it names none."""
    found = _words().get(squeezed(text)) or _words().get(bare(text), "")
    return found.removeprefix(MEASURE) if found.startswith(MEASURE) else ""


def propose(rows: Sequence[Row], sheet: str = "") -> Mapping:
    """The mapping the first rows of a file suggest. Columns it does not recognize stay unused."""
    first = _first_data(rows)
    head = _head_rows(rows, first)
    top = rows[head[0]].number if head else 0
    heads = _composed([rows[place].cells for place in head])
    title = " ".join(text_of(cell) for row in rows[: head[0] if head else 0] for cell in row.cells if cell != "")
    columns = with_dated_values(tuple(_column(name) for name in heads))
    named_year = _YEAR.search(title)
    return Mapping(
        head_from=top,
        head_to=rows[head[-1]].number if head else 0,
        columns=columns,
        sheet=sheet,
        year=int(named_year[1]) if named_year else 0,
        unit=unit_in(title),
    )


def composed(rows: Sequence[Row], head_from: int, head_to: int) -> tuple[str, ...]:
    """The heads of a file whose head rows somebody named."""
    return _composed([row.cells for row in rows if head_from <= row.number <= head_to])


def column_of(head: str) -> Column:
    """What a head suggests about its column."""
    return _column(head)


def with_dated_values(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Where a column names the indicator, a head that is only a year (``2025년``) stands over values of that year."""
    if not any(column.role == "indicator" for column in columns):
        return tuple(columns)
    return tuple(
        replace(column, role="value") if column.year and not column.role and not bare(column.head) else column
        for column in columns
    )


def signature(columns: Sequence[Column]) -> str:
    """A fingerprint of heads without their years, so that next year's file is recognized."""
    said = "\n".join(re.sub(r"\s|(?:19|20|21)\d{2}", "", column.head) for column in columns)
    return hashlib.sha256(said.encode()).hexdigest()


def _column(head: str) -> Column:
    year = _YEAR.search(head)
    return Column(head[:80], role_of(head), int(year[1]) if year else 0, unit_in(head))


def _first_data(rows: Sequence[Row]) -> int:
    """The place of the first row that holds figures: numbers that are no years, beside something else."""
    for place, row in enumerate(rows[:LOOKED_AT]):
        filled = [cell for cell in row.cells if cell != ""]
        figures = [cell for cell in filled if _is_figure(cell)]
        if len(filled) >= 2 and figures and not (place and _names_roles(row) >= 2):
            return place
    best = max(range(min(len(rows), LOOKED_AT)), key=lambda place: _names_roles(rows[place]), default=0)
    return min(best + 1, len(rows))


def _is_figure(cell: Cell) -> bool:
    if isinstance(cell, dict):
        return True
    text = squeezed(cell)
    return bool(_NUMBER.match(text)) and not re.fullmatch(r"(19|20|21)\d{2}년?", text)


def _names_roles(row: Row) -> int:
    return sum(1 for cell in row.cells if isinstance(cell, str) and cell and role_of(cell))


def _head_rows(rows: Sequence[Row], first: int) -> list[int]:
    """The places of the head's rows right above the data: a title that fills one merged cell is none of them."""
    found: list[int] = []
    for place in range(first - 1, max(first - 1 - DEEPEST, -1), -1):
        said = {squeezed(cell) for cell in rows[place].cells if cell != ""}
        if len(said) < 2:
            if found or len(rows[place].cells) > 1:
                break
            continue
        found.insert(0, place)
        if found and _names_roles(rows[place]) >= 2 and not _is_group(rows, place):
            break
    return found


def _is_group(rows: Sequence[Row], place: int) -> bool:
    """Whether the row above holds group heads: several cells, some of them filled by merging, none a long title."""
    if place == 0:
        return False
    above = [squeezed(cell) for cell in rows[place - 1].cells if cell != ""]
    return len(set(above)) >= 2 and not any(_is_figure(cell) for cell in above)


def _composed(rows: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    """Each column's head out of all head rows: a group's name stands over every column that lacks one of its own."""
    width = max((len(row) for row in rows), default=0)
    pieces: list[list[str]] = [[] for _ in range(width)]
    for depth, row in enumerate(rows):
        group = ""
        for place in range(width):
            text = text_of(row[place]) if place < len(row) else ""
            below = any(text_of(lower[place]) for lower in rows[depth + 1 :] if place < len(lower))
            if text:
                group = text
            elif depth < len(rows) - 1 and below and group and not _starts_anew(rows, depth, place):
                text = group
            if text and text not in pieces[place]:
                pieces[place].append(text)
    return tuple(" / ".join(piece) for piece in pieces)


def _starts_anew(rows: Sequence[Sequence[Cell]], depth: int, place: int) -> bool:
    """Whether a column without a group of its own names a role by itself, such as a business number."""
    own = next((text_of(row[place]) for row in rows[depth + 1 :] if place < len(row) and row[place] != ""), "")
    return own not in NOTHING and role_of(own) in {"zone", "number", "name", "year", "indicator"}
