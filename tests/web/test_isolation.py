"""Drafts, the ministry and public words: what the matrix of rights (test_rights_matrix) does not ask."""

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
    """Every page that names a case; programs are asked about in tests/web/api."""
    found = []
    for rule in app.url_map.iter_rules():
        if "<reference>" in rule.rule and not rule.rule.startswith("/api/"):
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
