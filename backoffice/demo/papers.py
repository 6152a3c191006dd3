"""Small files that open: PDF pages in Korean, spreadsheets and pictures, the same bytes for the same words."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

A4 = (595, 842)
MARGIN, BODY, HEAD = 64, 11, 17
LEADING = 19
LINES_A_PAGE = 34


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on a file: a heading and lines; ``|`` parts the cells of a line."""

    heading: str
    lines: tuple[str, ...]
    foot: str = ""


def pdf(paper: Paper) -> bytes:
    """A PDF whose Korean text viewers draw with a Korean font of their own (CID font, Adobe-Korea1)."""
    wrapped = [part for line in paper.lines for part in _wrapped(line.replace("|", "    "))]
    pages = [wrapped[start : start + LINES_A_PAGE] for start in range(0, max(1, len(wrapped)), LINES_A_PAGE)]
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R /Lang (ko) >>"]
    kids = " ".join(f"{6 + 2 * number} 0 R" for number in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    objects += _font()
    for number, lines in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {A4[0]} {A4[1]}] /Contents {7 + 2 * number} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        stream = zlib.compress(_page(paper, lines, f"{number + 1} / {len(pages)}"), 9)
        head = f"<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n".encode()
        objects.append(head + stream + b"\nendstream")
    return _assembled(objects)


def _font() -> list[bytes]:
    return [
        b"<< /Type /Font /Subtype /Type0 /BaseFont /HYGoThic-Medium-UniKS-UTF16-H /Encoding /UniKS-UTF16-H"
        b" /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HYGoThic-Medium /DW 1000 /W [1 95 520]"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Korea1) /Supplement 1 >> /FontDescriptor 5 0 R >>",
        b"<< /Type /FontDescriptor /FontName /HYGoThic-Medium /Flags 4 /FontBBox [-6 -145 1003 880] /ItalicAngle 0"
        b" /Ascent 752 /Descent -271 /CapHeight 737 /StemV 58 >>",
    ]


def _wrapped(line: str, width: float = (A4[0] - 2 * MARGIN) / BODY) -> list[str]:
    """A line broken where it is full; a Korean letter is one em wide, a Latin one about half."""
    parts, used = [""], 0.0
    for letter in line:
        space = 0.52 if letter.isascii() else 1.0
        if used + space > width:
            parts.append("")
            used = 0.0
        parts[-1] += letter
        used += space
    return parts


def _page(paper: Paper, lines: Sequence[str], number: str) -> bytes:
    top = A4[1] - MARGIN
    drawn = [_text(paper.heading, top, HEAD), f"0.5 w {MARGIN} {top - 12} m {A4[0] - MARGIN} {top - 12} l S"]
    drawn += [_text(line, top - 40 - LEADING * place, BODY) for place, line in enumerate(lines) if line]
    drawn.append(_text(f"{paper.foot}    {number}".strip(), MARGIN - 24, 8))
    return "\n".join(drawn).encode()


def _text(words: str, y: int, size: int) -> str:
    return f"BT /F1 {size} Tf {MARGIN} {y} Td <{words.encode('utf-16-be').hex()}> Tj ET"


def _assembled(objects: Sequence[bytes]) -> bytes:
    """Header, numbered objects, cross-reference table and trailer."""
    out = io.BytesIO()
    out.write(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + content + b"\nendobj\n")
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.writelines(f"{place:010d} 00000 n \n".encode() for place in places)
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def xlsx(paper: Paper) -> bytes:
    """A workbook of one sheet: the heading, then one row for each line, its cells parted by ``|``."""
    rows = [[paper.heading], *(line.split("|") for line in paper.lines), [paper.foot]]
    data = "".join(
        f'<row r="{place}">' + "".join(_cell(cell, place, column) for column, cell in enumerate(row)) + "</row>"
        for place, row in enumerate(rows, start=1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/></Types>',
        "_rels/.rels": _relation("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
        '<sheet name="내역" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relation("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{data}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            # A fixed date keeps the bytes, and with them the file's name in the store, the same in every build.
            entry = zipfile.ZipInfo(name, date_time=(2020, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, _XML + content)
    return out.getvalue()


def _relation(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_RELATIONS}/{kind}"'
        f' Target="{target}"/></Relationships>'
    )


def _cell(content: str, row: int, column: int) -> str:
    place, text = f"{chr(65 + column)}{row}", content.strip()
    if text.replace(",", "").isdigit():
        return f'<c r="{place}"><v>{text.replace(",", "")}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def png(paper: Paper) -> bytes:
    """A picture of a slip of paper: grey lines as long as the words they stand for."""
    width, height = 360, 60 + 26 * (len(paper.lines) + 1)
    rows = [bytearray([250] * width) for _ in range(height)]
    for place, line in enumerate([paper.heading, *paper.lines]):
        ink, top = (70, 24) if place == 0 else (140, 30 + 26 * place)
        for y in range(top, top + 8):
            for x in range(28, min(width - 28, 28 + 9 * len(line))):
                rows[y][x] = ink
    raw = b"".join(b"\x00" + bytes(row) for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(raw, 9)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


WRITERS = {"pdf": pdf, "xlsx": xlsx, "png": png}
"""File type -> what writes it."""
