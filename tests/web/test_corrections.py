"""Correcting what was asked for: each item with its place and answer, what changed since, and all of it submitted."""

import json

import pytest
from flask import Flask
from sqlalchemy import select

from backoffice.cases.corrections import place_of
from backoffice.cases.models import Case, Submission
from backoffice.core.db import db
from tests.browse import Person
from tests.journeys.cast import Cast, cast_for, fill_application
from tests.journeys.steps import act
from tests.story import days_later
from workflows import catalogue

ITEMS = {
    "items-0-item": "참여의사확인서",
    "items-0-request": "청주전자의 직인이 있는 확인서를 올려 주세요.",
    "items-1-item": "사업비",
    "items-1-request": "간접비 근거를 적어 주세요.",
}


@pytest.fixture
def cast(app: Flask) -> Cast:
    return cast_for(app)


def sent_back(cast: Cast) -> str:
    """The reference of an application with two items to correct."""
    draft = fill_application(cast)
    act(cast.applicant, draft, "submit")
    reference = cast.applicant.get(f"/portal/cases/{draft}").address.rpartition("/")[2]
    with days_later(11):
        act(cast.zone_staff, reference, "start_screening")
        page = cast.zone_staff.get(f"/cases/{reference}/actions/request_correction")
        cast.zone_staff.submit(page, "", **ITEMS)
    return reference


def answers(cast: Cast, reference: str, **values: str) -> str:
    page = cast.applicant.get(f"/portal/cases/{reference}/corrections")
    return cast.applicant.submit(page, "/corrections", **values).text


def test_each_item_is_shown_with_the_place_to_change_and_a_room_for_the_answer(cast: Cast) -> None:
    reference = sent_back(cast)
    with days_later(11):
        page = cast.applicant.get(f"/portal/cases/{reference}")
        assert "보완 요청 2건" in page.text
        page = cast.applicant.get(f"/portal/cases/{reference}/corrections")
        places = [link for link in page.tree.xpath("//a/@href") if "/forms/application/" in link]
        assert [place.rpartition("/")[2] for place in places] == ["attachments#intent_file", "budget#budget"]
        assert "아직 달라진 것이 없습니다" in page.text


def test_answers_and_changes_are_kept_shown_and_frozen_with_the_resubmission(cast: Cast) -> None:
    reference = sent_back(cast)
    with days_later(11):
        assert "답변을 저장했습니다" in answers(cast, reference, **{"answer-1": "직인이 있는 확인서로 바꾸었습니다."})
        person, base = cast.applicant, f"/portal/cases/{reference}"
        person.submit(
            person.get(f"{base}/forms/application/budget"),
            "",
            button=("go", "out"),
            **{"budget-0-grant": "38,000", "budget-1-grant": "12,000"},
        )
        check = person.get(f"{base}/check")
        assert "보완 요청 2건 가운데 1건에 답변했습니다" in check.text
        assert "△200만 원" in check.text
        assert "+200만 원" in check.text
        act(person, reference, "resubmit")
        assert "직인이 있는 확인서로 바꾸었습니다" in person.get(f"{base}/submissions/2").text
        assert person.get(f"{base}/corrections").address == base
    with cast.app.app_context():
        query = select(Submission.content).join(Case).where(Case.reference == reference, Submission.number == 2)
        kept = json.loads(db.session.scalar(query) or "{}")["corrections"]
        db.session.remove()
    assert [item["answer"] for item in kept] == ["직인이 있는 확인서로 바꾸었습니다.", ""]


def test_an_answer_somebody_else_changed_meanwhile_is_shown_and_not_overwritten(cast: Cast) -> None:
    reference = sent_back(cast)
    with days_later(11):
        person = cast.applicant
        late = person.get(f"/portal/cases/{reference}/corrections")
        answers(cast, reference, **{"answer-2": "먼저 저장한 답변"})
        shown = person.submit(late, "/corrections", **{"answer-2": "늦게 온 답변"})
        assert shown.status == 422
        assert "먼저 저장한 답변" in shown.text
        assert shown.form("/corrections").fields["answer-2"] == "늦게 온 답변"


def test_answers_are_for_the_organizations_of_the_case_and_only_while_it_is_sent_back(cast: Cast) -> None:
    reference = sent_back(cast)
    stranger = Person(cast.app)
    with days_later(11):
        assert "/sign-in" in stranger.get(f"/portal/cases/{reference}/corrections").address
        assert cast.partners[0].get(f"/portal/cases/{reference}/corrections").status == 200
        long = answers(cast, reference, **{"answer-1": "가" * 2001})
        assert "2,000자까지 적을 수 있습니다" in long


def test_the_place_of_an_item_is_found_by_the_name_of_a_question_or_section() -> None:
    definition = next(
        one.workflow for one in catalogue.shipped().values() if one.workflow.workflow == "joint_rbd_planning"
    )
    assert place_of(definition, "application", "과제 요약 보완") == ("overview", "summary")
    assert place_of(definition, "application", "사업비") == ("budget", "budget")
    assert place_of(definition, "application", "전혀 다른 것") == (None, None)
