"""Reading a tagged PDF as somebody who cannot see it does: its words and its tables by way of the tree of tags."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary

Marked = dict[tuple[tuple[int, int], int], str]
"""(page, number of the marked content) -> its text."""

_CODE = rb"<([0-9a-fA-F]+)>\s*"
_CHARACTER, _RANGE = re.compile(_CODE * 2), re.compile(_CODE * 3)


def many(held: Any) -> list[Any]:
    """What an entry of a PDF holds, whether it is nothing, one thing or an array of them."""
    if held is None:
        return []
    return list(held) if isinstance(held, Array) else [held]


@dataclass(frozen=True, slots=True)
class Table:
    caption: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class Reading:
    """A document opened for reading by its tags."""

    paper: pikepdf.Pdf
    marked: Marked

    def text(self, item: Any, page: Any = None) -> str:
        """The words of an element, in the order of the tree."""
        if isinstance(item, Array):
            return "".join(self.text(kid, page) for kid in many(item))
        if isinstance(item, Dictionary):
            page = item.get("/Pg", page)
            if "/MCID" in item:
                return self.marked.get((page.objgen, int(item.MCID)), "")
            return self.text(item.get("/K", ""), page) if item.get("/Type") != "/OBJR" else ""
        return self.marked.get((page.objgen, int(item)), "") if str(item).isdigit() else ""

    def words(self) -> str:
        return self.text(self.paper.Root.StructTreeRoot)

    def of_kind(self, kind: str, item: Any = None) -> Iterator[Dictionary]:
        """The elements of a kind within another one (or the document), in the order of the tree."""
        item = self.paper.Root.StructTreeRoot if item is None else item
        kids = item.get("/K")
        for kid in many(kids):
            if isinstance(kid, Dictionary):
                if kid.get("/S") == kind:
                    yield kid
                yield from self.of_kind(kind, kid)

    def tables(self) -> list[Table]:
        """Every table; one that goes on over a page is a table on each."""
        return [
            Table(
                "".join(self.text(one) for one in self.of_kind("/Caption", table)),
                tuple(self._row(row) for row in self.of_kind("/TR", table)),
            )
            for table in self.of_kind("/Table")
        ]

    def _row(self, row: Dictionary) -> tuple[str, ...]:
        return tuple(self.text(cell) for cell in many(row.K) if cell.get("/S") in {"/TH", "/TD"})


@lru_cache(maxsize=8)
def read(content: bytes) -> Reading:
    """A document opened once for all tests that look at it."""
    paper = pikepdf.open(io.BytesIO(content))
    marked: Marked = {}
    fonts: dict[tuple[int, int], dict[int, str]] = {}
    for page in paper.pages:
        for number, text in _of_page(page, fonts):
            key = (page.obj.objgen, number)
            marked[key] = marked.get(key, "") + text
    return Reading(paper, marked)


def _of_page(page: pikepdf.Page, fonts: dict[tuple[int, int], dict[int, str]]) -> Iterator[tuple[int, str]]:
    held = page.Resources.Font
    letters: dict[int, str] = {}
    numbers: list[int] = []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in {"BDC", "BMC"}:
            inside = operands[1] if name == "BDC" else None
            numbers.append(int(inside.MCID) if isinstance(inside, Dictionary) and "/MCID" in inside else -1)
        elif name == "EMC":
            numbers.pop()
        elif name == "Tf":
            mapping = held[str(operands[0])].ToUnicode
            letters = fonts.setdefault(mapping.objgen, {})
            if not letters:
                letters.update(_letters(mapping.read_bytes()))
        elif name in {"Tj", "TJ"} and numbers and numbers[-1] >= 0:
            shown = operands[0] if name == "TJ" else [operands[0]]
            yield (
                numbers[-1],
                "".join(_decoded(bytes(one), letters) for one in shown if isinstance(one, pikepdf.String)),
            )


def _letters(cmap: bytes) -> dict[int, str]:
    """Code -> letters, as the font says they are to be read back."""
    found = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.S):
        for code, text in _CHARACTER.findall(block):
            found[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.S):
        for first, last, text in _RANGE.findall(block):
            begin = int.from_bytes(bytes.fromhex(text.decode()), "big")
            for step, code in enumerate(range(int(first, 16), int(last, 16) + 1)):
                found[code] = chr(begin + step)
    return found


def _decoded(codes: bytes, letters: dict[int, str]) -> str:
    return "".join(letters.get(int.from_bytes(codes[at : at + 2], "big"), "\ufffd") for at in range(0, len(codes), 2))
