"""The worked example of the workflow author's guide, followed literally: one YAML file, published, and a case run by it."""

from datetime import timedelta

from flask import Flask

from backoffice.core import clock
from tests.house.test_sizes import ROOT
from tests.journeys.walker import Walk
from workflows.golden import check
from workflows.loader import load_file
from workflows.scenarios import load_stories

EXAMPLE = ROOT / "docs/guide/example/equipment_use.v1.yaml"
SCENARIOS = ROOT / "docs/guide/example/equipment_use.scenarios.yaml"


def run(app: Flask, *words: str) -> str:
    """A command of the office, which must succeed."""
    done = app.test_cli_runner().invoke(args=list(words))
    assert done.exit_code == 0, done.output
    return done.output


def test_the_example_of_the_guide_keeps_its_scenarios() -> None:
    assert [str(finding) for finding in check(load_file(EXAMPLE), load_stories(SCENARIOS))] == []


def test_a_program_is_added_with_one_file_and_a_case_of_it_runs_over_the_pages(app: Flask) -> None:
    run(app, "workflow", "lint", str(EXAMPLE))
    assert "published equipment_use@1" in run(app, "workflow", "publish", str(EXAMPLE))
    walk = Walk(app, "equipment_use")
    home = walk.at("applicant").get("/portal/")
    assert "공용장비 이용" in home.text
    walk.reference = walk.at("applicant").submit(home, "/openings/equipment_use").address.rpartition("/")[2]
    assert walk.reference.endswith("-EQP-0001")
    walk.fill("applicant", "request", hours="50").do("applicant", "submit")
    day = clock.today() + timedelta(days=3)
    assert "40 이하여야 합니다" in walk.tried("zone_staff", "confirm", use_on=day.isoformat()).text
    walk.do("applicant", "withdraw")
    walk.opened_by("zone_staff", business_number=walk.numbers["lead"])
    walk.fill("zone_staff", "request", hours="8").do("zone_staff", "submit")
    walk.do("zone_staff", "confirm", use_on=day.isoformat())
    assert "부터 할 수 있습니다" in walk.at("zone_staff").get(f"/cases/{walk.reference}/actions/finish").text
    with clock.travelling(clock.now() + timedelta(days=4)):
        walk.do("zone_staff", "finish", hours_used="7")
    assert walk.row().final == "success"
