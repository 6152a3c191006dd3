"""Nobody sees or touches what belongs to another zone, company or reviewer: it does not exist for them."""

import re

import pytest
from flask import Flask

from tests.browse import Person
from tests.journeys.cast import Cast, cast_for, fill_application
from tests.make import make_organization, make_user
from workflows.roles import Role

CANARY = "나노입자 바이오센서"


@pytest.fixture
def cast(app: Flask) -> Cast:
    return cast_for(app)


@pytest.fixture
def strangers(app: Flask) -> dict[str, Person]:
    with app.app_context():
        company = make_organization("다른기업", zone_code="GS-POHANG")
        people = {
            "another company": make_user(Role.APPLICANT, organization=company),
            "another zone": make_user(Role.ZONE_STAFF, zone_code="GS-POHANG"),
            "an unassigned reviewer": make_user(Role.REVIEWER),
            "the ministry": make_user(Role.MINISTRY),
        }
    return {name: Person(app, person.email) for name, person in people.items()}


def addresses(app: Flask, reference: str) -> list[str]:
    """Every address that names a case."""
    found = []
    for rule in app.url_map.iter_rules():
        if "<reference>" in rule.rule:
            address = (
                rule.rule.replace("<reference>", reference)
                .replace("<form>", "application")
                .replace("<code>", "overview")
            )
            found.append(re.sub(r"<(?:int:)?\w+>", "1", address.replace("<action>", "withdraw")))
    return found


def test_a_draft_exists_for_nobody_but_its_own_companies(app: Flask, cast: Cast, strangers: dict[str, Person]) -> None:
    reference = fill_application(cast)
    people = {**strangers, "its own zone": cast.zone_staff, "headquarters": cast.hq_staff}
    for name, person in people.items():
        for address in addresses(app, reference):
            page = person.get(address)
            assert page.status in {403, 404, 405}, (name, address, page.status)
            assert CANARY not in page.text
        assert CANARY not in person.get("/staff/?box=all").text


def test_a_submitted_case_exists_only_for_those_it_concerns(
    app: Flask, cast: Cast, strangers: dict[str, Person]
) -> None:
    reference = fill_application(cast)
    page = cast.applicant.submit(cast.applicant.get(f"/cases/{reference}/actions/submit"), "")
    reference = page.address.rpartition("/")[2]
    assert CANARY in cast.zone_staff.get("/staff/?box=all").text
    assert CANARY in strangers.pop("the ministry").get("/staff/?box=all").text
    for name, person in strangers.items():
        for address in addresses(app, reference):
            found = person.get(address)
            assert found.status in {403, 404, 405}, (name, address, found.status)
            assert CANARY not in found.text
        for address in (
            "/staff/?box=all",
            "/staff/?box=all&q=나노",
            "/portal/",
            "/reviewer/",
            "/staff/organizations?q=나노",
        ):
            assert CANARY not in person.get(address).text


def test_the_ministry_may_look_but_is_offered_no_step(cast: Cast, strangers: dict[str, Person]) -> None:
    reference = fill_application(cast)
    page = cast.applicant.submit(cast.applicant.get(f"/cases/{reference}/actions/submit"), "")
    reference = page.address.rpartition("/")[2]
    seen = strangers["the ministry"].get(f"/staff/cases/{reference}")
    assert seen.status == 200
    assert "지금 할 수 있는 처리가 없습니다" in seen.text
    assert strangers["the ministry"].get(f"/cases/{reference}/actions/withdraw").status == 403


def test_companies_never_read_an_internal_label(app: Flask, cast: Cast) -> None:
    reference = fill_application(cast)
    page = cast.applicant.submit(cast.applicant.get(f"/cases/{reference}/actions/submit"), "")
    reference = page.address.rpartition("/")[2]
    with app.app_context():
        definition = app.extensions["engine"].definitions.get("joint_rbd_planning", 1).workflow
    internal = {state.label.ko for state in definition.states.values() if state.public} - {
        state.public.ko for state in definition.states.values() if state.public
    }
    internal = {label for label in internal if len(label) > 2}
    for address in (f"/portal/cases/{reference}", "/portal/", f"/portal/cases/{reference}/submissions/1"):
        text = cast.applicant.get(address).text
        assert not [label for label in internal if label in text]
