"""A look before starting: each condition with its answer and reason, what is under way already, and never a block."""

import pytest
from flask import Flask

from tests.journeys.cast import Cast, cast_for
from tests.web.test_autosave import draft


@pytest.fixture
def cast(app: Flask) -> Cast:
    return cast_for(app)


def test_conditions_are_answered_from_what_is_known_and_the_rest_is_asked(cast: Cast) -> None:
    page = cast.applicant.get(f"/portal/calls/{cast.call}/eligibility")
    assert "효력이 있는 제한이 없습니다" in page.text
    assert "등록된 소재 특구가 있습니다" in page.text
    assert "기업 2곳, 서로 다른 특구 2곳, 기술핵심기관 1곳 이상" in page.text
    assert "답하지 않아 알 수 없습니다" in page.text


def test_a_no_is_told_with_its_consequence_and_the_application_can_be_started_all_the_same(cast: Cast) -> None:
    page = cast.applicant.get(f"/portal/calls/{cast.call}/eligibility?consortium=no&amount=yes")
    assert "미충족" in page.text
    assert "막힐 수 있습니다" in page.text
    assert cast.applicant.submit(page, "/start").address.startswith("/portal/cases/")


def test_what_is_under_way_already_is_pointed_out(cast: Cast) -> None:
    page = cast.applicant.get(f"/portal/calls/{cast.call}/eligibility")
    assert "진행 중인 건이 이미 있습니다" not in page.text
    reference = draft(cast)
    page = cast.applicant.get(f"/portal/calls/{cast.call}/eligibility")
    assert "진행 중인 건이 이미 있습니다" in page.text
    assert reference in page.text


def test_nobody_looks_in_the_name_of_another_company(cast: Cast) -> None:
    other = f"/portal/calls/{cast.call}/eligibility?organization={cast.lead_id}"
    assert cast.partners[0].get(other).status == 404
    assert cast.hq_staff.get(other).status == 403
