"""Printing a frozen report: seconds of work outside of any transaction, then one short one that keeps the PDF."""

from sqlalchemy import select

from backoffice.core.db import db
from backoffice.jobs.work import Work
from backoffice.reports import services
from backoffice.reports.models import FULL, Snapshot


def make(work: Work) -> None:
    """Print a paper of the issue of payload ``{"snapshot": id, "paper": name}``; what was printed before costs nothing."""
    snapshot = db.session.scalars(select(Snapshot).where(Snapshot.id == work.payload["snapshot"])).one()
    made = services.printed(snapshot, work.files, work.payload.get("paper", FULL))
    if not made.cached:
        with work.writing():
            services.keep(work.payload["snapshot"], made, work.files)
