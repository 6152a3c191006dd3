"""Running one job, whoever carries its number: claim, do, finish or put back."""

import logging

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from backoffice.core import outbox
from backoffice.core.db import db, transaction
from backoffice.core.errors import OfficeError, Unavailable
from backoffice.jobs.tasks import TASKS
from backoffice.jobs.work import Work, pulse

log = logging.getLogger(__name__)


def run_job(app: Flask, job_id: int) -> bool:
    """Run a job if it may be claimed now: False when somebody else has it or it is over.

    Whatever goes wrong inside stays on the row. Raises only when the database cannot be written: the lease then runs
    out, and somebody claims the job again.
    """
    with app.app_context():
        try:
            with transaction():
                claimed = outbox.claim(job_id)
            if claimed is None:
                return False
            _carry_out(Work(app, claimed))
        except outbox.LostClaim as lost:
            log.warning("job %s was taken over by somebody else", lost)
        finally:
            db.session.remove()
        return True


def _carry_out(work: Work) -> None:
    """Do the work and write down how it ended. Raises LostClaim."""
    try:
        _do(work)
    except outbox.LostClaim:
        raise
    except Unavailable as down:
        log.warning("job %s waits: %s", work.claim.key, down.sentence.en)
        db.session.rollback()
        with transaction():
            outbox.postpone(work.claim, down.sentence.en)
    except Exception as error:
        log.exception("job %s failed", work.claim.key)
        db.session.rollback()
        with transaction():
            outbox.fail(work.claim, _said(error))
    else:
        with work.writing():
            outbox.finish(work.claim)


def _do(work: Work) -> None:
    """Raises RuntimeError for a job that has killed its workers, LookupError for a kind nobody knows."""
    if work.claim.attempts > outbox.MAX_ATTEMPTS:
        raise RuntimeError("every worker that ran it was killed; it is not tried again")
    task = TASKS.get(work.claim.kind)
    if task is None:
        raise LookupError(f"there is no task for jobs of kind '{work.claim.kind}'")
    with pulse(work):
        task(work)


def _said(error: Exception) -> str:
    """One line for the page of failed jobs: no statement and no values, which may be somebody's data."""
    if isinstance(error, OfficeError):
        return error.sentence.en
    if isinstance(error, SQLAlchemyError):
        return type(error).__name__
    return f"{type(error).__name__}: {error}"
