"""Issues of reports: frozen in both editions, asked for, approved by a second person, published, replaced."""

import re

import pytest
from flask import Flask

from backoffice.core.db import db
from backoffice.reports.models import ReportIssue
from tests.browse import Page, Person
from tests.make import make_user
from tests.queries import counted
from tests.reports.worlds import zone_says
from workflows.roles import Role

YEAR = 2025
NUMBER = "2025-GS-GIMHAE-01"
HOME = f"/reports/?year={YEAR}"


@pytest.fixture
def people(app: Flask) -> dict[str, Person]:
    """Who deals with a report, each at a browser, in an office that knows one figure of one zone."""
    with app.app_context():
        zone_says("GS-GIMHAE", "ST-CNT", YEAR, 21)
        emails = {
            "zone": make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE").email,
            "elsewhere": make_user(Role.ZONE_STAFF, zone_code="GS-POHANG").email,
            "hq": make_user(Role.HQ_STAFF).email,
            "approver": make_user(Role.APPROVER).email,
            "other_approver": make_user(Role.APPROVER).email,
            "ministry": make_user(Role.MINISTRY).email,
            "auditor": make_user(Role.AUDITOR).email,
        }
        db.session.remove()
    return {name: Person(app, email) for name, email in emails.items()}


def freeze(person: Person, zone: str = "GS-GIMHAE") -> Page:
    page = person.get(HOME)
    token = page.form("/language").fields["csrf_token"]
    return person.post("/reports/", {"csrf_token": token, "zone": zone, "year": str(YEAR)})


def page_of(person: Person, number: str = NUMBER) -> Page:
    return person.get(f"/reports/{number}")


def do(person: Person, act: str, number: str = NUMBER, **typed: str) -> Page:
    return person.submit(page_of(person, number), f"/{number}/{act}", **typed)


def state(page: Page) -> str:
    return page.tree.xpath("//div[@class='meta']/span[1]/text()")[0]


def offers(page: Page) -> set[str]:
    """The steps the page has a form for."""
    found = (re.search(r"/reports/2025[^/]*/(\w+)$", form.get("action") or "") for form in page.forms())
    return {one[1] for one in found if one}


def published(people: dict[str, Person]) -> None:
    freeze(people["zone"])
    do(people["zone"], "request")
    do(people["approver"], "approve")
    do(people["approver"], "publish")


def test_a_report_goes_from_the_zone_to_publication_and_says_who_did_what(people: dict[str, Person]) -> None:
    freeze(people["zone"])
    page = page_of(people["zone"])
    assert (state(page), offers(page)) == ("초안", {"request"})
    assert all(number in page.text for number in ("2025-GS-GIMHAE-I-01", "2025-GS-GIMHAE-P-01"))
    do(people["zone"], "request", note="수치를 모두 확인했습니다")
    assert (state(page_of(people["zone"])), offers(page_of(people["zone"]))) == ("확인 중", {"recall"})
    do(people["hq"], "check", note="증빙과 맞습니다")
    do(people["approver"], "approve")
    page = do(people["approver"], "publish")
    assert (state(page), offers(page)) == ("발간됨", set())
    told = [" ".join(one.text_content().split()) for one in page.tree.xpath("//ol[@class='tl']/li/b")]
    assert told == ["발간", "승인", "확인 의견", "확인 요청", "수치 고정"]
    assert "증빙과 맞습니다" in page.text


def test_whoever_froze_it_or_asked_for_it_never_decides(app: Flask, people: dict[str, Person]) -> None:
    with app.app_context():
        both = Person(app, make_user(Role.APPROVER, Role.HQ_STAFF).email)
    freeze(both)
    do(people["zone"], "request")
    page = page_of(both)
    assert offers(page) == set()
    assert "다른 담당자가 처리해야 합니다" in page.text
    token = page.form("/language").fields["csrf_token"]
    answer = both.post(f"/reports/{NUMBER}/approve", {"csrf_token": token, "revision": "2"})
    assert answer.status == 409
    assert "다른 담당자가 처리해야 합니다" in answer.text
    assert state(do(people["approver"], "approve")) == "승인됨"


def test_a_returned_report_says_why_and_is_frozen_anew(people: dict[str, Person]) -> None:
    freeze(people["zone"])
    do(people["zone"], "request")
    assert "5자 이상" in do(people["hq"], "return", note="음").text
    page = do(people["hq"], "return", note="창업 건수의 증빙이 빠졌습니다")
    assert (state(page), "창업 건수의 증빙이 빠졌습니다" in page.text) == ("돌려보냄", True)
    freeze(people["zone"])
    assert offers(page_of(people["zone"], "2025-GS-GIMHAE-02")) == {"request"}


def test_a_new_publication_replaces_the_one_before_and_tells_what_changed(
    app: Flask, people: dict[str, Person]
) -> None:
    published(people)
    with app.app_context():
        zone_says("GS-GIMHAE", "ST-CNT", YEAR, 23)
    freeze(people["zone"])
    assert state(page_of(people["zone"])) == "발간됨"
    second = "2025-GS-GIMHAE-02"
    for name, act in (("zone", "request"), ("approver", "approve"), ("approver", "publish")):
        do(people[name], act, second)
    page = page_of(people["ministry"], second)
    (row,) = page.tree.xpath("//section[.//h2[contains(., '정오표')]]//tbody/tr")
    assert [one.text_content() for one in row] == ["신규창업", "2025", "21건", "23건"]
    before = page_of(people["ministry"])
    assert state(before) == "대체됨"
    assert f"새 호 {second}" in before.text


def test_of_two_who_decide_at_the_same_time_one_is_told(people: dict[str, Person]) -> None:
    freeze(people["zone"])
    do(people["zone"], "request")
    first, second = page_of(people["approver"]), page_of(people["other_approver"])
    assert people["approver"].submit(first, f"/{NUMBER}/approve").status == 200
    late = people["other_approver"].submit(second, f"/{NUMBER}/approve")
    assert late.status == 409
    assert "이미 승인되었습니다" in late.text


def test_the_ministry_and_the_auditor_read_what_is_published_and_nothing_before(people: dict[str, Person]) -> None:
    freeze(people["zone"])
    for name in ("ministry", "auditor"):
        assert page_of(people[name]).status == 404
        assert people[name].get("/reports/2025-GS-GIMHAE-I-01.pdf").status == 404
        assert NUMBER not in people[name].get("/reports/issues").text
        assert NUMBER not in people[name].get(HOME).text
    do(people["zone"], "request")
    do(people["approver"], "approve")
    assert page_of(people["ministry"]).status == 404
    do(people["approver"], "publish")
    for name in ("ministry", "auditor"):
        page = page_of(people[name], "2025-GS-GIMHAE-P-01")
        assert (page.address, state(page), offers(page)) == (f"/reports/{NUMBER}", "발간됨", set())
        assert "이력" not in page.text
        assert NUMBER in people[name].get("/reports/issues").text


def test_a_zone_sees_no_other_zones_report_whatever_its_state(people: dict[str, Person]) -> None:
    published(people)
    other = people["elsewhere"]
    assert page_of(other).status == 404
    assert NUMBER not in other.get("/reports/issues").text
    token = other.get(HOME).form("/language").fields["csrf_token"]
    assert other.post(f"/reports/{NUMBER}/request", {"csrf_token": token, "revision": "1"}).status == 404
    assert other.post("/reports/", {"csrf_token": token, "zone": "GS-GIMHAE", "year": str(YEAR)}).status == 403


def test_many_reports_are_asked_for_and_approved_at_once_with_a_word_on_each(
    app: Flask, people: dict[str, Person]
) -> None:
    with app.app_context():
        zone_says("GS-POHANG", "ST-CNT", YEAR, 22)
    numbers = [NUMBER, "2025-GS-POHANG-01", "2025-GS-ALL-01"]
    for zone in ("GS-GIMHAE", "GS-POHANG", ""):
        freeze(people["hq"], zone)
    preview = people["hq"].submit(people["hq"].get("/reports/issues"), "/issues", issue=numbers, act="request")
    assert "3건 가운데 3건을 처리할 수 있습니다" in preview.text
    assert "3건을 모두 처리했습니다" in people["hq"].submit(preview, "/issues").text
    do(people["hq"], "recall", numbers[1])
    listed = people["approver"].get("/reports/issues")
    preview = people["approver"].submit(listed, "/issues", issue=numbers, act="approve")
    assert "3건 가운데 2건을 처리할 수 있습니다" in preview.text
    assert "아직 확인을 요청하지 않은 초안입니다" in preview.text
    result = people["approver"].submit(preview, "/issues")
    assert "2건을 모두 처리했습니다" in result.text
    listed = people["approver"].get("/reports/issues?state=approved")
    assert [one.text for one in listed.tree.xpath("//tbody//td[@class='id']/a")] == [numbers[2], numbers[0]]
    with app.app_context():
        states = {row.number: row.state for row in db.session.query(ReportIssue)}
        db.session.remove()
    assert states == {numbers[0]: "approved", numbers[1]: "draft", numbers[2]: "approved"}


def test_a_choice_of_nothing_says_so(people: dict[str, Person]) -> None:
    freeze(people["hq"])
    page = people["hq"].submit(people["hq"].get("/reports/issues"), "/issues", issue=[], act="request")
    assert page.status == 422
    assert "하나 이상 골라 주세요" in page.text


@pytest.mark.parametrize("address", [HOME, "/reports/issues", f"/reports/{NUMBER}"])
def test_a_page_of_reports_costs_a_handful_of_statements(app: Flask, people: dict[str, Person], address: str) -> None:
    for zone in ("GS-GIMHAE", ""):
        freeze(people["hq"], zone)
    people["approver"].get(address)
    with app.app_context(), counted() as sent:
        assert people["approver"].get(address).status == 200
    assert len(sent) <= 12, sent
