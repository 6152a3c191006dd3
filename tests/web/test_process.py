"""The analysis page and the map on a case's page: what each reader sees, takes out, and is told about bad input."""

import pytest
from flask import Flask
from lxml import etree
from sqlalchemy import select

from backoffice.core.audit import AccessEvent
from backoffice.core.db import db
from backoffice.organizations.queries import zone
from backoffice.programs import layouts
from backoffice.programs.models import PublishedWorkflow
from tests.analytics.rows import START, Hand
from tests.browse import Page, Person
from tests.make import make_organization, make_user
from tests.queries import counted
from tests.story import Way, days_later
from workflows.roles import Role

HERE, THERE = "GS-GIMHAE", "GS-POHANG"


@pytest.fixture
def readers(app: Flask) -> dict[str, Person]:
    """Three cases in two zones, and the people who look at them."""
    with app.app_context():
        hand = Hand(app.extensions["engine"])
        hand.case((5, "file"), (3, "accept"), zone_code=THERE)
        hand.case((5, "file"), (3, "accept"), (3, "request_correction"), (3, "resubmit"))
        hand.due(hand.case((7, "file"), (3, "withdraw")), 2, START)
        people = {
            "hq": make_user(Role.HQ_STAFF),
            "there": make_user(Role.ZONE_STAFF, zone_code=THERE),
            "ministry": make_user(Role.MINISTRY),
            "auditor": make_user(Role.AUDITOR),
            "company": make_user(Role.APPLICANT, organization=make_organization()),
            "reviewer": make_user(Role.REVIEWER),
        }
        db.session.remove()
    return {name: Person(app, person.email) for name, person in people.items()}


def total(page: Page) -> str:
    return str(page.tree.xpath("//li[@class='tile']/b/text()")[0])


OBJECTIONS = "/staff/process?program=objection"


def test_headquarters_ministry_and_audit_see_every_zone(readers: dict[str, Person]) -> None:
    for name in ("hq", "ministry", "auditor"):
        page = readers[name].get(OBJECTIONS)
        assert (page.status, total(page)) == (200, "3건")
        assert [section.get("id") for section in page.tree.xpath("//section[@id]")] == [
            "states", "waiting", "stages", "returns", "zones",
        ]  # fmt: skip


def test_every_chart_stands_above_its_table_and_carries_no_style(readers: dict[str, Person]) -> None:
    page = readers["hq"].get(OBJECTIONS)
    for section in page.tree.xpath("//section[@id]"):
        (drawing,) = section.xpath(".//*[local-name()='svg']")
        assert drawing.xpath("./*[local-name()='title']")[0].text
        assert section.xpath(".//table//td")
    assert page.tree.xpath("//@style") == []


def test_staff_of_a_zone_see_their_zone_only(app: Flask, readers: dict[str, Person]) -> None:
    page = readers["there"].get(OBJECTIONS)
    assert total(page) == "1건"
    with app.app_context():
        own, other = zone(THERE).id, zone(HERE).id
    assert page.tree.xpath("//select[@id='zone']/option/@value") == ["", str(own)]
    assert readers["there"].get(f"{OBJECTIONS}&zone={other}").status == 422
    log = readers["there"].client.get("/staff/process/log.csv?program=objection").get_data(as_text=True)
    assert {line.split(",")[3] for line in log.splitlines()[1:]} == {THERE}


def test_companies_and_reviewers_have_no_analysis(readers: dict[str, Person]) -> None:
    for name in ("company", "reviewer"):
        for address in (OBJECTIONS, "/staff/process/tables/states.csv", "/staff/process/log.xes"):
            assert readers[name].get(address).status == 403


def test_the_page_costs_twelve_queries_at_most(app: Flask, readers: dict[str, Person]) -> None:
    readers["hq"].get(OBJECTIONS)
    with app.app_context(), counted() as sent:
        readers["hq"].get(OBJECTIONS)
    asked = [statement for statement in sent if statement.lstrip().upper().startswith(("SELECT", "WITH"))]
    assert 0 < len(asked) <= 12, asked


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ("from=어제", "from", "기간의 첫날은 2026-01-31처럼"),
        ("from=2026-02-30", "from", "기간의 첫날은 2026-01-31처럼"),
        ("from=2026-05-01&to=2026-04-01", "to", "끝 날짜가 시작 날짜보다"),
        ("version=9", "version", "판을 목록에서"),
        ("zone=999999999999999999999", "zone", "특구를 목록에서"),
        ("zone=²", "zone", "특구를 목록에서"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_told_and_kept(
    readers: dict[str, Person], query: str, field: str, said: str
) -> None:
    page = readers["hq"].get(f"{OBJECTIONS}&{query}")
    assert page.status == 422
    (link,) = page.tree.xpath("//*[@id='errors']//a")
    assert (link.get("href"), said in link.text) == (f"#{field}", True)
    if field in {"from", "to"}:
        assert page.tree.xpath(f"//input[@id='{field}']/@value")[0] in query
    assert readers["hq"].get(f"/staff/process/tables/states.csv?program=objection&{query}").status == 422


def test_an_unknown_program_or_table_does_not_exist(readers: dict[str, Person]) -> None:
    for address in ("/staff/process?program=nothing", "/staff/process/tables/nothing.csv", "/staff/process/log.pdf"):
        assert readers["hq"].get(address).status == 404


def test_without_cases_the_page_says_so_and_offers_the_way_back(readers: dict[str, Person]) -> None:
    page = readers["hq"].get(f"{OBJECTIONS}&to=2000-01-01")
    assert page.status == 200
    assert "조건에 맞는 건이 없습니다" in page.text
    assert page.tree.xpath("//section[@id]") == []


def test_a_table_is_taken_out_as_csv_and_that_is_logged(app: Flask, readers: dict[str, Person]) -> None:
    answer = readers["hq"].client.get("/staff/process/tables/states.csv?program=objection")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert (answer.status_code, lines[0].split(",")[0], lines[1].split(",")[:2]) == (200, "상태", ["작성중", "3"])
    assert "attachment" in answer.headers["Content-Disposition"]
    with app.app_context():
        acts = list(db.session.scalars(select(AccessEvent.about).where(AccessEvent.act == "process:export")))
        db.session.remove()
    assert acts == ["objection states.csv"]


def test_the_event_log_is_taken_out_as_xes(readers: dict[str, Person]) -> None:
    answer = readers["hq"].client.get("/staff/process/log.xes?program=objection")
    assert answer.content_type == "application/xml"
    assert len(etree.fromstring(answer.data).xpath("*[local-name()='trace']")) == 3


@pytest.fixture
def screened(app: Flask) -> tuple[Person, str, int]:
    """A case that came to its review, its zone staff, and how many rows its history has."""
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        with days_later(11):
            story.screened()
        reference, person, rows = story.case().reference, story.hq_staff.email, story.case().revision
        db.session.remove()
    return Person(app, person), reference, rows


def test_a_case_shows_the_way_it_has_gone_as_a_drawing_and_in_words(screened: tuple[Person, str, int]) -> None:
    person, reference, rows = screened
    page = person.get(f"/staff/cases/{reference}")
    (section,) = page.tree.xpath("//section[@id='process']")
    boxes = section.xpath(".//*[@data-state]")
    passed = [box for box in boxes if "".join(box.itertext()).strip().startswith("✓")]
    assert len(passed) == rows - 1
    (now,) = section.xpath(".//li[@aria-current='step']")
    assert "서면평가" in now.text_content()
    assert len(section.xpath(".//ol[contains(@class,'path')]/li/ol/li")) == len(boxes)
    assert section.xpath(".//@style") == []


def test_without_graphviz_the_map_is_shown_in_words(
    app: Flask, screened: tuple[Person, str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        for row in db.session.scalars(select(PublishedWorkflow)):
            row.layout = None
        db.session.commit()
        db.session.remove()
    layouts._asked.cache_clear()
    layouts._restored.clear()
    with monkeypatch.context() as bare:
        bare.setenv("PATH", "/nowhere")
        page = screened[0].get(f"/staff/cases/{screened[1]}")
    layouts._asked.cache_clear()
    assert page.status == 200
    (section,) = page.tree.xpath("//section[@id='process']")
    assert section.xpath(".//*[local-name()='svg']") == []
    assert section.xpath(".//details[@open]//ol[contains(@class,'path')]")
