"""Jobs: nothing is lost when a worker dies, nothing is done twice, and nobody waits in vain."""

import os
import signal
from datetime import timedelta

import pytest
from flask import Flask

from backoffice.core import clock, outbox
from backoffice.core.db import db, transaction
from backoffice.core.outbox import DEAD, DONE, RUNNING, WAITING, Job
from backoffice.jobs import carrier
from backoffice.jobs.running import run_job
from backoffice.jobs.work import Work
from backoffice.jobs.worker import Worker
from tests.jobs.desk import Postbox, free_port, jobs, mailing_to, process, run_jobs, send_mails, until
from tests.story import Way


def submit(app: Flask) -> None:
    with app.app_context():
        Way(app.extensions["engine"]).submitted()
        db.session.remove()


def ask_for(app: Flask, kind: str, **payload: object) -> int:
    with app.app_context(), transaction():
        return outbox.enqueue(kind, payload)


def job(app: Flask, job_id: int) -> Job:
    with app.app_context():
        return db.session.get_one(Job, job_id)


def test_a_job_whose_worker_was_killed_is_run_again_when_its_lease_is_over(app: Flask) -> None:
    submit(app)
    stuck, port = Postbox(), free_port()
    stuck.go_on.clear()
    with stuck.open(port) as url, process(app, "worker", BACKOFFICE_MAIL_URL=url) as worker:
        assert stuck.reached.wait(30)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        stuck.answer = "451 nobody is listening any more"
    with app.app_context():
        assert [row.status for row in jobs("mail")] == [RUNNING]
    good = Postbox()
    with good.open(port) as url, mailing_to(app, url):
        send_mails(app)
        assert good.taken == []
        with clock.travelling(clock.now() + outbox.LEASE + timedelta(seconds=1)):
            send_mails(app)
    assert len(good.taken) == 1
    with app.app_context():
        assert [row.status for row in jobs("mail")] == [DONE]


def test_a_worker_that_lost_its_claim_writes_nothing_more(app: Flask) -> None:
    job_id = ask_for(app, "mail", event="receipt", case=1)
    with app.app_context():
        with transaction():
            first = outbox.claim(job_id)
        assert first is not None
        with clock.travelling(clock.now() + outbox.LEASE + timedelta(seconds=1)), transaction():
            assert outbox.claim(job_id) is not None
        with pytest.raises(outbox.LostClaim), Work(app, first).writing():
            pytest.fail("the block must not be entered")


def test_two_workers_never_run_the_same_job_at_once(app: Flask) -> None:
    job_id = ask_for(app, "mail", event="receipt", case=1)
    with app.app_context(), transaction():
        assert outbox.claim(job_id) is not None
    assert run_job(app, job_id) is False


def test_a_job_that_fails_is_tried_again_with_growing_pauses_and_at_last_given_up(app: Flask) -> None:
    job_id = ask_for(app, "nobody knows this kind")
    moment = clock.now()
    for _ in range(outbox.MAX_ATTEMPTS):
        with clock.travelling(moment):
            assert run_job(app, job_id)
            assert not run_job(app, job_id)
        moment = moment + timedelta(hours=1)
    assert job(app, job_id).status == DEAD
    assert "nobody knows this kind" in (job(app, job_id).error or "")


def test_a_job_that_kills_every_worker_is_given_up(app: Flask) -> None:
    job_id = ask_for(app, "mail", event="receipt", case=1)
    moment = clock.now()
    for _ in range(outbox.MAX_ATTEMPTS):
        with app.app_context(), clock.travelling(moment), transaction():
            assert outbox.claim(job_id) is not None
        moment += outbox.LEASE + timedelta(seconds=1)
    with clock.travelling(moment):
        assert run_job(app, job_id)
    assert job(app, job_id).status == DEAD


def test_a_long_job_keeps_its_lease(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    submit(app)
    monkeypatch.setattr(outbox, "LEASE", timedelta(seconds=1.2))
    slow, worker = Postbox(), Worker(app)
    slow.go_on.clear()
    with slow.open(free_port()) as url, mailing_to(app, url):
        thread = worker.start()
        assert slow.reached.wait(20)
        assert not until(lambda: run_job(app, mail_id(app)), seconds=3)
        slow.go_on.set()
        assert until(lambda: job(app, mail_id(app)).status == DONE, seconds=10)
        worker.stop()
        thread.join(10)
    assert len(slow.taken) == 1


def mail_id(app: Flask) -> int:
    with app.app_context():
        return jobs("mail")[0].id


def test_a_new_job_wakes_the_worker_at_once_and_a_stopped_worker_ends(app: Flask) -> None:
    worker = Worker(app)
    thread = worker.start()
    job_id = ask_for(app, "tidy")
    assert until(lambda: job(app, job_id).status == DONE, seconds=10)
    worker.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert carrier.woken.is_set()


def test_a_job_for_later_is_left_alone_until_then(app: Flask) -> None:
    with app.app_context(), transaction():
        job_id = outbox.enqueue("tidy", {}, run_at=clock.now() + timedelta(hours=1))
    run_jobs(app)
    assert job(app, job_id).status == WAITING
    with clock.travelling(clock.now() + timedelta(hours=2)):
        run_jobs(app)
    assert job(app, job_id).status == DONE
