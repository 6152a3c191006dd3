"""Periodic jobs that keep the office on time: breached deadlines, reminders, and old rows of periodic jobs."""

from datetime import timedelta

from sqlalchemy import delete

from backoffice.core import clock, outbox
from backoffice.core.db import refresh_statistics, rows_changed
from backoffice.jobs.work import Work
from backoffice.notifications import reminders

KEPT = timedelta(days=7)
"""How long a finished periodic job can still be looked at."""


def watch_deadlines(work: Work) -> None:
    """Take the system's step where time is up, then remind and alarm, even if one of those steps failed."""
    try:
        work.engine.breach()
    finally:
        with work.writing():
            reminders.issue(work.engine)


def tidy(work: Work) -> None:
    """Delete finished rows of periodic jobs: one a minute would fill the table. Every other job is kept as a record.

    Then the database learns how its tables have grown.
    """
    with work.writing():
        rows_changed(
            delete(outbox.Job).where(
                outbox.Job.kind.in_(("deadlines", "tidy", "webhooks")),
                outbox.Job.status == outbox.DONE,
                outbox.Job.finished_at < clock.now() - KEPT,
            )
        )
        refresh_statistics()
