"""The papers of an issue in every kind they come in: printed by the one door to PDF, or written as sheet or text document."""

import hashlib
import importlib.util
import json
import logging
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from importlib.metadata import version
from typing import Any

from backoffice.core import confinement
from backoffice.core.errors import Failed, Refused
from backoffice.core.files import FileStore
from backoffice.core.i18n import Sentence
from backoffice.core.paths import PACKAGE
from backoffice.reports import documents, press, queries, services, statistics
from backoffice.reports.models import FULL, HWPX, PDF, PRESS, SUMMARY, XLSX, Snapshot
from backoffice.reports.services import Printed
from backoffice.reports.standing import standing_of
from backoffice.reports.tables import TextTable

log = logging.getLogger(__name__)

KINDS: dict[str, tuple[str, ...]] = {FULL: (PDF, HWPX), SUMMARY: (PDF,), PRESS: (PDF, XLSX, HWPX)}
"""Which paper comes in which kinds, the first one by default."""

NAMES = {
    FULL: Sentence("보고서", "Report"),
    SUMMARY: Sentence("한 장 요약", "One-page summary"),
    PRESS: Sentence("보도자료용 표", "Press table"),
}
RECIPE = "1"
"""Raised when the child writes the same order differently."""

MEMORY, SECONDS = 768 * 1024**2, 120


@dataclass(frozen=True, slots=True)
class Maker:
    """Who writes a kind of file: the library that counts for the bytes, and the child it runs in."""

    library: str
    child: str


MAKERS = {
    XLSX: Maker("xlsxwriter", "backoffice.reports.papers_child"),
    HWPX: Maker("python-hwpx", "backoffice.reports.hwpx_child"),
}

NO_HWPX = Sentence(
    "이 서버에는 한글 문서(HWPX)를 만드는 선택 구성요소가 설치되어 있지 않습니다. PDF로 받거나 관리자에게 설치를 요청해 주세요.",
    "The optional part that makes HWPX documents is not installed here; take the PDF or ask an administrator.",
)


def has_hwpx() -> bool:
    """Whether the optional part that writes HWPX is installed."""
    return importlib.util.find_spec("hwpx") is not None


def made(snapshot: Snapshot, paper: str, kind: str, files: FileStore) -> Printed:
    """A paper out of the store or newly made. Writes nothing. Raises PdfFailed, Failed, or Refused without its maker."""
    if kind == PDF:
        return services.printed(snapshot, files, paper)
    if kind == HWPX and not has_hwpx():
        raise Refused.because("no_hwpx", NO_HWPX.ko, NO_HWPX.en)
    order = _order(snapshot, paper, kind)
    key = hashlib.sha256(
        json.dumps([order, RECIPE, version(MAKERS[kind].library)], sort_keys=True).encode()
    ).hexdigest()
    known = queries.file_by_key(key)
    if known is not None and files.exists(known.sha256):
        return Printed(key, files.read(known.sha256), known.pages, cached=True, paper=paper, kind=kind)
    return Printed(key, _written(order), 0, cached=False, paper=paper, kind=kind)


def _order(snapshot: Snapshot, paper: str, kind: str) -> dict[str, Any]:
    """What the child writes, as plain JSON: the same snapshot always gives the same."""
    figures = services.figures_of(snapshot)
    tables = press.tables(figures) if paper == PRESS else statistics.tables(figures)
    sayings = press.sayings(figures) if paper == PRESS else []
    standing = standing_of(queries.issue_of(snapshot.id), snapshot.edition)
    issue = documents.issue(snapshot, json.loads(snapshot.content), standing)
    created = datetime.combine(snapshot.base_date, time(), UTC)
    mark = f" ({issue['mark']})" if issue["mark"] else ""
    return {
        "kind": kind,
        "title": documents.title(figures) + documents.ENDINGS[paper] + mark,
        "created": created.isoformat(),
        "above": [f"발행번호 {issue['number']} · {issue['edition']} · 기준일 {issue['base']}"],
        "tables": [_plain(table) for table in tables],
        "below": [
            *sayings,
            f"출처: {documents.PUBLISHER}, {issue['number']}, {issue['base']} 기준",
            f"진위 확인: {documents.verify_address(snapshot)}",
            f"고정 사본의 SHA-256: {issue['digest']}",
        ],
    }


def _plain(table: TextTable) -> dict[str, Any]:
    return {**asdict(table), "rows": [[_cell(cell.text, cell.value) for cell in row] for row in table.rows],
            "numeric": sorted(table.numeric)}  # fmt: skip


def _cell(text: str, value: Decimal | None) -> list[str | None]:
    return [text, None if value is None else format(value, "f")]


def _written(order: dict[str, Any]) -> bytes:
    """The bytes of a sheet or text document, from a child that can be stopped. Raises Failed."""
    with tempfile.TemporaryDirectory(prefix="ieum-paper-") as scratch:
        limits = {"scratch": scratch, "memory": MEMORY, "seconds": SECONDS}
        try:
            done = subprocess.run(  # noqa: S603  # our own module under our own interpreter
                [sys.executable, "-m", MAKERS[order["kind"]].child],
                input=json.dumps(order | limits).encode(),
                capture_output=True,
                timeout=SECONDS,
                cwd=PACKAGE.parent,
                env=confinement.environment(scratch),
                check=False,
            )
        except subprocess.TimeoutExpired:
            done = None
    if done is None or done.returncode != 0 or not done.stdout:
        log.warning(
            "paper %s: %s", order["title"], done.stderr.decode(errors="replace")[-2000:] if done else "too slow"
        )
        raise Failed(
            Sentence("파일을 만들지 못했습니다. PDF로 받아 주세요.", "The file could not be made; take the PDF.")
        )
    return done.stdout
