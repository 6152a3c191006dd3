"""Whoever audits one zone reads the log of that zone: no company of another one is named, counted or found."""

from dataclasses import dataclass

import pytest
from flask import Flask

from backoffice.core import audit, clock
from backoffice.core.audit import Visit
from backoffice.core.db import db, transaction
from tests.browse import Person
from tests.crowd import make_cases, make_crowd
from tests.make import make_user
from workflows.roles import Role

CANARY, RECORD = "남의특구카나리아", "기록카나리아"


@dataclass
class Log:
    """A log with a look at a case in Gimhae, and two that have nothing to do with Pohang's auditor."""

    app: Flask
    near: Person
    """Audits Gimhae, where the case is."""
    far: Person
    """Audits Pohang."""
    everywhere: Person


@pytest.fixture
def log(app: Flask) -> Log:
    with app.app_context():
        crowd = make_crowd(app.extensions["engine"])
        case_id = make_cases(crowd, 1, state="screening")[0]
        officer = crowd.officer.user_id
        near, far = (make_user(Role.AUDITOR, zone_code=code).email for code in ("GS-GIMHAE", "GS-POHANG"))
        everywhere = make_user(Role.AUDITOR).email
        with transaction():
            for act, about, case in (("case:read", CANARY, case_id), ("organization:read", RECORD, None)):
                audit.record(Visit(officer, "10.0.0.1"), act, about=about, case_id=case)
        db.session.remove()
    return Log(app, Person(app, near), Person(app, far), Person(app, everywhere))


def test_the_log_of_another_zone_names_nobody_in_the_page_the_search_or_the_file(log: Log) -> None:
    for address in (
        "/admin/audit",
        f"/admin/audit?about={CANARY}",
        "/admin/audit?act=case:read",
        "/admin/audit?first=x",
    ):
        page = log.far.get(address)
        assert not page.tree.xpath(f"//td[contains(., '{CANARY}') or contains(., '{RECORD}')]"), address
    found = log.far.get(f"/admin/audit?about={CANARY}")
    assert "기록이 없습니다" in found.text
    assert "담당 특구의 건에 관한 기록" in found.text
    page = log.far.get("/admin/audit")
    file = log.far.submit(page, "/audit.csv", reason="정기 점검").response.get_data(as_text=True)
    assert "접속지" in file
    assert CANARY not in file
    assert RECORD not in file


def test_an_auditor_reads_the_log_of_the_own_zone_and_the_own_acts(log: Log) -> None:
    page = log.near.get("/admin/audit")
    assert CANARY in page.text
    assert RECORD not in page.text
    log.far.submit(log.far.get("/admin/audit"), "/audit.csv", reason="정기 점검")
    assert "audit:export" in [cell.text for cell in log.far.get("/admin/audit").tree.xpath("//tbody/tr/td[4]")]


def test_who_audits_all_zones_reads_everything(log: Log) -> None:
    page = log.everywhere.get("/admin/audit")
    assert CANARY in page.text
    assert RECORD in page.text
    assert "담당 특구의 건에 관한 기록" not in page.text


def test_a_month_is_reviewed_and_signed_only_by_who_sees_all_of_it(log: Log) -> None:
    last = f"{clock.today().replace(day=1).replace(year=clock.today().year - 1):%Y-%m}"
    page = log.far.get(f"/admin/audit/reviews?month={last}")
    token = page.form("/language").fields["csrf_token"]
    for address in (f"/admin/audit/reviews/{last}", f"/admin/audit/reviews/{last}/sign"):
        answer = log.far.post(address, {"csrf_token": token, "remarks": "특이사항 없습니다."})
        assert "모든 특구의 접속기록을 보는 사람만" in answer.text
    done = log.everywhere.post(
        f"/admin/audit/reviews/{last}",
        {
            "csrf_token": log.everywhere.get("/admin/audit").form("/language").fields["csrf_token"],
            "remarks": "특이사항 없습니다.",
        },
    )
    assert "점검을 남겼습니다" in done.text


def test_the_month_counts_only_what_its_reader_may_see(log: Log) -> None:
    this = f"{clock.today():%Y-%m}"
    names = {"far": log.far, "everywhere": log.everywhere}
    texts = {name: person.get(f"/admin/audit/reviews?month={this}").text for name, person in names.items()}
    assert texts["far"] != texts["everywhere"]
