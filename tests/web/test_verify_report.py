"""Anybody may ask whether a report is genuine; the answer tells no figure and keeps no file."""

import hashlib
from pathlib import Path

import pytest
from flask import Flask, current_app

from backoffice.core.db import db, transaction
from backoffice.organizations.queries import zone
from backoffice.reports import papers, services
from backoffice.reports.models import PRESS, XLSX, Snapshot
from backoffice.web.public import verify_report
from tests.browse import Page, Person
from tests.reports.worlds import publish, zone_says


def issue(edition: str = "public", value: int = 21) -> Snapshot:
    zone_says("GS-GIMHAE", "ST-CNT", 2025, value)
    with transaction():
        kept = services.freeze(zone("GS-GIMHAE"), 2025, edition, None).id
    publish(kept)
    return db.session.get_one(Snapshot, kept)


def sheet(snapshot: Snapshot) -> bytes:
    """A kept document of an issue: its press table, which takes no printing."""
    made = papers.made(snapshot, PRESS, XLSX, current_app.extensions["files"])
    with transaction():
        services.keep(snapshot.id, made, current_app.extensions["files"])
    return made.content


def shown(app: Flask, content: bytes) -> Page:
    person = Person(app)
    page = person.get("/reports/verify")
    return person.submit(page, "/reports/verify", file=("보고서.pdf", content))


def test_a_file_that_was_published_is_confirmed_letter_by_letter(app: Flask) -> None:
    with app.app_context():
        content = sheet(issue())
    page = shown(app, content)
    assert "진본입니다" in page.text
    assert "2025-GS-GIMHAE-P-01" in page.text
    assert "보도자료용 표" in page.text
    assert "가장 새로운 호" in page.text
    assert "발간된 판이 아닙니다" in shown(app, content + b"\n").text


def test_a_draft_is_not_told_from_what_does_not_exist(app: Flask) -> None:
    with app.app_context():
        zone_says("GS-GIMHAE", "ST-CNT", 2025, 21)
        with transaction():
            kept = services.freeze(zone("GS-GIMHAE"), 2025, "public", None).id
        draft = db.session.get_one(Snapshot, kept)
        content, number, digest = sheet(draft), draft.number, draft.sha256
    assert shown(app, content).text == shown(app, b"anything").text
    assert "발간된 판이 아닙니다" in Person(app).get(f"/reports/verify?number={number}&sha256={digest}").text


def test_an_issue_that_was_replaced_says_by_which(app: Flask) -> None:
    with app.app_context():
        content = sheet(issue())
        issue(value=22)
    assert "이 호는 2025-GS-GIMHAE-P-02(으)로 대체되었습니다" in shown(app, content).text


def test_an_internal_edition_is_confirmed_without_its_figures(app: Flask) -> None:
    with app.app_context():
        content = sheet(issue("internal", 4321))
    page = shown(app, content)
    assert "내부판" in page.text
    assert "4,321" not in page.text
    assert page.tree.xpath("//a[contains(@href, '/figures')]") == []


def test_number_and_digest_of_the_cover_are_confirmed_and_nothing_less(app: Flask) -> None:
    with app.app_context():
        made = issue()
        number, digest = made.number, made.sha256
    person = Person(app)
    spaced = " ".join(digest[at : at + 4] for at in range(0, 16, 4)).upper()
    assert "일치합니다" in person.get(f"/reports/verify?number={number}&sha256={spaced}").text
    assert "일치합니다" in person.get(f"/reports/verify?number={number.lower()}&sha256={digest}").text
    short = person.get(f"/reports/verify?number={number}&sha256={digest[:8]}")
    assert short.status == 422
    wrong = hashlib.sha256(b"").hexdigest()
    unknown = person.get(f"/reports/verify?number=2025-GS-NOBODY-P-01&sha256={wrong}").text
    known = person.get(f"/reports/verify?number={number}&sha256={wrong}").text
    assert "발간된 판이 아닙니다" in known
    assert known.replace(number, "") == unknown.replace("2025-GS-NOBODY-P-01", "")


def test_nothing_that_is_shown_is_kept(app: Flask) -> None:
    store = Path(app.extensions["settings"].instance) / "files"
    before = {path for path in store.rglob("*") if path.is_file()}
    shown(app, b"%PDF-1.7 something of somebody")
    assert {path for path in store.rglob("*") if path.is_file()} == before


def test_no_file_an_empty_one_and_one_too_large_are_told_in_a_sentence(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person(app)
    page = person.get("/reports/verify")
    assert "확인할 파일을 골라 주세요" in person.submit(page, "/reports/verify").text
    assert "빈 파일입니다" in shown(app, b"").text
    monkeypatch.setattr(verify_report, "MAX_FILE", 1024 * 1024)
    page = shown(app, b"x" * (1024 * 1024 + 1))
    assert (page.status, "1MB까지 올릴 수 있습니다" in page.text) == (422, True)


def test_the_home_page_leads_there(app: Flask) -> None:
    assert Person(app).get("/").tree.xpath("//a[@href='/reports/verify']")
