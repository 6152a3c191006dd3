"""Saving single fields while somebody writes: everything is taken, nothing newer is overwritten, nobody else gets in."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.browse import Person
from tests.journeys.cast import Cast, cast_for, fill_application

FIELDS = "/portal/cases/{}/forms/application/{}/fields"


@pytest.fixture
def cast(app: Flask) -> Cast:
    return cast_for(app)


def draft(cast: Cast) -> str:
    page = cast.applicant.submit(cast.applicant.get(f"/calls/{cast.call}"), "/start")
    return page.address.rpartition("/")[2]


def there(person: Person) -> dict[str, Any]:
    """Who is signed in and the token, as the page's script asks for them."""
    found: dict[str, Any] = json.loads(person.client.get("/sign-in/again").data)
    return found


def save(
    person: Person, reference: str, code: str, fields: Any, seen: Any = None, *, user: int | None = None
) -> TestResponse:
    known = there(person)
    body = {"user": user or known["user"], "fields": fields, "seen": seen or {}}
    return person.client.post(FIELDS.format(reference, code), json=body, headers={"X-CSRFToken": known["csrf_token"]})


def shown(person: Person, reference: str, code: str, field: str) -> str:
    page = person.get(f"/portal/cases/{reference}/forms/application/{code}")
    return str(page.form("").fields[field])


def test_a_saved_field_answers_the_time_and_its_revision_and_stands_in_the_form(cast: Cast) -> None:
    reference = draft(cast)
    answer = save(cast.applicant, reference, "overview", {"title": [["title", "짧은"]]})
    assert answer.json["revisions"] == {"title": 1}
    assert len(answer.json["saved"].split(":")) == 3
    again = save(cast.applicant, reference, "overview", {"title": [["title", "긴 제목"]]}, {"title": 1})
    assert again.json["revisions"] == {"title": 2}
    assert shown(cast.applicant, reference, "overview", "title") == "긴 제목"


def test_text_that_cannot_be_read_yet_is_saved_as_it_was_typed(cast: Cast) -> None:
    reference = draft(cast)
    save(cast.applicant, reference, "budget", {"requested": [["requested", "오천만"]]})
    save(cast.applicant, reference, "members", {"members": [["members-0-business_number", "123"]]})
    assert shown(cast.applicant, reference, "budget", "requested") == "오천만"
    assert shown(cast.applicant, reference, "members", "members-0-business_number") == "123"


def test_a_box_that_was_cleared_and_a_grid_that_was_emptied_are_saved_as_nothing(cast: Cast) -> None:
    reference = draft(cast)
    save(cast.applicant, reference, "consent", {"pledge": [["pledge", "yes"]]})
    answer = save(cast.applicant, reference, "consent", {"pledge": []}, {"pledge": 1})
    assert answer.json["revisions"] == {"pledge": 2}
    page = cast.applicant.get(f"/portal/cases/{reference}/forms/application/consent")
    assert page.tree.xpath("//input[@name='pledge']/@checked") == []


def test_newer_text_is_never_overwritten_and_both_texts_are_answered(cast: Cast) -> None:
    reference = draft(cast)
    save(cast.applicant, reference, "overview", {"title": [["title", "먼저 쓴 제목"]]})
    late = save(cast.applicant, reference, "overview", {"title": [["title", "늦게 온 제목"]]}, {"title": 0})
    [clash] = late.json["clashes"]
    assert (clash["stored"], clash["mine"], clash["own"]) == ("먼저 쓴 제목", "늦게 온 제목", True)
    assert clash["inputs"] == [["title", "먼저 쓴 제목"]]
    assert late.json["revisions"] == {}
    assert shown(cast.applicant, reference, "overview", "title") == "먼저 쓴 제목"
    save(cast.applicant, reference, "overview", {"title": [["title", "늦게 온 제목"]]}, {"title": clash["revision"]})
    assert shown(cast.applicant, reference, "overview", "title") == "늦게 온 제목"


def test_of_many_savings_over_the_same_revision_exactly_one_is_taken(cast: Cast) -> None:
    reference = draft(cast)
    known = there(cast.applicant)
    cookie = cast.applicant.client.get_cookie("ieum")
    assert cookie is not None

    def late(number: int) -> bool:
        client = cast.app.test_client()
        client.set_cookie("ieum", cookie.value)
        body = {"user": known["user"], "fields": {"title": [["title", f"제목 {number}"]]}, "seen": {}}
        headers = {"X-CSRFToken": known["csrf_token"]}
        answer = client.post(FIELDS.format(reference, "overview"), json=body, headers=headers)
        return bool(answer.json["revisions"])

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(late, range(16)))
    assert sum(taken) == 1
    assert shown(cast.applicant, reference, "overview", "title") == f"제목 {taken.index(True)}"


def test_two_people_in_different_fields_of_one_section_do_not_disturb_each_other(cast: Cast) -> None:
    reference = draft(cast)
    page = cast.applicant.get(f"/portal/cases/{reference}/forms/application/overview")
    save(cast.applicant, reference, "overview", {"need": [["need", "다른 창에서 쓴 필요성"]]})
    save(cast.applicant, reference, "overview", {"title": [["title", "이 창에서 쓴 과제 이름"]]})
    answer = cast.applicant.submit(
        page, "", button=("go", "out"), title="이 창에서 쓴 과제 이름", touched='["title"]', seen='{"title": 1}'
    )
    assert answer.status == 200
    assert shown(cast.applicant, reference, "overview", "need") == "다른 창에서 쓴 필요성"


def test_a_page_left_open_by_somebody_else_saves_nothing_in_ones_own_name(cast: Cast) -> None:
    reference = draft(cast)
    answer = save(cast.applicant, reference, "overview", {"title": [["title", "남의 글"]]}, user=987_654)
    assert (answer.status_code, answer.json["error"]) == (409, "other_person")
    assert shown(cast.applicant, reference, "overview", "title") == ""


def test_other_companies_find_nothing_and_after_submission_nothing_is_saved(cast: Cast) -> None:
    reference = draft(cast)
    assert save(cast.partners[0], reference, "overview", {"title": [["title", "엿보기"]]}).status_code == 404
    filled = fill_application(cast)
    cast.applicant.submit(cast.applicant.get(f"/cases/{filled}/actions/submit"), "")
    late = save(cast.applicant, filled, "overview", {"title": [["title", "제출한 뒤의 제목"]]}, {"title": 99})
    assert late.status_code == 403


@pytest.mark.parametrize(
    "fields",
    [None, [], "title", {"title": "text"}, {"title": [["title"]]}, {"title": [["title", 3]]}, {"title": [[1, "x"]]}],
)
def test_anything_but_the_shape_of_the_page_is_refused_and_never_breaks(cast: Cast, fields: Any) -> None:
    assert save(cast.applicant, draft(cast), "overview", fields).status_code == 422


def test_what_belongs_to_no_field_of_the_section_is_left_out(cast: Cast) -> None:
    reference = draft(cast)
    fields = {"nothing": [["nothing", "x"]], "requested": [["requested", "5"]], "plan_file": [["plan_file", "x"]]}
    answer = save(cast.applicant, reference, "overview", fields, {"title": "x", "need": None})
    assert (answer.status_code, answer.json["revisions"]) == (200, {})
    assert shown(cast.applicant, reference, "budget", "requested") == ""


def test_without_the_token_or_a_session_nothing_is_saved(cast: Cast) -> None:
    reference = draft(cast)
    body = {"user": there(cast.applicant)["user"], "fields": {"title": [["title", "x"]]}, "seen": {}}
    assert cast.applicant.client.post(FIELDS.format(reference, "overview"), json=body).status_code == 400
    stranger = Person(cast.app)
    assert there(stranger)["user"] is None
    assert save(stranger, reference, "overview", {"title": [["title", "x"]]}, user=1).status_code == 302
