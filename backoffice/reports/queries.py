"""Reads of report snapshots and the documents made from them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.organizations.models import Zone
from backoffice.reports.models import ReportFile, Snapshot


def snapshots(zone_id: int | None, year: int, edition: str) -> list[Snapshot]:
    """The issues of one report, oldest first; the zone None is the nation."""
    query = select(Snapshot).where(
        Snapshot.zone_id.is_(None) if zone_id is None else Snapshot.zone_id == zone_id,
        Snapshot.year == year,
        Snapshot.edition == edition,
    )
    return list(db.session.scalars(query.order_by(Snapshot.id)))


def snapshot(number: str) -> Snapshot:
    """One issue by the number on its cover. Raises NotFound."""
    found = db.session.scalar(select(Snapshot).where(Snapshot.number == number))
    if found is None:
        raise NotFound
    return found


def all_snapshots(limit: int = 200) -> list[Snapshot]:
    """The newest issues of all reports."""
    return list(db.session.scalars(select(Snapshot).order_by(Snapshot.id.desc()).limit(limit)))


def file_by_key(cache_key: str) -> ReportFile | None:
    return db.session.scalar(select(ReportFile).where(ReportFile.cache_key == cache_key))


def files_of(snapshot_id: int) -> list[ReportFile]:
    """The documents made from a snapshot, newest first."""
    query = select(ReportFile).where(ReportFile.snapshot_id == snapshot_id)
    return list(db.session.scalars(query.order_by(ReportFile.id.desc())))


def newest_of_year(year: int) -> dict[tuple[int | None, str], Snapshot]:
    """(zone or None for the nation, edition) -> the newest issue of a year."""
    query = select(Snapshot).where(Snapshot.year == year).order_by(Snapshot.id)
    return {(row.zone_id, row.edition): row for row in db.session.scalars(query)}


def printed_of(snapshot_ids: Sequence[int]) -> frozenset[int]:
    """Which of these issues have a PDF."""
    return frozenset(db.session.scalars(select(ReportFile.snapshot_id).where(ReportFile.snapshot_id.in_(snapshot_ids))))


def frozen_years() -> frozenset[tuple[int, int]]:
    """(zone, year) of everything an issue speaks about; an issue of the nation speaks about every zone."""
    issues = set(db.session.execute(select(Snapshot.zone_id, Snapshot.year).distinct()).all())
    zones = db.session.scalars(select(Zone.id)).all()
    return frozenset((zone, year) for own, year in issues for zone in (zones if own is None else [own]))


def issued_since(moment: datetime, places: Collection[tuple[int, int]]) -> str | None:
    """The number of an issue about one of these (zone, year), made after a moment; None when there is none."""
    query = select(Snapshot).where(Snapshot.created_at >= moment, Snapshot.year.in_({year for _, year in places}))
    for row in db.session.scalars(query.order_by(Snapshot.id)):
        if row.zone_id is None or (row.zone_id, row.year) in places:
            return row.number
    return None
