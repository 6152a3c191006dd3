"""Celery as carrier: the same jobs and the same answers, only somebody else brings the number."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import redis
from flask import Flask

from backoffice.config import Settings
from backoffice.core import clock, outbox
from backoffice.core.db import db, transaction
from backoffice.core.outbox import DONE, WAITING, Job
from backoffice.jobs import carrier
from tests.jobs.desk import jobs, mails, process, settings_of, until
from tests.machine import HAS_REDIS, need, worker_name
from tests.story import Way

SHELF = 8 + sum(map(ord, worker_name())) % 8
"""A Redis database of our own."""
BROKER = f"redis://127.0.0.1:6379/{SHELF}"


@pytest.fixture
def broker() -> Iterator[str]:
    need(HAS_REDIS, "Redis")
    with redis.Redis.from_url(BROKER) as client:
        client.flushdb()
        yield BROKER
        client.flushdb()


@contextmanager
def carried_by(app: Flask, broker: str) -> Iterator[None]:
    """Within the block this office's new jobs are kicked through Celery."""
    values = {name: getattr(settings_of(app), name) for name in Settings.model_fields}
    carrier.register(app, Settings(**{**values, "jobs": "celery", "redis_url": broker}))
    try:
        yield
    finally:
        app.extensions.pop("celery").close()
        carrier.register(app, settings_of(app))


@contextmanager
def celery_worker(app: Flask, broker: str) -> Iterator[None]:
    """A real worker process that gets its numbers from the broker."""
    with process(app, "worker", "--processes", "1", BACKOFFICE_JOBS="celery", BACKOFFICE_REDIS_URL=broker):
        yield


def status(app: Flask, job_id: int) -> str:
    with app.app_context():
        return db.session.get_one(Job, job_id).status


def test_a_mail_travels_through_redis_and_leaves_once(app: Flask, broker: str) -> None:
    with carried_by(app, broker), app.app_context():
        Way(app.extensions["engine"]).submitted()
        mail = jobs("mail")[0].id
        db.session.remove()
    with celery_worker(app, broker):
        assert until(lambda: status(app, mail) == DONE, seconds=60)
    assert len(mails(app)) == 1


def test_a_kick_that_was_lost_is_made_good_by_the_sweep(app: Flask, broker: str) -> None:
    with app.app_context(), transaction():
        job_id = outbox.enqueue("tidy", {}, run_at=clock.now() - timedelta(seconds=1))
    with celery_worker(app, broker):
        assert until(lambda: status(app, job_id) == DONE, seconds=60)


def test_without_a_broker_the_change_is_kept_and_the_job_waits(app: Flask) -> None:
    with carried_by(app, "redis://127.0.0.1:1/0"), app.app_context():
        with transaction():
            job_id = outbox.enqueue("tidy", {})
        started = time.monotonic()
        with transaction():
            outbox.enqueue("tidy", {})
        assert time.monotonic() - started < 1, "a broker that is away must not slow down every change"
    assert status(app, job_id) == WAITING
