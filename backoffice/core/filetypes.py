"""What a file really is, by its bytes, and whether it is safe to keep: types, names and bombs."""

import codecs
import re
import unicodedata
import zipfile
from pathlib import PurePosixPath
from typing import IO

from backoffice.core.errors import Invalid
from backoffice.core.identifiers import find_resident_number

MAX_ENTRIES = 5_000
MAX_UNPACKED = 300 * 1024 * 1024
MAX_RATIO = 120

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "hwp": "application/x-hwp",
    "hwpx": "application/hwp+zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "jpg": "image/jpeg",
    "png": "image/png",
    "zip": "application/zip",
}
_HIDDEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')


def safe_name(given: str, field: str) -> str:
    """The name to keep for an upload: no folders, no invisible or reversed characters, at most 120 letters.

    Raises Invalid when the name carries a resident registration number.
    """
    if find_resident_number(_cleaned(given)):
        raise Invalid.field(
            field,
            "파일 이름에 주민등록번호로 보이는 번호가 있습니다. 번호를 지우고 다시 올려 주세요.",
            "The file name seems to hold a resident registration number; remove it and upload again.",
        )
    return plain_name(given)


def plain_name(given: str) -> str:
    """A name that is safe on every system: no folders, no invisible or reversed characters, at most 120 letters."""
    name = _cleaned(given)
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    stem = stem[:110] or "file"
    return f"{stem}.{extension[:8]}" if extension else stem


def _cleaned(given: str) -> str:
    name = unicodedata.normalize("NFC", given.replace("\\", "/"))
    name = _HIDDEN.sub("", PurePosixPath(name).name)
    return _FORBIDDEN.sub("_", name).strip(" .")


def recognise(stream: IO[bytes], size: int) -> str | None:
    """The type a file's bytes show (a key of MEDIA_TYPES), or None. Reads only what it needs."""
    stream.seek(0)
    head = stream.read(4096)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "hwp" if _is_hwp(stream, size) else None
    if head.startswith(b"PK\x03\x04"):
        return _recognise_zip(stream)
    return "csv" if _is_text(head) else None


def _is_hwp(stream: IO[bytes], size: int) -> bool:
    """A compound file whose streams include Hangul's own ``FileHeader``."""
    stream.seek(0)
    return "FileHeader".encode("utf-16-le") in stream.read(min(size, 8 * 1024 * 1024))


def _recognise_zip(stream: IO[bytes]) -> str | None:
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist()[:MAX_ENTRIES])
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                return "hwpx" if archive.read("mimetype").strip() == b"application/hwp+zip" else "zip"
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, KeyError):
        return None
    if "[Content_Types].xml" in names:
        if any(name.startswith("xl/") for name in names):
            return "xlsx"
        if any(name.startswith("word/") for name in names):
            return "docx"
    return "zip"


def _is_text(head: bytes) -> bool:
    if not head or b"\x00" in head:
        return False
    for encoding in ("utf-8", "cp949"):
        try:
            # The last letter may be cut in two: an incremental decoder waits for the rest of it.
            codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        return True
    return False


def refuse_bomb(stream: IO[bytes], field: str) -> None:
    """Raise Invalid if a zip-based file would unpack to far more than it weighs."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        return
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED
        or (unpacked > 10_000_000 and unpacked / packed > MAX_RATIO)
    ):
        raise Invalid.field(
            field,
            "압축을 풀면 지나치게 커지는 파일이라 받을 수 없습니다. 내용을 나누거나 PDF로 저장해 올려 주세요.",
            "This file unpacks to an unreasonable size; split it or upload it as PDF.",
        )
