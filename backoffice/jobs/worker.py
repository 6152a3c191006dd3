"""The embedded worker: one loop that ticks, claims and runs, woken by new jobs or once a second."""

import logging
import threading

from flask import Flask

from backoffice.core import outbox
from backoffice.core.db import db
from backoffice.jobs.carrier import woken
from backoffice.jobs.periodic import Ticker
from backoffice.jobs.running import run_job

log = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds between two looks at the table while nobody wakes the worker."""


class Worker:
    """Runs jobs until it is told to stop; the job at hand is finished first."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._ticker = Ticker()
        self._stopping = threading.Event()

    def run(self) -> None:
        """Until ``stop``. Nothing ends the loop but that: a database that is away for a while is waited for."""
        while not self._stopping.is_set():
            woken.clear()
            try:
                self._ticker.tick(self.app)
                busy = self.run_due()
            except Exception:
                log.exception("the worker stumbled and goes on")
                busy = 0
            if not busy and not self._stopping.is_set():
                woken.wait(PAUSE)

    def run_due(self) -> int:
        """Run what may be claimed now, the oldest first: how many ran."""
        return sum(run_job(self.app, job_id) for job_id in due(self.app) if not self._stopping.is_set())

    def stop(self) -> None:
        """Ask the loop to end. May be called from a signal or another thread."""
        self._stopping.set()
        woken.set()

    def start(self) -> threading.Thread:
        """Run beside the web server in this process."""
        thread = threading.Thread(target=self.run, name="worker", daemon=True)
        thread.start()
        return thread


def due(app: Flask, limit: int = 20) -> list[int]:
    """The jobs that may be claimed now."""
    with app.app_context():
        try:
            return outbox.due_ids(limit)
        finally:
            db.session.remove()
