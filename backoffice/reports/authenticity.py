"""Whether a copy of a report is genuine, and what the public may know of an issue at all."""

from dataclasses import dataclass

from sqlalchemy import select

from backoffice.core.db import db
from backoffice.organizations.models import Zone
from backoffice.reports import queries
from backoffice.reports.cells import PUBLIC
from backoffice.reports.models import FULL, PDF, ReportFile, Snapshot

SHOWN = 16
"""Letters of the digest that are printed on the cover; no fewer are accepted as proof."""


@dataclass(frozen=True, slots=True)
class Genuine:
    """An edition that was published, the paper that was shown, and what replaces it."""

    snapshot: Snapshot
    zone: Zone | None
    """None for the nation."""
    paper: str
    kind: str
    newer: Snapshot | None

    @property
    def open_to_all(self) -> bool:
        """Whether its figures may be told to anybody."""
        return self.snapshot.edition == PUBLIC


def is_published(snapshot: Snapshot) -> bool:
    """Whether an edition left the house, so that its existence may be confirmed to anybody; also when it was replaced."""
    issue = queries.issue_of(snapshot.id)
    return issue is not None and issue.published_at is not None


def is_public(snapshot: Snapshot) -> bool:
    """Whether anybody may read the figures of an edition: the public edition of an issue that was published."""
    return snapshot.edition == PUBLIC and is_published(snapshot)


def of_file(sha256: str) -> Genuine | None:
    """The published edition whose very bytes these are; None for every other file, whatever it is."""
    found = queries.file_with(sha256)
    return _genuine(found[1], found[0]) if found is not None else None


def of_number(number: str, digest: str) -> Genuine | None:
    """The published edition with this number whose figures begin with this digest; None otherwise."""
    if len(digest) < SHOWN:
        return None
    snapshot = queries.find_snapshot(number)
    if snapshot is None or not snapshot.sha256.startswith(digest):
        return None
    return _genuine(snapshot, None)


def _genuine(snapshot: Snapshot, file: ReportFile | None) -> Genuine | None:
    if not is_published(snapshot):
        return None
    zone = db.session.get(Zone, snapshot.zone_id) if snapshot.zone_id is not None else None
    paper, kind = (file.paper, file.kind) if file is not None else (FULL, PDF)
    return Genuine(snapshot, zone, paper, kind, _newer(snapshot))


def _newer(snapshot: Snapshot) -> Snapshot | None:
    """The newest published issue of the same report and edition, if it is another one."""
    query = select(Snapshot).where(
        Snapshot.zone_id.is_(None) if snapshot.zone_id is None else Snapshot.zone_id == snapshot.zone_id,
        Snapshot.year == snapshot.year,
        Snapshot.edition == snapshot.edition,
        Snapshot.id > snapshot.id,
    )
    for row in db.session.scalars(query.order_by(Snapshot.id.desc())):
        if is_published(row):
            return row
    return None
