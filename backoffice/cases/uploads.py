"""Taking a file in: its name, size, real type and content are checked before a byte is kept."""

from dataclasses import dataclass
from typing import IO

from backoffice.core import files, filetext, filetypes
from backoffice.core.errors import Invalid
from backoffice.core.identifiers import find_resident_number
from workflows.forms import Document

_ZIPPED = {"zip", "xlsx", "docx", "hwpx"}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that passed every check and whose bytes are durable; only its row is missing."""

    name: str
    kind: str
    stored: files.Stored


def prepare(store: files.FileStore, document: Document, *, name: str, stream: IO[bytes], field: str) -> Prepared:
    """Check and store an upload. Raises Invalid with one sentence, or Unavailable when the disk is full."""
    kept_name = filetypes.safe_name(name, field)
    size = files.measure(stream, document.max_mb * 1024 * 1024, field)
    kind = filetypes.recognise(stream, size)
    if kind in _ZIPPED:
        filetypes.refuse_bomb(stream, field)
    if kind is None or kind not in document.types:
        raise _wrong_type(document, kept_name, field)
    extension = kept_name.rpartition(".")[2].lower()
    if extension not in {kind, "jpeg" if kind == "jpg" else kind}:
        kept_name = f"{kept_name.rpartition('.')[0] or kept_name}.{kind}"
    if any(find_resident_number(text) for text in filetext.words(stream, kind)):
        raise Invalid.field(
            field,
            f"'{kept_name}' 안에 주민등록번호로 보이는 번호가 있습니다. 번호를 지우고 다시 올려 주세요.",
            f"'{kept_name}' seems to hold a resident registration number; remove it and upload again.",
        )
    return Prepared(kept_name, kind, store.put(stream))


def _wrong_type(document: Document, name: str, field: str) -> Invalid:
    allowed = ", ".join(kind.upper() for kind in document.types)
    return Invalid.field(
        field,
        f"'{name}'은(는) 받을 수 없는 형식입니다. {allowed} 파일을 올려 주세요.",
        f"'{name}' is of a type that cannot be taken; upload {allowed}.",
    )
