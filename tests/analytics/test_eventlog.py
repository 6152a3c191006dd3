"""Event logs: complete, in order, without names, and within what the reader may see."""

import csv
import io

import pytest
from lxml import etree

from backoffice.access.actors import Actor, Grant
from backoffice.analytics.eventlog import COLUMNS, as_csv, as_xes, events
from backoffice.analytics.selection import Selection
from backoffice.engine.perform import Engine
from backoffice.organizations.queries import zone
from tests.analytics.rows import Hand
from tests.story import Way, days_later
from workflows.roles import Role

XES = {"x": "http://www.xes-standard.org/"}


@pytest.fixture
def hand(office: Engine) -> Hand:
    return Hand(office)


def test_a_csv_log_has_one_line_for_every_row_of_history(hand: Hand) -> None:
    first = hand.case((1, "file"), (1, "accept"))
    second = hand.case((1, "file"), (1, "withdraw"), zone_code="GS-POHANG")
    lines = list(csv.DictReader(io.StringIO("".join(as_csv(events(Selection("objection")))))))
    assert tuple(lines[0]) == COLUMNS
    assert [(line["case"], line["activity"], line["target"]) for line in lines] == [
        (first, "create", "drafting"), (first, "file", "filed"), (first, "accept", "examining"),
        (second, "create", "drafting"), (second, "file", "filed"), (second, "withdraw", "withdrawn"),
    ]  # fmt: skip
    assert {(line["zone"], line["outcome"]) for line in lines} == {("GS-GIMHAE", "open"), ("GS-POHANG", "cancelled")}
    assert lines[0]["at"] == "2026-03-02T00:00:00.123456+00:00"


def test_a_xes_log_declares_its_extensions_and_holds_a_trace_for_every_case(hand: Hand) -> None:
    for _ in range(3):
        hand.case((1, "file"))
    root = etree.fromstring("".join(as_xes(events(Selection("objection")))).encode())
    order = [etree.QName(child).localname for child in root]
    assert order == sorted(order, key=["extension", "global", "classifier", "string", "trace"].index)
    assert float(root.get("xes.version")) == 1849.2016
    assert root.xpath("x:extension/@prefix", namespaces=XES) == ["concept", "time", "lifecycle", "org"]
    traces = root.xpath("x:trace", namespaces=XES)
    assert [len(trace.xpath("x:event", namespaces=XES)) for trace in traces] == [2, 2, 2]
    assert traces[0].xpath("x:string[@key='zone']/@value", namespaces=XES) == ["GS-GIMHAE"]
    assert traces[0].xpath("x:int[@key='version']/@value", namespaces=XES) == ["1"]


def test_an_approval_that_did_not_complete_its_step_is_its_start(office: Engine) -> None:
    story = Way(office).submitted()
    with days_later(11):
        story.screened().reviewed().selected().running().paid()
        story.do("start_special_evaluation", story.approver, reason="사업비를 다른 곳에 썼습니다.")
        story.do("terminate", story.approver, reason="협약을 지키지 않았습니다.")
        story.do("terminate", story.hq_staff, reason="협약을 지키지 않았습니다.")
    found = [event for event in events(Selection("joint_rbd_planning")) if event.activity == "terminate"]
    assert [(event.lifecycle, event.role) for event in found] == [("start", "approver"), ("complete", "hq_staff")]


def test_a_log_names_no_person_no_company_and_nothing_that_was_typed(office: Engine) -> None:
    story = Way(office).submitted()
    text = "".join(as_xes(events(Selection("joint_rbd_planning"))))
    assert story.case().reference in text
    for secret in (story.applicant.name, story.applicant.email, story.lead.name_ko, story.case().title):
        assert secret not in text


def test_a_log_holds_what_the_reader_may_see_and_no_drafts(hand: Hand) -> None:
    here = hand.case((1, "file"), zone_code="GS-POHANG")
    hand.case((1, "file"))
    hand.case(private=True, zone_code="GS-POHANG")
    reader = Actor(1, "담당", "", grants=(Grant(Role.ZONE_STAFF, zone("GS-POHANG").id),))
    assert {event.case for event in events(Selection("objection", actor=reader))} == {here}


def test_an_empty_log_is_a_log(hand: Hand) -> None:
    assert (
        etree.fromstring("".join(as_xes(events(Selection("objection")))).encode()).xpath("x:trace", namespaces=XES)
        == []
    )
    assert "".join(as_csv(events(Selection("objection")))).splitlines() == [",".join(COLUMNS)]
