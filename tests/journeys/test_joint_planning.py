"""Joint R&BD planning through the pages alone: from a company's draft to money, settlement and outcome."""

import re
from datetime import timedelta

from flask import Flask

from backoffice.core import clock
from tests.browse import Page, Person
from tests.journeys.cast import Cast, cast_for, fill_application, next_day
from tests.make import PDF
from tests.reports.papers import attached, bare, text_of


def receipt_of(page: Page) -> str:
    found = re.search(r"R-\d{8}-\d{5}", page.text)
    assert found is not None, page.text
    return found[0]


def act(person: Person, home: str, action: str, **values: object) -> Page:
    """Take a step the way the page offers it: through its own form."""
    page = person.get(f"{home}/actions/{action}")
    assert page.status == 200, page.text
    done = person.submit(page, "", **values)
    assert "처리했습니다" in done.text, done.text[:1500]
    return done


def correct_once(cast: Cast, reference: str) -> None:
    """Staff ask for one better document; the company sends it and resubmits."""
    step = f"/cases/{reference}"
    act(cast.zone_staff, step, "start_screening")
    items = {"items-0-item": "참여의사확인서", "items-0-request": "청주전자의 직인이 있는 확인서를 올려 주세요."}
    act(cast.zone_staff, step, "request_correction", **items)
    told = cast.applicant.get(f"/portal/cases/{reference}")
    assert "청주전자의 직인이 있는 확인서" in told.text
    page = cast.applicant.get(f"/portal/cases/{reference}/forms/application/attachments")
    cast.applicant.submit(page, "", button=("go", "out"), intent_file=[("보완_확인서.pdf", PDF)])
    assert "제출" in act(cast.applicant, step, "resubmit").text


def report_says_so(paper: bytes) -> None:
    """The zone's PDF prints the project, its money (백만원) and its outcome, and carries the exact won inside."""
    said = text_of(paper)
    for words in (
        "나노입자 바이오센서 공동 R&BD 기획",
        "시제품 수출 계약을 맺었습니다",
        "기업 매출액 8억원",
        "고용(기말 인원) 12명",
    ):
        assert bare(words) in said
    figures = attached(paper, "figures.json").decode()
    assert '"agreed":50000000' in figures
    assert '"disbursed":35000000' in figures


def test_a_company_applies_corrects_is_funded_reports_and_is_settled(app: Flask) -> None:
    cast = cast_for(app)
    reference = fill_application(cast)
    done = act(cast.applicant, f"/cases/{reference}", "submit")
    reference = re.search(r"\d{4}-RBD-\d{2}-\d{4}", done.text)[0]
    assert receipt_of(done)

    step = f"/cases/{reference}"
    with clock.travelling(clock.now() + timedelta(days=11)):
        correct_once(cast, reference)
    with clock.travelling(clock.now() + timedelta(days=13)):
        page = cast.hq_staff.get(f"/staff/cases/{reference}/forms/screening_checklist")
        ticks = dict.fromkeys(("not_barred", "not_duplicate", "no_arrears", "project_cap", "documents_valid"), "yes")
        cast.hq_staff.submit(page, "", **ticks)
        act(cast.hq_staff, step, "pass_screening")
        cast.score(reference, [("28", "27", "36"), ("25", "24", "30"), ("26", "28", "33")])
        act(cast.chair, step, "skip_presentation")
        act(cast.approver, step, "select", amount="50,000", resolution="2026-심의-12")
        act(cast.hq_staff, step, "open_agreement")
        cast.sign_everybody(reference)
        start = clock.today()
        end = start + timedelta(days=180)
        act(
            cast.approver,
            step,
            "sign_agreement",
            starts_on=start.isoformat(),
            ends_on=end.isoformat(),
            first_share="70",
        )
        act(cast.finance, step, "order_payment")
        own = cast.finance.get(f"/staff/cases/{reference}")
        assert "처리한 사람은 이 단계를 처리할 수 없습니다" in own.text
        paid = act(cast.payer, step, "pay_instalment")
        assert "35,000" in paid.text
    with clock.travelling(next_day(end)):
        act(cast.hq_staff, step, "end_period")
        cast.final_report(reference, spent="35,000")
        act(cast.applicant, step, "submit_final")
        act(cast.chair, step, "approve_final", grade="excellent", opinion="계획한 산출물을 모두 제출하였습니다.")
        act(cast.finance, step, "calculate_settlement", disallowed="0")
        settled = act(cast.payer, step, "confirm_settlement")
        assert "성과추적" in settled.text
        report = cast.report_outcomes(reference, {"SALES": "795,000", "EMP": "12", "PAT-APP": "3"})
        assert "확정" in cast.approver.get(f"/staff/cases/{report}").text
        report_says_so(cast.zone_report("GS-GIMHAE", end.year))


def test_a_rejected_company_objects_in_time_and_is_reinstated(app: Flask) -> None:
    cast = cast_for(app)
    reference = fill_application(cast)
    done = act(cast.applicant, f"/cases/{reference}", "submit")
    reference = re.search(r"\d{4}-RBD-\d{2}-\d{4}", done.text)[0]
    step = f"/cases/{reference}"
    with clock.travelling(clock.now() + timedelta(days=11)):
        act(cast.zone_staff, step, "start_screening")
        page = cast.hq_staff.get(f"/staff/cases/{reference}/forms/screening_checklist")
        ticks = dict.fromkeys(("not_barred", "not_duplicate", "no_arrears", "project_cap", "documents_valid"), "yes")
        cast.hq_staff.submit(page, "", **ticks)
        act(cast.hq_staff, step, "pass_screening")
        cast.score(reference, [("20", "20", "25"), ("20", "20", "25"), ("20", "20", "25")])
        act(cast.chair, step, "skip_presentation")
        act(
            cast.approver, step, "reject", feedback="시장 분석의 근거가 부족합니다. 경쟁 제품과의 비교를 보완해 주세요."
        )
        told = cast.applicant.get(f"/portal/cases/{reference}")
        assert "시장 분석의 근거가 부족합니다" in told.text
        opened = cast.applicant.submit(told, "/links/objection")
        objection = re.search(r"\d{4}-RBD-\d{2}-\d{4}-OBJ1", opened.text)[0]
        page = cast.applicant.get(f"/portal/cases/{objection}/forms/objection/objection")
        cast.applicant.submit(
            page, "", button=("go", "next"), applicant_name="김신청", address="경남 김해시 인제로 197",
            notified_on=clock.today().isoformat(), notified_result="미선정",
            grounds="제출한 시장 분석 자료가 평가에서 빠졌습니다. 첨부 3의 비교표를 다시 보아 주시기 바랍니다.",
        )  # fmt: skip
        act(cast.applicant, f"/cases/{objection}", "file")
        act(cast.hq_staff, f"/cases/{objection}", "accept")
        act(
            cast.approver, f"/cases/{objection}", "uphold", reason="비교표가 평가자료에서 누락된 사실을 확인하였습니다."
        )
        back = cast.approver.get(f"/staff/cases/{reference}")
        assert "심의·확정" in back.text
        act(cast.approver, step, "select", amount="40,000", resolution="2026-심의-13")
    assert "선정" in cast.applicant.get(f"/portal/cases/{reference}").text
