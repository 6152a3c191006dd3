"""Reminders come before the deadline, the alarm after it, and each of them once."""

from datetime import date, datetime, timedelta

from flask import Flask

from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.notifications import reminders
from backoffice.programs.models import Call
from backoffice.programs.services import extend_call
from tests.jobs.desk import jobs, mails, send_mails
from tests.story import Way, days_later


def draft(app: Flask) -> Way:
    with app.app_context():
        story = Way(app.extensions["engine"])
        db.session.remove()
    return story


def morning(day: date) -> datetime:
    return clock.seoul(day.year, day.month, day.day, 9, 30)


def look(app: Flask, moment: datetime) -> None:
    """The clock's look at all deadlines, and the mails that follow from it."""
    with clock.travelling(moment):
        with app.app_context(), transaction():
            reminders.issue(app.extensions["engine"])
        send_mails(app)


def subjects(app: Flask, begins: str) -> list[str]:
    return [str(mail["Subject"]) for mail in mails(app) if str(mail["Subject"]).startswith(f"[이음] {begins}")]


def closing_day(app: Flask, story: Way) -> date:
    with app.app_context():
        due = story.case().due_at
        assert due is not None
        return clock.in_seoul(due).date()


def test_an_applicant_is_reminded_a_week_and_a_day_before_the_call_closes_once_each(app: Flask) -> None:
    story = draft(app)
    last = closing_day(app, story)
    for days in range(9, 0, -1):
        for _ in range(2):
            look(app, morning(last - timedelta(days=days)))
    assert len(subjects(app, "기한이 다가옵니다")) == 2
    assert {mail["To"] for mail in mails(app)} == {story.applicant.email}


def test_nobody_is_reminded_in_the_middle_of_the_night(app: Flask) -> None:
    story = draft(app)
    day = closing_day(app, story) - timedelta(days=7)
    look(app, clock.seoul(day.year, day.month, day.day, 3))
    assert mails(app) == []
    look(app, morning(day))
    assert len(mails(app)) == 1


def test_after_some_days_without_a_worker_only_the_last_reminder_is_sent(app: Flask) -> None:
    story = draft(app)
    look(app, morning(closing_day(app, story) - timedelta(days=1)))
    assert len(mails(app)) == 1


def test_a_case_that_was_handed_in_meanwhile_is_not_reminded_of(app: Flask) -> None:
    story = draft(app)
    moment = morning(closing_day(app, story) - timedelta(days=7))
    with clock.travelling(moment):
        with app.app_context(), transaction():
            assert reminders.issue(app.extensions["engine"]) == 1
        with app.app_context():
            story.submitted()
            db.session.remove()
        send_mails(app)
    assert subjects(app, "기한이 다가옵니다") == []


def test_a_call_that_is_extended_is_reminded_of_anew(app: Flask) -> None:
    story = draft(app)
    look(app, morning(closing_day(app, story) - timedelta(days=7)))
    with app.app_context():
        with transaction():
            call = db.session.get_one(Call, story.case().call_id)
            extend_call(call, call.closes_at + timedelta(days=20), reason="신청이 적어 연장합니다.", actor_id=None)
            story.engine.recompute_due([story.case_id])
        db.session.remove()
    look(app, morning(closing_day(app, story) - timedelta(days=7)))
    assert len(subjects(app, "기한이 다가옵니다")) == 2


def test_reviewers_whose_sheet_is_open_are_reminded_and_the_others_are_not(app: Flask) -> None:
    story = draft(app)
    with app.app_context():
        story.submitted()
        with days_later(11):
            story.screened()
        db.session.remove()
    with days_later(11):
        send_mails(app)
    look(app, morning(closing_day(app, story) - timedelta(days=3)))
    reminded = [mail for mail in mails(app) if "기한이 다가옵니다" in str(mail["Subject"])]
    assert sum("/reviewer/cases/" in mail.get_content() for mail in reminded) == 3
    assert sum("서면 평가표" in mail.get_content() for mail in reminded) == 3


def test_partners_who_have_not_signed_are_reminded(app: Flask) -> None:
    story = draft(app)
    with app.app_context():
        story.submitted()
        with days_later(11):
            story.screened().reviewed().selected()
            story.do("open_agreement", story.hq_staff)
        db.session.remove()
    look(app, morning(closing_day(app, story) - timedelta(days=2)))
    reminded = {str(mail["To"]) for mail in mails(app) if "협약 서명" in mail.get_content()}
    assert {story.applicant.email, story.partner_user.email, story.anchor_user.email} <= reminded


def test_when_nobody_acts_in_time_the_next_in_line_hears_of_it_once(app: Flask) -> None:
    story = draft(app)
    with app.app_context():
        story.submitted()
        db.session.remove()
    send_mails(app)
    day = closing_day(app, story) + timedelta(days=1)
    for hour in (1, 2, 26):
        look(app, clock.seoul(day.year, day.month, day.day, 0) + timedelta(hours=hour))
    late = [mail for mail in mails(app) if "기한이 지났습니다" in str(mail["Subject"])]
    assert [str(mail["To"]) for mail in late] == [story.hq_staff.email]
    with app.app_context():
        assert all(row.status == "done" for row in jobs("mail"))
