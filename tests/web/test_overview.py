"""The overview through its page: what is waiting and overdue, for whom it is, at the same cost for few and many."""

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask

from backoffice.core import clock
from backoffice.core.db import db
from tests.browse import Person
from tests.crowd import make_cases, make_crowd
from tests.make import make_user
from tests.queries import counted
from workflows.roles import Role

OVERVIEW = 12
"""The most statements of the page."""


def office(app: Flask, cases: int) -> Person:
    with app.app_context():
        crowd = make_crowd(app.extensions["engine"])
        make_cases(crowd, cases, state="screening", due=clock.now() - timedelta(days=1))
        make_cases(crowd, 2, state="deliberation")
        email = crowd.officer.email
        db.session.remove()
    return Person(app, email)


@pytest.mark.parametrize("rows", [1, 60])
def test_the_overview_costs_the_same_for_one_case_and_for_sixty(app: Flask, rows: int) -> None:
    person = office(app, rows)
    person.get("/staff/overview")
    with app.app_context(), counted() as sent:
        page = person.get("/staff/overview")
    assert page.status == 200
    assert len(sent) <= OVERVIEW, sent


def test_every_figure_has_its_table_and_the_table_its_file(app: Flask) -> None:
    person = office(app, 3)
    page = person.get("/staff/overview")
    tiles = page.tree.xpath("//ul[@class='tiles']/li/b")
    assert [" ".join(tile.text_content().split()) for tile in tiles][:2] == ["5건", "3건"]
    codes = page.tree.xpath("//section[table or .//table]/@id")
    assert {"waiting", "stages", "programs", "conversion", "deadlines"} <= set(codes)
    for code in codes:
        answer = person.client.get(f"/staff/overview/{code}.csv")
        rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
        shown = page.tree.xpath(f"//section[@id='{code}']//tbody/tr")
        assert len(rows) == len(shown) + 1
    stages = list(
        csv.reader(io.StringIO(person.client.get("/staff/overview/stages.csv").get_data().decode("utf-8-sig")))
    )
    assert sorted(row[2:] for row in stages[1:]) == [["2", "0"], ["3", "3"]]


def test_a_figure_leads_to_exactly_the_cases_it_counts(app: Flask) -> None:
    person = office(app, 3)
    page = person.get("/staff/overview")
    for link in page.tree.xpath("//section[@id='stages']//td/a"):
        number = link.text_content().split()[0]
        assert f"모두 {number}건" in person.get(link.get("href")).text


def test_an_officer_sees_only_the_own_zone_and_others_nothing(app: Flask) -> None:
    office(app, 3)
    with app.app_context():
        stranger = make_user(Role.ZONE_STAFF, zone_code="GS-POHANG").email
        reviewer = make_user(Role.REVIEWER).email
        db.session.remove()
    page = Person(app, stranger).get("/staff/overview")
    assert "0건" in page.tree.xpath("string(//ul[@class='tiles'])")
    assert page.tree.xpath("count(//select[@id='zone']/option)") == 2
    assert Person(app, reviewer).get("/staff/overview").status == 403


def test_what_the_address_cannot_mean_is_left_out(app: Flask) -> None:
    person = office(app, 1)
    for query in ("zone=99999999999999999999", "year=1", "zone=x&year=x"):
        assert person.get(f"/staff/overview?{query}").status == 200
    assert person.get("/staff/overview/nothing.csv").status == 404
