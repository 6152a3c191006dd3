"""The annual report of a zone as paper: what it says equals what was frozen, and typed text stays text."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from flask import current_app

from backoffice.core.db import db, transaction
from backoffice.core.files import FileStore
from backoffice.engine.perform import Engine
from backoffice.organizations.queries import zone
from backoffice.reports import documents, services
from backoffice.reports.cells import OK
from backoffice.reports.display import shown
from backoffice.reports.indicators import has_anything
from backoffice.reports.models import Snapshot
from backoffice.reports.queries import snapshot
from tests.make import MILLION
from tests.reports.papers import all_bytes, attached, bare, opened, tags, text_of
from tests.reports.worlds import STORY, finished_project, zone_aims, zone_says

pytestmark = pytest.mark.pdf

CHAPTERS = (
    "Ⅰ. 특구 개요", "Ⅱ. 추진실적", "Ⅲ. 사업별 성과", "Ⅳ. 핵심 성과지표", "Ⅴ. 특구 간 연계협력", "Ⅵ. 우수사례",
    "Ⅶ. 구성원 만족도와 지자체 기여", "Ⅷ. 평가 결과와 개선", "Ⅸ. 차년도 계획", "부록",
)  # fmt: skip


def issue(year: int, edition: str = "internal") -> Snapshot:
    with transaction():
        number = services.freeze(zone("GS-GIMHAE"), year, edition, None).number
    return snapshot(number)


def store() -> FileStore:
    found: FileStore = current_app.extensions["files"]
    return found


def test_the_paper_tells_a_project_from_its_title_to_its_outcome(office: Engine) -> None:
    story = finished_project(office, {"SALES": 1_234 * MILLION, "EMP-NEW": 3})
    year = story.case().year + 1
    frozen = issue(year)
    content = services.printed(frozen, store()).content
    said = text_of(content)
    for words in (
        "나노입자 바이오센서 공동 R&BD 기획",
        "나노메디텍",
        "12.3억원",
        "1,234",
        "범부처 의료기기 연구개발 본과제",
    ):
        assert bare(words) in said
    assert bare(STORY) in said
    assert "내부용" in said
    assert frozen.number in said
    assert attached(content, "figures.json").decode() == frozen.content


def test_every_chapter_is_there_in_contents_and_outline(office: Engine) -> None:
    zone_says("GS-GIMHAE", "ST-CNT", 2025, 21)
    content = services.printed(issue(2025), store()).content
    said = text_of(content)
    with opened(content) as paper, paper.open_outline() as outline:
        titles = [entry.title for entry in outline.root]
    for chapter in CHAPTERS:
        assert chapter in titles
        assert bare(chapter) in said


def test_the_paper_is_archival_accessible_and_described(office: Engine) -> None:
    zone_says("GS-GIMHAE", "ST-CNT", 2025, 21)
    zone_says("GS-GIMHAE", "ST-CNT", 2024, 20)
    zone_aims("GS-GIMHAE", "ST-CNT", 2025, 30)
    content = services.printed(issue(2025), store()).content
    with opened(content) as paper:
        meta = paper.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"], meta["pdfuaid:part"]) == ("3", "A", "1")
        assert str(paper.docinfo.Title) == "2025년 경남 김해 강소연구개발특구 연차 성과보고서"
        figures = [tag for tag in tags(paper) if tag.S == "/Figure"]
        assert figures
        assert all(str(tag.Alt) for tag in figures)
        assert sorted(paper.attachments) == ["figures.json", "indicators.csv"]


def test_every_number_of_the_indicator_table_is_printed_as_it_was_frozen(office: Engine) -> None:
    for place, code in enumerate(("ST-CNT", "TEN-STK", "TT-CNT", "TT-AMT", "HR-CNT", "RC-STK"), start=3):
        for year in (2024, 2025):
            zone_says("GS-GIMHAE", code, year, place * 1_111_117 * (year - 2023))
        zone_aims("GS-GIMHAE", code, 2025, place * 2_000_003)
    frozen = issue(2025)
    said = text_of(services.printed(frozen, store()).content)
    for one in services.figures_of(frozen)["indicators"]:
        for column in ("now", "before", "target", "achieved", "average") if has_anything(one) else ():
            if one[column]["state"] == OK:
                unit = "percent" if column == "achieved" else one["unit"]
                assert shown(one[column], unit) in said, (one["code"], column)


def test_what_is_not_for_the_public_is_nowhere_in_the_public_paper(office: Engine) -> None:
    story = finished_project(office, {"SALES": 1_234_567_000, "EMP-NEW": 3}, grade="average")
    content = services.printed(issue(story.case().year + 1, "public"), store()).content
    said, inside = text_of(content), all_bytes(content)
    assert "공개판" in said
    assert "내부용" not in said
    assert "비공개" in said
    for secret in ("1234567000", "1,235", "12.3억원", "보통"):
        assert secret not in said
        assert secret.encode() not in inside


def test_two_processes_with_different_seeds_print_the_same_bytes(office: Engine, tmp_path: Path) -> None:
    zone_says("GS-GIMHAE", "ST-CNT", 2025, 21)
    frozen = issue(2025)
    path = tmp_path / "snapshot.json"
    path.write_text(
        json.dumps({"number": frozen.number, "content": frozen.content, "sha256": frozen.sha256}), encoding="utf-8"
    )
    code = (
        "import datetime, hashlib, json, sys\n"
        "from backoffice.reports import documents, pdf\n"
        "from backoffice.reports.models import Snapshot\n"
        "said = json.load(open(sys.argv[1], encoding='utf-8'))\n"
        f"row = Snapshot(**said, edition='internal', base_date=datetime.date.fromisoformat('{frozen.base_date}'))\n"
        "print(hashlib.sha256(pdf.render(documents.document(row))).hexdigest())"
    )
    sums = {
        subprocess.run(
            [sys.executable, "-c", code, str(path)],
            env={"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "31337")
    }
    assert len(sums) == 1


def test_what_an_applicant_typed_is_printed_as_text_and_fetches_nothing(office: Engine) -> None:
    story = finished_project(office, {"SALES": 10 * MILLION})
    typed = '<img src="file:///etc/passwd"><script>alert(1)</script>'
    with transaction():
        row = story.case()
        row.title = typed
    content = services.printed(issue(story.case().year + 1), store()).content
    assert "<script>alert(1)</script>" in text_of(content)
    assert b"root:x:0" not in all_bytes(content)
    assert documents.title(services.figures_of(db.session.get_one(Snapshot, 1)))
