"""Starting a case at the foundation: who may, where, and what is said when something is missing."""

from flask import Flask

from tests.browse import Person
from tests.journeys.walker import Walk
from tests.make import make_user
from workflows.roles import Role


def test_a_title_typed_once_stands_in_the_first_form_of_the_case(app: Flask) -> None:
    walk = Walk(app, "council").opened_by("zone_staff", title="탄소중립 협의체")
    page = walk.at("zone_staff").get(f"/staff/cases/{walk.reference}/forms/proposal")
    assert "탄소중립 협의체" in page.response.get_data(as_text=True)


def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(app: Flask) -> None:
    person = Walk(app, "council").at("zone_staff")
    page = person.submit(person.get("/staff/openings/council"), "", title="협의체", business_number="111-11-11111")
    assert page.status == 422
    assert "5자에서 80자 사이로" in page.text
    assert "검증번호가 맞지 않습니다" in page.text
    assert 'value="111-11-11111"' in page.response.get_data(as_text=True)


def test_a_case_that_waits_for_a_company_is_not_started_without_one(app: Flask) -> None:
    walk = Walk(app, "field_problem_ticket")
    person = walk.at("zone_staff")
    page = person.submit(
        person.get("/staff/openings/field_problem_ticket"), "", title="절삭 공정의 떨림", zone=walk.zone_id()
    )
    assert "대상 기업이 있어야 합니다" in page.text


def test_the_same_request_sent_twice_starts_one_case(app: Flask) -> None:
    person = Walk(app, "council").at("zone_staff")
    page = person.get("/staff/openings/council")
    fields = {**dict(page.form("").form_values()), "title": "탄소중립 협의체"}
    first, second = person.post(page.address, fields), person.post(page.address, fields)
    assert first.status == 200
    assert second.status < 500
    assert person.get("/staff/?box=all").text.count("탄소중립 협의체") == 1


def test_staff_start_cases_only_in_their_own_zone_and_of_their_own_programs(app: Flask) -> None:
    walk = Walk(app, "council")
    with app.app_context():
        other = make_user(Role.ZONE_STAFF, zone_code="GS-POHANG").email
        finance = make_user(Role.FINANCE).email
    stranger = Person(app, other)
    page = stranger.submit(stranger.get("/staff/openings/council"), "", title="탄소중립 협의체", zone=walk.zone_id())
    assert "특구를 골라 주세요" in page.text
    assert stranger.get("/staff/openings/joint_rbd_planning").status == 404
    assert Person(app, finance).get("/staff/openings").status == 403
