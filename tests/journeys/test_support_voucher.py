"""A support voucher through the pages: the supplier as a party, inspection, payment by two people, and recovery."""

from datetime import timedelta

from flask import Flask

from backoffice.core import clock
from tests.journeys.walker import Walk
from tests.reports.papers import bare


def selected(app: Flask) -> Walk:
    """A voucher of ten million won, awarded and waiting for its supplier."""
    walk = Walk(app, "support_voucher")
    walk.apply(walk.call())
    grid = {
        "budget-0-category": "service",
        "budget-0-item": "시험료",
        "budget-0-grant": "10,000",
        "budget-0-own": "5,000",
    }
    walk.fill("applicant", "application", requested="10,000", **grid)
    walk.do("applicant", "submit").do("zone_staff", "start_screening")
    walk.fill("zone_staff", "screening_checklist").do("zone_staff", "refer_to_evaluation")
    walk.fill("zone_staff", "appraisal", score="85")
    return walk.do("approver", "select", amount="10,000")


def matched(walk: Walk) -> Walk:
    return walk.fill(
        "applicant", "matching", **{"supplier-0-business_number": walk.numbers["supplier"], "supplier-0-name": "한국시험연구소"},
        **{"supplier-0-kind": "institute", "supplier-0-zone": "GS-GIMHAE"},
    ).do("applicant", "match_provider")  # fmt: skip


def in_service(walk: Walk) -> Walk:
    """The supplier takes the order, everybody signs, and the service begins."""
    matched(walk).do("supplier", "accept_order").sign("applicant", "supplier")
    walk.fill("zone_staff", "deposit").do("approver", "issue")
    return walk.do("applicant", "start_service")


def test_a_company_is_supported_and_the_recognised_amount_is_paid_by_two_people(app: Flask) -> None:
    walk = in_service(selected(app))
    usage = {"usage-0-spent_on": clock.today().isoformat(), "usage-0-category": "service", "usage-0-payee": "연구소"}
    walk.fill("applicant", "result", satisfaction="5", **usage, **{"usage-0-amount": "7,000"}).do(
        "applicant", "submit_result"
    )
    walk.fill("zone_staff", "inspection")
    too_much = walk.tried("zone_staff", "accept_result", invoice_amount="9,000", new_amount="7,000")
    assert "70%를 넘을 수 없습니다" in too_much.text
    walk.do("zone_staff", "accept_result", invoice_amount="10,000", new_amount="7,000")
    walk.do("finance", "order_payment")
    own = walk.at("finance").get(f"/cases/{walk.reference}/actions/pay")
    assert "처리한 사람은 이 단계를 처리할 수 없습니다" in own.text
    walk.do("other_finance", "pay")
    assert "tracked" in walk.tags()
    page = walk.at("finance").get(f"/staff/cases/{walk.reference}")
    assert bare("7,000천원") in bare(page.text)


def test_money_paid_for_something_else_is_recovered(app: Flask) -> None:
    walk = in_service(selected(app))
    usage = {"usage-0-spent_on": clock.today().isoformat(), "usage-0-category": "service", "usage-0-payee": "연구소"}
    walk.fill("applicant", "result", satisfaction="3", **usage, **{"usage-0-amount": "7,000"}).do(
        "applicant", "submit_result"
    )
    walk.fill("zone_staff", "inspection").do("zone_staff", "accept_result", invoice_amount="10,000", new_amount="7,000")
    walk.do("finance", "order_payment").do("other_finance", "pay")
    walk.do("approver", "order_clawback", disallowed="2,000")
    wrong = walk.tried("finance", "finish_clawback", amount="1,000")
    assert "납부할 금액은" in wrong.text
    walk.do("finance", "finish_clawback", amount="2,000")
    assert "tracked" in walk.tags()


def test_a_supplier_may_decline_and_a_stranger_is_no_supplier(app: Flask) -> None:
    walk = selected(app)
    walk.fill(
        "applicant", "matching", **{"supplier-0-business_number": walk.numbers["lead"], "supplier-0-name": "나노메디텍"},
        **{"supplier-0-kind": "company", "supplier-0-zone": "GS-GIMHAE"},
    )  # fmt: skip
    assert "등록된 참여기관이 없습니다" in walk.tried("applicant", "match_provider").text
    matched(walk).do("supplier", "decline_order")
    assert "선정" in walk.state()
    matched(walk)
    with clock.travelling(clock.now() + timedelta(days=20)):
        assert walk.breach() == 1
    assert "공급기관 선택 대기" in walk.state()
