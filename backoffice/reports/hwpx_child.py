"""The optional child behind ``papers`` that writes text documents (HWPX); it runs only where its library is installed."""

import io
import itertools
import re
import sys
import zipfile
from collections.abc import Mapping
from typing import Any

from hwpx.document import HwpxDocument

from backoffice.core import confinement

EPOCH = (1980, 1, 1, 0, 0, 0)
_NUMBERED = re.compile(rb'(<hp:(?:p|tbl)\b[^>]*?\bid=")\d+')


def text_document(order: Mapping[str, Any]) -> bytes:
    """An HWPX document with a heading and a table for each table of the order."""
    document = HwpxDocument.new()
    document.add_heading(order["title"], level=1)
    for line in order["above"]:
        document.add_paragraph(line)
    for table in order["tables"]:
        document.add_heading(table["title"], level=2)
        document.add_paragraph(f"(단위: {table['unit']}) {table['base']}" if table["unit"] else table["base"])
        if table["rows"]:
            _grid(document, table)
    for line in order["below"]:
        document.add_paragraph(line)
    return _repeatable(document.to_bytes())


def _grid(document: Any, table: Mapping[str, Any]) -> None:
    grid = document.add_table(len(table["rows"]) + 1, len(table["heads"]))
    for column, head in enumerate(table["heads"]):
        grid.set_cell_text(0, column, head)
        grid.set_cell_shading(0, column, "#ECF2FE")
    for line, row in enumerate(table["rows"], 1):
        for column, (text, _) in enumerate(row):
            grid.set_cell_text(line, column, text)


def _repeatable(content: bytes) -> bytes:
    """The same package with its paragraphs and tables numbered from 1 and without the hour it was made."""
    numbers = itertools.count(1)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(target, "w") as kept:
        for item in given.infolist():
            piece = given.read(item)
            if item.filename.startswith("Contents/section"):
                piece = _NUMBERED.sub(lambda found: found[1] + b"%d" % next(numbers), piece)
            entry = zipfile.ZipInfo(item.filename, EPOCH)
            entry.compress_type, entry.external_attr = item.compress_type, 0o600 << 16
            kept.writestr(entry, piece)
    return target.getvalue()


if __name__ == "__main__":
    sys.exit(confinement.answer(text_document))
