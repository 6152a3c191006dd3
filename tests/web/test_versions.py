"""Submitted versions side by side: only what changed, the difference in won, files by content, and the requests between."""

from flask import Flask

from backoffice.cases import corrections
from backoffice.core.db import db, transaction
from backoffice.engine.timeline import rows_of
from tests.browse import Person
from tests.make import MILLION, attach_file, make_user
from tests.story import Way, days_later
from workflows.roles import Role

BUDGET = [
    {"category": "personnel", "item": "기획 인력", "grant": 30 * MILLION, "own": 5 * MILLION},
    {"category": "indirect", "item": "간접비", "grant": 10 * MILLION, "own": None},
]


def answer_first(story: Way, text: str) -> None:
    """What the company says to the first item it was asked to correct."""
    with transaction():
        row = story.case()
        history = rows_of(row.id)
        asked = corrections.open_round(row.id, row.state, story.definition(row), history)
        assert asked is not None
        assert corrections.answer(row.id, asked, {1: text}, {}, story.applicant) == []


def corrected(app: Flask) -> tuple[str, str]:
    """A case submitted twice: the reference, and who looks."""
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        email = make_user(Role.HQ_STAFF).email
        with days_later(11):
            story.do("start_screening", story.zone_staff)
            story.do(
                "request_correction",
                story.hq_staff,
                items=[{"item": "사업비", "request": "인건비 산출 근거를 적어 주세요."}],
            )
            story.fill(
                "application",
                story.applicant,
                {"title": "바뀐 이름의 공동 기획 과제", "requested": 40 * MILLION, "budget": BUDGET},
            )
            attach_file(story.case(), "plan_file", story.applicant, form="application", name="새 계획서.pdf")
            answer_first(story, "인건비를 월별 참여율로 나누어 적었습니다.")
            story.do("resubmit", story.applicant)
        found = story.case().reference
        db.session.remove()
    return found, email


def test_two_versions_show_what_changed_the_difference_and_what_was_asked(app: Flask) -> None:
    reference, email = corrected(app)
    person = Person(app, email)
    assert "제출본 비교" in person.get(f"/staff/cases/{reference}").text
    page = person.get(f"/staff/cases/{reference}/versions")
    assert page.status == 200
    assert "인건비 산출 근거를 적어 주세요" in page.text
    assert "월별 참여율로 나누어" in page.tree.xpath("string(//*[@id='answers'])")
    assert "바뀐 이름의 공동 기획 과제" in page.text
    assert "−10,000천원 (1,000만 원)" in page.text
    assert "새 계획서.pdf" in page.tree.xpath("string(//*[@id='files'])")
    rows = page.tree.xpath("//table[contains(@class, 'compare')]/tbody/tr")
    assert 1 <= len(rows) < 12


def test_a_version_there_is_not_does_not_exist(app: Flask) -> None:
    reference, email = corrected(app)
    person = Person(app, email)
    assert person.get(f"/staff/cases/{reference}/versions?old=1&new=9").status == 404
    assert person.get(f"/staff/cases/{reference}/versions?old=7&new=2").status == 404
    assert person.get(f"/staff/cases/{reference}/versions?old=2&new=1").status == 200


def test_another_zone_sees_no_versions(app: Flask) -> None:
    reference, _ = corrected(app)
    with app.app_context():
        email = make_user(Role.ZONE_STAFF, zone_code="GS-POHANG").email
        db.session.remove()
    assert Person(app, email).get(f"/staff/cases/{reference}/versions").status == 404
