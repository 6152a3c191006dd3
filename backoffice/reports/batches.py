"""All reports of a year at once: asked for, called off, taken up again, and where each of them stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from backoffice.core import clock, outbox
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.core.i18n import Sentence
from backoffice.organizations.models import Zone
from backoffice.reports.models import (
    CANCELLED,
    DONE,
    FAILED,
    FREEZING,
    PRINTING,
    WAITING,
    ReportBatch,
    ReportBatchRow,
    ReportIssue,
    Snapshot,
)

STEPS = {WAITING: 0, CANCELLED: 0, FREEZING: 1, PRINTING: 2, FAILED: 3, DONE: 3}
"""How far the bar of a report is, of three."""
OVER = frozenset({DONE, FAILED, CANCELLED})
GAVE_UP = Sentence(
    "여러 번 시도했지만 만들지 못했습니다. 시스템 관리자에게 알려 주세요.",
    "It could not be made in several attempts; tell an administrator.",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One report of a batch as it is shown."""

    row: ReportBatchRow
    zone: Zone | None
    number: str
    """Of the edition, once its figures are frozen."""
    issue: ReportIssue | None

    @property
    def step(self) -> int:
        return STEPS[self.row.status]


def begin(token: str, year: int, edition: str, zones: Sequence[Zone | None], actor_id: int) -> ReportBatch:
    """Ask for the report of each of these zones (None is the nation); the same token asks once."""
    known = db.session.scalar(select(ReportBatch).where(ReportBatch.token == token))
    if known is not None:
        return known
    batch = ReportBatch(token=token, year=year, edition=edition, created_by=actor_id)
    db.session.add(batch)
    db.session.flush()
    rows = [
        ReportBatchRow(batch_id=batch.id, place=place, zone_id=zone.id if zone else None)
        for place, zone in enumerate(zones, 1)
    ]
    db.session.add_all(rows)
    db.session.flush()
    for row in rows:
        _order(row)
    return batch


def _order(row: ReportBatchRow) -> None:
    key = f"{_keys(row.batch_id)}{row.place}:{row.attempt}"
    outbox.enqueue("report_of_batch", {"batch": row.batch_id, "place": row.place}, key=key)


def _keys(batch_id: int) -> str:
    return f"report-batch:{batch_id}:"


def cancel(batch: ReportBatch) -> int:
    """Call off what nobody has begun: how many. What is being printed is finished."""
    outbox.cancel_waiting(_keys(batch.id))
    waiting = [row for row in rows_of(batch.id) if row.status == WAITING]
    for row in waiting:
        row.status, row.finished_at = CANCELLED, clock.now()
    return len(waiting)


def resume(batch: ReportBatch) -> int:
    """Take up again what was called off or failed: how many."""
    again = [row for row in rows_of(batch.id) if row.status in (CANCELLED, FAILED)]
    for row in again:
        row.status, row.reason, row.finished_at = WAITING, None, None
        row.attempt += 1
        _order(row)
    return len(again)


def batch_of(token: str) -> ReportBatch:
    """Raises NotFound."""
    found = db.session.scalar(select(ReportBatch).where(ReportBatch.token == token))
    if found is None:
        raise NotFound
    return found


def newest(limit: int = 5) -> list[ReportBatch]:
    return list(db.session.scalars(select(ReportBatch).order_by(ReportBatch.id.desc()).limit(limit)))


def row_of(batch_id: int, place: int) -> ReportBatchRow:
    return db.session.get_one(ReportBatchRow, (batch_id, place), populate_existing=True)


def rows_of(batch_id: int) -> list[ReportBatchRow]:
    query = select(ReportBatchRow).where(ReportBatchRow.batch_id == batch_id).order_by(ReportBatchRow.place)
    return list(db.session.scalars(query))


def lines(batch: ReportBatch) -> list[Line]:
    """Every report of a batch; one whose job gave up is told as failed."""
    query = (
        select(ReportBatchRow, Zone, Snapshot.number, ReportIssue)
        .outerjoin(Zone, Zone.id == ReportBatchRow.zone_id)
        .outerjoin(Snapshot, Snapshot.id == ReportBatchRow.snapshot_id)
        .outerjoin(ReportIssue, or_(ReportIssue.internal_id == Snapshot.id, ReportIssue.public_id == Snapshot.id))
        .where(ReportBatchRow.batch_id == batch.id)
        .order_by(ReportBatchRow.place)
    )
    return [Line(row, zone, number or "", issue) for row, zone, number, issue in db.session.execute(query)]


def finish(row: ReportBatchRow, status: str, reason: Sentence | None = None) -> None:
    row.status, row.finished_at = status, clock.now()
    row.reason = {"ko": reason.ko, "en": reason.en} if reason is not None else None
