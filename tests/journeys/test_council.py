"""A council through the pages: founded with a quorum, meeting with minutes, reviewed, and counted in the register."""

from datetime import timedelta

from flask import Flask

from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.identifiers import format_business_number
from backoffice.organizations.models import Council
from backoffice.reports.cooperation import councils
from tests.journeys.walker import Walk
from tests.make import PDF, business_number
from tests.story import days_later


def members(count: int) -> dict[str, str]:
    """Companies of two zones, in turn."""
    rows: dict[str, str] = {}
    for row in range(count):
        rows |= {
            f"members-{row}-business_number": format_business_number(business_number(600 + row)),
            f"members-{row}-name": f"회원기업{row + 1}",
            f"members-{row}-kind": "company",
            f"members-{row}-zone": ("GS-GIMHAE", "GS-CHEONGJU")[row % 2],
        }
    return rows


def founded(app: Flask) -> Walk:
    walk = Walk(app, "council").opened_by("zone_staff", title="탄소중립 협의체")
    zones = {"zones-0-zone": "GS-GIMHAE", "zones-1-zone": "GS-CHEONGJU"}
    walk.fill("zone_staff", "proposal", **zones).do("hq_staff", "start_review").do("approver", "accept")
    walk.do("zone_staff", "recruit").fill("zone_staff", "membership", **members(4)).fill("zone_staff", "charter")
    walk.do("zone_staff", "draft_charter")
    assert "50% 이상이어야 합니다" in walk.tried("approver", "launch", attended="1").text
    return walk.do("approver", "launch", attended="3")


def in_register(app: Flask, reference: str) -> list[str]:
    """The zones that belong together in the register today."""
    with app.app_context():
        found = [one for one in councils(clock.today()) if one.code == reference and one.zones]
        codes = [str(zone) for one in found for zone in one.zones]
        db.session.remove()
    return codes


def test_a_council_is_founded_meets_with_a_quorum_and_passes_its_review(app: Flask) -> None:
    walk = founded(app)
    assert len(in_register(app, walk.reference)) == 2
    with days_later(30):
        walk.do("zone_staff", "call_meeting", meets_on=(clock.today() + timedelta(days=7)).isoformat())
    with days_later(38):
        walk.fill("zone_staff", "papers", minutes_file=("회의록.pdf", PDF))
        assert "50% 이상이어야 합니다" in walk.tried("zone_staff", "hold_meeting", attended="1").text
        walk.do("zone_staff", "hold_meeting", attended="3").do("hq_staff", "confirm_minutes")
    with days_later(320):
        walk.do("hq_staff", "start_annual_review").fill("hq_staff", "activity_report", meetings="1")
        walk.do("hq_staff", "pass_review")
        assert "in_force" in walk.tags()


def test_a_council_without_meetings_sleeps_and_leaves_the_register(app: Flask) -> None:
    walk = founded(app)
    assert "없는 채로" in walk.at("approver").get(f"/cases/{walk.reference}/actions/put_to_sleep").text
    with days_later(370):
        walk.do("approver", "put_to_sleep")
        with app.app_context():
            assert db.session.query(Council).filter_by(code=walk.reference).count() == 1
            db.session.remove()
    with days_later(371):
        assert in_register(app, walk.reference) == []
        walk.do("approver", "revive").do("hq_staff", "revive")
        assert len(in_register(app, walk.reference)) == 2


def test_a_meeting_without_a_quorum_is_adjourned(app: Flask) -> None:
    walk = founded(app)
    walk.do("zone_staff", "call_meeting", meets_on=(clock.today() + timedelta(days=7)).isoformat())
    walk.do("zone_staff", "adjourn_meeting", attended="1")
    assert "운영중" in walk.state()
