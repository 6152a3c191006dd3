"""Boards tell the truth with the next look: after a file came in or was taken back, after bulk steps and after single ones."""

from typing import Any

import pytest
from flask import Flask

from backoffice.core import clock
from backoffice.core.db import db
from backoffice.engine.perform import Engine
from backoffice.organizations.models import Organization
from tests.browse import Page, Person
from tests.imports.sheets import checked, text, upload
from tests.make import MILLION, make_organization, make_user
from tests.outcomes.test_contradictions import TO_HEADQUARTERS, Reporting
from tests.reports.worlds import firm_says, zone_aims
from tests.story import CHECKS, Way, days_later
from tests.web.test_boards import table
from tests.web.test_bulk import chosen
from workflows.roles import Role

YEAR = 2025
RBD = "joint_rbd_planning"


@pytest.fixture
def reader(app: Flask) -> Person:
    """Somebody of headquarters, who has looked at the boards before anything happened."""
    with app.app_context():
        email = make_user(Role.HQ_STAFF).email
        db.session.remove()
    person = Person(app, email)
    for year in (YEAR, clock.today().year):
        for board in ("nation", "zone", "program"):
            person.get(f"/reports/boards/{board}?year={year}")
    return person


@pytest.fixture
def officer(app: Flask) -> Person:
    with app.app_context():
        email = make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE").email
        db.session.remove()
    return Person(app, email)


def sales(reader: Person, year: int = YEAR) -> tuple[str, str, str]:
    """What the zone and the nation sold, and what the zone set out to."""
    found = [
        next(
            (row for row in table(reader, board, "indicators", year=year, **place) if row["지표"] == "기업 매출액"), {}
        )
        for board, place in (("zone", {"zone": "GS-GIMHAE"}), ("nation", {}))
    ]
    return found[0].get("실적", "-"), found[1].get("실적", "-"), found[0].get("목표", "-")


def stations(reader: Person, year: int) -> dict[str, str]:
    """How far the projects of the zone came."""
    rows = table(reader, "program", "zones", year=year, program=RBD)
    return next(row for row in rows if row["특구"] == "경남 김해")


def firm(app: Flask, value: int) -> str:
    """A firm of the zone that has told its sales: its number."""
    with app.app_context():
        made: Organization = make_organization(zone_code="GS-GIMHAE")
        number = made.business_number or ""
        firm_says("GS-GIMHAE", made, "SALES", YEAR, value)
        db.session.remove()
    return number


def booked(officer: Person, content: bytes, **more: str) -> Page:
    page = checked(officer, "성과.csv", content) if not more else upload(officer, "목표.csv", content, **more)
    if more:
        page = officer.submit(page, "/mapping", button=("go", "check"))
    boxes = {name: "확인한 값입니다" for form in page.forms() for name in form.fields if name.startswith("check-")}
    if boxes:
        page = officer.submit(page, page.address.partition("?")[0] + "/answers", **boxes)
    return officer.submit(page, "/book")


def test_a_file_that_came_in_stands_on_the_boards_and_one_taken_back_does_not(
    app: Flask, reader: Person, officer: Person
) -> None:
    number = firm(app, 500)
    assert sales(reader) == ("500", "500", "-")
    page = booked(officer, text([("zone", "organization", "indicator", "year", "value"),
                                 ("GS-GIMHAE", number, "SALES", YEAR, 720)]))  # fmt: skip
    assert sales(reader) == ("720", "720", "-")
    officer.submit(page, "/undo", reason="잘못된 파일을 올렸습니다")
    assert sales(reader) == ("500", "500", "-")


def test_targets_that_came_in_or_were_taken_back_stand_so_on_the_boards(
    app: Flask, reader: Person, officer: Person
) -> None:
    firm(app, 500)
    with app.app_context():
        zone_aims("GS-GIMHAE", "SALES", YEAR, 400)
        db.session.remove()
    assert sales(reader) == ("500", "500", "400")
    page = booked(officer, text([("zone", "indicator", "year", "value"), ("GS-GIMHAE", "SALES", YEAR, 450)]), subject="targets")  # fmt: skip
    assert sales(reader)[2] == "450"
    officer.submit(page, "/undo", reason="목표가 아직 정해지지 않았습니다")
    assert sales(reader)[2] == "400"


def test_outcomes_confirmed_in_bulk_stand_on_the_boards_at_once(app: Flask, reader: Person) -> None:
    with app.app_context():
        office: Engine = app.extensions["engine"]
        stories = [Reporting(office, amount) for amount in (300, 7)]
        for story in stories:
            story.go(*TO_HEADQUARTERS)
        year = stories[0].case(stories[0].report_id).year
        names = [story.case(story.report_id).reference for story in stories]
        email = stories[0].approver.email
        db.session.remove()
    assert sales(reader, year) == ("-", "-", "-")
    approver = Person(app, email)
    done = approver.submit(chosen(approver, *names, step="outcome_report:confirm"), "/bulk/run")
    assert "처리됨 2" in done.text
    assert sales(reader, year) == ("307", "307", "-")


def test_a_bulk_step_and_its_undoing_stand_on_the_boards_at_once(app: Flask, reader: Person, officer: Person) -> None:
    with app.app_context():
        first = Way(app.extensions["engine"]).submitted()
        second = Way(first.engine, call=first.call).submitted()
        year, names = first.case().year, [one.case().reference for one in (first, second)]
        db.session.remove()
    assert stations(reader, year)["신청"] == "2"
    with days_later(11):
        done = officer.submit(chosen(officer, *names), "/bulk/run")
        with app.app_context():
            for one in (first, second):
                one.fill("screening_checklist", one.hq_staff, dict.fromkeys(CHECKS, True))
            email = first.hq_staff.email
            db.session.remove()
        assert "처리됨 2" in done.text
        checker = Person(app, email)
        passed = checker.submit(chosen(checker, *names, step=f"{RBD}:pass_screening"), "/bulk/run")
        assert "처리됨 2" in passed.text
        assert stations(reader, year)["적격(평가)"] == "2"
        checker.submit(passed, "/undo")
        assert stations(reader, year)["적격(평가)"] == "0"


def test_each_step_of_a_case_stands_on_the_boards_at_once(app: Flask, reader: Person) -> None:
    with app.app_context():
        story = Way(app.extensions["engine"])
        year = story.case().year
        db.session.remove()
    seen: list[dict[str, str]] = []

    def look(after: str) -> Any:
        with app.app_context():
            getattr(story, after)()
            db.session.remove()
        seen.append(stations(reader, year))

    look("submitted")
    with days_later(11):
        for step in ("screened", "reviewed", "selected", "running", "paid"):
            look(step)
    assert [row["신청"] for row in seen] == ["1"] * 6
    assert [row["적격(평가)"] for row in seen] == ["0", "1", "1", "1", "1", "1"]
    assert [row["선정"] for row in seen] == ["0", "0", "0", "1", "1", "1"]
    assert [row["협약"] for row in seen] == ["0", "0", "0", "0", "1", "1"]
    agreed, paid = str(50 * MILLION), str(35 * MILLION)
    assert [row["협약액(원)"] for row in seen] == ["0", "0", "0", "0", agreed, agreed]
    assert [row["지급액(원)"] for row in seen] == ["0", "0", "0", "0", "0", paid]
