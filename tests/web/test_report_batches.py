"""All reports of a year at once: each is made by itself, what fails says why, and the rest can be called off and resumed."""

import io
import json
import zipfile

import pytest
from flask import Flask

from backoffice.core.db import db
from backoffice.reports.models import ReportBatch
from tests.browse import Page, Person
from tests.jobs.desk import run_kinds
from tests.make import make_user
from tests.reports.worlds import zone_says
from workflows.roles import Role

YEAR = "2025"
ZONES = 14


@pytest.fixture
def officer(app: Flask) -> Person:
    with app.app_context():
        zone_says("GS-GIMHAE", "ST-CNT", int(YEAR), 21)
        email = make_user(Role.HQ_STAFF).email
    return Person(app, email)


def begin(person: Person) -> Page:
    page = person.get(f"/reports/?year={YEAR}")
    return person.submit(page, "/reports/batches", button=("edition", "internal"))


def standing(page: Page) -> list[str]:
    return [cell.text_content().strip() for cell in page.tree.xpath("//table//td[2]/span[1]")]


@pytest.mark.pdf
def test_a_zone_without_figures_says_so_and_the_others_are_made(app: Flask, officer: Person) -> None:
    page = begin(officer)
    assert standing(page) == ["기다리는 중"] * (ZONES + 1)
    run_kinds(app, "report_of_batch")
    page = officer.get(page.address)
    assert standing(page).count("완료") == 2
    assert standing(page).count("만들지 못함") == ZONES - 1
    assert "15건 가운데 2건 완료 · 13건은 만들지 못했습니다 · 모두 끝났습니다." in page.text
    assert "2025-GS-GIMHAE-I-01" in page.text
    (why, *_) = page.tree.xpath("//table//td[2]/span[2]/text()")
    assert len(why) > 10
    files = zipfile.ZipFile(io.BytesIO(officer.client.get(f"{page.address}.zip").data))
    assert {"2025-GS-GIMHAE-I-01.pdf", "2025-GS-ALL-I-01.pdf"} <= set(files.namelist())
    manifest = json.loads(files.read("manifest.json"))
    assert manifest["edition"] == "internal"
    assert "초안 2건 확인 요청" in page.text
    preview = officer.submit(page, "/reports/issues")
    assert "2건 가운데 2건을 처리할 수 있습니다" in preview.text
    assert "2건을 모두 처리했습니다" in officer.submit(preview, "/reports/issues").text
    assert "확인 요청" not in officer.get(page.address).text


def test_what_nobody_has_begun_is_called_off_and_taken_up_again(app: Flask, officer: Person) -> None:
    page = begin(officer)
    page = officer.submit(page, "/cancel")
    assert standing(page) == ["취소함"] * (ZONES + 1)
    with app.app_context():
        zone_says("GS-POHANG", "ST-CNT", int(YEAR), 22)
    run_kinds(app, "report_of_batch")
    assert standing(officer.get(page.address)) == ["취소함"] * (ZONES + 1)
    page = officer.submit(page, "/resume")
    assert standing(page) == ["기다리는 중"] * (ZONES + 1)


def test_a_double_click_asks_once(app: Flask, officer: Person) -> None:
    page = officer.get(f"/reports/?year={YEAR}")
    for _ in range(2):
        officer.submit(page, "/reports/batches", button=("edition", "public"))
    with app.app_context():
        assert db.session.query(ReportBatch).count() == 1


def test_the_page_asks_for_its_lines_by_itself_until_all_is_over(app: Flask, officer: Person) -> None:
    page = begin(officer)
    part = officer.client.get(page.address, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert part.lstrip().startswith('<div id="batch" hx-get=')
    assert "<html" not in part
    officer.submit(page, "/cancel")
    assert "hx-get" not in officer.client.get(page.address, headers={"HX-Request": "true"}).get_data(as_text=True)


def test_only_who_reads_the_reports_of_all_zones_makes_them_at_once(app: Flask, officer: Person) -> None:
    address = begin(officer).address
    with app.app_context():
        others = [make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE").email, make_user(Role.MINISTRY).email]
    zone_staff, ministry = (Person(app, email) for email in others)
    assert "일괄 생성" not in zone_staff.get("/reports/").text
    assert zone_staff.get(address).status == 404
    assert ministry.get(address).status == 403
    assert zone_staff.get(f"{address}.zip").status == 404
