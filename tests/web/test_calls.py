"""Calls and their mails through the pages: made like last year's, extended with a reason, and shown before they go."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from backoffice.cases.services import start_draft
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.notifications.models import Message
from backoffice.organizations.models import Organization
from backoffice.programs.models import Call
from tests.browse import Person
from tests.jobs.desk import run_kinds
from tests.make import make_call, make_organization, make_user
from tests.story import Way, days_later
from workflows.roles import Role


def headquarters(app: Flask) -> tuple[Person, str]:
    with app.app_context():
        code, email = make_call(open_days=20).code, make_user(Role.HQ_STAFF).email
        db.session.remove()
    return Person(app, email), code


def test_a_call_is_made_like_an_earlier_one_a_year_later(app: Flask) -> None:
    person, code = headquarters(app)
    form = person.get(f"/staff/calls/new?like={code}")
    made = person.submit(form, "/calls/new")
    assert "게시 전" in made.text
    with app.app_context():
        old, new = db.session.scalars(select(Call).order_by(Call.id))
        assert (new.workflow, new.max_amount, new.min_score) == (old.workflow, old.max_amount, old.min_score)
        assert timedelta(days=360) < new.closes_at - old.closes_at < timedelta(days=372)
        assert new.code != old.code
    assert "창의성·충실성" in made.text


def test_an_extension_reaches_those_who_are_writing_and_keeps_its_reason(app: Flask) -> None:
    person, code = headquarters(app)
    with app.app_context():
        company = make_organization()
        applicant = make_user(Role.APPLICANT, organization=company)
        with transaction():
            call = db.session.scalar(select(Call).where(Call.code == code))
            lead = db.session.get(Organization, company.id)
            assert call is not None
            assert lead is not None
            start_draft(app.extensions["engine"], call, lead, applicant, key="draft")
        later = clock.today() + timedelta(days=40)
        db.session.remove()
    page = person.get(f"/staff/calls/{code}")
    done = person.submit(
        page, "/extend", closes_on=later.isoformat(), closes_time="18:00", reason="지역 설명회 뒤로 미룹니다."
    )
    assert "작성 중인 1건의 기업에 메일로 알립니다" in done.text
    assert "지역 설명회 뒤로 미룹니다." in done.text
    run_kinds(app, "mail")
    with app.app_context():
        mail = db.session.scalar(select(Message).where(Message.event == "call_extended"))
        assert mail is not None
        assert "새 접수 마감" in mail.body
        assert f"{later.year}" in mail.body
        assert (mail.email, mail.withheld) == (applicant.email, None)


def test_an_extension_without_a_reason_or_to_an_earlier_day_says_so_at_the_field(app: Flask) -> None:
    person, code = headquarters(app)
    for fields, sentence in (
        ({"closes_on": "2020-01-01", "reason": "충분한 사유입니다"}, "지금 마감보다 뒤여야"),
        ({"closes_on": "언젠가", "reason": "충분한 사유입니다"}, "날짜"),
        ({"closes_on": "2099-01-04", "reason": ""}, "연장 사유를 적어 주세요"),
    ):
        page = person.submit(person.get(f"/staff/calls/{code}"), "/extend", closes_time="18:00", **fields)
        assert page.status == 422
        assert sentence in page.text
        assert fields["closes_on"] in page.tree.xpath("//input[@id='closes_on']/@value")


def test_before_a_step_its_mail_is_shown_with_what_was_typed_and_nothing_leaves(app: Flask) -> None:
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        with days_later(11):
            story.screened().reviewed()
        reference, approver, applicant = story.case().reference, story.approver.email, story.applicant.name
        db.session.remove()
    person = Person(app, approver)
    with days_later(11):
        page = person.get(f"/cases/{reference}/actions/reject")
        assert applicant in page.tree.xpath("string(//*[@id='mails'])")
        shown = person.submit(
            page, "/actions/reject", button=("preview", "yes"), feedback="시장 분석을 더 구체적으로 적어 주세요."
        )
        assert "시장 분석을 더 구체적으로 적어 주세요." in shown.tree.xpath("string(//*[@id='mails']//pre)")
        run_kinds(app, "mail")
        with app.app_context():
            assert db.session.scalar(select(Message).where(Message.event == "not_selected")) is None
            assert story.case().state == "deliberation"
            db.session.remove()


def test_a_company_is_not_told_who_else_receives_a_mail(app: Flask) -> None:
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        reference, email = story.case().reference, story.applicant.email
        db.session.remove()
    page = Person(app, email).get(f"/cases/{reference}/actions/withdraw")
    assert page.status == 200
    assert not page.tree.xpath("//*[@id='mails']")


def test_every_mail_of_a_program_is_shown_on_a_real_case_and_sent_to_oneself(app: Flask) -> None:
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        with days_later(11):
            story.screened().reviewed().selected()
        officer = make_user(Role.HQ_STAFF)
        reference = story.case().reference
        db.session.remove()
    person = Person(app, officer.email)
    for language in ("ko", "en"):
        page = person.get(f"/staff/mails?case={reference}&language={language}")
        letters = page.tree.xpath("//pre[@class='letter']")
        assert len(letters) >= 15
    page = person.get(f"/staff/mails?case={reference}")
    forms = [form for form in page.forms() if (form.get("action") or "").endswith("/mails/test")]
    chosen = next(form for form in forms if form.fields["event"] == "selected")
    sent = person.post("/staff/mails/test", dict(chosen.form_values()))
    assert f"{officer.email}(으)로 시험 메일을 보냅니다" in sent.text
    run_kinds(app, "mail")
    with app.app_context():
        mail = db.session.scalar(select(Message).where(Message.email == officer.email))
        assert mail is not None
        assert (mail.event, mail.withheld) == ("selected", None)
        assert reference in mail.subject + mail.body
