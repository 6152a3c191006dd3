"""The short papers of an issue: one page, one press table, the same figures as the report and the same bytes every time."""

import io
import json
import zipfile
from typing import Any

import pytest
import python_calamine
from flask import current_app

from backoffice.core.db import db, transaction
from backoffice.core.errors import Failed, Refused
from backoffice.engine.perform import Engine
from backoffice.organizations.queries import zone
from backoffice.reports import documents, highlights, papers, press, queries, services
from backoffice.reports.models import FULL, HWPX, PDF, PRESS, SUMMARY, XLSX, Snapshot
from backoffice.reports.pdf import PdfFailed, Rendered
from tests.reports.papers import bare, opened, text_of
from tests.reports.worlds import firm_reports, zone_aims, zone_says

EOK = 100_000_000


@pytest.fixture
def issue(office: Engine) -> Snapshot:
    firm_reports(
        "GS-GIMHAE", "SALES", {2024: [100 * EOK, 200 * EOK, 300 * EOK], 2025: [150 * EOK, 250 * EOK, 350 * EOK]}
    )
    zone_says("GS-GIMHAE", "ST-CNT", 2025, 21)
    zone_aims("GS-GIMHAE", "ST-CNT", 2025, 30)
    with transaction():
        made = services.freeze(zone("GS-GIMHAE"), 2025, "internal", None).id
    return db.session.get_one(Snapshot, made)


def made(issue: Snapshot, paper: str, kind: str) -> services.Printed:
    return papers.made(issue, paper, kind, current_app.extensions["files"])


@pytest.mark.pdf
def test_the_summary_is_one_page_that_says_what_the_snapshot_says(issue: Snapshot) -> None:
    first = made(issue, SUMMARY, PDF)
    with opened(first.content) as paper:
        assert len(paper.pages) == 1
    words = text_of(first.content)
    for tile in press.headlines(services.figures_of(issue)):
        assert bare(tile["label"]) in words
    assert "750억원" in words
    assert made(issue, SUMMARY, PDF).content == first.content


@pytest.mark.pdf
def test_the_press_table_prints_money_in_eok_with_its_source(issue: Snapshot) -> None:
    words = text_of(made(issue, PRESS, PDF).content)
    assert "2024년600억원→2025년750억원" in words
    assert bare(f"출처: {documents.PUBLISHER}") in words
    assert issue.number in words
    assert issue.sha256 in words


def test_a_summary_of_two_pages_is_not_given_out(issue: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = services.order(issue, SUMMARY)
    monkeypatch.setattr(services.pdf, "make", lambda _: Rendered(b"%PDF", 2))
    with pytest.raises(PdfFailed) as failed:
        services.print_out(wanted)
    assert failed.value.cause == "too_long"


def test_the_sheet_holds_the_frozen_numbers_and_is_the_same_every_time(issue: Snapshot) -> None:
    content = made(issue, PRESS, XLSX).content
    assert made(issue, PRESS, XLSX).content == content
    sheet = python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_name("핵심지표")
    rows = {row[0]: row for row in sheet.to_python() if row and row[0]}
    assert rows["기업 매출액"][1:4] == ["억원", 600, 750]
    assert rows["기업 매출액"][8] == "750억원"
    frozen = {one["label"]: one["now"].get("value") for one in press.headlines(services.figures_of(issue))}
    assert f"{rows['신규창업'][3]:.0f}" == frozen["신규창업"]


@pytest.mark.parametrize("paper", [FULL, PRESS])
def test_the_text_document_opens_again_with_every_table_and_is_the_same_every_time(issue: Snapshot, paper: str) -> None:
    pytest.importorskip("hwpx")
    content = made(issue, paper, HWPX).content
    assert made(issue, paper, HWPX).content == content
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        section = package.read("Contents/section0.xml").decode()
    assert "기업 매출액" in section
    assert issue.sha256 in section
    assert section.count("<hp:tbl") >= 2


def test_without_the_optional_part_the_way_out_is_said(issue: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(Refused, match="PDF로 받거나"):
        made(issue, FULL, HWPX)


def test_another_paper_is_kept_beside_the_report_and_not_taken_for_it(issue: Snapshot) -> None:
    kept = made(issue, PRESS, XLSX)
    with transaction():
        services.keep(issue.id, kept, current_app.extensions["files"])
    assert queries.files_of(issue.id) == []
    assert queries.printed_of([issue.id]) == frozenset()
    assert made(issue, PRESS, XLSX).cached


def test_every_paper_leads_to_the_canonical_address(issue: Snapshot) -> None:
    for paper in (FULL, SUMMARY, PRESS):
        html = documents.document(issue, paper=paper).html
        assert f"http://localhost/reports/{issue.number}/figures" in html or paper == PRESS
        assert "http://localhost/reports/verify" in html


def test_papers_of_one_snapshot_have_keys_of_their_own(issue: Snapshot) -> None:
    orders = [services.order(issue, paper) for paper in (FULL, SUMMARY, PRESS)]
    assert len({one.key for one in orders}) == len({one.document.identifier for one in orders}) == 3


def test_a_child_that_fails_is_told_and_gives_out_nothing(issue: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "MEMORY", 1024 * 1024)
    with pytest.raises(Failed):
        made(issue, PRESS, XLSX)


def entry(label: str, now: str, change: str, target: str = "") -> dict[str, Any]:
    missing = {"state": "missing"}
    achieved = {"state": "ok", "value": target} if target else missing
    return {
        "code": label, "label": label, "unit": "count", "unit_label": "건", "now": {"state": "ok", "value": now},
        "change": {"state": "ok", "value": change, "kind": "percent"}, "achieved": achieved, "standing": "",
    }  # fmt: skip


def test_the_three_highlights_are_growth_target_and_shortfall() -> None:
    entries = [entry("가", "5", "1"), entry("나", "5", "90"), entry("다", "5", "2", "140"), entry("라", "5", "3", "60")]
    chosen = highlights.of({"indicators": entries, "headlines": [one["label"] for one in entries]})
    assert [one.text.partition(" ")[0] for one in chosen] == ["나", "다", "라"]
    assert json.dumps([one.head for one in chosen], ensure_ascii=False).count("지표") == 3
