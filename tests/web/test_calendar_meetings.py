"""Meetings and score deadlines in calendars: for those they concern, with their hour, and gone when they no longer hold."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from backoffice.access.actors import Actor
from backoffice.accounts.models import RoleGrant
from backoffice.accounts.queries import actor
from backoffice.cases.models import Case
from backoffice.cases.queries import linked
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.engine.spine import Appointment
from tests.browse import Page, Person
from tests.make import make_organization, make_user
from tests.meetings.party import Party, on_the_day
from tests.meetings.test_event import surveyed
from tests.story import Way, days_later
from workflows.roles import Role


def address_of(page: Page) -> str:
    found: str = page.tree.xpath("string(//input[@id='feed']/@value)")
    return found.replace("http://localhost", "")


def subscribe(app: Flask, who: Actor, room: str = "/staff") -> str:
    person = Person(app, who.email)
    return address_of(person.submit(person.get(f"{room}/calendar"), f"{room}/calendar/feeds"))


def entries(app: Flask, address: str) -> dict[str, Any]:
    """Title -> entry of what an address answers to anybody."""
    answer = Person(app).client.get(address)
    assert answer.status_code == 200
    return {str(entry["SUMMARY"]): entry for entry in Calendar.from_ical(answer.get_data()).walk("VEVENT")}


@dataclass
class Meeting:
    """A follow-up meeting with a date, a month after its event."""

    app: Flask
    party: Party
    case_id: int
    reference: str
    title: str
    day: str

    @property
    def near(self) -> Any:
        return on_the_day(self.party, later=3)

    def moved(self, **typed: str) -> None:
        with self.app.app_context():
            self.party.do("reschedule", self.party.zone_staff, self.case_id, reason="일정을 다시 잡습니다.")
            if typed:
                self.party.do("set_date", self.party.zone_staff, self.case_id, meeting_on=self.day, **typed)
            db.session.remove()


@pytest.fixture
def meeting(app: Flask) -> Meeting:
    with app.app_context():
        party = surveyed(app.extensions["engine"])
        row = next(row for row in linked(party.case_id) if row.kind == "follow_up_meeting")
        day = (party.held_on + timedelta(days=30)).isoformat()
        with on_the_day(party, later=3):
            party.do("begin_arranging", party.zone_staff, row.id)
            party.do(
                "set_date",
                party.zone_staff,
                row.id,
                meeting_on=day,
                begins="오후 2시",
                place="https://meet.example/secret",
            )
        found = Meeting(app, party, row.id, row.reference, f"[모임] {row.reference} {row.title}", day)
        db.session.remove()
    return found


def test_a_follow_up_meeting_stands_in_the_calendar_with_its_hour(meeting: Meeting) -> None:
    with meeting.near:
        address = subscribe(meeting.app, meeting.party.zone_staff)
        entry = entries(meeting.app, address)[meeting.title]
        begins = clock.seoul(*map(int, meeting.day.split("-")), 14)
        assert (entry["DTSTART"].dt, entry["DTEND"].dt) == (begins, begins + timedelta(hours=1))
        page = Person(meeting.app, meeting.party.zone_staff.email).get(f"/staff/calendar?month={meeting.day[:7]}")
        assert page.tree.xpath(f"//a[@class='ev'][contains(@href, '{meeting.reference}')][contains(., '14:00')]")


def test_a_subscribed_calendar_never_tells_the_address_of_a_video_call(meeting: Meeting) -> None:
    with meeting.near:
        address = subscribe(meeting.app, meeting.party.zone_staff)
        body = Person(meeting.app).client.get(address).get_data(as_text=True)
        assert "meet.example" not in body
        assert "화상회의" in body
        own = Person(meeting.app, meeting.party.people["나래센서"].email).client
        file = own.get(f"/cases/{meeting.reference}/meetings.ics")
        assert "meet.example/secret" in file.get_data(as_text=True).replace("\r\n ", "")


def test_a_meeting_that_is_put_off_is_gone_until_it_has_a_date_again(meeting: Meeting) -> None:
    with meeting.near:
        address = subscribe(meeting.app, meeting.party.zone_staff)
        meeting.moved()
        assert meeting.title not in entries(meeting.app, address)
        with meeting.app.app_context():
            meeting.party.do(
                "set_date",
                meeting.party.zone_staff,
                meeting.case_id,
                meeting_on=meeting.day,
                begins="점심 뒤",
                place="김해",
            )
            db.session.remove()
        entry = entries(meeting.app, address)[f"{meeting.title} (점심 뒤)"]
        assert not isinstance(entry["DTSTART"].dt, datetime)
        assert entry["DTSTART"].dt.isoformat() == meeting.day
        assert str(entry["LOCATION"]) == "김해"


def test_nobody_of_another_zone_or_company_sees_a_meeting(meeting: Meeting) -> None:
    with meeting.app.app_context():
        stranger = make_user(Role.ZONE_STAFF, zone_code="GS-POHANG")
        company = make_user(Role.APPLICANT, organization=make_organization("다른기업"))
        db.session.remove()
    file = f"/cases/{meeting.reference}/meetings.ics"
    with meeting.near:
        body = Person(meeting.app).client.get(subscribe(meeting.app, stranger)).get_data(as_text=True)
        assert meeting.reference not in body
        assert Person(meeting.app, company.email).get(file).status == 404
        officer = Person(meeting.app, stranger.email)
        assert officer.get(file).status == 404
        page = officer.get(f"/staff/calendar?month={meeting.day[:7]}")
        assert meeting.reference not in page.response.get_data(as_text=True)


@dataclass
class Round:
    """A case whose sheets are open, and one of its reviewers."""

    app: Flask
    story: Way
    reviewer: Actor
    title: str


@pytest.fixture
def scoring(app: Flask) -> Round:
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        with days_later(11):
            story.screened()
        chosen = select(Appointment.user_id).where(Appointment.role == Role.REVIEWER).order_by(Appointment.id).limit(1)
        reviewer = actor(db.session.scalar(chosen) or 0)
        assert reviewer is not None
        row = story.case()
        found = Round(app, story, reviewer, f"[평가] {row.reference} {row.title}")
        db.session.remove()
    return found


def test_a_reviewer_has_the_deadlines_of_the_sheets_still_open(scoring: Round) -> None:
    with days_later(11):
        address = subscribe(scoring.app, scoring.reviewer, "/reviewer")
        with scoring.app.app_context():
            due = db.session.get_one(Case, scoring.story.case_id).due_at
            assert due is not None
            db.session.remove()
        assert entries(scoring.app, address)[scoring.title]["DTSTART"].dt == clock.in_seoul(due).date()
        with scoring.app.app_context():
            scoring.story.score({"creativity": 25, "capability": 26, "impact": 35})
            db.session.remove()
        assert entries(scoring.app, address) == {}


def test_a_reviewer_who_steps_back_and_one_without_the_role_have_nothing(scoring: Round) -> None:
    with days_later(11):
        address = subscribe(scoring.app, scoring.reviewer, "/reviewer")
        person = Person(scoring.app, scoring.reviewer.email)
        with scoring.app.app_context():
            reference = scoring.story.case().reference
            db.session.remove()
        page = person.get(f"/reviewer/cases/{reference}")
        person.submit(page, "/conflict", conflict="yes", reason="처남의 회사입니다")
        assert entries(scoring.app, address) == {}
        with scoring.app.app_context(), transaction():
            for held in db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == scoring.reviewer.user_id)):
                held.revoked_at = clock.now()
        assert Person(scoring.app).client.get(address).status_code == 404


def test_a_reviewer_without_sheets_of_a_case_never_reads_of_it(scoring: Round) -> None:
    with scoring.app.app_context():
        other = make_user(Role.REVIEWER)
        db.session.remove()
    with days_later(11):
        assert entries(scoring.app, subscribe(scoring.app, other, "/reviewer")) == {}


def test_a_reviewer_can_cut_an_address(scoring: Round) -> None:
    address = subscribe(scoring.app, scoring.reviewer, "/reviewer")
    person = Person(scoring.app, scoring.reviewer.email)
    page = person.get("/reviewer/calendar")
    assert address not in page.text
    person.submit(page, str(page.tree.xpath("//form[contains(@action, '/revoke')]/@action")[0]))
    assert Person(scoring.app).client.get(address).status_code == 404
