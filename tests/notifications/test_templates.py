"""The texts: every event has both languages, and each reads as a letter about the case at hand."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from backoffice.accounts.queries import user
from backoffice.core import clock
from backoffice.core.paths import resource_dir
from backoffice.engine.perform import Engine
from backoffice.notifications import letters, texts
from backoffice.notifications.events import EVENTS
from backoffice.notifications.orders import Order
from backoffice.notifications.recipients import Recipient
from tests.make import make_call
from tests.story import Way, days_later
from workflows.roles import Role

EMAILS = resource_dir("templates") / "emails"


def order(event: str, case_id: int, revision: int | None) -> Order:
    return Order(key="k", event=event, case_id=case_id, roles=frozenset(), revision=revision)


def written(story: Way, event: str, language: str = "ko", role: Role = Role.APPLICANT) -> tuple[str, str]:
    """The mail about the newest step of a story."""
    wanted = order(event, story.case_id, story.case().revision)
    matter = letters.find_matter(story.engine, wanted)
    person = user(story.applicant.user_id or 0)
    assert person is not None
    spoken = "en" if language == "en" else "ko"
    letter = letters.write(story.engine, wanted, matter, spoken)
    return texts.render(event, letters.address(letter, Recipient(person, role, None), "https://ieum.example"), spoken)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_event_has_a_text_and_no_text_is_left_over(language: str) -> None:
    assert {path.name.split(".")[0] for path in EMAILS.glob(f"*.{language}.txt")} == set(EVENTS)


def test_every_mail_can_be_written_about_a_case_at_any_stage(office: Engine) -> None:
    story = Way(office)
    subjects = [written(story, code)[0] for code in EVENTS]
    story.submitted()
    with days_later(11):
        for go_on in (story.screened, story.reviewed, story.selected, story.running, story.paid):
            go_on()
            subjects += [written(story, code)[0] for code in EVENTS]
    assert all(subject.startswith("[이음]") for subject in subjects)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_mail_is_a_subject_a_text_and_the_way_to_the_case(office: Engine, language: str) -> None:
    story = Way(office).submitted()
    for code in EVENTS:
        subject, body = written(story, code, language)
        assert subject.strip()
        assert "\n" not in subject
        assert "\n\n\n" not in body
        assert story.case().reference in subject + body
        assert f"https://ieum.example/portal/cases/{story.case().reference}" in body


def test_the_receipt_names_number_time_and_fingerprint(office: Engine) -> None:
    story = Way(office).submitted()
    _, body = written(story, "receipt")
    matter = letters.find_matter(office, order("receipt", story.case_id, story.case().revision))
    submission = letters.write(
        office, order("receipt", story.case_id, matter.subject.revision), matter, "ko"
    ).submission
    assert submission is not None
    assert submission.receipt in body
    assert submission.sha256 in body
    assert f"{clock.in_seoul(submission.submitted_at):%H:%M}" in body


def test_a_request_for_correction_lists_the_items_and_says_until_when(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.do("start_screening", story.zone_staff)
        items = [{"item": "사업비", "request": "간접비 산출 근거"}, {"item": "확인서", "request": "날인본 제출"}]
        story.do("request_correction", story.zone_staff, items=items)
        _, body = written(story, "correction_requested")
        due = story.case().due_at
    assert "1. [사업비] 간접비 산출 근거\n" in body
    assert "2. [확인서] 날인본 제출\n" in body
    assert due is not None
    assert f"{clock.in_seoul(due).day}.(" in body


@pytest.mark.parametrize("event", ["not_selected", "ineligible"])
def test_a_refusal_carries_the_reason_and_the_right_to_object(office: Engine, event: str) -> None:
    story = Way(office, call=make_call()).submitted()
    with days_later(11):
        story.do("start_screening", story.zone_staff)
        story.do("mark_ineligible", story.hq_staff, reason="참여기업이 요건에 맞지 않습니다.")
        _, body = written(story, event)
    assert "참여기업이 요건에 맞지 않습니다." in body
    assert "제14조제6항" in body
    assert "10일 이내" in body
    assert re.search(r"이의신청 기한: \d{4}\. \d+\. \d+\.\(.\) 23:59까지", body)


def test_a_selection_names_the_amount_and_the_day_the_agreement_is_due(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.screened().reviewed().selected()
        _, body = written(story, "selected")
    assert "금 50,000,000원(5,000만 원)" in body
    assert re.search(r"협약 체결 기한: \d{4}\. \d+\. \d+\.\(.\) 23:59까지", body)
    assert "제13조제2항" in body


def test_a_mail_sent_late_still_states_the_deadline_of_its_own_step(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.do("start_screening", story.zone_staff)
        story.do("request_correction", story.zone_staff, items=[{"item": "사업비", "request": "근거"}])
        revision = story.case().revision
        wanted = order("correction_requested", story.case_id, revision)
        before = letters.find_matter(office, wanted)
        due = letters.write(office, wanted, before, "ko").due
    with days_later(13):
        story.do("resubmit", story.applicant)
        later = letters.find_matter(office, wanted)
        assert later.subject.revision > revision
        assert letters.write(office, wanted, later, "ko").due == due


def test_what_people_type_can_neither_break_the_subject_nor_hide_lines(office: Engine) -> None:
    story = Way(office).submitted()
    wanted = order("receipt", story.case_id, story.case().revision)
    letter = letters.write(office, wanted, letters.find_matter(office, wanted), "ko")
    crooked = replace(letter, reference="X\r\nBcc: everybody@example.org\x00")
    subject, _ = texts.render("receipt", crooked, "ko")
    assert "\n" not in subject
    assert "\r" not in subject
    assert "\x00" not in subject


def test_staff_read_the_internal_name_of_a_state_and_companies_the_public_one(app: Flask) -> None:
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        with days_later(11):
            story.screened()
            assert "서면평가" in written(story, "reminder", role=Role.HQ_STAFF)[1]
            assert "평가중" in written(story, "reminder", role=Role.APPLICANT)[1]
            assert "서면평가" not in written(story, "reminder", role=Role.APPLICANT)[1]
