"""Verbs about the documents of a snapshot: what has to be printed, printing it, and keeping the PDF."""

import io
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from backoffice.core.db import db
from backoffice.core.files import FileStore
from backoffice.organizations.models import Zone
from backoffice.reports import documents, freezing, keys, pdf, queries
from backoffice.reports.models import FULL, PDF, SUMMARY, ReportFile, Snapshot
from backoffice.reports.standing import Standing, standing_of


def freeze(zone: Zone | None, year: int, edition: str, actor_id: int | None) -> Snapshot:
    """One edition of the newest issue of a report, frozen anew where its figures changed: see ``freezing.freeze``."""
    return queries.edition_of(freezing.freeze(zone, year, actor_id), edition)


@dataclass(frozen=True, slots=True)
class Still:
    """A snapshot as it was read: it can be printed where no session is."""

    number: str
    edition: str
    base_date: date
    content: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Order:
    """A paper of a snapshot to print, and the key under which its PDF is kept."""

    snapshot_id: int
    key: str
    still: Still
    standing: Standing
    paper: str = FULL

    @property
    def number(self) -> str:
        return self.still.number

    @property
    def document(self) -> pdf.Document:
        """The page with its charts. Takes up to a second: what is kept already is found by its key alone."""
        return documents.document(self.still, self.standing, paper=self.paper)


@dataclass(frozen=True, slots=True)
class Printed:
    """The PDF of a snapshot, and whether it came out of the cache."""

    key: str
    content: bytes
    pages: int
    cached: bool
    paper: str = FULL
    kind: str = PDF


def order(snapshot: Snapshot, paper: str = FULL) -> Order:
    """What has to be printed for a paper of a snapshot as its issue stands now."""
    standing = standing_of(queries.issue_of(snapshot.id), snapshot.edition)
    still = Still(snapshot.number, snapshot.edition, snapshot.base_date, snapshot.content, snapshot.sha256)
    return Order(snapshot.id, keys.key_of(still, standing, paper), still, standing, paper)


def kept(wanted: Order, files: FileStore) -> Printed | None:
    """The PDF from the store, if exactly this document was printed before."""
    known = queries.file_by_key(wanted.key)
    if known is None or not files.exists(known.sha256):
        return None
    return Printed(wanted.key, files.read(known.sha256), known.pages, cached=True, paper=wanted.paper)


def print_out(wanted: Order) -> Printed:
    """Print a document. Takes seconds and touches no table: call it outside of a transaction. Raises PdfFailed."""
    made = pdf.make(wanted.document)
    if wanted.paper == SUMMARY and made.pages != 1:
        raise pdf.PdfFailed("too_long")
    return Printed(wanted.key, made.content, made.pages, cached=False, paper=wanted.paper)


def printed(snapshot: Snapshot, files: FileStore, paper: str = FULL) -> Printed:
    """The PDF of a paper of a snapshot, out of the store or newly printed. Writes nothing. Raises PdfFailed."""
    wanted = order(snapshot, paper)
    return kept(wanted, files) or print_out(wanted)


def keep(snapshot_id: int, made: Printed, files: FileStore) -> ReportFile:
    """Put a printed PDF into the store and say where it is; the same document is kept once."""
    known = queries.file_by_key(made.key)
    stored = files.put(io.BytesIO(made.content))
    if known is None:
        known = ReportFile(
            snapshot_id=snapshot_id, cache_key=made.key, paper=made.paper, kind=made.kind, sha256="", size=0, pages=0
        )
        db.session.add(known)
    known.sha256, known.size, known.pages = stored.sha256, stored.size, made.pages
    db.session.flush()
    return known


def build(snapshot: Snapshot, files: FileStore) -> bytes:
    """The PDF of a snapshot, kept in the store. Call ``printed`` and ``keep`` apart where a transaction must stay short."""
    made = printed(snapshot, files)
    if not made.cached:
        keep(snapshot.id, made, files)
    return made.content


def figures_of(snapshot: Snapshot) -> dict[str, Any]:
    """The frozen figures of an issue."""
    content: dict[str, Any] = json.loads(snapshot.content)["figures"]
    return content
