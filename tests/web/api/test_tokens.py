"""People make tokens for their programs: seen once, listed afterwards, theirs alone, and revoked with one button."""

import json
import re

import pytest
from flask import Flask
from sqlalchemy import select

from backoffice.accounts.models import ApiToken
from backoffice.core.audit import AccessEvent
from backoffice.core.db import db
from tests.browse import Page, Person
from tests.make import make_user
from tests.web.api.client import Program
from workflows.roles import Role

SECRET = re.compile(r"ieum_[\w-]{43}")


@pytest.fixture
def person(app: Flask) -> Person:
    with app.app_context():
        email = make_user(Role.HQ_STAFF).email
    return Person(app, email)


def make(person: Person, **typed: object) -> Page:
    return person.submit(person.get("/account/tokens/"), "", **{"name": "통계 연계", "days": "30", **typed})


def test_a_token_is_shown_once_and_works(app: Flask, person: Person) -> None:
    page = make(person)
    assert page.status == 201
    (secret,) = SECRET.findall(page.text)
    assert Program(app, secret).get("me").get_json()["scopes"] == ["cases:read"]
    later = person.get("/account/tokens/").text
    assert secret not in later
    assert "통계 연계" in later


def test_a_revoked_token_is_gone(app: Flask, person: Person) -> None:
    (secret,) = SECRET.findall(make(person).text)
    page = person.submit(person.get("/account/tokens/"), "/revoke")
    assert "폐기했습니다" in page.text
    assert Program(app, secret).get("me").status_code == 401


@pytest.mark.parametrize(
    ("typed", "field"), [({"name": " "}, "name"), ({"days": "366"}, "days"), ({"days": "x"}, "days"), ({"scopes": []}, "scopes")]
)  # fmt: skip
def test_what_is_missing_is_named_and_nothing_typed_is_lost(
    person: Person, typed: dict[str, object], field: str
) -> None:
    page = make(person, **typed)
    assert page.status == 422
    assert page.tree.xpath(f"//*[@id='errors']//a[@href='#{field}']")
    assert page.tree.xpath("//input[@id='name']/@value") == [str(typed.get("name", "통계 연계"))]


def test_nobody_revokes_the_token_of_somebody_else(app: Flask, person: Person) -> None:
    make(person)
    with app.app_context():
        token = db.session.scalars(select(ApiToken.id)).one()
        email = make_user(Role.ADMIN).email
    other = Person(app, email)
    page = other.get("/account/tokens/")
    assert "통계 연계" not in page.text
    csrf = page.form("/language").fields["csrf_token"]
    assert other.post(f"/account/tokens/{token}/revoke", {"csrf_token": csrf}).status == 404


def test_the_command_makes_lists_and_revokes(app: Flask) -> None:
    with app.app_context():
        email = make_user(Role.HQ_STAFF).email
        db.session.remove()
    run = app.test_cli_runner()
    made = run.invoke(args=["token", "create", email, "--scope", "cases:read", "--scope", "cases:act", "--json"])
    body = json.loads(made.output)
    assert Program(app, body["token"]).get("me").get_json()["scopes"] == ["cases:act", "cases:read"]
    listed = run.invoke(args=["token", "list", email, "--json"])
    assert body["token"] not in listed.output
    assert [row["id"] for row in json.loads(listed.output)] == [body["id"]]
    assert run.invoke(args=["token", "revoke", email, str(body["id"])]).exit_code == 0
    assert Program(app, body["token"]).get("me").status_code == 401
    for wrong in (["token", "create", "nobody@example.kr"], ["token", "create", email, "--days", "400"],
                  ["token", "revoke", email, "999"]):  # fmt: skip
        failed = run.invoke(args=wrong)
        assert failed.exit_code == 1
        assert len(failed.output.strip().splitlines()) == 1
    with app.app_context():
        acts = list(db.session.scalars(select(AccessEvent.act).order_by(AccessEvent.id)))
        assert acts == ["token:create", "token:revoke"]
