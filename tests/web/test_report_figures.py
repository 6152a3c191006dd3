"""Where a figure comes from: its rows add up to it, as the ledger stood when it was frozen, and only its readers see them."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backoffice.core.audit import AccessEvent
from backoffice.core.db import db, transaction
from backoffice.engine.perform import Engine
from backoffice.organizations.queries import zone
from backoffice.reports import services
from tests.browse import Person
from tests.make import make_user
from tests.queries import counted
from tests.reports.worlds import firm_reports, firm_says, publish, zone_says
from workflows.roles import Role

MOST = 12


def freeze(edition: str = "internal", code: str | None = "GS-GIMHAE") -> str:
    with transaction():
        made = services.freeze(zone(code) if code else None, 2025, edition, None)
        number, snapshot_id = made.number, made.id
    if edition == "public":
        publish(snapshot_id)
    return number


def reader(app: Flask, role: Role = Role.HQ_STAFF, **more: Any) -> Person:
    with app.app_context():
        email = make_user(role, **more).email
        db.session.remove()
    return Person(app, email)


@pytest.fixture
def sales(app: Flask) -> Flask:
    """Three firms that reported both years, and one that reported this year only, twice."""
    with app.app_context():
        firms = firm_reports("GS-GIMHAE", "SALES", {2024: [100, 200, 300], 2025: [150, 250, 350, 1000]})
        firm_says("GS-GIMHAE", firms[0], "SALES", 2025, 175)
        zone_says("GS-GIMHAE", "ST-CNT", 2025, 21)
        zone_says("GS-POHANG", "ST-CNT", 2025, 9)
        db.session.remove()
    return app


def test_the_rows_behind_a_figure_add_up_to_it(sales: Flask) -> None:
    with sales.app_context():
        number = freeze()
    page = reader(sales).get(f"/reports/{number}/figures/SALES/2025")
    assert page.status == 200
    amounts = [int(text.replace(",", "")) for text in page.tree.xpath("//tbody/tr/td[4]/text()")]
    assert sorted(amounts) == [175, 250, 350, 1000]
    assert f"다시 계산한 값이 보고서의 수치와 같습니다: {sum(amounts):,}원" in page.text
    assert "두 해를 모두 보고한 기업3개사" in page.text
    assert "한 해만 보고해 제외1개사" in page.text
    assert "나중에 정정되어 쓰지 않은 이전 값1건" in page.text


def test_a_figure_stays_what_the_ledger_said_and_the_page_says_that_today_differs(sales: Flask) -> None:
    with sales.app_context():
        number = freeze()
        zone_says("GS-GIMHAE", "ST-CNT", 2025, 25)
    page = reader(sales).get(f"/reports/{number}/figures/ST-CNT/2025")
    assert "보고서의 수치와 같습니다: 21건" in page.text
    assert "에는 21건, 지금은 25건입니다" in page.text
    assert "수치를 고정한 뒤에 등록된 값1건" in page.text


def test_the_nation_is_made_of_the_values_of_its_zones(sales: Flask) -> None:
    with sales.app_context():
        number = freeze(code=None)
    person = reader(sales)
    whole = person.get(f"/reports/{number}/figures/ST-CNT/2025")
    assert "보고서의 수치와 같습니다: 30건" in whole.text
    one = person.get(f"/reports/{number}/figures/ST-CNT/2025/GS-POHANG")
    assert "보고서의 수치와 같습니다: 9건" in one.text


def test_the_public_sees_rule_and_number_of_firms_of_a_public_edition_and_no_row(sales: Flask) -> None:
    with sales.app_context():
        inside, number = freeze("internal"), freeze("public")
    page = Person(sales).get(f"/reports/{number}/figures/SALES/2025")
    assert "보고한 기업 수(n)4개사" in page.text
    assert "증감을 계산한 동일 기업(n)3개사" in page.text
    assert page.tree.xpath("//table") == []
    stranger = Person(sales).client
    for address in (
        f"/reports/{inside}/figures",
        f"/reports/{inside}/figures/SALES/2025",
        "/reports/2025-GS-X-I-01/figures",
    ):
        assert stranger.get(address).headers["Location"].startswith("/sign-in")


def test_what_is_made_of_two_firms_tells_the_public_nothing(app: Flask) -> None:
    with app.app_context():
        firm_reports("GS-GIMHAE", "SALES", {2025: [777_000_000, 888_000_000]})
        number = freeze("public")
        db.session.remove()
    page = Person(app).get(f"/reports/{number}/figures/SALES/2025")
    assert "공개하지 않는 값" in page.text
    assert "2개사" not in page.text
    assert "1,665" not in page.text


def test_staff_of_another_zone_do_not_find_the_figures(sales: Flask) -> None:
    with sales.app_context():
        number = freeze()
    person = reader(sales, Role.ZONE_STAFF, zone_code="GS-POHANG")
    assert person.get(f"/reports/{number}/figures/SALES/2025").status == 404
    assert person.get("/reports/figures/SALES/2025/GS-GIMHAE").status == 404
    assert person.get("/reports/figures/ST-CNT/2025/GS-POHANG").status == 200


def test_who_does_not_read_the_ledger_sees_firms_masked(sales: Flask) -> None:
    with sales.app_context():
        number = freeze("public")
    text = reader(sales, Role.MINISTRY).get(f"/reports/{number}/figures/SALES/2025").text
    assert "*" in text
    assert "/outcomes/" not in text


def test_a_look_at_the_rows_is_noted(sales: Flask) -> None:
    with sales.app_context():
        number = freeze()
    reader(sales).get(f"/reports/{number}/figures/SALES/2025")
    with sales.app_context():
        noted = db.session.scalars(select(AccessEvent.about).where(AccessEvent.act == "report:figure")).all()
    assert noted == [f"{number} SALES 2025"]


@pytest.mark.parametrize("code", ["SALES", "ST-CNT", "RBD-CNT", "BUD-EXEC"])
def test_a_page_of_a_figure_asks_a_dozen_times_whatever_stands_behind_it(sales: Flask, code: str) -> None:
    with sales.app_context():
        firm_reports("GS-GIMHAE", "SALES", {2025: range(100, 160)})
        number = freeze()
        db.session.remove()
    person = reader(sales)
    address = f"/reports/{number}/figures/{code}/2025"
    person.get(address)
    with sales.app_context(), counted() as sent:
        assert person.client.get(address).status_code == 200
    assert len(sent) <= MOST, sent


@pytest.mark.parametrize("address", ["SALES/1999", "NOTHING/2025", "RBD.nothing/2025", "SALES/2025/GS-POHANG"])
def test_a_figure_that_the_issue_does_not_print_is_not_found(sales: Flask, address: str) -> None:
    with sales.app_context():
        number = freeze()
    assert reader(sales).get(f"/reports/{number}/figures/{address}").status == 404


def test_every_figure_of_an_issue_leads_to_rows_that_add_up(sales: Flask, office: Engine) -> None:
    number = freeze()
    person = reader(sales)
    page = person.get(f"/reports/{number}/figures")
    links = page.tree.xpath("//tbody//a/@href")
    assert len(links) == 2
    for link in links:
        behind = person.get(link)
        assert behind.status == 200
        assert "수치를 고정한 때의 기록으로 다시 계산하면" not in behind.text
