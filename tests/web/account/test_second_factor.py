"""The second step: who must take it, what is taken only once, and what happens to whoever guesses."""

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from backoffice.access.permissions import SECOND_FACTOR
from backoffice.accounts import services
from backoffice.accounts.factors import RecoveryCode, SecondFactor
from backoffice.accounts.models import User
from backoffice.core.db import db, transaction
from tests.browse import Person
from tests.make import PASSWORD, make_organization, make_user
from tests.web.account.gate import Visitor, acts, later, subjects, user_row, visitor
from workflows.roles import COMPANY_SIDE, Role


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR))
def test_every_role_that_sees_what_belongs_to_others_must_enrol_at_the_first_sign_in(house: Flask, role: Role) -> None:
    with house.app_context():
        person = visitor(house, make_user(role))
    page = person.password()
    assert page.address == "/account/factors/new"
    for address in ("/staff/", "/reviewer/", "/admin/people", "/account/"):
        assert person.browser.get(address).address.startswith(("/sign-in", "/account/factors/new")), address
    page = person.enrol_app()
    assert "복구 코드" in page.text
    assert page.tree.xpath("string(//a[contains(., '계속')]/@href)") in {"/staff/", "/reviewer/", "/reports/boards/"}
    assert person.browser.get("/account/").status == 200


@pytest.mark.parametrize("role", sorted(COMPANY_SIDE))
def test_companies_may_but_need_not(house: Flask, role: Role) -> None:
    with house.app_context():
        person = visitor(house, make_user(role, organization=make_organization()))
    assert person.password().address == "/portal/"
    assert "등록한 인증수단이 없습니다" in person.browser.get("/account/").text


def test_in_the_demo_nobody_must_but_whoever_enrolled_is_asked(app: Flask) -> None:
    with app.app_context():
        person = visitor(app, make_user(Role.HQ_STAFF))
    assert person.password().address.startswith("/staff/")
    assert person.enrol_app(password=PASSWORD).status == 200
    other = person.away()
    assert other.password().address == "/account/second-step"
    assert other.browser.get("/staff/").address.startswith("/sign-in")


def test_password_alone_opens_nothing_and_the_code_opens(officer: Visitor) -> None:
    officer.enrolled()
    other = officer.away()
    assert other.password().address == "/account/second-step"
    for address in ("/staff/", "/account/", "/account/factors/new", "/account/factors/app", "/account/factors/key"):
        assert other.browser.get(address).address.startswith("/sign-in"), address
    with later(seconds=60):
        assert other.second(other.phone.code()).address.startswith("/staff/")
    assert [event.reason for event in acts(officer.app, "sign-in")] == ["totp", "totp"]


def test_the_same_code_is_never_taken_twice_nor_one_before_it(officer: Visitor) -> None:
    officer.enrolled()
    with later(seconds=90):
        code, earlier = officer.phone.code(), officer.phone.code(-1)
        first, second, third = officer.away(), officer.away(), officer.away()
        for other in (first, second, third):
            other.password()
        assert first.second(code).status == 200
        again, before = second.second(code), third.second(earlier)
    assert (again.status, before.status) == (422, 422)
    assert "한 번 쓴 번호는 다시 쓸 수 없으니" in again.text


def test_the_code_that_confirmed_the_app_does_not_sign_in(officer: Visitor) -> None:
    officer.password()
    officer.enrol_app()
    code, other = officer.phone.code(), officer.away()
    other.password()
    assert other.second(code).status == 422


def test_six_wrong_codes_lock_the_second_step_and_say_until_when(officer: Visitor) -> None:
    officer.enrolled()
    other = officer.away()
    other.password()
    for _ in range(6):
        assert other.second("000000").status == 422
    with later(seconds=60):
        page = other.second(other.phone.code())
        assert page.status == 422
        assert "잠시 잠겼습니다" in page.text
        assert "이후에 다시 시도해 주세요" in page.text
        assert other.second(other.codes[0]).status == 422
    with later(minutes=16):
        again = officer.away()
        again.password()
        assert again.second(again.phone.code()).address.startswith("/staff/")


def test_a_recovery_code_works_once_and_counts_down(officer: Visitor) -> None:
    officer.enrolled()
    assert len(set(officer.codes)) == 10
    first, second = officer.away(), officer.away()
    first.password()
    second.password()
    assert first.second(f" {officer.codes[0].upper()} ").address.startswith("/staff/")
    assert second.second(officer.codes[0]).status == 422
    assert second.second(officer.codes[1].replace("-", "")).address.startswith("/staff/")
    assert "남은 복구 코드: 8" in second.browser.get("/account/").text


def test_recovery_codes_are_shown_once_kept_as_hashes_and_can_be_taken_as_a_file(officer: Visitor) -> None:
    officer.password()
    page = officer.enrol_app()
    taken = officer.browser.submit(page, "/recovery-codes/file")
    assert taken.response.get_data(as_text=True).split() == officer.codes
    assert "attachment" in taken.response.headers["Content-Disposition"]
    assert officer.codes[0] not in officer.browser.get("/account/").text
    with officer.app.app_context():
        stored = db.session.scalars(select(RecoveryCode.digest)).all()
    assert len(stored) == 10
    assert not [code for code in officer.codes if code in stored or code.replace("-", "") in stored]
    forged = {"csrf_token": page.form("/file").fields["csrf_token"], "codes": ["aaaa-bbbb-cccc"]}
    assert officer.browser.post("/account/recovery-codes/file", forged).response.get_data() == b""


def test_new_recovery_codes_ask_for_the_password_and_make_the_old_ones_void(officer: Visitor) -> None:
    officer.enrolled()
    page = officer.browser.get("/account/")
    assert officer.browser.submit(page, "/recovery-codes", password="wrong").status == 422
    renewed = officer.browser.submit(page, "/recovery-codes", password=PASSWORD)
    fresh = renewed.tree.xpath("//ol/li/code/text()")
    assert not set(fresh) & set(officer.codes)
    other = officer.away()
    other.password()
    assert other.second(officer.codes[0]).status == 422
    assert other.second(fresh[0]).status == 200


def test_the_secret_of_an_app_is_sealed_at_rest(officer: Visitor) -> None:
    officer.enrolled()
    with officer.app.app_context():
        stored = db.session.scalars(select(SecondFactor.secret)).one()
    assert officer.phone.secret not in stored
    assert stored.startswith("gAAAA")


def test_under_another_secret_key_a_factor_opens_nothing_and_breaks_nothing(officer: Visitor) -> None:
    officer.enrolled()
    kept = officer.app.config["SECRET_KEY"]
    officer.app.config["SECRET_KEY"] = "another key that is long enough for a test"
    try:
        other = officer.away()
        other.password()
        with later(seconds=60):
            assert other.second(other.phone.code()).status == 422
        assert other.second(officer.codes[0]).status == 422
    finally:
        officer.app.config["SECRET_KEY"] = kept


def test_removing_a_factor_asks_for_the_password_and_is_mailed(applicant: Visitor) -> None:
    applicant.enrolled()
    page = applicant.browser.get("/account/")
    assert applicant.browser.submit(page, "/remove", password="").status == 422
    assert applicant.browser.submit(page, "/remove", password="not it").status == 422
    done = applicant.browser.submit(page, "/remove", password=PASSWORD)
    assert "인증수단을 지웠습니다" in done.text
    assert applicant.away().password().address == "/portal/"
    assert subjects(applicant.app, applicant.email) == [
        "[이음] 2단계 인증수단이 등록되었습니다",
        "[이음] 2단계 인증수단이 지워졌습니다",
    ]
    with applicant.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(RecoveryCode)) == 0


def test_whoever_must_have_a_factor_cannot_remove_the_last_one(officer: Visitor) -> None:
    officer.enrolled()
    page = officer.browser.submit(officer.browser.get("/account/"), "/remove", password=PASSWORD)
    assert page.status == 422
    assert "인증수단이 하나는 있어야 합니다" in page.text


def test_somebody_elses_factor_does_not_exist(officer: Visitor, applicant: Visitor) -> None:
    officer.enrolled()
    applicant.password()
    token = applicant.browser.get("/account/").form("/password").fields["csrf_token"]
    with officer.app.app_context():
        factor = db.session.scalars(select(SecondFactor.id)).one()
    typed = {"csrf_token": token, "password": PASSWORD}
    assert applicant.browser.post(f"/account/factors/{factor}/remove", typed).status == 404


def test_adding_a_factor_asks_a_signed_in_person_for_the_password(applicant: Visitor) -> None:
    applicant.password()
    assert applicant.enrol_app().status == 422
    with applicant.app.app_context():
        assert db.session.scalar(select(SecondFactor.confirmed_at)) is None
    assert applicant.enrol_app(password=PASSWORD).status == 200


def test_a_secret_that_was_shown_and_not_confirmed_is_never_shown_again(applicant: Visitor) -> None:
    applicant.password()
    shown = [applicant.browser.get("/account/factors/app").tree.xpath("string(//code)") for _ in range(2)]
    assert shown[0] != shown[1]


def test_a_changed_factor_ends_every_other_session(applicant: Visitor) -> None:
    other = applicant.away()
    other.password()
    assert other.browser.get("/portal/").status == 200
    applicant.enrolled()
    assert other.browser.get("/portal/").address.startswith("/sign-in")
    assert applicant.browser.get("/portal/").address == "/portal/"


def test_the_session_begins_anew_at_each_step(officer: Visitor) -> None:
    officer.enrolled()
    other = officer.away()
    page = other.browser.get("/sign-in")
    before = page.form("/sign-in").fields["csrf_token"]
    other.password()
    between = other.browser.get("/account/second-step").form("/second-step").fields["csrf_token"]
    with later(seconds=60):
        other.second(other.phone.code())
    for stale in (before, between):
        assert other.browser.post("/sign-out", {"csrf_token": stale}).status == 400
    assert other.browser.get("/staff/").status == 200


def test_a_role_given_later_asks_for_the_second_step_before_anything_else(applicant: Visitor) -> None:
    applicant.password()
    assert applicant.browser.get("/portal/").status == 200
    person = user_row(applicant.app, applicant.email)
    with applicant.app.app_context(), transaction():
        services.grant(person.id, Role.FINANCE)
    assert applicant.browser.get("/staff/").address == "/account/factors/new"
    applicant.enrol_app()
    assert applicant.browser.get("/staff/").status == 200


def test_the_second_step_waits_ten_minutes_and_ends_with_the_sessions_of_the_person(officer: Visitor) -> None:
    officer.enrolled()
    slow, stale = officer.away(), officer.away()
    slow.password()
    stale.password()
    with later(minutes=11):
        assert slow.browser.get("/account/second-step").address.startswith("/sign-in")
    with officer.app.app_context(), transaction():
        db.session.execute(update(User).values(session_version=User.session_version + 1))
    assert stale.browser.get("/account/second-step").address.startswith("/sign-in")


def test_a_stranger_finds_neither_the_second_step_nor_an_enrolment(house: Flask) -> None:
    stranger = Person(house)
    for address in ("second-step", "factors/new", "factors/app", "factors/key"):
        assert stranger.get(f"/account/{address}").address.startswith("/sign-in"), address


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "１２３４５６", "abcdef", "0" * 5000, "<script>", "\x00", "१२३४५६"]
)
def test_any_input_at_the_second_step_is_answered_with_a_sentence(officer: Visitor, code: str) -> None:
    officer.enrolled()
    other = officer.away()
    other.password()
    assert other.second(code).status == 422
