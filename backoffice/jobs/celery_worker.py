"""The Celery worker: the same ``run_job``, carried by Redis, with a sweep for what the broker lost."""

from celery import Celery
from celery.signals import worker_process_init
from flask import Flask

from backoffice.core.db import db
from backoffice.jobs.carrier import TASK, Messenger
from backoffice.jobs.periodic import Ticker
from backoffice.jobs.running import run_job
from backoffice.jobs.worker import due

SWEEP = "backoffice.sweep"
SWEEP_SECONDS = 10.0


def attach(app: Flask, celery: Celery) -> None:
    """Tell Celery what its two tasks do, and its clock how often to sweep."""
    ticker, messenger = Ticker(), Messenger(celery)

    def run(job_id: int) -> None:
        run_job(app, job_id)

    def sweep() -> None:
        """Tick, and kick again whatever may be claimed: retries, lost kicks, jobs of killed workers."""
        ticker.tick(app)
        for job_id in due(app, 200):
            messenger.kick(job_id)

    celery.task(name=TASK)(run)
    celery.task(name=SWEEP)(sweep)
    celery.conf.beat_schedule = {
        "sweep": {"task": SWEEP, "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}}
    }


def serve(app: Flask, celery: Celery, *, processes: int) -> None:
    """Run the Celery worker with its clock until it is told to stop."""
    attach(app, celery)

    def forget_connections(**_: object) -> None:
        """A forked process must not share the parent's database connections."""
        with app.app_context():
            db.engine.dispose(close=False)

    worker_process_init.connect(forget_connections, weak=False)
    schedule = app.extensions["settings"].instance / "celery-schedule"
    schedule.parent.mkdir(parents=True, exist_ok=True)
    celery.worker_main(
        ["worker", "--beat", f"--schedule={schedule}", f"--concurrency={processes}", "--loglevel=WARNING"]
    )
