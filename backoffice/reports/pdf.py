"""The one door to PDF: a document goes in, bytes come out of a child process that can be stopped and sees no network."""

import base64
import json
import logging
import signal
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from backoffice.core import confinement
from backoffice.core.errors import OfficeError
from backoffice.core.i18n import Sentence
from backoffice.core.rooms import Done, NoRoom, Room

log = logging.getLogger(__name__)

RECIPE = "2"
"""Raised when the options in ``pdf_child`` change, so that no cached file is taken for the new one."""

MEMORY = 2 * 1024**3
"""Address space of the child, in bytes; a zone report needs a third of it."""

ROOM = Room("backoffice.reports.pdf_room")
"""Where documents are printed, each by a child of its own; see decision 026."""

BLOCKED = 3
"""Exit code of the child besides ``confinement.TOO_LARGE``."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that travels inside the PDF. ``name`` is plain ASCII and tells the type."""

    name: str
    content: bytes
    description: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """What is to be printed. ``created`` and ``identifier`` come from the data, so that the same data has the same bytes."""

    html: str
    title: str
    created: datetime
    identifier: str
    language: str = "ko"
    stylesheet: str = "print.css"
    """The name of a file in ``static/``."""
    attachments: tuple[Attached, ...] = ()
    limit_seconds: int = 180
    """How long the child may take by the clock."""


@dataclass(frozen=True, slots=True)
class Rendered:
    content: bytes
    pages: int
    cpu: float = 0.0
    """Processor seconds of the printing; those of the room it was done in are nobody's in particular."""


class PdfFailed(OfficeError):
    """No PDF came out. ``cause`` is ``blocked``, ``too_large``, ``too_slow``, ``too_long`` or ``broken``."""

    def __init__(self, cause: str) -> None:
        super().__init__(_SENTENCES[cause])
        self.cause = cause


_SENTENCES = {
    "blocked": Sentence(
        "문서가 허용되지 않은 외부 자료를 불러오려 해서 PDF를 만들지 않았습니다.",
        "No PDF was made because the document asked for a resource from outside.",
    ),
    "too_large": Sentence(
        "문서가 너무 커서 PDF를 만들지 못했습니다. 내용을 줄이거나 나누어 주세요.",
        "The document is too large for a PDF; shorten or split it.",
    ),
    "too_slow": Sentence(
        "제한 시간 안에 PDF를 만들지 못했습니다. 내용을 줄이거나 나누어 주세요.",
        "The PDF was not finished in time; shorten or split the document.",
    ),
    "too_long": Sentence(
        "한 장 요약이 한 쪽에 들어가지 않아 만들지 않았습니다. 담당자에게 알려 주세요.",
        "The summary does not fit on its one page and was not made; please tell the office.",
    ),
    "broken": Sentence(
        "PDF를 만들지 못했습니다. 담당자에게 알려 주세요.", "The PDF could not be made; please tell the office."
    ),
}
_OUT_OF_MEMORY = (signal.SIGKILL, signal.SIGTRAP, signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS)
"""How a child may die of its limit: a third of such deaths happen inside GLib or Pango, which abort or run into nothing."""

_CAUSES = {BLOCKED: "blocked", confinement.TOO_LARGE: "too_large", -signal.SIGXCPU: "too_slow"} | dict.fromkeys(
    (-one for one in _OUT_OF_MEMORY), "too_large"
)


def render(document: Document) -> bytes:
    """The PDF of a document: PDF/A-3a and PDF/UA-1, the same bytes for the same document. Raises PdfFailed."""
    return make(document).content


def make(document: Document) -> Rendered:
    """The PDF and its number of pages. Raises PdfFailed."""
    done = _attempted(document)
    if done.errors:
        log.warning("pdf %s: %s", document.identifier, done.errors.decode(errors="replace")[-2000:])
    if done.code is None:
        log.warning("pdf %s: stopped after %s s", document.identifier, document.limit_seconds)
        raise PdfFailed("too_slow")
    if done.code != 0:
        log.warning("pdf %s: ended with %s", document.identifier, done.code)
        raise PdfFailed(_CAUSES.get(done.code, "broken"))
    pages, _, content = done.output.partition(b"\n")
    return Rendered(content, int(pages), done.cpu)


def _attempted(document: Document) -> Done:
    """What became of a document in the room. Raises PdfFailed where there is no room for it, on the disk or at all."""
    try:
        with tempfile.TemporaryDirectory(prefix="ieum-pdf-") as scratch:
            told = json.dumps(_order(document, scratch)).encode()
            return ROOM.order(told, scratch, seconds=document.limit_seconds)
    except (NoRoom, OSError) as error:
        log.warning("pdf %s: %s", document.identifier, error)
        raise PdfFailed("broken") from error


def _order(document: Document, scratch: str) -> dict[str, Any]:
    """What the child is told, as plain JSON."""
    attachments = sorted(document.attachments, key=lambda one: one.name)
    return {
        "html": document.html,
        "title": document.title,
        "created": document.created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "identifier": document.identifier,
        "language": document.language,
        "stylesheet": document.stylesheet,
        "scratch": scratch,
        "seconds": document.limit_seconds,
        "memory": MEMORY,
        "attachments": [
            {"name": one.name, "description": one.description, "content": base64.b64encode(one.content).decode()}
            for one in attachments
        ],
    }
