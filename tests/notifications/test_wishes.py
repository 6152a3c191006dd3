"""Which mails a person may decline, and which come whatever they wish."""

from flask import Flask
from sqlalchemy import select, update

from backoffice.access.actors import Actor
from backoffice.accounts.models import User
from backoffice.core import outbox
from backoffice.core.db import db, transaction
from backoffice.notifications.events import EVENTS, NEWS, REMINDERS
from backoffice.notifications.models import Message
from backoffice.notifications.recipients import NOT_WANTED
from tests.jobs.desk import mails, send_mails
from tests.story import Way
from workflows.roles import COMPANY_SIDE


def declines(person: Actor, **wishes: bool) -> None:
    with transaction():
        db.session.execute(update(User).where(User.id == person.user_id).values(**wishes))


def submitted(app: Flask) -> Way:
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        declines(story.applicant, reminders=False, news=False)
        declines(story.zone_staff, reminders=False, news=False)
        db.session.remove()
    send_mails(app)
    return story


def tell(app: Flask, event: str, story: Way, **payload: object) -> None:
    with app.app_context(), transaction():
        outbox.enqueue("mail", {"event": event, "case": story.case_id, **payload}, key=f"told:{event}")
    send_mails(app)


def test_whoever_declined_everything_still_gets_their_receipt_and_their_result(app: Flask) -> None:
    story = submitted(app)
    for event in ("selected", "not_selected", "correction_requested", "payment_made", "message_to_company"):
        tell(app, event, story)
    got = [mail for mail in mails(app) if mail["To"] == story.applicant.email]
    assert len(got) == 6


def test_declined_news_are_not_sent_and_the_reason_is_kept(app: Flask) -> None:
    story = submitted(app)
    tell(app, "message_to_office", story)
    assert not [mail for mail in mails(app) if mail["To"] == story.zone_staff.email]
    with app.app_context():
        rows = db.session.scalars(select(Message).where(Message.user_id == story.zone_staff.user_id)).all()
        assert [(row.event, row.withheld, row.body) for row in rows] == [("message_to_office", NOT_WANTED, "")]
    with app.app_context():
        declines(story.zone_staff, news=True)
    tell(app, "change_requested", story, roles=["zone_staff"])
    assert len([mail for mail in mails(app) if mail["To"] == story.zone_staff.email]) == 1


def test_a_declined_reminder_is_not_sent(app: Flask) -> None:
    story = submitted(app)
    tell(app, "reminder", story, user=story.applicant.user_id)
    assert not [mail for mail in mails(app) if "기한" in str(mail["Subject"])]


def test_nothing_a_company_must_be_told_can_be_declined() -> None:
    assert EVENTS.keys() >= NEWS | REMINDERS
    told = {code for code, event in EVENTS.items() if event.to & COMPANY_SIDE}
    assert told & NEWS == {"outcome_confirmed"}
