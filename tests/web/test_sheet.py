"""A reviewer's sheet: what is typed is kept while it is written, nothing newer is overwritten, and the seal holds."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from backoffice.accounts.models import User
from backoffice.core.db import db
from backoffice.reviews.queries import sheets_of_case
from tests.browse import Page, Person
from tests.story import Way, days_later

GOOD = {"creativity": "25", "capability": "26", "impact": "35", "comment": "구체적인 계획이며 협력 체계가 분명합니다."}


class Desk:
    """A reviewer who has declared that nothing stands in the way."""

    def __init__(self, person: Person, reference: str) -> None:
        self.person, self.address = person, f"/reviewer/cases/{reference}"
        person.submit(person.get(self.address), "/conflict", button=("conflict", "no"))

    def page(self) -> Page:
        return self.person.get(self.address)

    def seen(self) -> dict[str, int]:
        found: dict[str, int] = json.loads(self.page().form("/sheet").fields["seen"])
        return found

    def shown(self) -> dict[str, str]:
        fields = self.page().form("/sheet").fields
        return {name: fields[name] for name in GOOD}

    def keep(self, seen: dict[str, int], *, user: int | None = None, **typed: str) -> TestResponse:
        """What the script sends while somebody types."""
        known = json.loads(self.person.client.get("/sign-in/again").data)
        fields = {name: [[name, text]] for name, text in typed.items()}
        body: dict[str, Any] = {"user": user or known["user"], "fields": fields, "seen": seen}
        token = {"X-CSRFToken": known["csrf_token"]}
        return self.person.client.post(f"{self.address}/sheet/fields", json=body, headers=token)


@dataclass
class Review:
    """A case under review, and people who have nothing to do with its sheets."""

    reference: str
    reviewer: Person
    others: list[Person]


@pytest.fixture
def review(app: Flask) -> Review:
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        with days_later(11):
            story.screened()
        sheet, _ = sheets_of_case(story.case_id)[0]
        reviewer = db.session.get_one(User, sheet.reviewer_id).email
        found = (story.case().reference, reviewer, [story.hq_staff.email, story.applicant.email])
    reference, email, others = found
    return Review(reference, Person(app, email), [Person(app, other) for other in others])


@pytest.fixture
def desk(review: Review) -> Desk:
    return Desk(review.reviewer, review.reference)


def test_what_a_reviewer_types_is_kept_while_it_is_written(desk: Desk) -> None:
    answer = desk.keep(desk.seen(), creativity="25")
    assert len(answer.json["saved"].split(":")) == 3
    desk.keep(answer.json["revisions"], comment="구체적인")
    assert desk.shown() == {"creativity": "25", "capability": "", "impact": "", "comment": "구체적인"}


def test_a_score_that_cannot_be_read_is_kept_said_at_its_field_and_never_sealed(desk: Desk) -> None:
    desk.keep(desk.seen(), creativity="서른", capability="99")
    assert desk.shown()["creativity"] == "서른"
    page = desk.person.submit(desk.page(), "/sheet", button=("go", "seal"), **{**GOOD, "creativity": "서른"})
    assert page.status == 422
    assert "0~30점 사이의 정수로" in page.text
    assert desk.shown() == {**GOOD, "creativity": "서른"}
    assert "제출했습니다" in desk.person.submit(desk.page(), "/sheet", button=("go", "seal"), **GOOD).text


def test_two_windows_of_one_reviewer_never_overwrite_each_other_unseen(desk: Desk) -> None:
    old = desk.seen()
    desk.keep(old, comment="첫 창에서 쓴 의견")
    answer = desk.keep(old, comment="둘째 창에서 쓴 의견", creativity="20")
    (clash,) = answer.json["clashes"]
    assert (clash["stored"], clash["mine"]) == ("첫 창에서 쓴 의견", "둘째 창에서 쓴 의견")
    assert set(answer.json["revisions"]) == {"creativity"}
    assert desk.shown()["comment"] == "첫 창에서 쓴 의견"
    desk.keep({"comment": clash["revision"]}, comment="둘째 창에서 쓴 의견")
    assert desk.shown()["comment"] == "둘째 창에서 쓴 의견"


def test_without_script_an_old_page_shows_both_texts_and_saves_only_on_the_second_try(desk: Desk) -> None:
    old = desk.page()
    desk.keep(desk.seen(), comment="다른 창에서 쓴 의견")
    page = desk.person.submit(old, "/sheet", button=("go", "save"), comment="이 창에서 쓴 의견")
    assert page.status == 422
    assert "지금 저장된 내용: 다른 창에서 쓴 의견" in page.text
    desk.person.submit(page, "/sheet", button=("go", "save"))
    assert desk.shown()["comment"] == "이 창에서 쓴 의견"


def test_a_sealed_sheet_takes_nothing_until_it_is_opened_again(desk: Desk) -> None:
    desk.person.submit(desk.page(), "/sheet", button=("go", "seal"), **GOOD)
    answer = desk.keep(dict.fromkeys(GOOD, 9), creativity="1")
    assert answer.status_code == 409
    assert "총점86" in desk.page().text
    desk.person.submit(desk.page(), "/reopen")
    assert desk.shown() == GOOD


def test_nobody_keeps_anything_in_the_sheet_of_somebody_else(review: Review, desk: Desk) -> None:
    assert desk.keep({}, user=1, creativity="1").status_code == 409
    for person in review.others:
        token = json.loads(person.client.get("/sign-in/again").data)
        answer = person.client.post(
            f"{desk.address}/sheet/fields",
            json={"user": token["user"], "fields": {"creativity": [["creativity", "1"]]}, "seen": {}},
            headers={"X-CSRFToken": token["csrf_token"]},
        )
        assert answer.status_code == 403
    assert desk.shown()["creativity"] == ""


@pytest.mark.parametrize(
    "body", [None, [], {}, {"fields": 3}, {"fields": {"comment": "x"}}, {"fields": {"comment": []}}]
)
def test_anything_but_the_shape_the_page_sends_changes_nothing(desk: Desk, body: Any) -> None:
    token = json.loads(desk.person.client.get("/sign-in/again").data)
    answer = desk.person.client.post(
        f"{desk.address}/sheet/fields", json=body, headers={"X-CSRFToken": token["csrf_token"]}
    )
    assert answer.status_code in {409, 422}
    assert desk.shown()["comment"] == ""


def test_the_list_says_how_many_are_left(desk: Desk) -> None:
    assert "배정 1건 가운데 0건 제출" in desk.person.get("/reviewer/").text
    desk.person.submit(desk.page(), "/sheet", button=("go", "seal"), **GOOD)
    assert "모든 평가표를 제출했습니다" in desk.person.get("/reviewer/").text
