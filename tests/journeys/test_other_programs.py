"""The remaining programs through the pages: an agreement between zones, a field problem, a course, brokered research."""

from datetime import timedelta

from flask import Flask

from backoffice.core import clock
from backoffice.core.periods import add_months
from tests.journeys.test_council import in_register
from tests.journeys.walker import Walk
from tests.story import days_later


def test_zones_conclude_renew_and_outlive_an_agreement(app: Flask) -> None:
    walk = Walk(app, "zone_cooperation").opened_by("hq_staff", title="김해·청주 업무협약")
    walk.fill("zone_staff", "agreement").do("zone_staff", "consult")
    two = {
        f"consents-{row}-{name}": value
        for row in range(2)
        for name, value in (("party", f"기관{row}"), ("consented_on", clock.today().isoformat()))
    }
    walk.fill("zone_staff", "consent")
    assert "2 이상이어야 합니다" in walk.at("hq_staff").get(f"/cases/{walk.reference}/actions/request_approval").text
    walk.fill("zone_staff", "consent", **two).do("hq_staff", "request_approval")
    walk.fill("hq_staff", "legal").do("approver", "approve")
    two = {key.replace("consents", "signers").replace("consented_on", "signed_on"): value for key, value in two.items()}
    two |= {f"signers-{row}-{name}": "센터장" for row in range(2) for name in ("person", "office")}
    today = clock.today()
    walk.fill("zone_staff", "signature", **two)
    walk.do("approver", "sign", effective_on=today.isoformat(), expires_on=add_months(today, 24).isoformat())
    assert len(in_register(app, walk.reference)) == 2
    walk.do("zone_staff", "record_fulfilment")
    assert "부터 할 수 있습니다" in walk.at("zone_staff").get(f"/cases/{walk.reference}/actions/open_renewal").text
    with days_later(700):
        walk.do("zone_staff", "open_renewal").do(
            "approver", "renew", effective_on=clock.today().isoformat(), expires_on=add_months(today, 48).isoformat()
        )
    with days_later(4 * 366):
        assert walk.breach() == 1
        assert "만료" in walk.state()
    with days_later(4 * 366 + 1):
        assert in_register(app, walk.reference) == []


def test_a_field_problem_is_solved_by_an_expert_and_confirmed_by_the_company(app: Flask) -> None:
    walk = Walk(app, "field_problem_ticket")
    page = walk.at("applicant").get("/portal/")
    walk.reference = walk.at("applicant").submit(page, "/openings/field_problem_ticket").address.rpartition("/")[2]
    walk.fill("applicant", "problem").do("applicant", "file").do("zone_staff", "start_diagnosis")
    walk.fill("zone_staff", "diagnosis", way="direct")
    assert "전문가 파견" in walk.at("zone_staff").get(f"/cases/{walk.reference}/actions/dispatch").text
    walk.fill("zone_staff", "diagnosis", way="expert")
    wrong = walk.tried("zone_staff", "dispatch", expert_email="nobody@example.kr")
    assert "등록된 사람이 아닙니다" in wrong.text
    assert walk.at("broker").get(f"/staff/cases/{walk.reference}").status == 404
    walk.do("zone_staff", "dispatch", expert_email=walk.emails["broker"])
    walk.do("broker", "accept_dispatch").do("broker", "record_visit", hours="3")
    walk.fill("broker", "visit_report", visits=None).do("broker", "report_solution")
    walk.fill("applicant", "survey", satisfaction="5").do("applicant", "confirm_solution")
    assert walk.row().final == "success"
    assert walk.at("broker").get(f"/staff/cases/{walk.reference}").status == 404


def test_a_course_is_taught_completed_and_followed_to_employment(app: Flask) -> None:
    walk = Walk(app, "training_course").opened_by("zone_staff", title="바이오 공정 전문인력 과정")
    walk.fill("zone_staff", "course", hours_planned="6", places="3", least="2").do("zone_staff", "ask_approval")
    start = clock.today() + timedelta(days=14)
    walk.do(
        "approver",
        "open_enrolment",
        operator_email=walk.emails["operator"],
        starts_on=start.isoformat(),
        ends_on=(start + timedelta(days=5)).isoformat(),
    )
    walk.fill("operator", "roster", **{"people-0-person": "김하나"})
    with days_later(15):
        assert "2 이상이어야 합니다" in walk.at("operator").get(f"/cases/{walk.reference}/actions/start_course").text
        walk.fill("operator", "roster", **{"people-0-person": "김하나", "people-1-person": "이두리"}).do(
            "operator", "start_course"
        )
        assert "이하여야 합니다" in walk.tried("operator", "hold_session", present="3", hours="3").text
        walk.do("operator", "hold_session", present="2", hours="3.5")
        assert "6 이상이어야 합니다" in walk.at("operator").get(f"/cases/{walk.reference}/actions/end_teaching").text
        walk.do("operator", "hold_session", present="2", hours="2.5").do("operator", "end_teaching")
        walk.fill("zone_staff", "completion", graduates="2", hours=None, sessions=None).do(
            "zone_staff", "confirm_completion"
        )
        walk.fill("zone_staff", "employment", employed="2").do("other_zone_staff", "close")
    assert walk.row().final == "success"


def test_a_demand_is_brokered_funded_reported_every_year_and_settled(app: Flask) -> None:
    walk = Walk(app, "joint_brokered_research")
    walk.apply(walk.call()).fill("applicant", "demand").do("applicant", "register_demand")
    walk.do("zone_staff", "start_brokering", broker_email=walk.emails["broker"])
    walk.fill("broker", "matching_report").do("broker", "form_team")
    team: dict[str, str] = {}
    for row, (one, kind) in enumerate((("lead", "company"), ("supplier", "anchor"))):
        values = {"business_number": walk.numbers[one], "name": f"기관{row}", "kind": kind, "zone": "GS-GIMHAE"}
        team |= {f"members-{row}-{name}": value for name, value in values.items()}
    money = {"budget-0-category": "personnel", "budget-0-item": "인건비", "budget-0-grant": "90,000"}
    walk.fill("applicant", "application", requested="90,000", **team, **money).do("applicant", "submit")
    with days_later(11):
        walk.do("zone_staff", "start_screening").fill("hq_staff", "screening_checklist").do(
            "hq_staff", "pass_screening"
        )
        walk.score().do("chair", "finish_evaluation").do("approver", "select", amount="90,000").do(
            "hq_staff", "open_agreement"
        )
        walk.sign("applicant", "supplier")
        start = clock.today()
        ends = {
            "ends_on": (add_months(start, 24) - timedelta(days=1)).isoformat(),
            "year_ends_on": (add_months(start, 12) - timedelta(days=1)).isoformat(),
        }
        walk.do("approver", "sign_agreement", starts_on=start.isoformat(), first_share="50", **ends)
        walk.do("finance", "order_payment").do("other_finance", "pay_instalment")
    with days_later(11 + 345):
        assert walk.breach() == 1
        walk.fill("applicant", "annual_report").do("applicant", "submit_annual").do("zone_staff", "accept_annual")
        assert walk.breach() == 0
        walk.do("finance", "order_payment").do("other_finance", "pay_instalment")
    with days_later(11 + 712):
        assert walk.breach() == 1
        assert (
            "최종보고로 갈음합니다" in walk.at("applicant").get(f"/cases/{walk.reference}/actions/submit_annual").text
        )
        again = walk.at("applicant").get(f"/portal/cases/{walk.reference}/forms/annual_report/annual")
        assert "파일.pdf" not in again.text
    with days_later(11 + 735):
        assert walk.breach() == 1
        usage = {
            "usage-0-spent_on": clock.today().isoformat(),
            "usage-0-category": "personnel",
            "usage-0-payee": "연구원",
            "usage-0-amount": "90,000",
        }
        walk.fill("applicant", "final_report", **usage).do("applicant", "submit_final").do("chair", "approve_final")
        walk.do("finance", "calculate_settlement", disallowed="0").do("other_finance", "confirm_settlement")
    assert "tracked" in walk.tags()
