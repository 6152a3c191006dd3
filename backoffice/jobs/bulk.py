"""The job behind a large bulk run: its rows one by one, with the rights the person has now."""

from backoffice.access.actors import Actor
from backoffice.accounts import queries as accounts
from backoffice.cases import bulk
from backoffice.cases.models import BulkRun
from backoffice.core.db import db
from backoffice.jobs.work import Work


def carry_out(work: Work) -> None:
    """Take, or with ``undo`` take back, every row of a run; progress is what the page shows."""
    run = db.session.get_one(BulkRun, work.payload["run"])
    found = accounts.actor(run.actor_id)
    actor = found or Actor(run.actor_id, "", "")
    work.total = sum(bulk.counts(run.id).values())

    def noted(done: int) -> None:
        work.done = done
        with work.writing():
            pass

    act = bulk.take_back if work.payload.get("undo") else bulk.carry_out
    act(work.engine, run.id, actor, noted)
