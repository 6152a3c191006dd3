"""The job behind a migration of cases: one case after the other, with the rights its decider has now."""

from backoffice.accounts import queries as accounts
from backoffice.cases import bulk, moving
from backoffice.cases.models import BulkRun
from backoffice.core.db import db
from backoffice.jobs.work import Work


def carry_out(work: Work) -> None:
    """Move every waiting case of a run; progress is what the page shows."""
    run = db.session.get_one(BulkRun, work.payload["run"])
    run_id, decided_by = run.id, moving.order_of(run).decided_by
    counts = bulk.counts(run_id)
    work.total = sum(counts.values())
    before = work.total - counts.get(bulk.WAITING, 0)
    decider = accounts.actor(decided_by) if decided_by is not None else None

    def noted(done: int) -> None:
        work.done = before + done
        with work.writing():
            pass

    moving.carry_out(work.engine, run_id, decider, noted)
