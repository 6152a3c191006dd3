"""One's own profile: what one may change, what changing ends, and what others are told."""

import pytest
from flask import Flask

from tests.browse import Page
from tests.jobs.desk import mails, run_kinds
from tests.make import PASSWORD
from tests.web.account.gate import Visitor, acts, later, links, local, subjects, user_row

NEW = "다섯 마리 고래가 웃는다"


def save(person: Visitor, **typed: object) -> Page:
    return person.browser.submit(person.browser.get("/account/"), "/account/", **typed)


def test_name_phone_language_and_wishes_are_kept(officer: Visitor) -> None:
    officer.enrolled()
    page = save(officer, name=" 새이름 ", phone="010-1234-5678", language="en")
    assert page.tree.get("lang") == "en"
    row = user_row(officer.app, officer.email)
    assert (row.name, row.phone, row.language) == ("새이름", "010-1234-5678", "en")
    assert (row.reminders, row.news, row.shortcuts) == (True, True, True)


def test_a_wish_that_is_unticked_is_off_and_shortcuts_are_told_to_every_page(officer: Visitor) -> None:
    officer.enrolled()
    assert officer.browser.get("/staff/").tree.find("body").get("data-shortcuts") is None
    page = officer.browser.get("/account/")
    token = page.form("/account/").fields["csrf_token"]
    officer.browser.post("/account/", {"csrf_token": token, "name": "이름", "language": "ko", "news": "yes"})
    row = user_row(officer.app, officer.email)
    assert (row.reminders, row.news, row.shortcuts) == (False, True, False)
    assert officer.browser.get("/staff/").tree.find("body").get("data-shortcuts") == "off"


def test_posting_every_column_changes_only_what_the_form_owns(applicant: Visitor) -> None:
    applicant.password()
    before = user_row(applicant.app, applicant.email)
    page = applicant.browser.get("/account/")
    typed = {column.name: "7" for column in before.__table__.columns}
    applicant.browser.post("/account/", {**typed, "csrf_token": page.form("/account/").fields["csrf_token"]})
    after = user_row(applicant.app, applicant.email)
    for name in ("id", "email", "password_hash", "organization_id", "active", "session_version", "failed_sign_ins"):
        assert getattr(before, name) == getattr(after, name), name


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "이름을 입력해 주세요"),
        ("name", "가" * 81, "80자까지"),
        ("phone", "전화 없음", "전화번호를 확인해 주세요"),
        ("phone", "900101-1234567", "전화번호를 확인해 주세요"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field_and_nothing_typed_is_lost(
    applicant: Visitor, field: str, typed: str, sentence: str
) -> None:
    applicant.password()
    page = save(applicant, **{field: typed})
    assert page.status == 422
    assert sentence in page.text
    assert page.tree.get_element_by_id(field).value == typed
    assert page.tree.xpath("//title/text()")[0].startswith("오류")


def test_a_password_is_changed_with_the_present_one_and_ends_other_sessions(applicant: Visitor) -> None:
    applicant.password()
    other = applicant.away()
    other.password()
    page = applicant.browser.get("/account/")
    wrong = applicant.browser.submit(page, "/password", password="not it", new_password=NEW, again=NEW)
    assert wrong.status == 422
    assert "현재 비밀번호가 맞지 않습니다" in wrong.text
    done = applicant.browser.submit(page, "/password", password=PASSWORD, new_password=NEW, again=NEW)
    assert "비밀번호를 바꿨습니다" in done.text
    assert applicant.browser.get("/portal/").status == 200
    assert other.browser.get("/portal/").address.startswith("/sign-in")
    assert applicant.away().password(NEW).address == "/portal/"
    assert "[이음] 비밀번호가 바뀌었습니다" in subjects(applicant.app, applicant.email)


def ask_for(person: Visitor, email: str, password: str = PASSWORD) -> Page:
    return person.browser.submit(person.browser.get("/account/"), "/email", email=email, password=password)


def test_a_new_address_counts_once_its_link_was_followed_and_the_old_one_is_told(applicant: Visitor) -> None:
    applicant.password()
    assert "확인 링크를 보냈습니다" in ask_for(applicant, "New@Example.kr").text
    assert "[이음] 전자우편 주소 변경 요청" in subjects(applicant.app, applicant.email)
    assert applicant.away().password().address == "/portal/"
    (link,) = links(applicant.app, "new@example.kr", "/account/email/")
    page = applicant.browser.get(local(link))
    assert user_row(applicant.app, applicant.email)
    assert "주소를 바꿨습니다" in applicant.browser.submit(page, local(link)).text
    assert applicant.away().password().status == 422
    moved = Visitor(applicant.app, "new@example.kr")
    assert moved.password().address == "/portal/"
    assert moved.browser.get(local(link)).status == 404


def test_a_new_address_needs_the_password_and_its_link_the_person_who_asked(
    applicant: Visitor, officer: Visitor
) -> None:
    applicant.password()
    assert ask_for(applicant, "new@example.kr", "wrong").status == 422
    ask_for(applicant, "new@example.kr")
    (link,) = links(applicant.app, "new@example.kr", "/account/email/")
    officer.enrolled()
    page = officer.browser.get(local(link))
    assert "다른 계정에서 요청한 링크" in page.text
    assert "new@example.kr" not in page.text
    token = page.form("/language").fields["csrf_token"]
    assert officer.browser.post(local(link), {"csrf_token": token}).status == 404
    with later(minutes=31):
        assert applicant.browser.get(local(link)).status == 404


def test_an_address_somebody_else_has_is_not_told_before_its_owner_follows_the_link(
    applicant: Visitor, officer: Visitor
) -> None:
    applicant.password()
    assert "확인 링크를 보냈습니다" in ask_for(applicant, officer.email).text
    (link,) = links(applicant.app, officer.email, "/account/email/")
    page = applicant.browser.submit(applicant.browser.get(local(link)), local(link))
    assert page.status == 422
    assert "이미 등록된 전자우편 주소입니다" in page.text


@pytest.mark.parametrize("email", ["", "nothing", "a@b", "a b@example.kr", "a@example.kr\nBcc: x@y.kr", "가" * 300])
def test_what_is_no_address_is_refused(applicant: Visitor, email: str) -> None:
    applicant.password()
    assert ask_for(applicant, email).status == 422
    run_kinds(applicant.app, "account_mail")
    assert mails(applicant.app) == []


def test_leaving_every_device_ends_all_sessions_and_is_in_the_log(applicant: Visitor) -> None:
    applicant.password()
    other = applicant.away()
    other.password()
    page = applicant.browser.submit(applicant.browser.get("/account/"), "/sign-out-everywhere")
    assert page.address.startswith("/sign-in")
    for person in (applicant, other):
        assert person.browser.get("/portal/").address.startswith("/sign-in")
    assert len(acts(applicant.app, "session:end-all")) == 1


def test_the_last_sign_ins_are_listed_with_how_they_were_proven(officer: Visitor, app: Flask) -> None:
    officer.enrolled()
    other = officer.away()
    other.password()
    other.second(other.codes[0])
    text = other.browser.get("/account/").text
    assert "최근 로그인" in text
    assert "127.0.0.1 · 복구 코드" in text
    assert "127.0.0.1 · 인증 앱" in text
    assert acts(app, "sign-in")[-1].about == officer.email
