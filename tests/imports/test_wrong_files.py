"""Files that cannot be taken: one clear sentence each, nothing kept, never a 5xx."""

import io
import zipfile

import pytest
from flask import Flask
from sqlalchemy import func, select

from backoffice.core.db import db
from backoffice.outcomes.models import Import
from tests.imports.conftest import World
from tests.imports.sheets import text, upload, workbook, zone_table
from tests.make import PDF

MB = 1024 * 1024
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def packed(content: bytes, extra: dict[str, bytes]) -> bytes:
    """A workbook with more inside."""
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, more in extra.items():
            archive.writestr(name, more)
    return target.getvalue()


TABLE = workbook(zone_table((1, "경남 김해", "나노", "116-82-00276", 1, 1)))
WRONG = [
    ("빈파일.xlsx", b"", "빈 파일입니다"),
    ("옛엑셀.xls", COMPOUND + b"Workbook".ljust(600, b"\0"), "옛 엑셀(.xls) 파일입니다"),
    ("암호.xlsx", COMPOUND + "EncryptedPackage".encode("utf-16-le").ljust(600, b"\0"), "암호가 걸린 파일입니다"),
    ("보고서.xlsx", PDF, "PDF 파일입니다"),
    ("사진.csv", b"\x89PNG\r\n\x1a\n" + b"0" * 100, "그림 파일입니다"),
    ("매크로.xlsm", packed(TABLE, {"xl/vbaProject.bin": b"macro"}), "매크로가 든 파일"),
    ("폭탄.xlsx", packed(TABLE, {"xl/media/bomb.xml": b"0" * (60 * MB)}), "지나치게 커지는 파일"),
    ("큰파일.csv", b"1,2\n" * (6 * MB), "20MB까지 올릴 수 있습니다"),
    ("깨진파일.xlsx", TABLE[: len(TABLE) // 2], "손상되었거나"),
    ("빈표.xlsx", workbook([]), "표에 내용이 없습니다"),
    ("넓은표.xlsx", workbook([["값"] * 600]), "표가 너무 큽니다"),
    ("주민번호.xlsx", workbook([["기업명", "비고"], ["나노", "900101-1234567"]]), "주민등록번호로 보이는 번호"),
    ("묶음.zip", packed(b"", {"성과.txt": b"1"}), "ZIP 파일입니다"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "sentence"), WRONG, ids=[name for name, _, _ in WRONG])
def test_a_wrong_file_gets_one_clear_sentence_and_is_not_kept(
    app: Flask, world: World, name: str, content: bytes, sentence: str
) -> None:
    page = upload(world.person(world.staff), name, content, source="김해 특구")
    assert page.status == 422
    assert sentence in page.text
    assert page.form("").fields["source"] == "김해 특구"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Import)) == 0


def test_no_file_at_all_is_said_too(world: World) -> None:
    person = world.person(world.staff)
    page = person.submit(person.get("/staff/imports"), "", source="김해 특구")
    assert page.status == 422
    assert "올릴 파일을 골라 주세요" in page.text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_korean_csv_is_read_in_every_encoding_people_save_it_in(world: World, encoding: str) -> None:
    content = text([["특구", "기업명", "연도", "고용"], ["경남 김해", "나노메디텍", "2025", "1,200"]], encoding)
    page = upload(world.person(world.staff), "성과.csv", content)
    assert page.status == 200
    assert "나노메디텍" in page.text


def test_a_workbook_with_the_wrong_extension_is_taken_for_what_it_is(world: World) -> None:
    page = upload(world.person(world.staff), "성과.csv", TABLE)
    assert page.status == 200
    assert "성과.xlsx" in page.text
