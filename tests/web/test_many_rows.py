"""A step sends as many statements for many rows as for few: deadlines of drafts, talks of an event, figures of a report."""

from datetime import timedelta
from itertools import groupby

from flask import Flask
from sqlalchemy import update

from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.engine.perform import Engine
from backoffice.programs.models import Call
from tests.browse import Person
from tests.crowd import make_cases, make_crowd
from tests.make import make_user
from tests.meetings.party import Party, after
from tests.outcomes.test_contradictions import TO_HEADQUARTERS, Reporting
from tests.queries import counted
from tests.story import days_later
from workflows.roles import Role


def beginnings(sent: list[str]) -> list[str]:
    """How the statements begin, one after the other. SQLite inserts rows with new keys one by one: they count as one."""
    heads = [" ".join(one.split()[:3]) for one in sent]
    return [head for head, _rows in groupby(heads)]


def extended(app: Flask, drafts: int) -> list[str]:
    """What is sent when a call with so many drafts is extended through its page."""
    with app.app_context():
        crowd = make_crowd(app.extensions["engine"])
        made = make_cases(crowd, drafts, state="draft")
        with transaction():
            db.session.execute(update(Case).where(Case.id.in_(made)).values(private=True))
        code, email = db.session.get_one(Call, crowd.call_id).code, make_user(Role.HQ_STAFF).email
        db.session.remove()
    person, later = Person(app, email), clock.today() + timedelta(days=60)
    page = person.get(f"/staff/calls/{code}")
    with app.app_context(), counted() as sent:
        done = person.submit(page, "/extend", closes_on=later.isoformat(), closes_time="18:00", reason="설명회 뒤로")
    assert f"작성 중인 {drafts}건의 기업" in done.text, done.text[:800]
    return beginnings(sent)


def test_a_call_is_extended_for_sixty_drafts_as_for_one(app: Flask) -> None:
    assert extended(app, 60) == extended(app, 1)


def matched(office: Engine, guests: int) -> tuple[int, list[str]]:
    """How many talks so many guests have, and what is sent when they are put into a timetable."""
    names = [f"참가기업{number}" for number in range(guests)]
    party = Party(office, capacity=guests, slots=guests, tables=guests).published().accepted(*names)
    for place, name in enumerate(names):
        party.wish(name, *names[place + 1 : place + 6])
    with after(11):
        party.closed()
        with counted() as sent:
            party.do("start_matching", party.zone_staff)
    return len(party.pairs()), beginnings(sent)


def test_a_timetable_of_many_talks_is_written_as_one_of_one_talk(office: Engine) -> None:
    (one, few), (more, many) = matched(office, 2), matched(office, 8)
    assert (one, more > 10) == (1, True)
    assert many == few


def booked(office: Engine, **figures: int) -> list[str]:
    """What is sent when a report with these figures is confirmed."""
    story = Reporting(office, 10)
    story.states(**figures)
    with days_later(41):
        story.go(*TO_HEADQUARTERS)
        with counted() as sent:
            story.go("confirm")
    return beginnings(sent)


def test_a_report_with_many_figures_is_booked_as_one_with_one(office: Engine) -> None:
    few, many = booked(office, SALES=10), booked(office, SALES=10, EXPORT=1, EMPLOYEES=2, NEW_HIRES=1, PATENT_APP=3)
    assert many == few
