"""Figures of a zone and of the nation: every number equals what the tables say, and what may not be shown is not in them."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.errors import Refused
from backoffice.engine.perform import Engine
from backoffice.organizations.queries import zone, zones
from backoffice.reports.figures import national_content, zone_content
from tests.make import MILLION, Story
from tests.reports.worlds import (
    award,
    finished_project,
    firm_reports,
    firm_says,
    submit_and_review,
    zone_aims,
    zone_says,
)

Content = dict[str, Any]

CALL_OVER = timedelta(days=11)

SUMS = """
SELECT m.indicator, SUM(m.value), COUNT(DISTINCT m.organization_id) FROM measure m JOIN zone z ON z.id = m.zone_id
WHERE z.code = :code AND m.year = :year AND m.superseded_at IS NULL AND m.scope = '' AND m.organization_id IS NOT NULL
GROUP BY m.indicator
"""
ENTERED = """
SELECT m.indicator, SUM(m.value), SUM(m.denominator) FROM measure m JOIN zone z ON z.id = m.zone_id
WHERE z.code = :code AND m.year = :year AND m.superseded_at IS NULL AND m.scope = '' AND m.organization_id IS NULL
GROUP BY m.indicator
"""


def entry(content: Content, code: str) -> Content:
    return next(one for one in content["indicators"] if one["code"] == code)


def number(cell: Content) -> Decimal | None:
    return Decimal(cell["value"]) if cell["state"] == "ok" else None


def of_zone(year: int, edition: str = "internal", code: str = "GS-GIMHAE") -> Content:
    return zone_content(zone(code), year, edition)


def test_every_number_of_the_indicator_table_equals_a_sum_over_the_tables(office: Engine) -> None:
    firm_reports("GS-GIMHAE", "SALES", {2024: [100, 250, 400], 2025: [130, 300, 380]})
    firms = firm_reports("GS-GIMHAE", "PAT-APP", {2025: [4, 0, 7]})
    firm_says("GS-GIMHAE", firms[0], "PAT-REG", 2025, 3)
    firm_says("GS-GIMHAE", firms[0], "PAT-APP", 2025, 5)
    zone_says("GS-GIMHAE", "ST-CNT", 2025, 21)
    zone_says("GS-GIMHAE", "LOC-MATCH", 2025, 19, denominator=20)
    content = of_zone(2025)
    printed = {one["code"]: number(one["now"]) for one in content["indicators"] if one["now"]["state"] == "ok"}
    places = {"code": "GS-GIMHAE", "year": 2025}
    firms_say = {code: (total, n) for code, total, n in db.session.execute(text(SUMS), places)}
    zone_says_ = {code: (total, below) for code, total, below in db.session.execute(text(ENTERED), places)}
    assert printed == {
        **{code: Decimal(int(total)) / 1000 for code, (total, _) in firms_say.items()},
        "ST-CNT": Decimal(int(zone_says_["ST-CNT"][0])) / 1000,
        "LOC-MATCH": Decimal(int(zone_says_["LOC-MATCH"][0])) * 100 / int(zone_says_["LOC-MATCH"][1]),
        "PAT-RATE": Decimal(60),
    }
    assert {code: entry(content, code)["now"]["firms"] for code in firms_say} == {
        code: n for code, (_, n) in firms_say.items()
    }


def test_growth_is_over_the_firms_that_reported_both_years(office: Engine) -> None:
    firm_reports("GS-GIMHAE", "SALES", {2024: [100, 200], 2025: [150, 300, 5_000]})
    sales = entry(of_zone(2025), "SALES")
    assert (number(sales["before"]), number(sales["now"])) == (300, 5_450)
    assert sales["change"] == {"state": "ok", "value": "50", "firms": 2, "kind": "percent", "left_out": 1}


def test_rates_are_sums_over_sums_and_change_in_points(office: Engine) -> None:
    for year, spending in ((2024, [4, 10]), (2025, [9, 20])):
        for firm, value in zip(firm_reports("GS-GIMHAE", "SALES", {year: [100, 300]}), spending, strict=True):
            firm_says("GS-GIMHAE", firm, "RND-AMT", year, value)
    rate = entry(of_zone(2025), "RND-RATE")
    assert (number(rate["before"]), number(rate["now"])) == (Decimal("3.5"), Decimal("7.3"))
    assert (rate["change"]["value"], rate["change"]["kind"]) == ("3.8", "points")


def test_a_firm_that_reports_for_two_projects_counts_once(office: Engine) -> None:
    first, second = Story(office), Story(office)
    (firm,) = firm_reports("GS-GIMHAE", "EMP", {2025: [40]})
    for story in (first, second):
        firm_says("GS-GIMHAE", firm, "EMP", 2025, 40, case_id=story.case_id)
    assert number(entry(of_zone(2025), "EMP")["now"]) == 40


def test_missing_is_not_zero_and_what_no_program_makes_is_not_applicable(office: Engine) -> None:
    zone_says("GS-GIMHAE", "ATTR-CNT", 2025, 0)
    content = of_zone(2025)
    assert entry(content, "ATTR-CNT")["now"] == {"state": "ok", "value": "0"}
    assert entry(content, "TEN-STK")["now"] == {"state": "missing"}
    assert entry(content, "EXC-CNT")["now"] == {"state": "not_applicable"}


def test_a_target_is_compared_with_the_figure_it_is_about(office: Engine) -> None:
    firm_reports("GS-GIMHAE", "INV-AMT", {2025: [100, 200, 300]})
    zone_says("GS-GIMHAE", "INV-AMT", 2025, 9_000)
    zone_aims("GS-GIMHAE", "INV-AMT", 2025, 10_000)
    content = of_zone(2025)
    direct, whole = entry(content, "INV-AMT"), entry(content, "INV-AMT@zone")
    assert (number(direct["now"]), direct["target"]["state"]) == (600, "missing")
    assert (number(whole["now"]), number(whole["achieved"])) == (9_000, 90)


def test_the_zone_average_is_the_nation_over_its_zones(office: Engine) -> None:
    zone_says("GS-GIMHAE", "ST-CNT", 2025, 20)
    zone_says("GS-POHANG", "ST-CNT", 2025, 50)
    starts = entry(of_zone(2025), "ST-CNT")
    assert number(starts["average"]) == 5
    assert (len(zones()), starts["standing"]) == (14, "above")


def test_projects_are_counted_from_their_histories(office: Engine) -> None:
    submit_and_review(Story(office), clock.now().replace(microsecond=0) + CALL_OVER)
    second = Story(office)
    submit_and_review(second, clock.now() + CALL_OVER)
    award(second, clock.now() + CALL_OVER)
    content = of_zone(clock.today().year)
    (program,) = content["programs"]
    assert {name: one["value"] for name, one in program["stations"].items()} == {
        "submitted": "2", "under_review": "2", "awarded": "1", "contracted": "1", "performed": "0", "settled": "0"
    }  # fmt: skip
    assert (program["agreed"], program["disbursed"]) == (50 * MILLION, 35 * MILLION)
    assert (program["competition"]["value"], program["execution"]["value"]) == ("2", "70")
    assert number(entry(content, "RBD-CNT")["now"]) == 1
    assert number(entry(content, "BUD-EXEC")["now"]) == 70
    (project,) = content["projects"]
    assert (project["title"], project["agreed"]) == (second.case().title, 50 * MILLION)


def test_zones_add_up_to_the_nation_and_joint_projects_explain_the_rest(office: Engine) -> None:
    story = Story(office)
    submit_and_review(story, clock.now() + CALL_OVER)
    award(story, clock.now() + CALL_OVER)
    year = clock.today().year
    for code, value in (("GS-GIMHAE", 20), ("GS-POHANG", 50), ("GS-NAJU", 7)):
        zone_says(code, "ST-CNT", year, value)
        firm_reports(code, "SALES", {year: [value * 10, value * 11, value * 12]})
    nation = national_content(year, "internal")
    for code in ("ST-CNT", "SALES"):
        one = entry(nation, code)
        assert sum(number(row["now"]) or 0 for row in one["zones"]) == number(one["now"])
    joint = entry(nation, "RBD-CNT")
    assert number(joint["now"]) == 1
    assert sum(number(row["now"]) or 0 for row in joint["zones"]) == 2
    assert nation["overlap"] == {"by_zone": 2, "nation": 1, "twice": 1}
    assert sum(one["agreed"] for one in nation["zones"]) == 50 * MILLION


def test_the_public_edition_shows_no_figure_of_one_or_two_firms(office: Engine) -> None:
    firm_reports("GS-GIMHAE", "SALES", {2025: [111_111, 222_222]})
    firm_reports("GS-POHANG", "SALES", {2025: [5, 6, 7]})
    firm_reports("GS-NAJU", "SALES", {2025: [50, 60, 70, 80]})
    internal, public = of_zone(2025), of_zone(2025, "public")
    assert number(entry(internal, "SALES")["now"]) == 333_333
    assert entry(public, "SALES")["now"] == {"state": "suppressed"}
    assert "333333" not in json.dumps(public)
    ranks = {row["zone"]: row["now"]["state"] for row in entry(national_content(2025, "public"), "SALES")["zones"]}
    assert (ranks["GS-GIMHAE"], ranks["GS-POHANG"], ranks["GS-NAJU"]) == ("suppressed", "suppressed", "ok")


def test_a_quotient_is_hidden_where_one_of_its_parts_is(office: Engine) -> None:
    for code, sales in (("GS-GIMHAE", [10, 20]), ("GS-POHANG", [50, 60, 70]), ("GS-NAJU", [5, 5, 5, 5])):
        for firm in firm_reports(code, "SALES", {2025: sales}):
            firm_says(code, firm, "RND-AMT", 2025, 1)
    firm_reports("GS-GIMHAE", "RND-AMT", {2025: [1, 1, 1]})
    assert entry(of_zone(2025, "public"), "RND-RATE")["now"] == {"state": "suppressed"}
    assert entry(of_zone(2025, "public", "GS-POHANG"), "RND-RATE")["now"] == {"state": "suppressed"}
    assert entry(of_zone(2025, "public", "GS-NAJU"), "RND-RATE")["now"]["state"] == "ok"


def test_a_finished_project_brings_its_outcomes_its_story_and_its_main_project(office: Engine) -> None:
    story = finished_project(office, {"SALES": 1_234 * MILLION, "EMP-NEW": 3})
    year = story.case().year + 1
    content = of_zone(year)
    (project,) = content["projects"]
    assert {one["code"]: one["now"]["value"] for one in project["outcomes"]} == {"SALES": "1234000000", "EMP-NEW": "3"}
    assert [one["name"] for one in project["main_projects"]] == ["범부처 의료기기 연구개발 본과제"]
    assert project["grade"] == "우수"
    assert content["stories"][0]["text"].startswith("공동기획으로")
    assert number(entry(content, "RBD-LINK")["now"]) == 1
    assert number(entry(content, "RBD-AMT")["now"]) == 1_200 * MILLION
    public = of_zone(year, "public")
    assert {one["now"]["state"] for one in public["projects"][0]["outcomes"]} == {"suppressed"}
    assert "1234000000" not in json.dumps(public)


def test_a_weak_grade_stays_inside(office: Engine) -> None:
    story = finished_project(office, {"SALES": 10 * MILLION}, grade="poor")
    year = story.case().year + 1
    assert of_zone(year)["projects"][0]["grade"] == "미흡"
    assert of_zone(year, "public")["projects"][0]["grade"] is None
    assert of_zone(year, "public")["grades"] == []


def test_a_figure_about_a_part_of_the_zone_stands_apart(office: Engine) -> None:
    zone_says("GS-GIMHAE", "PROD", 2025, 500)
    zone_says("GS-GIMHAE", "PROD", 2025, 120, scope="의료기기 기업")
    content = of_zone(2025)
    assert number(entry(content, "PROD")["now"]) == 500
    assert [(one["scope"], one["now"]["value"]) for one in content["scopes"]] == [("의료기기 기업", "120")]


def test_a_corrected_value_is_listed_with_what_stood_before(office: Engine) -> None:
    zone_says("GS-GIMHAE", "ST-CNT", 2025, 21)
    zone_says("GS-GIMHAE", "ST-CNT", 2025, 23)
    (line,) = of_zone(2025)["restatements"]
    assert (line["label"], line["before"]["value"], line["after"]["value"]) == ("신규창업", "21", "23")


def test_a_year_about_which_nothing_is_known_makes_no_report(office: Engine) -> None:
    with pytest.raises(Refused, match="2011년 자료가 없어"):
        of_zone(2011)
    with pytest.raises(Refused, match="2011년 자료가 없어"):
        national_content(2011, "internal")
