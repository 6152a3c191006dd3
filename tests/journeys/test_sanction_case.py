"""A sanction against a running project through the pages: it stops the money, is decided by two, paid in parts, and bars."""

from datetime import timedelta

from flask import Flask

from backoffice.core import clock
from tests.journeys.test_support_voucher import in_service, selected
from tests.journeys.walker import Walk
from tests.story import days_later


def noticed(app: Flask) -> Walk:
    """A sanction beside a voucher in service, with the prior notice given."""
    walk = in_service(selected(app)).link("hq_staff", "sanction")
    walk.fill("hq_staff", "facts", title="용도 외 사용 의혹").do("hq_staff", "refer_to_panel")
    walk.fill("hq_staff", "panel_report", members="7", in_favor="3")
    assert "50% 이상이어야 합니다" in walk.at("approver").get(f"/cases/{walk.reference}/actions/notify").text
    walk.fill("hq_staff", "panel_report", members="7", in_favor="5")
    return walk.do("approver", "notify")


def decided(walk: Walk, **wanted: str) -> Walk:
    """Decided by an approver and another member of headquarters than the one who referred it."""
    until = (clock.today() + timedelta(days=400)).isoformat()
    typed = {"barred_until": until, "basis_amount": "10,000", "surcharge": "20,000", "payable": "25,000", **wanted}
    return walk.do("approver", "decide", **typed).do("other_hq_staff", "decide", **typed)


def test_a_sanction_is_decided_by_two_paid_in_parts_and_bars_until_it_ends(app: Flask) -> None:
    walk = noticed(app)
    walk.fill("applicant", "reconsideration").do("applicant", "request_reconsideration")
    walk.do("approver", "conclude_reconsideration")
    high = walk.tried("approver", "decide", basis_amount="1,000", surcharge="6,000", payable="6,000")
    assert "500%를 넘을 수 없습니다" in high.text
    decided(walk)
    with days_later(25):
        walk.do("finance", "bill", pay_until=(clock.today() + timedelta(days=30)).isoformat())
        walk.do("finance", "book_part", amount="10,000")
        open_sum = walk.at("other_finance").get(f"/cases/{walk.reference}/actions/confirm_payment")
        assert "2,500만 원 이상이어야 합니다" in open_sum.text
        walk.do("finance", "book_part", amount="15,000").do("other_finance", "confirm_payment")
        walk.do("hq_staff", "register")
        assert "barring" in walk.tags()
        another = walk.again("support_voucher")
        another.apply(another.call())
        page = another.at("applicant").get(f"/cases/{another.reference}/actions/submit")
        assert walk.reference in page.text
    with days_later(440):
        assert walk.breach() >= 1
        assert "종결" in walk.state()


def test_silence_closes_the_hearing_and_an_upheld_objection_reopens_the_decision(app: Flask) -> None:
    walk = noticed(app)
    with days_later(35):
        assert walk.breach() >= 1
        decided(walk, payable="0", surcharge="0")
        walk.link("applicant", "objection").fill("applicant", "objection").do("applicant", "file")
        walk.do("hq_staff", "accept").do("approver", "uphold").back()
        assert "처분 심의" in walk.state()


def test_a_debtor_is_dunned_by_the_system_and_the_money_enforced(app: Flask) -> None:
    walk = noticed(app).do("applicant", "waive_hearing")
    decided(walk)
    with days_later(25):
        walk.do("finance", "bill", pay_until=(clock.today() + timedelta(days=30)).isoformat())
    with days_later(62):
        assert walk.breach() >= 1
        assert "late" in walk.tags()
    with days_later(85):
        walk.do("approver", "enforce").do("finance", "book_enforced_part", amount="25,000")
        walk.do("other_finance", "confirm_payment")
        assert "완납" in walk.state()
