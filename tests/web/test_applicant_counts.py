"""How many statements an applicant's request costs: in the closing hour everybody sends them at once."""

import json
from typing import Any

import pytest
from flask import Flask

from tests.browse import Person
from tests.make import Story, make_call
from tests.queries import counted

GOAL = "사업모델 보고서와 과제기획서를 만들고 국가 연구개발 본과제에 함께 신청하려고 합니다."
FORM = "/portal/cases/{}/forms/application/overview"
PAGES = {"": 11, "/check": 10, "/forms/application/overview": 5, "/forms/application/members": 6}
"""The most statements of a page of a draft."""
FIELD, SECTION, SUBMIT_PAGE, SUBMIT, LIST = 5, 6, 7, 18, 9
"""Of a field that saves itself, a section saved by its button, the step's page, the step, and the list."""


@pytest.fixture
def drafts(app: Flask) -> list[str]:
    """Two complete drafts of one person; the e-mail address comes first."""
    with app.app_context():
        call = make_call()
        story = Story(app.extensions["engine"], call=call)
        return [story.applicant.email, story.case().reference]


def sent_by(app: Flask, person: Person, address: str, data: dict[str, Any] | None = None, **more: Any) -> list[str]:
    with app.app_context(), counted() as sent:
        answer = (
            person.client.get(address) if data is None and not more else person.client.post(address, data=data, **more)
        )
    assert answer.status_code in {200, 302}, answer.status_code
    return sent


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_a_draft_costs_a_handful_of_statements(app: Flask, drafts: list[str], page: str) -> None:
    email, reference = drafts
    person = Person(app, email)
    address = f"/portal/cases/{reference}{page}"
    person.get(address)
    sent = sent_by(app, person, address)
    assert len(sent) <= PAGES[page], sent


def test_a_field_that_saves_itself_and_a_section_saved_by_its_button_cost_hardly_more(
    app: Flask, drafts: list[str]
) -> None:
    email, reference = drafts
    person, address = Person(app, email), FORM.format(reference)
    form = person.get(address).form("")
    typed = dict(form.form_values())
    seen = json.loads(typed["seen"])
    body = {"user": int(form.get("data-user")), "fields": {"goal": [["goal", GOAL]]}, "seen": seen}
    headers = {"X-CSRFToken": typed["csrf_token"]}
    field = sent_by(app, person, form.get("data-fields"), None, json=body, headers=headers)
    assert len(field) <= FIELD, field
    seen["goal"] += 1
    section = sent_by(
        app, person, address, {**typed, "seen": json.dumps(seen), "goal": f"{GOAL} 그리고 더", "go": "stay"}
    )
    assert len(section) <= SECTION, section


def test_handing_in_asks_the_guards_once(app: Flask, drafts: list[str]) -> None:
    email, reference = drafts
    person, address = Person(app, email), f"/cases/{reference}/actions/submit"
    person.get(address)
    page = sent_by(app, person, address)
    assert len(page) <= SUBMIT_PAGE, page
    typed = dict(person.get(address).form("").form_values())
    sent = sent_by(app, person, address, typed)
    assert len(sent) <= SUBMIT, sent
    assert sum("FROM answer" in statement for statement in sent) <= 2, sent


@pytest.mark.parametrize("more", [0, 5])
def test_the_list_of_a_company_costs_the_same_for_one_case_and_for_several(
    app: Flask, drafts: list[str], more: int
) -> None:
    email, reference = drafts
    person = Person(app, email)
    call = reference.rpartition("-D")[0]
    for _ in range(more):
        person.submit(person.get(f"/calls/{call}"), "/start")
    person.get("/portal/")
    sent = sent_by(app, person, "/portal/")
    assert len(sent) <= LIST, sent
