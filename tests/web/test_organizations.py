"""The record of one organization through the page: every case in pages, tallies, people, twins, and nothing foreign."""

from flask import Flask

from backoffice.accounts.services import grant
from backoffice.core.db import db, transaction
from backoffice.organizations.queries import zone
from tests.browse import Person
from tests.crowd import make_cases, make_crowd
from tests.make import make_organization, make_user
from tests.queries import counted
from tests.story import Way, days_later
from workflows.roles import Role

RECORD = 16
"""The most statements of the page, whatever the organization has been through."""


def company(app: Flask, cases: int) -> tuple[int, str]:
    with app.app_context():
        crowd = make_crowd(app.extensions["engine"])
        make_cases(crowd, cases, state="screening")
        found = crowd.company_id, crowd.officer.email
        db.session.remove()
    return found


def test_an_organization_with_hundreds_of_cases_shows_them_in_pages_at_the_same_cost(app: Flask) -> None:
    company_id, email = company(app, 230)
    person = Person(app, email)
    person.get("/staff/")
    with app.app_context(), counted() as sent:
        page = person.get(f"/staff/organizations/{company_id}")
    assert "참여한 건 230" in page.text
    assert "1 / 10" in page.text
    assert len(page.tree.xpath("//section[@id='cases']//tbody/tr")) == 25
    assert len(sent) <= RECORD, sent
    last = person.get(f"/staff/organizations/{company_id}?page=99")
    assert len(last.tree.xpath("//section[@id='cases']//tbody/tr")) == 5


def test_people_of_an_organization_stand_there_masked_with_their_roles(app: Flask) -> None:
    company_id, email = company(app, 1)
    people = Person(app, email).get(f"/staff/organizations/{company_id}").tree.xpath("string(//*[@id='people'])")
    assert "신청기업" in people
    assert "*" in people


def test_a_likely_twin_is_pointed_out_but_nothing_is_refused(app: Flask) -> None:
    company_id, email = company(app, 1)
    with app.app_context():
        first, second = make_organization("쌍둥이테크"), make_organization("㈜쌍둥이테크")
        ids = first.id, second.id
        db.session.remove()
    page = Person(app, email).get(f"/staff/organizations/{ids[0]}")
    assert "같은 기관으로 보이는 등록이 있습니다" in page.text
    assert page.tree.xpath(f"//div[@id='twins']//a[@href='/staff/organizations/{ids[1]}']")
    assert "같은 기관" not in Person(app, email).get(f"/staff/organizations/{company_id}").text


def test_an_officer_of_another_zone_sees_no_case_of_it(app: Flask) -> None:
    company_id, _ = company(app, 2)
    with app.app_context():
        email = make_user(Role.ZONE_STAFF, zone_code="GS-POHANG").email
        db.session.remove()
    page = Person(app, email).get(f"/staff/organizations/{company_id}")
    assert "참여한 건 0" in page.text
    assert not page.tree.xpath("//*[@id='money']")


def test_money_shows_only_where_somebody_may_read_it(app: Flask) -> None:
    """An officer of the company's zone who reads the money of another zone sees its cases, not its agreements."""
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        with days_later(11):
            story.screened().reviewed().selected().running(days=180)
        row = story.case()
        record, reference = f"/staff/organizations/{row.lead_organization_id}", row.reference
        both = make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE")
        finance = make_user(Role.FINANCE, zone_code="GS-GIMHAE")
        with transaction():
            grant(both.user_id or 0, Role.FINANCE, zone_id=zone("GS-POHANG").id)
        db.session.remove()
    here, elsewhere = (Person(app, one.email).get(record) for one in (finance, both))
    assert [reference in page.text for page in (here, elsewhere)] == [True, True]
    told = [page.tree.xpath("string(//*[@id='money'])") for page in (here, elsewhere)]
    assert ["볼 수 있는 협약이 없습니다." in one for one in told] == [False, True]
