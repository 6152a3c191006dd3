"""The words inside office files that are plain archives of XML, read with limits, to look for numbers that must not be there."""

import re
import zipfile
from collections.abc import Iterator
from typing import IO

LIMIT = 20 * 1024 * 1024
_TAG = re.compile(rb"<[^>]{0,2000}>")
_PARTS = {
    "xlsx": ("xl/sharedStrings.xml", "xl/worksheets/"),
    "docx": ("word/document.xml",),
    "hwpx": ("Contents/section",),
}


def words(stream: IO[bytes], kind: str) -> Iterator[str]:
    """The text of a file in pieces; nothing for types whose text cannot be read here."""
    stream.seek(0)
    if kind == "csv":
        yield _decode(stream.read(LIMIT))
    elif kind in _PARTS:
        yield from _archive_words(stream, _PARTS[kind])


def _archive_words(stream: IO[bytes], parts: tuple[str, ...]) -> Iterator[str]:
    left = LIMIT
    try:
        with zipfile.ZipFile(stream) as archive:
            for name in archive.namelist():
                if left > 0 and name.startswith(parts) and name.endswith(".xml"):
                    with archive.open(name) as part:
                        content = part.read(left)
                    left -= len(content)
                    yield _decode(_TAG.sub(b" ", content))
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError):
        return


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", errors="replace")
