"""A zone that ends in the middle of a year: its figures up to that day, who follows it, and sums that still add up."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import current_app

from backoffice.core.db import transaction
from backoffice.core.errors import Refused
from backoffice.engine.perform import Engine
from backoffice.organizations.queries import zone
from backoffice.organizations.zones import dissolve
from backoffice.reports import services
from backoffice.reports.figures import national_content, zone_content
from backoffice.reports.queries import snapshot
from tests.reports.papers import bare
from tests.reports.tagged import read
from tests.reports.worlds import firm_reports, zone_says

DAY = date(2025, 6, 30)


@pytest.fixture
def ended(office: Engine) -> Engine:
    """Gimhae became a part of Changwon in the middle of 2025; its firms report on in 2026."""
    for code, values in (("GS-GIMHAE", {2024: 20, 2025: 9}), ("GS-CHANGWON", {2024: 30, 2025: 40, 2026: 55})):
        for year, value in values.items():
            zone_says(code, "ST-CNT", year, value)
    firm_reports("GS-GIMHAE", "SALES", {2025: [10, 20, 30], 2026: [11, 22, 33]})
    firm_reports("GS-CHANGWON", "SALES", {2025: [100, 200, 300], 2026: [110, 220, 330]})
    with transaction():
        dissolve("GS-GIMHAE", DAY, "경남 창원 강소연구개발특구로 통합")
    return office


def entry(content: dict[str, Any], code: str) -> dict[str, Any]:
    return next(one for one in content["indicators"] if one["code"] == code)


def ranked(content: dict[str, Any], code: str) -> dict[str, str]:
    return {row["zone"]: row["now"].get("value", "") for row in entry(content, code)["zones"]}


def test_the_year_it_ends_is_told_up_to_that_day_with_its_successor(ended: Engine) -> None:
    content = zone_content(zone("GS-GIMHAE"), 2025, "internal")
    assert content["zone"]["ended"] == {"on": "2025-06-30", "text": "해제: 경남 창원 강소연구개발특구로 통합"}
    assert entry(content, "ST-CNT")["now"]["value"] == "9"


def test_it_counts_among_the_zones_of_that_year_and_no_longer_in_the_next(ended: Engine) -> None:
    this, after = (national_content(year, "internal") for year in (2025, 2026))
    assert entry(this, "ST-CNT")["now"]["value"] == "49"
    assert entry(this, "ST-CNT")["average"]["value"] == "3.5"
    assert entry(after, "ST-CNT")["average"]["value"] == "4.2"
    assert "GS-GIMHAE" in {one["code"] for one in this["zones"]} - {one["code"] for one in after["zones"]}


def test_what_its_firms_report_later_stands_in_the_comparison_so_that_zones_add_up(ended: Engine) -> None:
    content = national_content(2026, "internal")
    rows = ranked(content, "SALES")
    assert sum(Decimal(value) for value in rows.values() if value) == Decimal(entry(content, "SALES")["now"]["value"])
    assert rows["GS-GIMHAE"] == "66"
    assert "GS-GIMHAE" not in ranked(content, "ST-CNT")


def test_a_report_about_an_earlier_year_knows_nothing_of_the_end(ended: Engine) -> None:
    assert "ended" not in zone_content(zone("GS-GIMHAE"), 2024, "internal")["zone"]
    assert not any("ended" in row for row in entry(national_content(2024, "internal"), "ST-CNT")["zones"])


def test_a_year_of_which_nothing_is_known_says_that_the_zone_was_dissolved(ended: Engine) -> None:
    with pytest.raises(Refused, match=r"2027년 자료가 없어 .* 2025-06-30에 해제된 특구입니다"):
        zone_content(zone("GS-GIMHAE"), 2027, "internal")


@pytest.mark.pdf
def test_the_papers_say_when_it_ended_and_who_follows(ended: Engine) -> None:
    for code, words in (
        ("GS-GIMHAE", ("해제일2025.6.30.", "이특구는2025.6.30.에해제되었습니다(해제:경남창원강소연구개발특구로통합)")),
        (None, ("2025.6.30.해제:경남창원강소연구개발특구로통합", "해제된특구의실적은해제일까지의것이며")),
    ):
        with transaction():
            number = services.freeze(zone(code) if code else None, 2025, "public", None).number
        content = services.printed(snapshot(number), current_app.extensions["files"]).content
        said = bare(read(content).words())
        for word in words:
            assert word in said
