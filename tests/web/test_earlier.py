"""Next year's application from this year's: shown first, taken into what is empty, never over what is written."""

import pytest
from flask import Flask

from tests.journeys.cast import Cast, cast_for, fill_application
from tests.web.test_autosave import draft, save, shown

EARLIER = "/portal/cases/{}/forms/application/overview/earlier"


@pytest.fixture
def cast(app: Flask) -> Cast:
    return cast_for(app)


def test_empty_answers_are_filled_and_what_is_written_consented_or_dated_is_not(cast: Cast) -> None:
    fill_application(cast)
    reference = draft(cast)
    save(cast.applicant, reference, "overview", {"title": [["title", "올해의 새 과제 이름입니다"]]})
    assert (
        "작년 신청서에서 가져오기" in cast.applicant.get(f"/portal/cases/{reference}/forms/application/overview").text
    )
    page = cast.applicant.get(EARLIER.format(reference))
    assert "혈액 한 방울로" in page.text
    assert "이미 적어 그대로 두는 항목: 과제명" in page.text
    assert "파일과 동의, 날짜는 가져오지 않습니다" in page.text
    done = cast.applicant.submit(page, "/earlier")
    assert "항목을 가져왔습니다" in done.text
    assert shown(cast.applicant, reference, "overview", "title") == "올해의 새 과제 이름입니다"
    assert shown(cast.applicant, reference, "overview", "summary").startswith("혈액 한 방울로")
    assert shown(cast.applicant, reference, "overview", "starts_on") == ""
    assert shown(cast.applicant, reference, "budget", "budget-0-item") == "기획 인력"
    attachments = cast.applicant.get(f"/portal/cases/{reference}/forms/application/attachments")
    assert attachments.tree.xpath("//ul[@class='files']") == []


def test_what_was_written_between_the_look_and_the_taking_stays(cast: Cast) -> None:
    fill_application(cast)
    reference = draft(cast)
    page = cast.applicant.get(EARLIER.format(reference))
    save(cast.applicant, reference, "overview", {"need": [["need", "그사이에 쓴 필요성"]]})
    cast.applicant.submit(page, "/earlier")
    assert shown(cast.applicant, reference, "overview", "need") == "그사이에 쓴 필요성"


def test_only_applications_of_ones_own_organization_are_offered(cast: Cast) -> None:
    filled = fill_application(cast)
    partner = cast.partners[0]
    page = partner.submit(partner.get(f"/calls/{cast.call}"), "/start")
    reference = page.address.rpartition("/")[2]
    assert "이전 신청서가 없습니다" in partner.get(EARLIER.format(reference)).text
    assert partner.get(f"{EARLIER.format(reference)}?source={filled}").status == 404
