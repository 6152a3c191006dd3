"""Boards: the numbers of a report frozen now, nobody else's zone, at once after every change, at the same cost for any number."""

import csv
import io
from decimal import Decimal
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select

from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.organizations.queries import zone
from backoffice.outcomes.models import Measure
from backoffice.outcomes.services import NewMeasure, record, restate
from backoffice.reports.figures import national_content, zone_content
from backoffice.reports.indicators import has_anything
from tests.browse import Person
from tests.make import make_organization, make_user
from tests.queries import counted
from tests.reports.worlds import firm_reports, firm_says, zone_aims, zone_says
from workflows.roles import Role

BOARDS = ("nation", "zone", "program", "councils", "technologies", "network", "trends")
MOST = 12
"""The most statements of a board."""
CANARY = 987_654_321
YEAR = 2025


@pytest.fixture
def figures(app: Flask) -> Flask:
    """Two zones with figures; those of the second carry a number nobody else may read."""
    with app.app_context():
        firm_reports("GS-GIMHAE", "SALES", {2024: [100, 200, 50], 2025: [150, 300, 5_000]})
        firm_reports("GS-GIMHAE", "PAT-APP", {2025: [4, 0, 7]})
        firm_reports("GS-POHANG", "EMP-NEW", {2025: [CANARY, 3, 4]})
        zone_says("GS-GIMHAE", "ST-CNT", 2025, 21)
        zone_says("GS-POHANG", "ST-CNT", 2025, CANARY)
        zone_aims("GS-GIMHAE", "ST-CNT", 2025, 20)
        db.session.remove()
    return app


def reader(app: Flask, role: Role = Role.HQ_STAFF, zone_code: str = "") -> Person:
    with app.app_context():
        email = make_user(role, zone_code=zone_code).email if zone_code else make_user(role).email
        db.session.remove()
    return Person(app, email)


def table(person: Person, board: str, sheet: str, **asked: object) -> list[dict[str, str]]:
    """The file of a table, row by row."""
    query = "&".join(f"{name}={one}" for name, one in {"year": YEAR, **asked}.items())
    answer = person.client.get(f"/reports/boards/{board}/{sheet}.csv?{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def printed(cell: dict[str, str]) -> str:
    return cell.get("value") or {"missing": "-", "not_applicable": "해당없음", "suppressed": "비공개"}[cell["state"]]


@pytest.mark.parametrize("place", ["GS-GIMHAE", ""])
def test_every_number_of_a_board_is_that_of_a_report_frozen_now(figures: Flask, place: str) -> None:
    person = reader(figures)
    rows = table(person, "zone" if place else "nation", "indicators", **({"zone": place} if place else {}))
    with figures.app_context():
        made = zone_content(zone(place), YEAR, "internal") if place else national_content(YEAR, "internal")
        db.session.remove()
    told = [one for one in made["indicators"] if has_anything(one)]
    columns = {
        "실적": "now",
        "전년": "before",
        "증감": "change",
        "목표": "target",
        "달성률": "achieved",
        "특구 평균": "average",
    }
    assert [row["지표"] for row in rows] == [one["label"] for one in told]
    for row, one in zip(rows, told, strict=True):
        assert {head: row[head] for head in columns} == {head: printed(one[name]) for head, name in columns.items()}
    assert next(row for row in rows if row["지표"].startswith("신규창업"))["실적"] in {"21", str(21 + CANARY)}


def sales(person: Person) -> tuple[str, str]:
    row = next(row for row in table(person, "zone", "indicators", zone="GS-GIMHAE") if row["단위"] == "원")
    return row["실적"], row["증감"]


def test_a_restated_value_stands_on_the_board_at_once(figures: Flask) -> None:
    person = reader(figures)
    assert sales(person) == ("5450", "1457.1")
    with figures.app_context():
        with transaction():
            old = db.session.scalars(select(Measure).where(Measure.value == Decimal(5_000))).one()
            restate(old, Decimal(350), denominator=None, reason="단위를 잘못 적었습니다", actor_id=None)
        db.session.remove()
    assert sales(person) == ("800", "128.6")


class Undecided(Exception):
    """Somebody thought better of it in the middle of a transaction."""


def change_and_turn_back() -> None:
    """A value of another firm is recorded, the figures show it inside the transaction, and nothing of it stays."""
    firm = make_organization("돌아간기업", zone_code="GS-GIMHAE").id
    with transaction():
        record(NewMeasure(zone("GS-GIMHAE").id, "SALES", YEAR, Decimal(7), organization_id=firm), None)
        made = zone_content(zone("GS-GIMHAE"), YEAR, "internal")
        assert next(one for one in made["indicators"] if one["code"] == "SALES")["now"]["value"] == "5457"
        raise Undecided


def test_what_was_rolled_back_never_stands_on_a_board(figures: Flask) -> None:
    person = reader(figures)
    assert sales(person)[0] == "5450"
    with figures.app_context():
        with pytest.raises(Undecided):
            change_and_turn_back()
        db.session.remove()
    assert sales(person)[0] == "5450"


def test_a_firm_of_two_zones_counts_in_each_and_once_in_the_nation(figures: Flask) -> None:
    with figures.app_context():
        firms = firm_reports("GS-GIMHAE", "EXPORT", {2024: [10], 2025: [30]})
        firm_says("GS-POHANG", firms[0], "EXPORT", 2024, 12)
        firm_says("GS-POHANG", firms[0], "EXPORT", 2025, 40)
        firm_reports("GS-POHANG", "EXPORT", {2024: [100], 2025: [200]})
        made = national_content(YEAR, "internal")
        db.session.remove()
    one = next(one for one in made["indicators"] if one["code"] == "EXPORT")
    assert (one["now"]["value"], one["now"]["firms"]) == ("240", 2)
    assert (one["change"]["value"], one["change"]["firms"]) == ("114.3", 2)
    person = reader(figures)
    shown = {row["특구"]: row["실적"] for row in table(person, "nation", "ranking", indicator="EXPORT")}
    assert {shown["경남 김해"], shown["경북 포항"]} == {"30", "240"}


def test_an_officer_reads_the_own_zone_and_nothing_of_another(figures: Flask) -> None:
    person = reader(figures, Role.ZONE_STAFF, "GS-GIMHAE")
    assert person.get("/reports/boards/nation").status == 404
    assert person.client.get("/reports/boards/nation/indicators.csv").status_code == 404
    for board in BOARDS[1:]:
        for asked in ("", "&zone=GS-POHANG", "&zones=GS-POHANG&indicator=ST-CNT", "&indicator=EMP-NEW"):
            page = person.client.get(f"/reports/boards/{board}?year={YEAR}{asked}")
            said = page.get_data(as_text=True).replace(",", "")
            assert page.status_code in {200, 404, 422}
            assert str(CANARY) not in said
    assert person.client.get("/reports/boards/").headers["Location"].startswith("/reports/boards/zone")


def test_whoever_reads_no_reports_reads_no_board(figures: Flask) -> None:
    stranger = reader(figures, Role.REVIEWER)
    assert {stranger.get(f"/reports/boards/{board}").status for board in BOARDS} == {403}


def test_the_ministry_starts_its_day_with_the_nation(figures: Flask) -> None:
    person = reader(figures, Role.MINISTRY)
    page = person.get("/reports/boards/nation?year=2025")
    assert page.status == 200
    assert not page.tree.xpath("//a[starts-with(@href, '/staff/outcomes')]")


@pytest.mark.parametrize("firms", [1, 40])
def test_a_board_costs_the_same_for_one_firm_and_for_forty(figures: Flask, firms: int) -> None:
    with figures.app_context():
        firm_reports("GS-POHANG", "SALES", {2024: range(1, firms + 1), 2025: range(1, firms + 1)})
        db.session.remove()
    person = reader(figures)
    for board in BOARDS:
        if board == "councils":
            continue
        person.get(f"/reports/boards/{board}?year={YEAR}")
        with figures.app_context(), counted() as sent:
            page = person.get(f"/reports/boards/{board}?year={YEAR}")
        assert page.status == 200
        assert len(sent) <= MOST, (board, sent)


@pytest.mark.parametrize(
    "asked", ["year=abc", "year=9999", "year=２０２５", "zone=%00", "indicator=nothing", "program=x'--", "zones=GS-NIL"]
)
def test_an_address_that_means_nothing_is_answered_with_one_sentence(figures: Flask, asked: str) -> None:
    person = reader(figures)
    statuses = set()
    for board in BOARDS:
        page = person.client.get(f"/reports/boards/{board}?{asked}")
        statuses.add(page.status_code)
        assert page.status_code in {200, 404, 422}
    assert 422 in statuses
    assert person.client.get(f"/reports/boards/zone/nothing.csv?{asked}").status_code in {404, 422}


def test_each_table_can_be_taken_out_as_csv_and_as_a_workbook(figures: Flask) -> None:
    person = reader(figures)
    page = person.get(f"/reports/boards/zone?zone=GS-GIMHAE&year={YEAR}")
    addresses = page.tree.xpath("//section//a[contains(@href, '.csv') or contains(@href, '.xlsx')]/@href")
    assert len(addresses) >= 6
    for address in addresses:
        answer = person.client.get(address)
        assert answer.status_code == 200
        if ".csv" in address:
            assert answer.get_data().startswith("\ufeff".encode())
        else:
            assert "xl/worksheets/sheet1.xml" in ZipFile(io.BytesIO(answer.get_data())).namelist()


def test_a_number_leads_to_the_values_it_is_made_of(figures: Flask) -> None:
    person = reader(figures)
    page = person.get(f"/reports/boards/zone?zone=GS-GIMHAE&year={YEAR}")
    links = page.tree.xpath("//section[@id='indicators']//td/a[contains(@href, '/figures/SALES/')]")
    assert len(links) == 1
    behind = person.get(links[0].get("href"))
    assert behind.status == 200
    assert behind.tree.xpath("count(//tbody/tr[td])") >= 3
    assert links[0].text.strip() in behind.text


def test_an_empty_year_says_so(app: Flask) -> None:
    person = reader(app)
    for board in BOARDS:
        page = person.get(f"/reports/boards/{board}?year={clock.today().year}")
        assert page.status in {200, 404}
