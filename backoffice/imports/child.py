"""The child behind ``reading``: an order and a file on standard input, rows as JSON lines on standard output, then it ends."""

import csv
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import IO, Any

import python_calamine as calamine

from backoffice.core import confinement
from backoffice.core.identifiers import find_resident_number

TOO_LARGE, BROKEN, LOCKED, NO_TEXT, RESIDENT, NO_SHEET, EMPTY = 4, 5, 6, 7, 8, 9, 10
"""Exit codes."""

BROKEN_CELL = "error"
"""``{"error": "#DIV/0!"}`` stands for a cell whose value a spreadsheet could not work out."""

_ROW = re.compile(rb'<row [^>]*?\br="(\d+)"[^>]*?\bhidden="(?:1|true)"')
_ERROR = re.compile(rb'<c r="([A-Z]{1,3})(\d+)"[^>]*\bt="e"[^>]*>.{0,4000}?<v>([^<]{1,20})</v>', re.DOTALL)
_UNCOUNTED = re.compile(rb'<c r="([A-Z]{1,3})(\d+)"[^>]*><f(?:[^>]*/>|[^>]*>[^<]{0,8192}</f>)(?:<v></v>|<v/>)?</c>')
_SHEET = re.compile(rb"<sheet [^>]*?>")
_NAME, _LINK = re.compile(rb'\bname="([^"]*)"'), re.compile(rb'\br:id="([^"]*)"')
_TARGET = re.compile(rb"<Relationship\b[^>]*?>")
STEP = 1024 * 1024
Cells = list[Any]


class Stop(Exception):
    """Ends the child with an exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Notes:
    """What the values alone do not tell: hidden rows, and cells whose formula failed or was never worked out."""

    def __init__(self) -> None:
        self.hidden: set[int] = set()
        self.broken: dict[int, dict[int, str]] = {}

    def take(self, xml: bytes) -> None:
        self.hidden.update(int(row[1]) for row in _ROW.finditer(xml))
        if b't="e"' in xml:
            for cell in _ERROR.finditer(xml):
                self._mark(cell[1], cell[2], cell[3].decode(errors="replace"))
        if b"<f" in xml:
            for cell in _UNCOUNTED.finditer(xml):
                self._mark(cell[1], cell[2], "formula")

    def _mark(self, letters: bytes, row: bytes, said: str) -> None:
        self.broken.setdefault(int(row), {})[_column(letters)] = said


def _column(letters: bytes) -> int:
    """``b"A"`` -> 0, ``b"AB"`` -> 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def notes_of(content: bytes, name: str) -> Notes:
    """A first reading of the sheet's XML, a megabyte at a time, cut at the ends of rows."""
    notes = Notes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        path = _path_of(archive, name)
        if path is None:
            return notes
        with archive.open(path) as sheet:
            rest = b""
            while piece := sheet.read(STEP):
                whole, end, rest = (rest + piece).rpartition(b"</row>")
                if not end and len(rest) > 32 * STEP:
                    raise Stop(TOO_LARGE)
                notes.take(whole + end)
            notes.take(rest)
    return notes


def _path_of(archive: zipfile.ZipFile, name: str) -> str | None:
    """The entry of a sheet by its name."""
    try:
        book, links = archive.read("xl/workbook.xml"), archive.read("xl/_rels/workbook.xml.rels")
    except KeyError:
        return None
    wanted = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;").encode()
    for sheet in _SHEET.finditer(book):
        known, link = _NAME.search(sheet[0]), _LINK.search(sheet[0])
        if known and link and known[1] == wanted:
            for relation in _TARGET.finditer(links):
                target = re.search(rb'\bTarget="([^"]*)"', relation[0])
                if target and b'Id="' + link[1] + b'"' in relation[0]:
                    path = target[1].decode().lstrip("/")
                    path = path if path.startswith("xl/") else f"xl/{path}"
                    return path if path in archive.namelist() else None
    return None


def workbook(content: bytes) -> tuple[calamine.CalamineWorkbook, list[str]]:
    """The workbook and its visible sheets. Raises Stop."""
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except calamine.PasswordError:
        raise Stop(LOCKED) from None
    except calamine.CalamineError:
        raise Stop(BROKEN) from None
    shown = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet and sheet.visible == calamine.SheetVisibleEnum.Visible
    ]
    if not shown:
        raise Stop(EMPTY)
    return book, shown


def workbook_rows(content: bytes, order: Mapping[str, Any]) -> Iterator[Any]:
    """The head line, then ``[row number, hidden, cells]`` of every row that holds anything."""
    book, shown = workbook(content)
    try:
        name, sheet = _chosen(book, shown, order)
    except calamine.CalamineError:
        raise Stop(BROKEN) from None
    if sheet.total_height > order["rows"] + 200 or sheet.total_width > order["columns"]:
        raise Stop(TOO_LARGE)
    notes = notes_of(content, name)
    yield {"sheets": shown, "sheet": name, "hidden": len(notes.hidden)}
    left = sheet.start[1] if sheet.start else 0
    spread = _spread(sheet.merged_cell_ranges or [])
    texts: dict[tuple[int, int], str] = {}
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells: Cells = [""] * left + [_plain(cell) for cell in row]
        for column, said in notes.broken.get(number, {}).items():
            if column < len(cells):
                cells[column] = {BROKEN_CELL: said}
        for column, corner in spread.get(number - 1, ()):
            if corner == (number - 1, column):
                texts[corner] = cells[column] if column < len(cells) and isinstance(cells[column], str) else ""
            elif column < len(cells) and cells[column] == "":
                cells[column] = texts.get(corner, "")
        yield [number, number in notes.hidden, cells]


def _chosen(
    book: calamine.CalamineWorkbook, shown: Sequence[str], order: Mapping[str, Any]
) -> tuple[str, calamine.CalamineSheet]:
    """The sheet that was asked for, else the visible one with the most rows."""
    if order["sheet"]:
        if order["sheet"] not in shown:
            raise Stop(NO_SHEET)
        return order["sheet"], book.get_sheet_by_name(order["sheet"])
    sheets = [(name, book.get_sheet_by_name(name)) for name in shown[:20]]
    return max(sheets, key=lambda pair: pair[1].height)


def _spread(merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> dict[int, list[tuple[int, tuple[int, int]]]]:
    """Row -> (column, corner) of every merged cell: its text belongs to all of it, its number only to the corner."""
    found: dict[int, list[tuple[int, tuple[int, int]]]] = {}
    room = 500_000
    for (top, left), (bottom, right) in merged:
        room -= (bottom - top + 1) * (right - left + 1)
        if room < 0:
            raise Stop(TOO_LARGE)
        for row in range(top, bottom + 1):
            found.setdefault(row, []).extend((column, (top, left)) for column in range(left, right + 1))
    return found


def _plain(cell: Any) -> Any:
    """A cell as JSON: numbers keep the fifteen digits a spreadsheet shows, dates become ISO text."""
    if isinstance(cell, bool | str):
        return cell.strip() if isinstance(cell, str) else cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 1e15 else float(f"{cell:.15g}")
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell) if isinstance(cell, time | timedelta | int) else ""


def text_rows(content: bytes, order: Mapping[str, Any]) -> Iterator[Any]:
    """The rows of a CSV text in UTF-8, UTF-16 with its mark, or CP949; commas, tabs or semicolons."""
    text = _decoded(content)
    first = text.lstrip("\r\n")[:4000]
    comma = max(",\t;", key=first.partition("\n")[0].count) if "\n" in first else ","
    if first.count(comma) == 0:
        comma = max(",\t;", key=first.count)
    yield {"sheets": [], "sheet": "", "hidden": 0}
    csv.field_size_limit(100_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma)
    try:
        for cells in reader:
            if len(cells) > order["columns"]:
                raise Stop(TOO_LARGE)
            yield [reader.line_num, False, [cell.strip() for cell in cells]]
    except csv.Error:
        raise Stop(BROKEN) from None


def _decoded(content: bytes) -> str:
    marked = content[:2] in {b"\xff\xfe", b"\xfe\xff"}
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp949"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Stop(NO_TEXT)


def write_rows(order: Mapping[str, Any], content: bytes, target: IO[str]) -> None:
    """Every row that holds anything, and a last line that says how many there were. Raises Stop."""
    count = 0
    for line in (text_rows if order["kind"] == "csv" else workbook_rows)(content, order):
        if isinstance(line, list):
            if all(cell == "" for cell in line[2]):
                continue
            count += 1
            if count > order["rows"]:
                raise Stop(TOO_LARGE)
            if order["screen"] and any(isinstance(cell, str) and find_resident_number(cell) for cell in line[2]):
                raise Stop(RESIDENT)
        target.write(json.dumps(line, ensure_ascii=False))
        target.write("\n")
    if count == 0:
        raise Stop(EMPTY)
    target.write(json.dumps({"end": count}) + "\n")


def main() -> int:
    order = json.loads(sys.stdin.buffer.readline())
    confinement.limit(order["memory"], order["seconds"])
    confinement.lock_down(order["scratch"])
    try:
        write_rows(order, sys.stdin.buffer.read(), sys.stdout)
    except Stop as stop:
        return stop.code
    except MemoryError:
        confinement.leave(TOO_LARGE)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return BROKEN
    return 0


if __name__ == "__main__":
    sys.exit(main())
