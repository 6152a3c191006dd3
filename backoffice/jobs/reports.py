"""Printing a frozen report: seconds of work outside of any transaction, then one short one that keeps the PDF."""

from sqlalchemy import select

from backoffice.core.db import db
from backoffice.jobs.work import Work
from backoffice.reports import services
from backoffice.reports.models import Snapshot


def make(work: Work) -> None:
    """Print the issue of payload ``{"snapshot": id}``; what was printed before costs nothing."""
    snapshot = db.session.scalars(select(Snapshot).where(Snapshot.id == work.payload["snapshot"])).one()
    made = services.printed(snapshot, work.files)
    if not made.cached:
        with work.writing():
            services.keep(work.payload["snapshot"], made, work.files)
