"""One report that is too large stops no other: the batch makes the rest, and its page says why this one is missing."""

import io
import zipfile

import pytest
from flask import Flask

from backoffice.core import clock
from backoffice.engine.perform import Engine
from backoffice.organizations.queries import zone, zones
from backoffice.reports import pdf
from tests.browse import Person
from tests.conftest import Sandbox
from tests.jobs.desk import run_kinds
from tests.make import Story, make_user
from tests.projects import more_projects
from tests.reports.worlds import award, submit_and_review, zone_says
from workflows.roles import Role

POISONED = "GS-NAJU"
MEMORY = 600 * 1024**2
"""A third of what printers have elsewhere, so that three thousand projects are too many."""


@pytest.fixture
def office_with_poison(sqlite_sandbox: Sandbox) -> Flask:
    """Every zone has a figure; one of them has three thousand projects as well."""
    sqlite_sandbox.reset()
    app = sqlite_sandbox.app
    with app.app_context():
        engine: Engine = app.extensions["engine"]
        story = Story(engine)
        later = clock.now() + (story.call.closes_at - clock.now()) * 1.1
        submit_and_review(story, later)
        award(story, later)
        for one in zones():
            zone_says(one.code, "ST-CNT", 2025, 20)
        more_projects(zone(POISONED).id, 3_000, year=2025)
    return app


@pytest.mark.pdf
def test_thirteen_zones_are_printed_and_one_says_why_not(
    office_with_poison: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "MEMORY", MEMORY)
    app = office_with_poison
    with app.app_context():
        email = make_user(Role.HQ_STAFF).email
    officer = Person(app, email)
    page = officer.submit(officer.get("/reports/?year=2025"), "/reports/batches", button=("edition", "internal"))
    run_kinds(app, "report_of_batch")
    page = officer.get(page.address)
    assert "15건 가운데 14건 완료 · 1건은 만들지 못했습니다" in page.text
    assert "문서가 너무 커서 PDF를 만들지 못했습니다. 내용을 줄이거나 나누어 주세요." in page.text
    names = zipfile.ZipFile(io.BytesIO(officer.client.get(f"{page.address}.zip").data)).namelist()
    assert len([name for name in names if name.endswith(".pdf")]) == 14
    assert f"2025-{POISONED}-I-01.pdf" not in names
