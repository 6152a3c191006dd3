"""The child behind ``exporting``: heads and rows as JSON lines on standard input, one workbook on standard output, then it ends."""

import json
import sys
from pathlib import Path
from typing import Any

import xlsxwriter

from backoffice.core import confinement

WIDEST = 40
STEP = 1024 * 1024


def write(order: dict[str, Any], path: Path) -> None:
    """Rows are written as they come: memory stays the same however many there are."""
    numeric = set(order["numeric"])
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": order["scratch"]})
    book.set_properties({"title": order["title"]})
    sheet = book.add_worksheet(order["title"][:31])
    bold = book.add_format({"bold": True, "bg_color": "#ECF2FE", "bottom": 1})
    whole, parted, year = (book.add_format({"num_format": form}) for form in ("#,##0", "#,##0.###", "0"))
    for place, head in enumerate(order["heads"]):
        sheet.set_column(place, place, min(WIDEST, max(10, len(head) * 2 + 2)))
        sheet.write_string(0, place, head, bold)
    sheet.freeze_panes(1, 0)
    for number, line in enumerate(sys.stdin.buffer, start=1):
        for place, value in enumerate(json.loads(line)):
            if value in {None, ""}:
                continue
            figure = _number(value) if place in numeric else None
            if figure is not None:
                form = year if place in order["plain"] else whole if figure.is_integer() else parted
                sheet.write_number(number, place, figure, form)
            else:
                # A text stays a text, whatever it begins with.
                sheet.write_string(number, place, str(value)[:32_000])
    book.close()


def _number(value: Any) -> float | None:
    """A figure of a column of numbers; None for the word that says why there is none."""
    try:
        return float(value)
    except ValueError:
        return None


def main() -> int:
    order = json.loads(sys.stdin.buffer.readline())
    confinement.limit(order["memory"], order["seconds"])
    confinement.lock_down(order["scratch"])
    path = Path(order["scratch"]) / "export.xlsx"
    write(order, path)
    with path.open("rb") as made:
        while piece := made.read(STEP):
            sys.stdout.buffer.write(piece)
    return 0


if __name__ == "__main__":
    sys.exit(main())
