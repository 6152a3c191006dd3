"""Somebody of a company who also works at the office: their own company's case is the company's, not the office's."""

import re

import pytest
from flask import Flask

from backoffice.accounts.services import grant
from backoffice.core.db import transaction
from tests.browse import Person
from tests.story import Way
from workflows.roles import Role


@pytest.fixture
def on_loan(app: Flask) -> tuple[Person, Person, str]:
    """A person of the applicant who holds a desk at headquarters, a colleague who does not, and the company's case."""
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        person, reference = story.applicant, story.case().reference
        with transaction():
            grant(person.user_id or 0, Role.HQ_STAFF)
        emails = person.email, story.hq_staff.email
    return Person(app, emails[0]), Person(app, emails[1]), reference


def pages_of_office(app: Flask, reference: str) -> list[str]:
    """Every page of the office that names a case and can be read."""
    values = {"reference": reference, "form": "application", "way": "next"}
    rules = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("staff.") and "<reference>" in rule.rule and "GET" in (rule.methods or ())
    ]
    return sorted(re.sub(r"<(?:\w+:)?(\w+)>", lambda match: values.get(match[1], "1"), rule) for rule in rules)


def test_the_office_s_page_of_a_case_leads_people_of_its_company_to_their_own_page(
    on_loan: tuple[Person, Person, str],
) -> None:
    person, colleague, reference = on_loan
    assert "할 수 있는 처리" in colleague.get(f"/staff/cases/{reference}").text
    page = person.get(f"/staff/cases/{reference}")
    assert page.address == f"/portal/cases/{reference}"
    assert page.status == 200


def test_no_other_page_of_the_office_about_that_case_exists_for_them(
    app: Flask, on_loan: tuple[Person, Person, str]
) -> None:
    person, _, reference = on_loan
    others = [address for address in pages_of_office(app, reference) if address != f"/staff/cases/{reference}"]
    assert len(others) > 5
    assert {address: person.get(address).status for address in others} == dict.fromkeys(others, 404)


def test_at_any_other_company_s_case_they_work_like_their_colleagues(
    app: Flask, on_loan: tuple[Person, Person, str]
) -> None:
    person, _, _ = on_loan
    with app.app_context():
        other = Way(app.extensions["engine"]).submitted().case().reference
    assert "할 수 있는 처리" in person.get(f"/staff/cases/{other}").text
