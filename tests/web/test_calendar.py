"""Calendar files through the pages: a private address that can be cut, and nothing in it that is not a title."""

from datetime import timedelta

from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from backoffice.accounts.models import RoleGrant
from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.db import db, transaction
from tests.browse import Page, Person
from tests.crowd import make_cases, make_crowd


def desk(app: Flask) -> tuple[Person, str, int]:
    """An officer, the reference of a case that is due in five days, and the officer's id."""
    with app.app_context():
        crowd = make_crowd(app.extensions["engine"])
        case_id = make_cases(crowd, 1, state="screening", due=clock.now() + timedelta(days=5))[0]
        reference = db.session.get_one(Case, case_id).reference
        found = Person(app, crowd.officer.email), reference, crowd.officer.user_id or 0
        db.session.remove()
    return found


def address_of(page: Page) -> str:
    found: str = page.tree.xpath("string(//input[@id='feed']/@value)")
    return found.replace("http://localhost", "")


def test_a_private_address_carries_deadlines_and_titles_without_signing_in(app: Flask) -> None:
    person, reference, _ = desk(app)
    address = address_of(person.submit(person.get("/staff/calendar"), "/staff/calendar/feeds"))
    answer = Person(app).client.get(address)
    assert answer.headers["Content-Type"].startswith("text/calendar")
    entries = list(Calendar.from_ical(answer.get_data()).walk("VEVENT"))
    assert [str(entry["SUMMARY"]) for entry in entries] == [f"[기한] {reference} 나노입자 바이오센서 공동 기획"]
    assert entries[0]["DTSTART"].dt == clock.today() + timedelta(days=5)
    assert "시험기업" not in answer.get_data(as_text=True)
    assert address not in person.get("/staff/calendar").text


def test_a_revoked_address_and_a_guessed_one_answer_nobody(app: Flask) -> None:
    person, _, _ = desk(app)
    address = address_of(person.submit(person.get("/staff/calendar"), "/staff/calendar/feeds"))
    page = person.get("/staff/calendar")
    person.submit(page, page.tree.xpath("//form[contains(@action, '/revoke')]/@action")[0])
    assert Person(app).client.get(address).status_code == 404
    assert Person(app).client.get("/calendar/guess.ics").status_code == 404


def test_an_address_ends_with_the_role_of_its_owner(app: Flask) -> None:
    person, _, user_id = desk(app)
    address = address_of(person.submit(person.get("/staff/calendar"), "/staff/calendar/feeds"))
    with app.app_context(), transaction():
        for grant in db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == user_id)):
            grant.revoked_at = clock.now()
    assert Person(app).client.get(address).status_code == 404


def test_the_month_shows_what_is_due_and_never_breaks(app: Flask) -> None:
    person, _, _ = desk(app)
    due = clock.today() + timedelta(days=5)
    assert "나노입자 바이오센서" in person.get(f"/staff/calendar?month={due:%Y-%m}").text
    assert "기한도 모임도 없습니다" in person.get("/staff/calendar?month=2031-02").text
    for month in ("", "0000-00", "x", "9999-12", "2026-13"):
        assert person.get(f"/staff/calendar?month={month}&box=mine&due_from=x").status == 200


def test_a_case_without_a_meeting_has_no_calendar_file(app: Flask) -> None:
    person, reference, _ = desk(app)
    assert person.get(f"/cases/{reference}/meetings.ics").status == 404
