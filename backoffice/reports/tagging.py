"""What the printer leaves unsaid in the tags of a PDF: what a table's head is the head of, and lists whose rows are grouped."""

from collections.abc import Mapping

import pydyf

COLUMN, ROW = "/Column", "/Row"


def complete(pdf: pydyf.PDF) -> None:
    """Finish the tree of tags in place.

    A head in the head of a table is a column's, any other one a row's (PDF/UA-1, 7.5). The rows of a definition list
    stand in boxes of their own; as lists within the list they may hold its items (ISO 32000-1, 14.8.4.3.3).
    """
    known = {item.reference: item for item in pdf.objects if isinstance(item, pydyf.Dictionary)}
    for item in known.values():
        kind = item.get("S")
        if kind == "/TH":
            item["A"]["Scope"] = COLUMN if _kind_above(item, known, 2) == "/THead" else ROW
        elif kind == "/Div" and _kind_above(item, known, 1) == "/L":
            item["S"] = "/L"


def _kind_above(item: pydyf.Dictionary, known: Mapping[bytes, pydyf.Dictionary], steps: int) -> str:
    """The kind of the element so many steps above; empty where the tree ends before."""
    above: pydyf.Dictionary | None = item
    for _ in range(steps):
        above = known.get(above["P"]) if above is not None and "P" in above else None
    return str(above.get("S", "")) if above is not None else ""
