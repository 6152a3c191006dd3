"""How a durable job gets running: the embedded worker is woken, or Celery carries its number."""

import logging
import threading
import time

from celery import Celery
from flask import Flask
from kombu.exceptions import OperationalError

from backoffice.config import Settings
from backoffice.core import outbox

log = logging.getLogger(__name__)

woken = threading.Event()
"""Set when a job became durable in this process; the embedded worker waits on it."""

TASK = "backoffice.run_job"
SILENCE = 30.0
"""Seconds without a new try after the broker could not be reached."""


def make_celery(settings: Settings) -> Celery:
    """The Celery application: it carries job numbers only; the job table stays the truth (decision 004)."""
    celery = Celery("backoffice", broker=settings.redis_url)
    celery.conf.update(
        task_ignore_result=True,
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        task_acks_late=True,
        worker_max_tasks_per_child=50,
        broker_connection_retry_on_startup=True,
        task_default_queue="ieum",
        broker_transport_options={"visibility_timeout": 600, "socket_connect_timeout": 2, "socket_timeout": 5},
    )
    return celery


class Messenger:
    """Has a worker look at a job now. A lost message costs time, never the job: the sweep finds it.

    After a failure it is silent for a while, so that a broker that is away does not slow down every change.
    """

    def __init__(self, celery: Celery) -> None:
        self._celery = celery
        self._silent_until = 0.0

    def kick(self, job_id: int) -> None:
        if time.monotonic() < self._silent_until:
            return
        try:
            self._celery.send_task(TASK, (job_id,))
        except (OperationalError, OSError) as error:
            self._silent_until = time.monotonic() + SILENCE
            log.warning("the broker cannot be reached; job %s waits for the sweep: %s", job_id, error)


def register(app: Flask, settings: Settings) -> None:
    """Set what a new job kicks."""
    if settings.jobs == "celery":
        celery = make_celery(settings)
        app.extensions["celery"] = celery
        outbox.on_kick(Messenger(celery).kick)
    else:
        outbox.on_kick(lambda _job_id: woken.set())
