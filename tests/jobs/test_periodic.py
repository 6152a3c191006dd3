"""What comes back by the clock: deadlines every minute, reports each January, and no turn twice."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete

from backoffice.cases.models import Case
from backoffice.cases.queries import linked
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.core.outbox import Job
from backoffice.jobs.periodic import Ticker
from backoffice.jobs.worker import Worker
from tests.jobs.desk import jobs, mails, run_kinds
from tests.make import MILLION
from tests.story import Way, days_later

NOON = clock.seoul(2026, 11, 23, 12)


def tick(app: Flask, *moments: datetime) -> None:
    for moment in moments:
        with clock.travelling(moment):
            Ticker().tick(app)


def test_two_nodes_that_tick_in_the_same_minute_ask_for_the_work_once(app: Flask) -> None:
    tick(app, NOON, NOON + timedelta(seconds=20), NOON + timedelta(seconds=40))
    with app.app_context():
        assert len(jobs("deadlines")) == 1


def test_deadlines_are_looked_at_every_minute(app: Flask) -> None:
    tick(app, *(NOON + timedelta(minutes=minute) for minute in range(5)))
    with app.app_context():
        assert len(jobs("deadlines")) == 5


def test_an_idle_second_writes_nothing(app: Flask) -> None:
    ticker = Ticker()
    with clock.travelling(NOON):
        ticker.tick(app)
    with app.app_context(), transaction():
        db.session.execute(delete(Job))
    with clock.travelling(NOON + timedelta(seconds=1)):
        ticker.tick(app)
    with app.app_context():
        assert jobs("deadlines") == []


@pytest.mark.parametrize(("month", "wanted"), [(12, 0), (1, 1), (2, 0)])
def test_outcome_reports_are_opened_in_january_only(app: Flask, month: int, wanted: int) -> None:
    tick(app, clock.seoul(2027, month, 15, 9))
    with app.app_context():
        assert len(jobs("open_reports")) == wanted


def test_finished_turns_are_cleared_away_after_a_week_and_every_other_job_is_kept(app: Flask) -> None:
    with app.app_context():
        Way(app.extensions["engine"]).submitted()
        db.session.remove()
    tick(app, clock.now())
    run_kinds(app, "deadlines", "tidy")
    with clock.travelling(clock.now() + timedelta(days=8)):
        Ticker().tick(app)
        run_kinds(app, "deadlines", "tidy")
    with app.app_context():
        assert len(jobs("deadlines")) == 1
        assert len(jobs("receipt")) == 1


def test_a_draft_that_was_not_submitted_in_time_is_closed_by_the_clock(app: Flask) -> None:
    with app.app_context():
        case_id = Way(app.extensions["engine"]).case_id
        db.session.remove()
    with days_later(11):
        Ticker().tick(app)
        Worker(app).run_due()
    with app.app_context():
        assert db.session.get_one(Case, case_id).final == "cancelled"


def tracked_case(app: Flask) -> int:
    """A settled case whose agreement ended this year or next, with its first outcome report open."""
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        with days_later(11):
            story.screened().reviewed().selected().running(days=20).paid()
        with days_later(40):
            story.engine.breach()
            story.reported(35 * MILLION).settled()
        case_id = story.case_id
        db.session.remove()
    return case_id


def test_each_january_a_tracked_project_is_asked_for_the_year_before_once(app: Flask) -> None:
    case_id = tracked_case(app)
    with app.app_context():
        first = linked(case_id)[0].year
    for january in (first + 1, first + 2, first + 2, first + 3):
        with clock.travelling(clock.seoul(january, 1, 5 + january % 7, 9)):
            Ticker().tick(app)
            run_kinds(app, "open_reports", "mail")
    with app.app_context():
        assert [report.year for report in linked(case_id)] == [first, first + 1, first + 2]
    asked = [str(mail["Subject"]) for mail in mails(app) if "성과활용보고서를 제출해" in str(mail["Subject"])]
    assert [subject.split()[1] for subject in asked] == [f"{first + 1}년", f"{first + 2}년"]


def test_after_five_years_no_more_reports_are_asked_for(app: Flask) -> None:
    case_id = tracked_case(app)
    with app.app_context():
        first = linked(case_id)[0].year
    for january in range(first + 1, first + 9):
        with clock.travelling(clock.seoul(january, 1, 10, 9)):
            Ticker().tick(app)
            run_kinds(app, "open_reports", "mail")
    with app.app_context():
        assert [report.year for report in linked(case_id)] == list(range(first, first + 5))
