"""Verbs about reports: freeze the figures of a year as a numbered issue, and build its PDF."""

import hashlib
import io
import json
from dataclasses import dataclass
from typing import Any

from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.files import FileStore
from backoffice.engine.chain import canonical
from backoffice.organizations.models import Zone
from backoffice.reports import documents, pdf, queries
from backoffice.reports.cells import INTERNAL
from backoffice.reports.errata import errata
from backoffice.reports.figures import national_content, zone_content
from backoffice.reports.models import ReportFile, Snapshot

NATION_CODE = "GS-ALL"
_MARKS = {INTERNAL: "I"}


def freeze(zone: Zone | None, year: int, edition: str, actor_id: int | None) -> Snapshot:
    """The newest issue of a report: the standing one while its figures have not changed, otherwise a new number.

    A new issue carries what differs from the one before (정오표). Raises Refused when there is nothing about the year.
    """
    figures = national_content(year, edition) if zone is None else zone_content(zone, year, edition)
    issues = queries.snapshots(zone.id if zone else None, year, edition)
    before = json.loads(issues[-1].content) if issues else None
    if before is not None and canonical(before["figures"]) == canonical(figures):
        return issues[-1]
    corrected = errata(before["figures"], figures) if before is not None else []
    content = canonical({"figures": figures, "errata": corrected})
    row = Snapshot(
        number=_number(zone, year, edition, len(issues) + 1),
        zone_id=zone.id if zone else None,
        year=year,
        edition=edition,
        base_date=clock.today(),
        content=content,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        created_by=actor_id,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _number(zone: Zone | None, year: int, edition: str, place: int) -> str:
    """``2025-GS-GIMHAE-I-01``."""
    return f"{year}-{zone.code if zone else NATION_CODE}-{_MARKS.get(edition, 'P')}-{place:02d}"


@dataclass(frozen=True, slots=True)
class Order:
    """A document to print, and the key under which its PDF is kept."""

    snapshot_id: int
    number: str
    key: str
    document: pdf.Document


@dataclass(frozen=True, slots=True)
class Printed:
    """The PDF of a snapshot, and whether it came out of the cache."""

    key: str
    content: bytes
    pages: int
    cached: bool


def order(snapshot: Snapshot) -> Order:
    """What has to be printed for a snapshot."""
    document = documents.document(snapshot)
    return Order(snapshot.id, snapshot.number, documents.cache_key(document), document)


def kept(wanted: Order, files: FileStore) -> Printed | None:
    """The PDF from the store, if exactly this document was printed before."""
    known = queries.file_by_key(wanted.key)
    if known is None or not files.exists(known.sha256):
        return None
    return Printed(wanted.key, files.read(known.sha256), known.pages, cached=True)


def print_out(wanted: Order) -> Printed:
    """Print a document. Takes seconds and touches no table: call it outside of a transaction. Raises PdfFailed."""
    made = pdf.make(wanted.document)
    return Printed(wanted.key, made.content, made.pages, cached=False)


def printed(snapshot: Snapshot, files: FileStore) -> Printed:
    """The PDF of a snapshot, out of the store or newly printed. Writes nothing. Raises PdfFailed."""
    wanted = order(snapshot)
    return kept(wanted, files) or print_out(wanted)


def keep(snapshot_id: int, made: Printed, files: FileStore) -> ReportFile:
    """Put a printed PDF into the store and say where it is; the same document is kept once."""
    known = queries.file_by_key(made.key)
    stored = files.put(io.BytesIO(made.content))
    if known is None:
        known = ReportFile(snapshot_id=snapshot_id, cache_key=made.key, sha256="", size=0, pages=0)
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
