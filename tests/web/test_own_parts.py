"""Parts of an application that one side writes: the partners theirs, the applicant the budget; both read the whole."""

import pytest
from flask import Flask

from backoffice.core.db import transaction
from backoffice.programs.services import publish_workflow
from tests.browse import Page
from tests.journeys.cast import Cast, cast_for, fill_application
from tests.make import PDF
from tests.versions import loaded, next_version

CONTRIBUTION = "임상 시료 분석 장비와 연구원 두 명을 여섯 달 동안 투입합니다."
PARTS = (
    ("        title: {ko: 사업비, en: Budget}\n", "        title: {ko: 사업비, en: Budget}\n        by: [applicant]\n"),
    (
        "      - code: attachments\n        title: {ko: 첨부 서류, en: Attachments}\n",
        "      - code: attachments\n        title: {ko: 첨부 서류, en: Attachments}\n        by: [applicant]\n",
    ),
    (
        "      - code: budget\n",
        "      - code: contribution\n        by: [partner]\n"
        "        title: {ko: 참여기관의 몫, en: What the partners contribute}\n        fields:\n"
        "          - {name: contribution, type: long_text, required: true, min_length: 10, max_length: 1000,"
        " label: {ko: 투입하는 것, en: Contribution}}\n      - code: budget\n",
    ),
)


@pytest.fixture
def cast(app: Flask) -> Cast:
    with app.app_context(), transaction():
        publish_workflow(loaded(next_version(*PARTS)), None)
    return cast_for(app)


@pytest.fixture
def draft(cast: Cast) -> str:
    """Everything the applicant writes is written."""
    with pytest.raises(AssertionError, match="확인할 것 1건"):
        fill_application(cast)
    return (
        cast.applicant.get("/portal/").tree.xpath("//a[contains(@href, '/portal/cases/')]/@href")[0].rpartition("/")[2]
    )


def part(draft: str, code: str) -> str:
    return f"/portal/cases/{draft}/forms/application/{code}"


def lines(page: Page) -> list[str]:
    """The task list: each section with its address, if it has one here."""
    return [
        " ".join(line.text_content().split()) for line in page.tree.xpath("//ol[contains(@class, 'steps-list')]/li")
    ]


def test_the_partners_write_their_part_and_the_applicant_sees_what_is_missing(cast: Cast, draft: str) -> None:
    check = cast.applicant.get(f"/portal/cases/{draft}/check")
    assert "투입하는 것을 입력해 주세요. (참여기관 작성)" in check.text
    assert check.tree.xpath("//*[@id='missing']//a") == []
    assert "푸는 사람: 참여기관" in check.text
    partner = cast.partners[0]
    page = partner.submit(
        partner.get(part(draft, "contribution")), "", button=("go", "next"), contribution=CONTRIBUTION
    )
    assert page.address.startswith(f"/portal/cases/{draft}/check"), page.address
    check = cast.applicant.get(f"/portal/cases/{draft}/check")
    assert CONTRIBUTION in check.text
    assert "모두 작성했습니다" in check.text


def test_nobody_writes_the_part_of_the_other_side(cast: Cast, draft: str) -> None:
    partner = cast.partners[0]
    for person, code, who in ((cast.applicant, "contribution", "참여기관"), (partner, "budget", "신청기업")):
        refused = person.get(part(draft, code))
        assert refused.status == 403
        assert f"{who}에서 작성합니다" in refused.text
        token = person.get(f"/portal/cases/{draft}").form("/language").fields["csrf_token"]
        sent = {"csrf_token": token, "contribution": "내가 대신 적은 글입니다. 길게 적습니다.", "requested": "1,000"}
        assert person.post(part(draft, code), sent).status == 403
        assert person.post(f"{part(draft, code)}/fields", sent).status == 403
    upload = {"csrf_token": token, "plan_file": ("남의 계획서.pdf", PDF)}
    assert partner.post(f"{part(draft, 'attachments')}/files/plan_file", upload).status == 403
    assert "대신 적은 글" not in cast.applicant.get(f"/portal/cases/{draft}/check").text


def test_a_file_of_the_applicants_part_is_not_taken_out_by_a_partner(cast: Cast, draft: str) -> None:
    removing = "//button[contains(@formaction, '/remove')]/@formaction"
    address = cast.applicant.get(part(draft, "attachments")).tree.xpath(removing)[0]
    partner = cast.partners[0]
    token = partner.get(f"/portal/cases/{draft}").form("/language").fields["csrf_token"]
    assert partner.post(address, {"csrf_token": token}).status == 403
    assert "공동기획 계획서.pdf" in cast.applicant.get(part(draft, "attachments")).text


def test_the_task_list_says_who_writes_what(cast: Cast, draft: str) -> None:
    mine, theirs = (lines(one.get(f"/portal/cases/{draft}")) for one in (cast.applicant, cast.partners[0]))
    assert [line for line in mine if " · " in line] == ["4 참여기관의 몫 미작성 · 참여기관 작성"]
    assert [line for line in theirs if " · " in line] == [
        "✓ 사업비 완료 · 신청기업 작성",
        "✓ 첨부 서류 완료 · 신청기업 작성",
    ]
