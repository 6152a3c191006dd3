"""Taking a spreadsheet in: every wrong file gets one clear sentence before a byte of it is kept."""

import io
import zipfile
from dataclasses import dataclass
from typing import IO

from backoffice.core import files, filetypes
from backoffice.core.errors import Invalid
from backoffice.imports import child, reading
from backoffice.imports.reading import Peek

MAX_MB = 20
FIELD = "file"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NAMES = {
    "pdf": "PDF",
    "hwp": "한글(HWP)",
    "hwpx": "한글(HWPX)",
    "docx": "워드",
    "jpg": "그림",
    "png": "그림",
    "zip": "ZIP",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that can be read as a table, its first rows, and its bytes, which are not kept yet."""

    name: str
    kind: str
    content: bytes
    peek: Peek


def take(name: str, stream: IO[bytes], sheet: str = "") -> Taken:
    """Look at an upload from its first byte to its last row. Raises Invalid with the one thing to do about it."""
    kept_name = filetypes.safe_name(name, FIELD)
    size = files.measure(stream, MAX_MB * 1024 * 1024, FIELD)
    kind = filetypes.recognise(stream, size)
    stream.seek(0)
    content = stream.read()
    _refuse_old_or_locked(content)
    if kind == "xlsx":
        filetypes.refuse_bomb(stream, FIELD)
        _refuse_macros(content)
    elif kind is None and content.startswith(b"PK\x03\x04"):
        raise reading.refused(child.BROKEN)
    elif kind != "csv" and not _is_marked_text(content):
        raise _wrong(kind, kept_name)
    kind = "xlsx" if kind == "xlsx" else "csv"
    if not kept_name.lower().endswith(f".{kind}"):
        kept_name = f"{kept_name.rpartition('.')[0] or kept_name}.{kind}"
    return Taken(kept_name, kind, content, reading.peek(content, kind, sheet))


def _is_marked_text(content: bytes) -> bool:
    """A text in UTF-16, as Excel's "Unicode text" is."""
    return content[:2] in {b"\xff\xfe", b"\xfe\xff"}


def _refuse_old_or_locked(content: bytes) -> None:
    """A compound file is an old workbook, or a new one behind a password."""
    if not content.startswith(_COMPOUND):
        return
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise reading.refused(child.LOCKED)
    if "FileHeader".encode("utf-16-le") in content:
        raise _wrong("hwp", "")
    raise Invalid.field(
        FIELD,
        "옛 엑셀(.xls) 파일입니다. 엑셀에서 '다른 이름으로 저장 > Excel 통합 문서(.xlsx)'로 저장해 다시 올려 주세요.",
        "This is an old workbook (.xls); save it as .xlsx in Excel and upload again.",
    )


def _refuse_macros(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Invalid.field(
            FIELD,
            "매크로가 든 파일(.xlsm)은 받지 않습니다. 매크로 없는 .xlsx로 저장해 다시 올려 주세요.",
            "Files with macros (.xlsm) are not taken; save it as .xlsx without macros and upload again.",
        )


def _wrong(kind: str | None, name: str) -> Invalid:
    what = _NAMES.get(kind or "", "")
    ko = f"{what} 파일입니다" if what else f"'{name}'은(는) 표가 아닙니다"
    en = f"This is a {(kind or '').upper()} file" if what else f"'{name}' is no table"
    return Invalid.field(
        FIELD, f"{ko}. 엑셀(.xlsx)이나 CSV로 저장해 올려 주세요.", f"{en}; save it as .xlsx or CSV and upload that."
    )
