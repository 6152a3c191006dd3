"""A forgotten password: a link that works once, for half an hour, on our own host, and tells a stranger nothing."""

import pytest
from flask import Flask
from sqlalchemy import select

from backoffice.access.scopes import Scope
from backoffice.accounts import tokens
from backoffice.accounts.factors import OneTimeToken
from backoffice.accounts.services import deactivate
from backoffice.core.db import db, transaction
from backoffice.core.outbox import Job
from backoffice.notifications.models import Message
from tests.browse import Page, Person
from tests.jobs.desk import mails, run_kinds
from tests.make import PASSWORD
from tests.queries import counted
from tests.web.account.gate import Visitor, acts, later, links, local, subjects, user_row
from tests.web.api.client import Program

NEW = "다섯 마리 고래가 웃는다"


def ask(app: Flask, email: str) -> Page:
    browser = Person(app)
    return browser.submit(browser.get("/account/reset"), "/reset", email=email)


def new_link(app: Flask, email: str) -> str:
    ask(app, email)
    return local(links(app, email, "/account/reset/")[-1])


def choose(app: Flask, link: str, password: str = NEW, again: str = "") -> Page:
    browser = Person(app)
    page = browser.get(link)
    return browser.submit(page, link, password=password, again=again or password) if page.status == 200 else page


def test_a_link_in_the_mail_sets_a_new_password_and_the_second_factor_is_still_asked(officer: Visitor) -> None:
    officer.enrolled()
    assert "로그아웃되었으니" in choose(officer.app, new_link(officer.app, officer.email)).text
    other = officer.away()
    assert other.password().status == 422
    assert other.password(NEW).address == "/account/second-step"
    with later(seconds=60):
        assert other.second(other.phone.code()).address.startswith("/staff/")
    assert "[이음] 비밀번호가 바뀌었습니다" in subjects(officer.app, officer.email)


def test_a_link_works_once(applicant: Visitor) -> None:
    link = new_link(applicant.app, applicant.email)
    assert choose(applicant.app, link).status == 200
    again = choose(applicant.app, link, "다른 비밀번호 한 줄")
    assert again.status == 404
    assert "이미 쓴 링크이거나 유효 시간이 지난 링크입니다" in again.text
    assert applicant.password(NEW).address == "/portal/"


def test_a_link_is_void_after_thirty_minutes(applicant: Visitor) -> None:
    link = new_link(applicant.app, applicant.email)
    with later(minutes=29):
        assert Person(applicant.app).get(link).status == 200
    with later(minutes=31):
        assert choose(applicant.app, link).status == 404


def test_a_newer_link_makes_the_older_one_void(applicant: Visitor) -> None:
    first = new_link(applicant.app, applicant.email)
    with later(minutes=2):
        ask(applicant.app, applicant.email)
        found = {local(link) for link in links(applicant.app, applicant.email, "/account/reset/")}
        assert len(found) == 2
        assert Person(applicant.app).get(first).status == 404
        assert Person(applicant.app).get((found - {first}).pop()).status == 200


def test_setting_the_password_ends_every_session(applicant: Visitor) -> None:
    applicant.password()
    choose(applicant.app, new_link(applicant.app, applicant.email))
    assert applicant.browser.get("/portal/").address.startswith("/sign-in")


def test_the_link_leads_to_our_own_host_whatever_the_request_says(applicant: Visitor) -> None:
    app = applicant.app
    client = app.test_client()
    page = client.get("/account/reset", headers={"Host": "127.0.0.1"})
    token = page.get_data(as_text=True).partition('name="csrf_token" type="hidden" value="')[2].partition('"')[0]
    headers = {"Host": "127.0.0.1", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    answer = client.post("/account/reset", data={"email": applicant.email, "csrf_token": token}, headers=headers)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    (link,) = links(app, applicant.email, "/account/reset/")
    assert link.startswith("http://localhost/account/reset/")
    assert client.post("/account/reset", headers={"Host": "evil.example"}).status_code == 400


def test_an_unknown_address_gets_the_same_answer_and_no_mail(applicant: Visitor) -> None:
    app = applicant.app
    known, unknown = ask(app, applicant.email), ask(app, "nobody@example.kr")
    assert known.text == unknown.text
    assert applicant.email not in known.response.get_data(as_text=True)
    assert "email" not in known.address
    run_kinds(app, "account_mail")
    assert [mail["To"] for mail in mails(app)] == [applicant.email]


def test_an_unknown_address_costs_the_same_statements(applicant: Visitor) -> None:
    spent = []
    for email in (applicant.email, "nobody@example.kr"):
        browser = Person(applicant.app)
        page = browser.get("/account/reset")
        with applicant.app.app_context(), counted() as sent:
            browser.submit(page, "/reset", email=email)
        spent.append([statement.partition(" ")[0] for statement in sent])
    assert spent[0] == spent[1]


def test_the_token_lies_nowhere_but_in_the_mail(applicant: Visitor) -> None:
    token = new_link(applicant.app, applicant.email).rpartition("/")[2]
    with applicant.app.app_context():
        digests = db.session.scalars(select(OneTimeToken.digest)).all()
        bodies = db.session.scalars(select(Message.body)).all()
        payloads = [str(job.payload) for job in db.session.scalars(select(Job))]
    assert digests
    assert not [text for text in [*digests, *bodies, *payloads] if token in (text or "")]
    assert not [text for text in payloads if applicant.email in text]
    assert "(주소는 보관하지 않습니다)" in bodies[0]


def test_the_mail_names_nobody(officer: Visitor) -> None:
    ask(officer.app, officer.email)
    run_kinds(officer.app, "account_mail")
    (mail,) = mails(officer.app)
    assert "한담당" not in mail.get_content() + str(mail["Subject"])
    assert officer.email not in mail.get_content()


def test_pressing_the_button_again_within_a_minute_sends_one_mail(applicant: Visitor) -> None:
    with later(seconds=0):
        for _ in range(3):
            ask(applicant.app, applicant.email)
    assert len(subjects(applicant.app, applicant.email)) == 1


def test_a_closed_account_gets_no_link_and_an_open_link_dies_with_it(applicant: Visitor) -> None:
    link = new_link(applicant.app, applicant.email)
    with applicant.app.app_context(), transaction():
        deactivate(user_row(applicant.app, applicant.email).id)
    assert Person(applicant.app).get(link).status == 404
    with later(minutes=2):
        ask(applicant.app, applicant.email)
        assert len(links(applicant.app, applicant.email, "/account/reset/")) == 1


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        ("짧은 것", "", "10자 이상이어야 합니다"),
        ("1q2w3e4r5t", "", "쉽게 추측되는"),
        ("password1234", "", "쉽게 추측되는"),
        ("ＰＡＳＳＷＯＲＤ１２３４", "", "쉽게 추측되는"),
        ("0123456789", "", "쉽게 추측되는"),
        ("aaaaaaaaaaaaa", "", "쉽게 추측되는"),
        ("나는 신청인 입니다요", "", "이름이나 전자우편 주소가 들어 있습니다"),
        ("{local}-2026 가을", "", "이름이나 전자우편 주소가 들어 있습니다"),
        (NEW, "다른 것을 적었습니다", "서로 다릅니다"),
        ("가" * 201, "", "200자까지"),
    ],
)
def test_a_weak_password_is_refused_with_a_sentence_and_the_link_stays_good(
    applicant: Visitor, password: str, again: str, sentence: str
) -> None:
    link = new_link(applicant.app, applicant.email)
    page = choose(applicant.app, link, password.format(local=applicant.email.partition("@")[0]), again)
    assert page.status == 422
    assert sentence in page.text
    assert choose(applicant.app, link).status == 200


def test_a_lock_of_wrong_passwords_ends_with_the_new_one(applicant: Visitor) -> None:
    for _ in range(8):
        applicant.password("wrong")
    assert applicant.password().status == 422
    choose(applicant.app, new_link(applicant.app, applicant.email))
    assert applicant.away().password(NEW).address == "/portal/"


def test_invented_tokens_lead_nowhere(house: Flask) -> None:
    for token in ("x", "0" * 43, "%00", "..%2f", "a" * 3000):
        assert Person(house).get(f"/account/reset/{token}").status == 404, token


def test_the_page_of_a_link_tells_no_other_site_its_address(applicant: Visitor) -> None:
    answer = applicant.browser.get(new_link(applicant.app, applicant.email)).response
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]
    assert [event.act for event in acts(applicant.app, "password:reset")] == []
    assert PASSWORD not in answer.get_data(as_text=True)


def test_a_new_password_revokes_the_tokens_of_the_person_and_of_nobody_else(
    officer: Visitor, applicant: Visitor
) -> None:
    secrets = {}
    with officer.app.app_context(), transaction():
        for person in (officer, applicant):
            user_id = user_row(officer.app, person.email).id
            secrets[person.email] = tokens.create(user_id, "연계", [Scope.CASES_READ])[1]
    assert {Program(officer.app, secret).get("me").status_code for secret in secrets.values()} == {200}
    choose(officer.app, new_link(officer.app, officer.email))
    answers = {email: Program(officer.app, secret).get("me").status_code for email, secret in secrets.items()}
    assert answers == {officer.email: 401, applicant.email: 200}
    subjects(officer.app, officer.email)
    told = [mail.get_content() for mail in mails(officer.app) if "비밀번호가 바뀌었습니다" in str(mail["Subject"])]
    assert ["API 토큰도 모두 폐기되었습니다" in text for text in told] == [True]
