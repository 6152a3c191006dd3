"""What the pages of imports say and take: names of steps, verdicts and checks, and the typed mapping."""

from collections.abc import Mapping as Dict
from dataclasses import replace

from backoffice.core.errors import Problem
from backoffice.core.i18n import Sentence
from backoffice.imports.cells import CellRefused, read_year
from backoffice.imports.mapping import MEASURE, ROLES, UNITS, Column, Mapping, importable

STATUSES = {
    "uploaded": (Sentence("열 확인 전", "Columns to confirm"), "gray"),
    "checking": (Sentence("검사 중", "Being checked"), "info"),
    "checked": (Sentence("검사 마침", "Checked"), "warning"),
    "booking": (Sentence("가져오는 중", "Being imported"), "info"),
    "booked": (Sentence("가져옴", "Imported"), "success"),
    "undone": (Sentence("되돌림", "Undone"), "gray"),
    "failed": (Sentence("읽지 못함", "Could not be read"), "danger"),
}

VERDICTS = {
    "warning": (Sentence("확인 필요", "To be answered"), "warning"),
    "error": (Sentence("오류", "Error"), "danger"),
    "ok": (Sentence("정상", "Good"), "success"),
    "same": (Sentence("변동 없음", "Unchanged"), "gray"),
    "total": (Sentence("합계 행", "Row of sums"), "gray"),
}

CHECKS = {
    "jump": Sentence("전년의 10배를 넘음", "More than ten times the year before"),
    "unit_slip": Sentence("단위가 1,000배 어긋난 듯함", "Perhaps the unit is off by a thousand"),
    "total": Sentence("합계와 항목의 합이 다름", "Totals that differ from their parts"),
    "growth": Sentence("적힌 증가율과 계산이 다름", "Stated growth that differs from the derived"),
    "panel": Sentence("두 해 가운데 한 해만 있음", "Only one of two years"),
    "negative": Sentence("음수", "Negative values"),
    "part": Sentence("부분이 전체보다 큼", "A part larger than its whole"),
    "year": Sentence("연도 범위 밖", "Year out of range"),
    "approximate": Sentence("어림한 값", "Approximate values"),
    "hidden": Sentence("숨긴 행", "Hidden rows"),
    "no_parts": Sentence("분모 없음", "No denominator"),
    "new_organization": Sentence("등록되지 않은 기업", "Organizations not registered yet"),
    "name_differs": Sentence("등록된 이름과 다름", "Name differs from the register"),
    "changed": Sentence("이미 있는 값을 바꿈", "Changes a value that stands"),
    "locked": Sentence("확정·보고된 값의 정정", "Restates what was confirmed or reported"),
}
"""What each check that has to be answered is called."""

MAX_ROW = 10_000_000


def typed_mapping(form: Dict[str, str], known: Mapping) -> tuple[Mapping, list[Problem]]:
    """What somebody typed about the columns, and what of it cannot be read."""
    problems: list[Problem] = []
    typed = replace(
        known,
        head_from=_row(form, "head_from", known.head_from),
        head_to=_row(form, "head_to", known.head_to),
        zone=form.get("zone", known.zone)[:32],
        year=_year(form.get("year", ""), "year", problems),
        unit=form.get("unit", "") if form.get("unit", "") in UNITS else "",
        columns=tuple(_column(form, place, column, problems) for place, column in enumerate(known.columns)),
    )
    if typed.head_to < typed.head_from:
        typed = replace(typed, head_to=typed.head_from)
    return typed, problems


def _column(form: Dict[str, str], place: int, column: Column, problems: list[Problem]) -> Column:
    role, unit = form.get(f"column-{place}-role", column.role), form.get(f"column-{place}-unit", column.unit)
    known = {*ROLES, *(MEASURE + item.code for item in importable())}
    name = f"column-{place}-year"
    return replace(
        column,
        role=role if role in known else "",
        unit=unit if unit in UNITS else "",
        year=_year(form.get(name, str(column.year or "")), name, problems),
    )


def _year(text: str, field: str, problems: list[Problem]) -> int:
    try:
        return read_year(text[:20]) or 0
    except CellRefused as refused:
        problems.append(Problem(field, refused.sentence))
        return 0


def _row(form: Dict[str, str], name: str, known: int) -> int:
    text = form.get(name, "").strip()
    return min(int(text), MAX_ROW) if text.isascii() and text.isdigit() and len(text) < 9 else known
