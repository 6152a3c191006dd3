"""The page of a value: a proposal to restate it, the decision of another person, and the reports it stands in."""

from flask import Flask

from backoffice.core.db import db
from backoffice.outcomes.models import Measure
from tests.browse import Page, Person
from tests.make import make_user
from tests.reports.test_issuing import frozen, take
from tests.reports.worlds import zone_says
from workflows.roles import Role


def test_the_pages_of_a_value_show_the_proposal_and_the_reports_it_stands_in(app: Flask) -> None:
    with app.app_context():
        zone_says("GS-GIMHAE", "ST-CNT", 2025, 21)
        keeper, decider = make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE"), make_user(Role.APPROVER)
        number = frozen(keeper)
        for act, who in (("request", keeper), ("approve", decider), ("publish", decider)):
            take(number, act, who)
        address = f"/staff/outcomes/{db.session.query(Measure.id).filter_by(indicator='ST-CNT').scalar()}"
        db.session.remove()
    staff, approver = Person(app, keeper.email), Person(app, decider.email)
    page = staff.get(address)
    assert number in page.text
    page = staff.submit(page, "", value="23", reason="두 곳이 빠졌습니다", evidence="김해-124")
    assert offers(page) == {"withdraw"}
    listed = approver.get("/staff/outcomes/restatements")
    assert address in listed.tree.xpath("//tbody//a/@href")
    page = approver.get(address)
    assert offers(page) == {"accept", "refuse"}
    refused = approver.submit(page, "/refuse", answer="음")
    assert (refused.status, "불승인 사유를 5자 이상" in refused.text) == (422, True)
    assert "증빙이 없습니다" in approver.submit(page, "/refuse", answer="증빙이 없습니다").text
    assert "증빙이 없습니다" in staff.get(address).text
    assert offers(staff.get(address)) == set()


def offers(page: Page) -> set[str]:
    """What the page lets somebody do with a proposal."""
    actions = [form.get("action") or "" for form in page.forms()]
    return {one.rpartition("/")[2] for one in actions if "/restatements/" in one}
