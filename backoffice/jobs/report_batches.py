"""The jobs of a batch of reports: one freezes and prints the report of one zone, and says why when it cannot."""

from backoffice.core.db import db
from backoffice.core.errors import Refused
from backoffice.core.outbox import MAX_ATTEMPTS
from backoffice.jobs.work import Work
from backoffice.organizations.models import Zone
from backoffice.reports import batches, services
from backoffice.reports.models import CANCELLED, DONE, FAILED, FREEZING, PRINTING, ReportBatch, ReportBatchRow, Snapshot
from backoffice.reports.pdf import PdfFailed


def make(work: Work) -> None:
    """The report of payload ``{"batch": id, "place": n}``. A refusal is an answer and not tried again."""
    try:
        snapshot_id = _frozen(work)
        if snapshot_id is not None:
            _printed(work, snapshot_id)
    except (Refused, PdfFailed) as told:
        with work.writing():
            batches.finish(_row(work), FAILED, told.sentence)
    except Exception:
        # The job table tries again; after the last time nobody else would tell the page.
        db.session.rollback()
        if work.claim.attempts >= MAX_ATTEMPTS:
            with work.writing():
                batches.finish(_row(work), FAILED, batches.GAVE_UP)
        raise


def _row(work: Work) -> ReportBatchRow:
    return batches.row_of(work.payload["batch"], work.payload["place"])


def _frozen(work: Work) -> int | None:
    """The issue, frozen in a short transaction; None for a report that was called off meanwhile."""
    work.total = 3
    with work.writing():
        row = _row(work)
        if row.status == CANCELLED:
            return None
        row.status, work.done = FREEZING, 1
    with work.freezing():
        row = _row(work)
        batch = db.session.get_one(ReportBatch, row.batch_id)
        zone = db.session.get_one(Zone, row.zone_id) if row.zone_id is not None else None
        snapshot = services.freeze(zone, batch.year, batch.edition, batch.created_by)
        row.status, row.snapshot_id, work.done = PRINTING, snapshot.id, 2
        return snapshot.id


def _printed(work: Work, snapshot_id: int) -> None:
    made = services.printed(db.session.get_one(Snapshot, snapshot_id), work.files)
    with work.writing():
        if not made.cached:
            services.keep(snapshot_id, made, work.files)
        batches.finish(_row(work), DONE)
        work.done = 3
