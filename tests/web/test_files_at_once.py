"""Files sent one by one while a section is being written, and looked into before they are downloaded."""

import io
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.browse import Person
from tests.journeys.cast import Cast, cast_for
from tests.make import PDF
from tests.web.test_autosave import draft, there

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100
HWP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600 + "FileHeader".encode("utf-16-le") + b"0" * 100


@pytest.fixture
def cast(app: Flask) -> Cast:
    return cast_for(app)


def send(person: Person, reference: str, field: str, name: str, content: bytes) -> TestResponse:
    return person.client.post(
        f"/portal/cases/{reference}/forms/application/attachments/files/{field}",
        data={field: (io.BytesIO(content), name)},
        headers={"X-CSRFToken": there(person)["csrf_token"]},
    )


def listed(person: Person, reference: str) -> Any:
    return person.get(f"/portal/cases/{reference}/forms/application/attachments").tree


def test_a_file_sent_at_once_is_in_the_form_and_a_second_one_takes_the_place_of_the_first(cast: Cast) -> None:
    reference = draft(cast)
    assert "첫째.pdf" in send(cast.applicant, reference, "plan_file", "첫째.pdf", PDF).json["list"]
    answer = send(cast.applicant, reference, "plan_file", "둘째.hwp", HWP).json["list"]
    assert "첫째.pdf" not in answer
    assert "한글 문서: 내려받아 여세요" in answer
    assert listed(cast.applicant, reference).xpath("//ul[@class='files']//a/text()") == ["둘째.hwp"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [("그림.pdf", PNG, "받을 수 없는 형식"), ("빈.pdf", b"", "빈 파일"), ("900101-1234567.pdf", PDF, "주민등록번호")],
)
def test_a_refused_file_leaves_the_reason_and_the_files_before_it(
    cast: Cast, name: str, content: bytes, sentence: str
) -> None:
    reference = draft(cast)
    send(cast.applicant, reference, "plan_file", "계획서.pdf", PDF)
    answer = send(cast.applicant, reference, "plan_file", name, content)
    assert answer.status_code == 422
    assert sentence in answer.json["refused"]
    assert "계획서.pdf" in answer.json["list"]


def test_nobody_else_sends_files_and_only_fields_for_files_take_them(cast: Cast) -> None:
    reference = draft(cast)
    assert send(cast.partners[0], reference, "plan_file", "남.pdf", PDF).status_code == 404
    assert send(cast.applicant, reference, "nothing", "무.pdf", PDF).status_code == 404


def test_pictures_are_shown_in_a_sandbox_and_other_companies_and_other_kinds_find_no_preview(cast: Cast) -> None:
    reference = draft(cast)
    send(cast.applicant, reference, "intent_file", "확인서.png", PNG)
    send(cast.applicant, reference, "plan_file", "계획서.hwp", HWP)
    [shown] = listed(cast.applicant, reference).xpath("//iframe/@src")
    answer = cast.applicant.client.get(shown)
    assert answer.data == PNG
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert cast.partners[0].client.get(shown).status_code == 404
    [hangul] = [link for link in listed(cast.applicant, reference).xpath("//ul//a/@href") if link not in shown][:1]
    assert cast.applicant.client.get(f"{hangul}/preview").status_code == 404
