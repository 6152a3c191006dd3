"""Delivery: a mail leaves once, to whom it may concern, and waits while the mail server is away."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from flask import Flask
from sqlalchemy import select

from backoffice.access.actors import Actor
from backoffice.accounts.models import RoleGrant, User
from backoffice.accounts.services import deactivate, revoke
from backoffice.core import clock, outbox
from backoffice.core.db import db, transaction
from backoffice.core.outbox import DONE, WAITING
from backoffice.notifications.delivery import Envelope, MailDown, Undeliverable, deliver
from backoffice.notifications.recipients import ACCOUNT_CLOSED, ADDRESS_REFUSED, MAY_NOT_READ
from tests.jobs.desk import Postbox, free_port, jobs, mailing_to, mails, messages, send_mails, settings_of
from tests.make import make_user
from tests.story import Way, days_later
from workflows.roles import Role


def tell(app: Flask, **payload: object) -> None:
    """Ask for one mail, as an effect would."""
    with app.app_context(), transaction():
        outbox.enqueue("mail", payload, key=f"told:{sorted(payload.items())}"[:150])


def submitted(app: Flask) -> Way:
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        db.session.remove()
    return story


def grants_of(person: Actor) -> list[int]:
    return list(db.session.scalars(select(RoleGrant.id).where(RoleGrant.user_id == person.user_id)))


def test_a_submission_sends_its_applicant_one_receipt(app: Flask) -> None:
    story = submitted(app)
    send_mails(app)
    (mail,) = mails(app)
    assert mail["To"] == story.applicant.email
    assert str(mail["Subject"]).startswith("[이음] 신청서가 접수되었습니다")
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content_charset() == "utf-8"
    assert mail["From"] == settings_of(app).mail_from
    assert abs(parsedate_to_datetime(mail["Date"]) - clock.now()) < timedelta(minutes=5)


def test_a_job_that_runs_twice_is_one_mail(app: Flask) -> None:
    submitted(app)
    send_mails(app)
    with app.app_context(), transaction():
        for row in jobs("mail"):
            row.status = WAITING
    send_mails(app)
    assert len(mails(app)) == 1
    with app.app_context():
        assert len(messages()) == 1


def test_a_mail_that_was_taken_just_before_the_crash_comes_again_with_the_same_id(app: Flask) -> None:
    submitted(app)
    box = Postbox()
    with box.open(free_port()) as url, mailing_to(app, url):
        send_mails(app)
        with app.app_context(), transaction():
            messages()[0].sent_at = None
            jobs("mail")[0].status = WAITING
        send_mails(app)
    first, second = box.taken
    assert first["Message-ID"] == second["Message-ID"]


def test_mail_written_as_files_comes_again_as_the_same_file(app: Flask) -> None:
    submitted(app)
    send_mails(app)
    with app.app_context(), transaction():
        messages()[0].sent_at = None
        jobs("mail")[0].status = WAITING
    send_mails(app)
    assert len(mails(app)) == 1


def test_while_the_mail_server_is_away_nothing_is_lost_however_long_it_takes(app: Flask) -> None:
    submitted(app)
    port, moment = free_port(), clock.now()
    with mailing_to(app, f"smtp://127.0.0.1:{port}"):
        for hour in range(outbox.MAX_ATTEMPTS + 3):
            with clock.travelling(moment + timedelta(hours=hour)):
                send_mails(app)
        with app.app_context():
            assert [row.status for row in jobs("mail")] == [WAITING]
        box = Postbox()
        with box.open(port), clock.travelling(moment + timedelta(days=2)):
            send_mails(app)
    assert len(box.taken) == 1
    with app.app_context():
        assert [row.status for row in jobs("mail")] == [DONE]


def test_a_server_that_is_busy_is_asked_again_and_one_that_refuses_the_mail_is_not(app: Flask) -> None:
    submitted(app)
    box = Postbox("451 try later")
    with box.open(free_port()) as url, mailing_to(app, url):
        send_mails(app)
        with app.app_context():
            assert jobs("mail")[0].status == WAITING
        box.answer = "554 not here"
        with clock.travelling(clock.now() + timedelta(hours=1)):
            send_mails(app)
    with app.app_context():
        assert jobs("mail")[0].status == DONE
        assert [row.withheld for row in messages()] == [ADDRESS_REFUSED]


def test_whoever_lost_their_role_before_the_mail_left_gets_nothing_and_the_row_says_why(app: Flask) -> None:
    story = submitted(app)
    with app.app_context(), transaction():
        for grant_id in grants_of(story.applicant):
            revoke(grant_id)
    send_mails(app)
    assert mails(app) == []
    with app.app_context():
        (row,) = messages()
        assert (row.withheld, row.sent_at, row.body) == (MAY_NOT_READ, None, "")


def test_whoever_lost_their_role_while_the_mail_waited_gets_nothing_either(app: Flask) -> None:
    story = submitted(app)
    with mailing_to(app, f"smtp://127.0.0.1:{free_port()}"):
        send_mails(app)
    with app.app_context(), transaction():
        for grant_id in grants_of(story.applicant):
            revoke(grant_id)
    with clock.travelling(clock.now() + timedelta(hours=1)):
        send_mails(app)
    assert mails(app) == []
    with app.app_context():
        assert [row.withheld for row in messages()] == [MAY_NOT_READ]


def test_a_closed_account_gets_no_mail(app: Flask) -> None:
    story = submitted(app)
    with app.app_context(), transaction():
        deactivate(story.applicant.user_id or 0)
    send_mails(app)
    assert mails(app) == []
    with app.app_context():
        assert [row.withheld for row in messages()] == [ACCOUNT_CLOSED]


def test_a_reviewer_who_was_dismissed_meanwhile_is_not_told_about_the_case(app: Flask) -> None:
    story = submitted(app)
    send_mails(app)
    with app.app_context():
        stranger = make_user(Role.REVIEWER)
        db.session.remove()
    tell(app, event="review_assigned", case=story.case_id, user=stranger.user_id)
    send_mails(app)
    assert len(mails(app)) == 1
    with app.app_context():
        assert messages()[-1].withheld == MAY_NOT_READ


def test_reviewers_are_told_one_by_one_and_sent_to_their_own_page(app: Flask) -> None:
    story = submitted(app)
    send_mails(app)
    with days_later(11):
        with app.app_context():
            story.screened()
            db.session.remove()
        send_mails(app)
    with days_later(12):
        send_mails(app)
    asked = [mail for mail in mails(app) if "평가를 요청드립니다" in str(mail["Subject"])]
    assert len({mail["To"] for mail in asked}) == len(asked) == 3
    assert all("/reviewer/cases/" in mail.get_content() for mail in asked)


def test_a_mail_for_all_partners_reaches_each_company_and_nobody_else(app: Flask) -> None:
    story = submitted(app)
    tell(app, event="agreement_ready", case=story.case_id)
    send_mails(app)
    people = {story.applicant.email, story.partner_user.email, story.anchor_user.email}
    assert {str(mail["To"]) for mail in mails(app) if "서명" in str(mail["Subject"])} == people


def test_staff_mail_goes_to_the_zones_of_the_case_the_handler_first(app: Flask) -> None:
    story = submitted(app)
    with app.app_context():
        elsewhere = make_user(Role.ZONE_STAFF, zone_code="GS-POHANG")
        with transaction():
            story.case().handler_id = story.hq_staff.user_id
        db.session.remove()
    tell(app, event="withdrawn", case=story.case_id)
    send_mails(app)
    with app.app_context():
        told = [row.user_id for row in messages() if row.event == "withdrawn"]
    assert told[0] == story.hq_staff.user_id
    assert story.zone_staff.user_id in told
    assert elsewhere.user_id not in told


def test_everybody_is_written_to_in_their_own_language(app: Flask) -> None:
    with app.app_context():
        story = Way(app.extensions["engine"])
        with transaction():
            db.session.get_one(User, story.applicant.user_id).language = "en"
        story.submitted()
        db.session.remove()
    send_mails(app)
    (mail,) = mails(app)
    assert str(mail["Subject"]).startswith("[Ieum] Your application was received")
    assert mail["Content-Language"] == "en"


def envelope(to: str = "person@example.kr") -> Envelope:
    return Envelope("<1@localhost>", to, "제목", "본문\n", "ko", clock.now())


@pytest.mark.parametrize("address", ["a\r\nBcc: b@example.org", "nobody", "한글@example.kr", "a@b@c", ""])
def test_an_address_that_is_none_is_never_handed_to_the_server(address: str) -> None:
    box = Postbox()
    with box.open(free_port()) as url, pytest.raises(Undeliverable):
        deliver(url, envelope(address), "ieum@localhost")
    assert box.taken == []


def test_a_folder_that_cannot_be_written_makes_the_mail_wait(app: Flask) -> None:
    with pytest.raises(MailDown):
        deliver("file:///proc/nothing/here", envelope(), "ieum@localhost")


def test_a_wrong_password_for_the_mail_server_makes_the_mail_wait(app: Flask) -> None:
    box = Postbox()
    with box.open(free_port()) as url, pytest.raises(MailDown):
        deliver(url.replace("smtp://", "smtp://user:wrong@"), envelope(), "ieum@localhost")
