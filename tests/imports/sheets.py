"""Tables as people send them, made for tests: workbooks with merged heads, hidden rows and formulas; CSV in any encoding."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from flask import Flask

from backoffice.access.actors import Actor
from backoffice.core.db import db, transaction
from backoffice.imports import booking, checking, intake, services
from backoffice.imports import mapping as mappings
from backoffice.outcomes.models import Import
from backoffice.outcomes.services import NewMeasure, record
from tests.browse import Page, Person

HEAD = ("연번", "특구명", "기업명", "사업자등록번호", "매출액", "고용")


def workbook(
    rows: Iterable[Sequence[Any]],
    *,
    merge: Sequence[tuple[str, str]] = (),
    hidden: Sequence[int] = (),
    formulas: Sequence[tuple[str, str, Any]] = (),
    name: str = "성과",
) -> bytes:
    """A sheet: rows of cells, ranges to merge with their text, numbers of hidden rows, formulas with their saved value."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet(name)
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    for cells, text in merge:
        sheet.merge_range(cells, text)
    for number in hidden:
        sheet.set_row(number - 1, None, None, {"hidden": True})
    for cell, formula, value in formulas:
        sheet.write_formula(cell, formula, None, value)
    book.close()
    return target.getvalue()


def text(rows: Iterable[Sequence[Any]], encoding: str = "utf-8-sig") -> bytes:
    return "\r\n".join(",".join(f'"{cell}"' if "," in str(cell) else str(cell) for cell in row) for row in rows).encode(
        encoding
    )


def zone_table(*firms: Sequence[Any], unit: str = "백만원", year: int = 2025) -> list[list[Any]]:
    """The table zones really send: a title, a line with the unit, the head, the firms."""
    return [
        [f"{year}년 강소특구 성과 현황"],
        ["", "", "", "", "", f"(단위: {unit}, 명)"],
        list(HEAD),
        *map(list, firms),
    ]


def value(zone_id: int, organization_id: int | None, indicator: str, year: int, amount: int, **more: Any) -> int:
    """A measure that stands already: its id."""
    attribution = "direct" if organization_id else "zone"
    with transaction():
        new = NewMeasure(
            zone_id, indicator, year, amount, organization_id=organization_id, attribution=attribution, **more
        )  # type: ignore[arg-type]  # whole numbers are decimals, too
        return record(new, None).id


def upload(person: Person, name: str, content: bytes, **more: str) -> Page:
    return person.submit(person.get("/staff/imports"), "", file=(name, content), **more)


def checked(person: Person, name: str, content: bytes, **columns: str) -> Page:
    """Upload and check with the proposed columns, or those named."""
    page = upload(person, name, content)
    assert page.status == 200, page.text[:600]
    return person.submit(page, "/mapping", button=("go", "check"), **columns)


def check(app: Flask, actor: Actor, name: str, content: bytes, *, subject: str = "measures") -> int:
    """Taken in and checked without pages: the id of the import."""
    files = app.extensions["files"]
    taken = intake.take(name, io.BytesIO(content))
    with transaction():
        row = services.create(taken, actor, subject=subject, source="", files=files)
        services.set_mapping(row, mappings.from_json(row.mapping))
        import_id = row.id
    checking.run(import_id, actor, files=files, writing=transaction)
    return import_id


def book(app: Flask, actor: Actor, name: str, content: bytes, *, answer: str = "확인한 값입니다") -> int:
    """The same, with every finding answered and booked."""
    import_id = check(app, actor, name, content)
    with transaction():
        row = db.session.get_one(Import, import_id)
        for code in row.counts["checks"]:
            services.answer_check(row, code, answer)
        booking.book(row, actor)
    return import_id
