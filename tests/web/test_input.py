"""Wrong uploads, wrong numbers, late and incomplete submissions: one clear sentence each, nothing lost, never a 5xx."""

import io
import zipfile
from datetime import timedelta

import pytest
from flask import Flask

from backoffice.core import clock
from tests.browse import Page, Person
from tests.journeys.cast import Cast, cast_for, fill_application
from tests.make import PDF

MB = 1024 * 1024


@pytest.fixture
def cast(app: Flask) -> Cast:
    return cast_for(app)


def draft(cast: Cast) -> str:
    page = cast.applicant.submit(cast.applicant.get(f"/calls/{cast.call}"), "/start")
    return page.address.rpartition("/")[2]


def section(person: Person, reference: str, code: str) -> Page:
    return person.get(f"/portal/cases/{reference}/forms/application/{code}")


def zipped(name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(name, content)
    return target.getvalue()


BAD_FILES = [
    (("빈파일.pdf", b""), "빈 파일입니다"),
    (("큰파일.pdf", PDF + b"0" * (20 * MB)), "20MB까지 올릴 수 있습니다"),
    (("그림.pdf", b"\x89PNG\r\n\x1a\n" + b"0" * 100), "받을 수 없는 형식입니다"),
    (("계획서.exe", b"MZ\x90\x00" + b"0" * 100), "받을 수 없는 형식입니다"),
    (("홍길동_900101-1234567.pdf", PDF), "주민등록번호로 보이는 번호"),
    (("폭탄.xlsx", zipped("xl/workbook.xml", b"0" * (60 * MB))), "지나치게 커지는 파일"),
]


@pytest.mark.parametrize(
    ("file", "sentence"), BAD_FILES, ids=lambda value: value[0] if isinstance(value, tuple) else ""
)
def test_a_wrong_upload_gets_one_clear_sentence_and_the_good_one_beside_it_is_kept(
    cast: Cast, file: tuple[str, bytes], sentence: str
) -> None:
    reference = draft(cast)
    page = section(cast.applicant, reference, "attachments")
    answer = cast.applicant.submit(page, "", plan_file=file, intent_file=[("확인서.pdf", PDF)])
    assert answer.status == 422
    assert sentence in answer.text
    assert "확인서.pdf" in section(cast.applicant, reference, "attachments").text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("한글 계획서(최종_진짜최종).pdf", "한글 계획서(최종_진짜최종).pdf"),
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\계획서.pdf", "계획서.pdf"),
        ("계획\u202efdp.exe.pdf", "계획fdp.exe.pdf"),
        ("<script>alert(1)</script>.pdf", "script_.pdf"),
        ("가" * 300 + ".pdf", "가" * 110 + ".pdf"),
    ],
)
def test_korean_and_hostile_file_names_become_harmless_and_stay_readable(cast: Cast, given: str, kept: str) -> None:
    reference = draft(cast)
    page = section(cast.applicant, reference, "attachments")
    cast.applicant.submit(page, "", plan_file=(given, PDF))
    answer = section(cast.applicant, reference, "attachments")
    assert kept in answer.text
    link = next(link for link in answer.tree.xpath("//a/@href") if "/files/" in link)
    download = cast.applicant.client.get(link)
    assert download.data == PDF
    assert download.headers["Content-Disposition"].startswith("attachment;")


BAD_NUMBERS = [
    ("budget", "requested", "-5,000", "0 이상이어야 합니다"),
    ("budget", "requested", "1e99", "만 적어 주세요"),
    ("budget", "requested", "9" * 25, "너무 큰 수입니다"),
    ("budget", "requested", "오천만", "만 적어 주세요"),
    ("members", "members-0-business_number", "116-82-00278", "검증번호가 맞지 않습니다"),
    ("members", "members-0-business_number", "12345", "숫자 10자리"),
    ("overview", "starts_on", "2026-13-45", "2026-11-21처럼"),
]


@pytest.mark.parametrize(("code", "field", "typed", "sentence"), BAD_NUMBERS)
def test_a_wrong_number_is_named_and_still_stands_where_it_was_typed(
    cast: Cast, code: str, field: str, typed: str, sentence: str
) -> None:
    reference = draft(cast)
    page = section(cast.applicant, reference, code)
    answer = cast.applicant.submit(page, "", button=("go", "next"), **{field: typed})
    assert answer.status == 422
    assert sentence in answer.text
    again = section(cast.applicant, reference, code)
    assert again.form("").fields[field] == typed


def test_full_width_digits_and_commas_are_read(cast: Cast) -> None:
    reference = draft(cast)
    cast.applicant.submit(section(cast.applicant, reference, "budget"), "", requested="４８，０００")
    assert section(cast.applicant, reference, "budget").form("").fields["requested"] == "48,000"


def test_a_late_submission_is_refused_with_the_closing_time_and_nothing_is_lost(cast: Cast) -> None:
    reference = fill_application(cast)
    with clock.travelling(clock.now() + timedelta(days=10, minutes=1)):
        page = cast.applicant.get(f"/cases/{reference}/actions/submit")
        answer = cast.applicant.submit(page, "")
        assert answer.status == 409
        assert "마감되어 제출할 수 없습니다" in answer.text
        assert section(cast.applicant, reference, "overview").form("").fields["title"].startswith("나노입자")


def test_missing_documents_and_answers_are_listed_with_links_to_their_places(cast: Cast) -> None:
    reference = draft(cast)
    page = cast.applicant.get(f"/portal/cases/{reference}/check")
    assert "공동기획 계획서를 올려 주세요" in page.text
    assert "과제명을 입력해 주세요" in page.text
    answer = cast.applicant.submit(cast.applicant.get(f"/cases/{reference}/actions/submit"), "")
    assert answer.status == 409
    assert "참여기관이 부족합니다" in answer.text


def test_a_resident_number_in_a_text_is_refused_at_submission(cast: Cast) -> None:
    reference = fill_application(cast)
    page = section(cast.applicant, reference, "overview")
    cast.applicant.submit(page, "", button=("go", "out"), market="담당자 900101-1234567 에게 문의해 주세요")
    answer = cast.applicant.submit(cast.applicant.get(f"/cases/{reference}/actions/submit"), "")
    assert answer.status == 409
    assert "주민등록번호로 보이는 번호" in answer.text


def test_what_a_colleague_saved_meanwhile_is_shown_and_not_overwritten(cast: Cast) -> None:
    reference = draft(cast)
    mine = section(cast.applicant, reference, "overview")
    theirs = section(cast.applicant, reference, "overview")
    cast.applicant.submit(theirs, "", button=("go", "out"), title="동료가 먼저 저장한 과제 이름입니다")
    answer = cast.applicant.submit(mine, "", button=("go", "out"), title="내가 나중에 저장하려는 과제 이름입니다")
    assert answer.status == 422
    assert "동료가 먼저 저장한 과제 이름입니다" in answer.text
    assert answer.form("").fields["title"] == "내가 나중에 저장하려는 과제 이름입니다"
    assert "동료가 먼저" in cast.applicant.get(f"/portal/cases/{reference}").text


def test_text_that_looks_like_markup_stays_text(cast: Cast) -> None:
    reference = draft(cast)
    page = section(cast.applicant, reference, "overview")
    cast.applicant.submit(page, "", button=("go", "out"), title='<img src=x onerror="alert(1)"> 과제 이름')
    answer = cast.applicant.get(f"/portal/cases/{reference}")
    assert not answer.tree.xpath("//img")
    assert "<img src=x" in answer.text
