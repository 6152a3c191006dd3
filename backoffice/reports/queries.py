"""Reads of report snapshots and the documents made from them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from backoffice.accounts.models import User
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.organizations.models import Zone
from backoffice.reports.cells import INTERNAL
from backoffice.reports.models import FULL, PDF, PUBLISHED, IssueAct, ReportFile, ReportIssue, Snapshot


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
    found = find_snapshot(number)
    if found is None:
        raise NotFound
    return found


def issues(zone_id: int | None, year: int) -> list[ReportIssue]:
    """Every freezing of one report, oldest first; the zone None is the nation."""
    query = select(ReportIssue).where(
        ReportIssue.zone_id.is_(None) if zone_id is None else ReportIssue.zone_id == zone_id, ReportIssue.year == year
    )
    return list(db.session.scalars(query.order_by(ReportIssue.place)))


def all_issues(year: int | None, zone_id: int | None) -> list[ReportIssue]:
    """Every issue, of one year and one zone where they are given, oldest first."""
    query = select(ReportIssue).order_by(ReportIssue.id)
    if year is not None:
        query = query.where(ReportIssue.year == year)
    if zone_id is not None:
        query = query.where(ReportIssue.zone_id == zone_id)
    return list(db.session.scalars(query))


def issue(number: str) -> ReportIssue:
    """One issue by its number, whoever asks. Raises NotFound."""
    found = db.session.scalar(select(ReportIssue).where(ReportIssue.number == number))
    if found is None:
        raise NotFound
    return found


def issue_of(snapshot_id: int) -> ReportIssue | None:
    """The issue an edition belongs to."""
    query = select(ReportIssue).where(or_(ReportIssue.internal_id == snapshot_id, ReportIssue.public_id == snapshot_id))
    return db.session.scalar(query)


def edition_of(issue: ReportIssue, edition: str) -> Snapshot:
    """Raises NotFound for an edition that an issue of before decision 019 lacks."""
    snapshot_id = issue.internal_id if edition == INTERNAL else issue.public_id
    if snapshot_id is None:
        raise NotFound
    return db.session.get_one(Snapshot, snapshot_id)


def editions_of(issue: ReportIssue) -> dict[str, Snapshot]:
    """Edition -> snapshot."""
    query = select(Snapshot).where(Snapshot.id.in_([one for one in (issue.internal_id, issue.public_id) if one]))
    return {row.edition: row for row in db.session.scalars(query.order_by(Snapshot.id))}


def around(issue: ReportIssue) -> tuple[ReportIssue | None, ReportIssue | None]:
    """The issue its corrections are told against, and the published one that came after it; one query."""
    same = and_(
        ReportIssue.zone_id.is_(None) if issue.zone_id is None else ReportIssue.zone_id == issue.zone_id,
        ReportIssue.year == issue.year,
        ReportIssue.place > issue.place,
        ReportIssue.published_at.is_not(None),
    )
    query = select(ReportIssue).where(or_(ReportIssue.id == issue.compared_id, same)).order_by(ReportIssue.place)
    found = {row.place: row for row in db.session.scalars(query)}
    compared = next((row for row in found.values() if row.id == issue.compared_id), None)
    return compared, found[max(found)] if found and max(found) > issue.place else None


def published_about(zone_id: int, year: int) -> list[ReportIssue]:
    """The published issues that print figures of a zone's year: those of that year and of the year after."""
    query = select(ReportIssue).where(
        or_(ReportIssue.zone_id == zone_id, ReportIssue.zone_id.is_(None)),
        ReportIssue.year.in_((year, year + 1)),
        ReportIssue.state == PUBLISHED,
    )
    return list(db.session.scalars(query.order_by(ReportIssue.number)))


def acts(issue_id: int) -> list[IssueAct]:
    """Everything that was done to an issue, newest first."""
    query = select(IssueAct).where(IssueAct.issue_id == issue_id)
    return list(db.session.scalars(query.order_by(IssueAct.id.desc())))


def history(issue_id: int) -> list[tuple[IssueAct, str]]:
    """The same with the name of whoever did it; empty for a command."""
    query = select(IssueAct, User.name).outerjoin(User, User.id == IssueAct.actor_id)
    rows = db.session.execute(query.where(IssueAct.issue_id == issue_id).order_by(IssueAct.id.desc()))
    return [(act, name or "") for act, name in rows]


def all_snapshots(limit: int = 200) -> list[Snapshot]:
    """The newest issues of all reports."""
    return list(db.session.scalars(select(Snapshot).order_by(Snapshot.id.desc()).limit(limit)))


def file_by_key(cache_key: str) -> ReportFile | None:
    return db.session.scalar(select(ReportFile).where(ReportFile.cache_key == cache_key))


def files_of(snapshot_id: int) -> list[ReportFile]:
    """The PDFs made of a report, newest first; its other papers are not among them."""
    query = select(ReportFile).where(ReportFile.snapshot_id == snapshot_id, _report())
    return list(db.session.scalars(query.order_by(ReportFile.id.desc())))


def newest_of_year(year: int) -> dict[tuple[int | None, str], Snapshot]:
    """(zone or None for the nation, edition) -> the newest issue of a year."""
    query = select(Snapshot).where(Snapshot.year == year).order_by(Snapshot.id)
    return {(row.zone_id, row.edition): row for row in db.session.scalars(query)}


def printed_of(snapshot_ids: Sequence[int]) -> frozenset[int]:
    """Which of these issues have a PDF."""
    query = select(ReportFile.snapshot_id).where(ReportFile.snapshot_id.in_(snapshot_ids), _report())
    return frozenset(db.session.scalars(query))


def _report() -> ColumnElement[bool]:
    return and_(ReportFile.paper == FULL, ReportFile.kind == PDF)


def file_with(sha256: str) -> tuple[ReportFile, Snapshot] | None:
    """The file of these very bytes, of all that were ever kept, with its issue."""
    query = (
        select(ReportFile, Snapshot)
        .join(Snapshot, Snapshot.id == ReportFile.snapshot_id)
        .where(ReportFile.sha256 == sha256)
        .order_by(ReportFile.id.desc())
        .limit(1)
    )
    found = db.session.execute(query).first()
    return (found[0], found[1]) if found is not None else None


def find_snapshot(number: str) -> Snapshot | None:
    """One issue by the number on its cover."""
    return db.session.scalar(select(Snapshot).where(Snapshot.number == number))


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
