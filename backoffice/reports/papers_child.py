"""The child behind ``papers``: one order as JSON on standard input, one workbook on standard output, then it ends."""

import io
import re
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import xlsxwriter

from backoffice.core import confinement

WIDE, NARROW = 26, 14
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def workbook(order: Mapping[str, Any]) -> bytes:
    """A sheet for each table, with its title, unit and source; numbers are numbers, texts stay texts."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": order["title"], "created": datetime.fromisoformat(order["created"])})
    forms = {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "head": book.add_format({"bold": True, "bg_color": "#ECF2FE", "bottom": 1, "text_wrap": True}),
        "right": book.add_format({"align": "right"}),
        "whole": book.add_format({"num_format": "#,##0", "align": "right"}),
        "parted": book.add_format({"num_format": "#,##0.0##", "align": "right"}),
    }
    for table in order["tables"]:
        _sheet(book, forms, order, table)
    book.close()
    return target.getvalue()


def _sheet(book: Any, forms: Mapping[str, Any], order: Mapping[str, Any], table: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet(_FORBIDDEN.sub(" ", table["title"])[:31])
    sheet.set_column(0, 0, WIDE)
    sheet.set_column(1, max(1, len(table["heads"]) - 1), NARROW)
    above = [order["title"], *order["above"], f"{table['title']} (단위: {table['unit']}) {table['base']}"]
    for line, text in enumerate(above):
        sheet.write_string(line, 0, text, forms["title"] if line == 0 else None)
    first = len(above) + 1
    for column, head in enumerate(table["heads"]):
        sheet.write_string(first, column, head, forms["head"])
    for line, row in enumerate(table["rows"], first + 1):
        for column, (text, value) in enumerate(row):
            if value is not None:
                number = float(value)
                sheet.write_number(line, column, number, forms["whole" if number.is_integer() else "parted"])
            else:
                sheet.write_string(line, column, text, forms["right"] if column in table["numeric"] else None)
    sheet.freeze_panes(first + 1, 1)
    for line, text in enumerate(order["below"], first + len(table["rows"]) + 2):
        sheet.write_string(line, 0, text)


if __name__ == "__main__":
    sys.exit(confinement.answer(workbook))
