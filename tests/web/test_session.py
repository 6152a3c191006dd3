"""Signing in, staying in, and what ends at once: wrong passwords, links elsewhere, taken roles, missing tokens."""

import pytest
from flask import Flask
from sqlalchemy import select

from backoffice.accounts import services
from backoffice.accounts.models import RoleGrant, User
from backoffice.core.db import db, transaction
from tests.browse import Person
from tests.make import PASSWORD, make_user
from workflows.roles import Role


@pytest.fixture
def officer(app: Flask) -> str:
    with app.app_context():
        return make_user(Role.HQ_STAFF).email


def test_a_wrong_password_says_nothing_about_which_of_the_two_is_wrong(app: Flask, officer: str) -> None:
    wrong = [sign_in(Person(app), officer, "not the password"), sign_in(Person(app), "nobody@example.kr", PASSWORD)]
    assert [page.status for page in wrong] == [422, 422]
    assert wrong[0].tree.xpath("//h2/text()") == wrong[1].tree.xpath("//h2/text()")


def sign_in(person: Person, email: str, password: str, address: str = "/sign-in"):  # type: ignore[no-untyped-def]
    return person.submit(person.get(address), "/sign-in", email=email, password=password)


def test_after_eight_wrong_passwords_the_account_rests_even_for_the_right_one(app: Flask, officer: str) -> None:
    for _ in range(8):
        sign_in(Person(app), officer, "wrong")
    assert sign_in(Person(app), officer, PASSWORD).status == 422


@pytest.mark.parametrize(
    "address", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_link_never_leads_out_of_the_service_after_signing_in(app: Flask, officer: str, address: str) -> None:
    person = Person(app)
    answer = person.client.get("/sign-in", query_string={"next": address})
    page = person.get(f"/sign-in?next={address}")
    assert answer.status_code == 200
    arrived = sign_in(person, officer, PASSWORD, f"/sign-in?next={address}")
    assert arrived.address.startswith("/staff/")
    assert page.status == 200


def test_a_taken_role_ends_with_the_next_request(app: Flask, officer: str) -> None:
    person = Person(app, officer)
    assert person.get("/staff/").status == 200
    with app.app_context(), transaction():
        services.revoke(db.session.scalar(select(RoleGrant.id)) or 0)
    assert person.get("/staff/").status == 403


def test_a_closed_account_is_out_with_the_next_request(app: Flask, officer: str) -> None:
    person = Person(app, officer)
    with app.app_context(), transaction():
        services.deactivate(db.session.scalar(select(User.id).where(User.email == officer)) or 0)
    assert person.get("/staff/").address.startswith("/sign-in")


def test_a_form_without_its_token_changes_nothing(app: Flask, officer: str) -> None:
    person = Person(app, officer)
    answer = person.client.post("/sign-out")
    assert answer.status_code == 400
    assert "새로 고친 뒤" in answer.get_data(as_text=True)
    assert person.get("/staff/").status == 200


def test_every_answer_carries_the_strict_policy(app: Flask, officer: str) -> None:
    for address in ("/", "/staff/", "/nothing-here", "/static/app.css"):
        with Person(app, officer).client.get(address) as answer:
            headers = answer.headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_bundled_file_never_brings_an_older_session_back(app: Flask, officer: str) -> None:
    person = Person(app, officer)
    with person.client.get("/static/app.css") as file:
        assert "Set-Cookie" not in file.headers
    assert "ieum=" in person.client.get("/staff/").headers["Set-Cookie"]


def test_a_host_that_is_not_ours_is_refused(app: Flask) -> None:
    assert app.test_client().get("/", headers={"Host": "evil.example"}).status_code == 400


def test_the_language_can_be_changed_and_is_remembered(app: Flask, officer: str) -> None:
    person = Person(app, officer)
    person.submit(person.get("/staff/"), "/language", button=("language", "en"))
    assert person.get("/staff/").tree.get("lang") == "en"
    again = Person(app, officer)
    assert again.get("/staff/").tree.get("lang") == "en"
