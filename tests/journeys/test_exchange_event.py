"""An exchange event through the pages alone: plan, call, guests, timetable, survey, follow-up, and a demand that grows out of it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask import Flask

from backoffice.core import clock
from backoffice.core.db import db
from backoffice.organizations.queries import zone
from tests.browse import Person
from tests.journeys.steps import act, fill, refused, write
from tests.make import PDF, make_organization, make_user
from workflows.roles import Role

NAMES = ("가온바이오", "나래센서", "다솜로봇")


@dataclass
class Hosts:
    """The foundation's people, three companies, and the event they make."""

    app: Flask
    staff: Person
    approver: Person
    finance: Person
    guests: dict[str, Person]
    zone_id: int
    day: date
    event: str = ""
    call: str = ""


@pytest.fixture
def hosts(app: Flask) -> Hosts:
    with app.app_context():
        emails = [make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE").email]
        emails += [make_user(role).email for role in (Role.APPROVER, Role.FINANCE)]
        guests = {name: make_user(Role.APPLICANT, organization=make_organization(name)).email for name in NAMES}
        zone_id = zone("GS-GIMHAE").id
        db.session.remove()
    staff, approver, finance = (Person(app, email) for email in emails)
    day = clock.today() + timedelta(days=40)
    return Hosts(
        app, staff, approver, finance, {name: Person(app, email) for name, email in guests.items()}, zone_id, day
    )


def announce(hosts: Hosts) -> None:
    """The zone plans the event, the approver approves it, the call goes out."""
    page = hosts.staff.get("/staff/openings/tech_exchange_event")
    made = hosts.staff.submit(page, "", title="바이오헬스 기술교류회", zone=str(hosts.zone_id))
    hosts.event = re.search(r"\d{4}-EXE-\d{4}", made.text)[0]
    assert "올려 주세요" in refused(hosts.staff, hosts.event, "request_approval")
    fill(
        hosts.staff, hosts.event, "plan", title="2026 바이오헬스 기술교류회", kind="matching",
        purpose="특구 기업과 연구기관이 만나 기술이전과 공동연구를 찾습니다.", held_on=hosts.day.isoformat(),
        starts="h1330", place="인제대학교 대강당", capacity="3", slots="3", slot_minutes="m20", tables="2",
        budget="12,000", plan_file=("개최계획서.pdf", PDF),
    )  # fmt: skip
    act(hosts.staff, hosts.event, "request_approval")
    act(hosts.approver, hosts.event, "approve", opinion="계획대로 개최합니다.")
    closes = clock.today() + timedelta(days=10)
    act(hosts.staff, hosts.event, "publish", closes_on=closes.isoformat())
    hosts.call = re.search(r"/calls/(\d{4}-EXP-\d{2})", Person(hosts.app).get("/").response.get_data(as_text=True))[1]


def apply(hosts: Hosts, name: str) -> str:
    """A company finds the call and applies: its reference."""
    person = hosts.guests[name]
    page = person.get(f"/calls/{hosts.call}")
    assert "인제대학교 대강당" in page.text
    draft = person.submit(page, "/start").address.rpartition("/")[2]
    write(person, draft, "participation", "consent", consent_personal="yes", consent_sharing="yes")
    write(
        person, draft, "participation", "guest", people="2", contact="김참가",
        offers=f"{name}의 혈액 진단 센서를 함께 만들 상대를 찾습니다.",
    )  # fmt: skip
    return re.search(rf"{hosts.call}-\d{{4}}", act(person, draft, "apply").text)[0]


def choose(hosts: Hosts, action: str, *references: str) -> str:
    """Staff tick guests in the list and press a button."""
    page = hosts.staff.get(f"/staff/cases/{hosts.event}/guests")
    boxes = {
        row.xpath(".//td[@class='id m']")[0].text_content(): row.xpath(".//input[@name='guest']/@value")
        for row in page.tree.xpath("//tbody/tr")
    }
    guests = [boxes[reference][0] for reference in references]
    return hosts.staff.submit(page, "", button=("action", action), guest=guests).text


def ids(page: object) -> dict[str, str]:
    """Name -> value of the organizations a page lets one choose."""
    options = page.tree.xpath("//select[@id='wish-1' or @id='first']/option")  # type: ignore[attr-defined]
    return {one.text_content(): one.get("value") for one in options}


def wish(person: Person, reference: str, *names: str) -> str:
    page = person.get(f"/portal/cases/{reference}/timetable")
    known = ids(page)
    return person.submit(page, "", **{f"wish-{rank}": known[name] for rank, name in enumerate(names, start=1)}).text


def settle_timetable(hosts: Hosts) -> None:
    """The timetable is made from the wishes, changed by hand, and settled."""
    act(hosts.staff, hosts.event, "close_applications")
    act(hosts.staff, hosts.event, "start_matching")
    page = hosts.staff.get(f"/staff/cases/{hosts.event}/timetable")
    assert "상담 2건" in page.text
    known = ids(page)
    both = {"first": known["나래센서"], "second": known["다솜로봇"]}
    page = hosts.staff.submit(page, "/talks", slot="3", **both)
    assert "상담 3건" in page.text
    again = hosts.staff.submit(page, "/talks", slot="2", **both)
    assert again.status == 422
    assert "이미 시간표에 있습니다" in again.text
    page = hosts.staff.submit(hosts.staff.get(f"/staff/cases/{hosts.event}/timetable"), "/timetable")
    assert "상담 3건" in page.text
    assert "고정" in page.text
    act(hosts.staff, hosts.event, "confirm_matching")


def finish_report(hosts: Hosts) -> None:
    act(hosts.staff, hosts.event, "end_survey_early")
    fill(
        hosts.staff, hosts.event, "report", talks_held="3", satisfaction="4.5",
        results="세 기업이 모두 상담을 마쳤고 기술이전 수요를 새로 찾았습니다.", demand="진단기기 후속 미팅 1건",
        report_file=("결과보고서.pdf", PDF),
    )  # fmt: skip
    act(hosts.staff, hosts.event, "submit_report")
    act(hosts.approver, hosts.event, "accept_report")


def follow_up(hosts: Hosts) -> None:
    """One side asked, the other agrees; they meet, and a technology demand grows out of it."""
    meeting = f"{hosts.event}-FUM1"
    first, other = hosts.guests["가온바이오"], hosts.guests["나래센서"]
    act(other, meeting, "agree")
    day = clock.today() + timedelta(days=7)
    act(hosts.staff, meeting, "set_date", meeting_on=day.isoformat(), begins="14:00", place="김해 사업화센터")
    with clock.travelling(clock.now() + timedelta(days=7)):
        act(hosts.staff, meeting, "hold", present="두 기업 대표", minutes="센서 모듈 기술을 이전하기로 하였습니다.")
        opened = first.submit(first.get(f"/portal/cases/{meeting}"), "/links/technology_transfer")
        demand = opened.address.rpartition("/")[2]
        write(first, demand, "demand", "consent", consent_personal="yes", consent_sharing="yes")
        write(
            first, demand, "demand", "demand", title="센서 모듈 패키징 기술", technology="st05",
            purpose="진단 키트의 감도를 높이기 위하여 센서 모듈 기술을 도입하고자 합니다.",
            specification="두께 0.5mm 이하, 방수 등급 IP67", wanted_kind=["ordinary"],
        )  # fmt: skip
        write(first, demand, "demand", "attachments", introduction_file=("소개서.pdf", PDF))
        assert "갖추어졌습니다" in hosts.staff.get(f"/staff/cases/{meeting}").text
        act(first, demand, "submit_demand")
        act(hosts.staff, meeting, "link_case", opinion="상담이 기술이전 수요로 이어졌습니다.")
        act(hosts.staff, hosts.event, "finish_follow_up")
        fill(hosts.staff, hosts.event, "account", spent="11,500")
        act(hosts.staff, hosts.event, "submit_account")
        with hosts.app.app_context():
            hosts.app.extensions["engine"].breach()
            db.session.remove()
        assert "종료" in act(hosts.finance, hosts.event, "settle").text


def test_companies_meet_at_an_event_and_one_talk_becomes_a_technology_demand(hosts: Hosts) -> None:
    announce(hosts)
    references = {name: apply(hosts, name) for name in NAMES}
    first, second, third = references.values()
    assert "3건을 처리했습니다" in choose(hosts, "accept", first, second, third)
    assert "저장했습니다" in wish(hosts.guests["가온바이오"], first, "나래센서", "다솜로봇")
    assert "저장했습니다" in wish(hosts.guests["나래센서"], second, "가온바이오")
    with clock.travelling(clock.now() + timedelta(days=11)):
        settle_timetable(hosts)
        own = hosts.guests["다솜로봇"].get(f"/portal/cases/{third}/timetable").text
        assert "우리 상담 시간표" in own
        assert "나래센서" in own
    with clock.travelling(clock.seoul(hosts.day.year, hosts.day.month, hosts.day.day, 15)):
        assert "2건을 처리했습니다" in choose(hosts, "check_in", first, second)
        act(hosts.staff, hosts.event, "hold", visitors="41")
        assert "불참" in hosts.guests["다솜로봇"].get(f"/portal/cases/{third}").text
        act(hosts.staff, hosts.event, "start_survey")
        assert "저장했습니다" in wish(hosts.guests["가온바이오"], first, "나래센서")
        for name in ("가온바이오", "나래센서"):
            act(hosts.guests[name], references[name], "answer_survey", satisfaction="s5")
        finish_report(hosts)
    after = hosts.day + timedelta(days=8)
    with clock.travelling(clock.seoul(after.year, after.month, after.day, 10)):
        follow_up(hosts)


def test_a_stranger_sees_neither_the_guests_nor_the_timetable(hosts: Hosts) -> None:
    announce(hosts)
    reference = apply(hosts, "가온바이오")
    other = hosts.guests["나래센서"]
    assert other.get(f"/portal/cases/{reference}/timetable").status == 404
    assert other.get(f"/staff/cases/{hosts.event}/guests").status == 403
    own = hosts.guests["가온바이오"].get(f"/portal/cases/{reference}/timetable")
    assert own.status == 200
    assert "나래센서" not in own.text
    page = hosts.staff.get(f"/staff/cases/{hosts.event}/timetable")
    assert "희망에 따라 다시 편성" not in page.text
