"""The files of the demo open, show their Korean words, and are the same bytes every time."""

import io
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest

from backoffice.core.filetypes import recognise
from backoffice.demo.papers import WRITERS, Paper, pdf, png, xlsx

PAPER = Paper("공동 R&BD 기획 계획서", ("과제명: 나노입자 바이오센서", "번호|금액", "1|48,000"), "이음 시연 자료")


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_a_file_is_recognised_as_what_it_is_and_never_changes(kind: str) -> None:
    content = WRITERS[kind](PAPER)
    assert recognise(io.BytesIO(content), len(content)) == kind
    assert WRITERS[kind](PAPER) == content


def test_a_long_paper_has_several_pages() -> None:
    long = Paper("긴 문서", tuple(f"{number}번째 줄입니다." for number in range(80)))
    with pikepdf.open(io.BytesIO(pdf(long))) as document:
        assert len(document.pages) == 3


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not on this machine")
def test_the_korean_words_of_a_pdf_can_be_read_back(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(pdf(PAPER))
    done = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True)
    assert "나노입자 바이오센서" in done.stdout.decode()


def test_spreadsheet_and_picture_are_small() -> None:
    assert len(xlsx(PAPER)) < 4_000
    assert len(png(PAPER)) < 4_000
