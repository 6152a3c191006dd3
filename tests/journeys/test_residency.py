"""Residency through the pages: one place for two companies, the waiting list, extension under the cap, ways out."""

from datetime import date, timedelta

from flask import Flask

from backoffice.core import clock
from backoffice.core.periods import add_months
from tests.journeys.walker import Walk


def later(days: int) -> object:
    return clock.travelling(clock.now() + timedelta(days=days))


def applied(walk: Walk, code: str) -> Walk:
    return walk.apply(code).fill("applicant", "application").do("applicant", "submit")


def newcomer(app: Flask) -> Walk:
    walk = Walk(app, "residency")
    return applied(walk, walk.call())


def reviewed(walk: Walk) -> Walk:
    walk.do("zone_staff", "start_review").fill("zone_staff", "checklist").do("zone_staff", "pass_doc")
    return walk.score().do("chair", "finish_pres_review")


def moved_in(walk: Walk, start: date) -> Walk:
    """Approved, contracted for two years, signed and handed over."""
    reviewed(walk).do("approver", "approve")
    walk.do(
        "other_zone_staff", "open_contract", starts_on=start.isoformat(), stay_until=add_months(start, 24).isoformat()
    )
    walk.sign("applicant").fill("zone_staff", "handover")
    return walk.do("zone_staff", "move_in")


def test_a_company_moves_in_extends_up_to_the_cap_and_graduates(app: Flask) -> None:
    walk = newcomer(app)
    start = clock.today() + timedelta(days=20)
    with later(11):
        moved_in(walk, start)
        early = walk.at("applicant").get(f"/cases/{walk.reference}/actions/request_renewal")
        assert "부터 할 수 있습니다" in early.text
    with later(20 + 700):
        walk.fill("applicant", "progress").do("applicant", "request_renewal")
        walk.fill("zone_staff", "renewal_sheet", score="80")
        too_long = walk.tried("approver", "renew", stay_until=add_months(start, 97).isoformat())
        assert "96개월" in too_long.text
        walk.do("approver", "renew", stay_until=add_months(start, 48).isoformat())
    with later(20 + 4 * 366):
        assert walk.breach() == 1
        walk.fill("zone_staff", "exit_check").fill("zone_staff", "graduation").do("approver", "graduate")
        assert "tracked" in walk.tags()
        assert "이어진 건" in walk.at("applicant").get(f"/portal/cases/{walk.reference}").text


def test_the_last_place_goes_to_one_company_and_the_other_waits_for_it(app: Flask) -> None:
    first = Walk(app, "residency")
    second = Walk(app, "residency").beside(first)
    code = first.call(places=1)
    applied(first, code)
    applied(second, code)
    with later(11):
        reviewed(first)
        reviewed(second)
        wait = first.at("approver").get(f"/cases/{first.reference}/actions/put_on_waiting_list")
        assert "빈 자리가 있어" in wait.text
        first.do("approver", "approve")
        assert "모두 찼습니다" in second.at("approver").get(f"/cases/{second.reference}/actions/approve").text
        second.do("approver", "put_on_waiting_list", rank="1")
        first.do("applicant", "withdraw")
        second.do("zone_staff", "offer")
        assert "occupying" in second.tags()


def test_an_eviction_is_announced_objected_to_and_withdrawn(app: Flask) -> None:
    walk = newcomer(app)
    with later(11):
        moved_in(walk, clock.today() + timedelta(days=20))
        walk.do("zone_staff", "notify_violation").do("applicant", "explain")
        assert "기한" in walk.at("approver").get(f"/cases/{walk.reference}/actions/announce_eviction").text
    with later(11 + 45):
        walk.do("approver", "announce_eviction").do("hq_staff", "announce_eviction")
        walk.link("applicant", "objection").fill("applicant", "objection").do("applicant", "file")
        walk.do("hq_staff", "accept").do("approver", "uphold").back()
        assert "시정요구" in walk.state()
