"""The page of what is due, moving a date, and the undo button, as people meet them."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.db import db, transaction
from tests.browse import Person
from tests.make import make_user
from tests.queries import counted
from tests.story import Way, days_later
from tests.web.test_bulk import drafts
from workflows.roles import Role

MONDAY = clock.seoul(2026, 11, 16, 10)


def submitted(app: Flask, number: int = 1) -> list[Way]:
    with app.app_context():
        first = Way(app.extensions["engine"]).submitted()
        stories = [first, *(Way(first.engine, call=first.call).submitted() for _ in range(number - 1))]
        db.session.remove()
    return stories


def due_on(app: Flask, story: Way, days: int, hours: int = 0) -> None:
    with app.app_context(), transaction():
        moment = clock.end_of_day(MONDAY.date() + timedelta(days=days)) - timedelta(hours=hours)
        db.session.execute(update(Case).where(Case.id == story.case_id).values(due_at=moment))


@pytest.mark.parametrize(
    ("days", "bucket"),
    [(-1, "overdue"), (0, "today"), (1, "week"), (6, "week"), (7, "month"), (14, "month"), (15, "later")],
)
def test_each_case_stands_in_the_stretch_of_time_it_is_due_in(app: Flask, days: int, bucket: str) -> None:
    story = submitted(app)[0]
    due_on(app, story, days)
    officer = Person(app, story.hq_staff.email)
    with clock.travelling(MONDAY):
        for code in ("overdue", "today", "week", "month", "later"):
            found = "나노메디텍" in officer.get(f"/staff/deadlines?due={code}").tree.xpath("string(//main//table)")
            assert found == (code == bucket), code


def test_the_list_is_narrowed_by_zone_program_and_whose_turn_it_is(app: Flask) -> None:
    story = submitted(app)[0]
    due_on(app, story, 0)
    officer = Person(app, story.hq_staff.email)
    with app.app_context():
        owner = story.case().waiting_for
    with clock.travelling(MONDAY):
        base = "/staff/deadlines?due=today"
        for query, shown in (
            ("&program=joint_rbd_planning", True), ("&program=objection", False), (f"&owner={owner}", True),
            ("&owner=finance", False), ("&zone=999", False), ("&zone=x&owner=nobody&page=-3", True),
        ):  # fmt: skip
            assert ("나노메디텍" in officer.get(base + query).text) == shown, query


def test_nobody_sees_what_is_due_in_a_foreign_zone(app: Flask) -> None:
    story = submitted(app)[0]
    due_on(app, story, 0)
    with app.app_context():
        email = make_user(Role.ZONE_STAFF, zone_code="GS-POHANG").email
        db.session.remove()
    with clock.travelling(MONDAY):
        assert "나노메디텍" not in Person(app, email).get("/staff/deadlines?due=today").text


def test_the_page_asks_the_database_as_often_for_many_cases_as_for_few(app: Flask) -> None:
    story = submitted(app)[0]
    officer = Person(app, story.hq_staff.email)
    officer.get("/staff/deadlines")
    sizes = []
    for _ in range(2):
        with app.app_context(), counted() as seen:
            officer.get("/staff/deadlines?due=month")
            officer.get("/staff/deadlines?due=later")
        sizes.append(len(seen))
        drafts(app, [story], 45) if len(sizes) == 1 else None
    assert sizes[0] == sizes[1]


def test_a_date_is_moved_on_its_page_and_everything_wrong_is_said_at_the_field(app: Flask) -> None:
    story = submitted(app)[0]
    officer = Person(app, story.hq_staff.email)
    with days_later(11):
        with app.app_context():
            story.do("start_screening", story.zone_staff)
            address = f"/staff/cases/{story.case().reference}/deadline"
            db.session.remove()
        page = officer.get(address)
        wrong = officer.submit(page, "", to="내일쯤", reason="자료를 더 받아야 합니다.")
        assert wrong.status == 422
        assert "날짜는 2026-11-21처럼" in wrong.text
        assert "자료를 더 받아야 합니다." in wrong.text
        past = officer.submit(wrong, "", to="2020-01-01", reason="자료를 더 받아야 합니다.")
        assert past.status == 422
        target = (clock.today() + timedelta(days=30)).isoformat()
        done = officer.submit(past, "", to=target, reason="자료를 더 받아야 합니다.")
        assert f"→ {target}" in done.text
        assert "자료를 더 받아야 합니다." in done.text


def test_a_date_the_law_sets_shows_why_it_cannot_be_moved(app: Flask) -> None:
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        with days_later(11):
            story.screened().reviewed().selected()
        reference, revision, due = story.case().reference, story.case().revision, story.case().due_at
        db.session.remove()
    officer = Person(app, story.hq_staff.email)
    page = officer.get(f"/staff/cases/{reference}/deadline")
    assert "법령이 정한 기한" in page.text
    token = page.form("/language").fields["csrf_token"]
    data = {"csrf_token": token, "to": "2027-05-01", "reason": "그냥 바꿉니다.", "revision": str(revision), "key": "x"}
    refused = officer.post(page.address, data)
    assert refused.status == 409
    assert "법령이 정한 기한" in refused.text
    with app.app_context():
        assert story.case().due_at == due


def test_the_undo_button_names_the_step_and_the_time_and_is_gone_afterwards(app: Flask) -> None:
    story = submitted(app)[0]
    officer = Person(app, story.zone_staff.email)
    with days_later(11):
        with app.app_context():
            address = f"/staff/cases/{story.case().reference}"
        page = officer.submit(officer.get(address), "/actions/start_screening")
        until = clock.in_seoul(clock.now() + timedelta(minutes=10))
        assert "'사전검토 착수' 처리했습니다." in page.text
        assert f"{until:%H:%M}까지 되돌릴 수 있고" in page.text
        assert "까지 되돌릴 수 있고" not in Person(app, story.hq_staff.email).get(address).text
        done = officer.submit(page, "/undo")
        assert "되돌렸습니다" in done.text
        assert "되돌림: 사전검토 착수" in done.text
        assert "까지 되돌릴 수 있고" not in done.text
        again = officer.post(
            f"/cases/{address.rpartition('/')[2]}/undo",
            {"csrf_token": page.form("/undo").fields["csrf_token"], "revision": "4", "key": "again"},
        )
        assert "되돌릴 수 있는 처리가 아닙니다" in again.text
    with app.app_context():
        assert db.session.scalar(select(Case.state).where(Case.id == story.case_id)) == "submitted"
