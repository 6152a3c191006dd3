"""The one door to PDF: archival, accessible, always the same bytes, blind to everything outside, and bounded."""

import base64
import io
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from backoffice.reports import pdf
from backoffice.reports.pdf import Attached, Document, PdfFailed
from tests.reports.papers import all_bytes, attached, opened, tags, text_of
from tests.reports.probes import CANARY, PROBES

pytestmark = pytest.mark.pdf

HTML = """<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>시험</title></head><body>
<h1>첫째 장</h1><p>혈액 한 방울로 <b>15분</b> 안에 판별합니다.</p>
<svg xmlns="http://www.w3.org/2000/svg" width="40" height="10"><title>막대 그림</title><path d="M0 0h40v10H0z" fill="#0b50d0"/></svg>
<table><thead><tr><th scope="col">지표</th></tr></thead><tbody><tr><td>1,200</td></tr></tbody></table>
<h2>둘째 절</h2></body></html>"""


def paper(html: str = HTML, **changes: object) -> Document:
    whole = Document(
        html=html,
        title="시험 문서",
        created=datetime(2026, 3, 20, tzinfo=UTC),
        identifier="0123456789abcdef",
        attachments=(Attached("figures.json", b'{"a":1}', "수치"),),
        limit_seconds=60,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # any field of a document, by its name


def attempt(inside: str, *, limit_seconds: int = 60) -> tuple[str, bytes]:
    """Print a page: why it was refused, or its bytes."""
    try:
        return "", pdf.render(paper(f'<html lang="ko">{inside}</html>', limit_seconds=limit_seconds))
    except PdfFailed as refused:
        assert_said(refused)
        return refused.cause, b""


def assert_said(refused: PdfFailed) -> None:
    assert refused.sentence.ko
    assert refused.sentence.en


@pytest.fixture(scope="module")
def printed() -> bytes:
    return pdf.render(paper())


def test_a_paper_says_that_it_is_archival_and_accessible(printed: bytes) -> None:
    with opened(printed) as found:
        meta = found.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("3", "A")
        assert meta["pdfuaid:part"] == "1"
        raw = found.Root.Metadata.read_bytes()
        assert raw.count(b"<rdf:RDF") == 1
        assert b"pdfaExtension:schemas" in raw
        assert found.Root.OutputIntents[0].S == "/GTS_PDFA1"


def test_a_paper_is_tagged_titled_and_in_korean(printed: bytes) -> None:
    with opened(printed) as found:
        assert found.Root.MarkInfo.Marked
        assert str(found.Root.Lang) == "ko"
        assert found.Root.ViewerPreferences.DisplayDocTitle
        assert str(found.docinfo.Title) == "시험 문서"
        kinds = {str(tag.S) for tag in tags(found)}
        assert {"/H1", "/H2", "/P", "/Table", "/TH", "/TD", "/Figure"} <= kinds
        assert all("/Alt" in tag for tag in tags(found) if tag.S == "/Figure")


def test_a_paper_has_an_outline_and_all_its_fonts(printed: bytes) -> None:
    with opened(printed) as found:
        with found.open_outline() as outline:
            assert [entry.title for entry in outline.root] == ["첫째 장"]
            assert [entry.title for entry in outline.root[0].children] == ["둘째 절"]
        fonts = [item for item in found.objects if isinstance(item, pikepdf.Dictionary) and "/FontName" in item]
        assert fonts
        assert all("/FontFile2" in font and "Pretendard" in str(font.FontName) for font in fonts)


def test_attached_data_is_part_of_the_paper(printed: bytes) -> None:
    assert attached(printed, "figures.json") == b'{"a":1}'
    with opened(printed) as found:
        specification = found.Root.AF[0]
        assert specification.AFRelationship == "/Data"
        assert specification.EF.F.Subtype == "/application/json"


def test_the_same_document_has_the_same_bytes_whatever_the_seed(
    printed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in ("1", "4711"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        pdf.ROOM.close()
        assert pdf.render(paper()) == printed
    pdf.ROOM.close()


@pytest.mark.parametrize("name", PROBES)
def test_no_document_reaches_the_network_or_a_file(name: str, watched: tuple[str, list[str]], tmp_path: Path) -> None:
    web, requests = watched
    canary = tmp_path / "canary.txt"
    canary.write_text(CANARY, encoding="utf-8")
    probe = PROBES[name].format(web=web, file=canary.as_uri())
    cause, content = attempt(f"<head><title>x</title></head><body>{probe}<p>끝</p></body>")
    assert cause in {"", "blocked"}
    assert CANARY.encode() not in all_bytes(content)
    assert requests == []


def test_a_bundled_font_cannot_be_used_to_climb_out(tmp_path: Path) -> None:
    for name in ("../../setup.cfg", "%2e%2e/setup.cfg", "app.css", "/etc/passwd"):
        with pytest.raises(PdfFailed, match="외부 자료"):
            pdf.render(paper(f'<html lang="ko"><body><img src="bundle:{name}" alt="x"></body></html>'))


def enormous_picture() -> str:
    """12,000 × 12,000 pixels in half a megabyte."""
    target = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(target, "PNG")
    return "data:image/png;base64," + base64.b64encode(target.getvalue()).decode()


BOMBS = {
    "a cell over 100,000 columns": '<table><tr><td colspan="100000">x</td></tr></table>',
    "800 nested boxes": "<div>" * 800 + "x" + "</div>" * 800,
    "12 nested tables": "<table><tr><td>" * 12 + "x" + "</td></tr></table>" * 12,
    "14 nested flexible boxes": '<div style="display:flex">' * 14 + "x" + "</div>" * 14,
    "200,000 letters without a break": "가" * 200_000,
    "5,000 rows": "<table>" + "<tr><td>1</td><td>2</td></tr>" * 5_000 + "</table>",
    "a page of one pixel": "<style>@page{size:1px;margin:0}</style><p>" + "x " * 50 + "</p>",
    "letters of a billion pixels": '<p style="font-size:1e9px">x</p>',
    "an enormous picture": f'<img alt="x" src="{enormous_picture()}">',
    "20,000 paths": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">' + '<path d="M0 0h9" stroke="red"/>' * 20_000 + "</svg>",
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_in_time_as_a_paper_or_as_one_sentence(name: str) -> None:
    begun = time.monotonic()
    cause, content = attempt(f"<body>{BOMBS[name]}</body>", limit_seconds=6)
    assert cause in {"", "too_large", "too_slow", "broken"}
    assert content.startswith(b"%PDF-1.7") == (not cause)
    assert time.monotonic() - begun < 9


@pytest.mark.parametrize("memory", [262, 290, 318, 346, 374])
def test_a_document_that_runs_out_of_memory_is_told_as_too_large_wherever_memory_ended(
    memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python says so, GLib aborts and Pango runs into nothing: which of them it is depends on a few bytes."""
    monkeypatch.setattr(pdf, "MEMORY", memory * 1024**2)
    cause, content = attempt(f"<body>{BOMBS['5,000 rows']}</body>", limit_seconds=30)
    assert (cause, content) == ("too_large", b"")


def test_typed_markup_is_text(printed: bytes) -> None:
    assert "15분" in text_of(printed)
    assert pdf.render(paper(HTML.replace("15분", "&lt;img src=file:///etc/passwd&gt;"))).startswith(b"%PDF")
