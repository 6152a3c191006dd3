"""The API knows programs by their tokens alone: no cookie opens it, no token opens a page, and nothing outlives its rights."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from backoffice.access.scopes import Scope
from backoffice.accounts import services, tokens
from backoffice.accounts.models import ApiToken, RoleGrant
from backoffice.core import clock
from backoffice.core.db import db, transaction
from tests.browse import Person
from tests.make import make_user
from tests.web.api.client import Program, make_token, program_of
from tests.web.api.conftest import Office
from workflows.roles import Role

PROBLEM = "application/problem+json"


def test_a_cookie_does_not_open_the_api(app: Flask) -> None:
    with app.app_context():
        email = make_user(Role.HQ_STAFF).email
    person = Person(app, email)
    assert person.get("/staff/").status == 200
    for address in ("/api/v1/cases", "/api/v1/me", "/api/v1/calls"):
        answer = person.client.get(address)
        assert (answer.status_code, answer.mimetype) == (401, PROBLEM)
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="ieum"'
    assert person.client.post("/api/v1/cases/X/actions/y").status_code == 401


def test_a_token_opens_no_page(submitted: Office) -> None:
    assert submitted.hq.get("me").status_code == 200
    for address in ("/staff/", "/account/tokens/", f"/staff/cases/{submitted.reference}", "/admin/people"):
        answer = submitted.hq.get(address)
        assert answer.status_code == 302
        assert "/sign-in" in answer.headers["Location"]


def test_only_the_api_is_exempt_from_the_form_token(app: Flask) -> None:
    from_outside = app.test_client()
    assert from_outside.post("/sign-in", data={"email": "a@b.kr", "password": "x"}).status_code == 400
    assert {found.name for found in app.extensions["csrf"]._exempt_blueprints} == {"api"}
    assert not app.extensions["csrf"]._exempt_views


@pytest.mark.parametrize("token", ["nonsense", "ieum_nonsense", "가나다", "x" * 5000])
def test_a_made_up_token_opens_nothing(app: Flask, token: str) -> None:
    answer = app.test_client().get(
        "/api/v1/me", headers={"Authorization": f"Bearer {token}".encode().decode("latin-1")}
    )
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_scope_that_was_not_given_cannot_be_used(submitted: Office) -> None:
    reader = program_of(submitted.app, submitted.story.zone_staff, Scope.CASES_READ)
    refused = reader.act(submitted.reference, "start_screening", revision=submitted.revision())
    assert (refused.status_code, refused.get_json()["code"]) == (403, "insufficient_scope")
    assert 'scope="cases:act"' in refused.headers["WWW-Authenticate"]
    actor = program_of(submitted.app, submitted.story.zone_staff, Scope.CASES_ACT)
    assert actor.get("cases").status_code == 403
    assert actor.act(submitted.reference, "start_screening", revision=submitted.revision()).status_code == 200


def test_a_scope_adds_nothing_to_a_persons_rights(app: Flask) -> None:
    with app.app_context():
        auditor = make_user(Role.AUDITOR)
    assert program_of(app, auditor).act("2026-RBD-01-0001", "withdraw", revision=1).status_code == 403


def test_a_revoked_or_expired_token_is_refused_from_the_next_request_on(app: Flask) -> None:
    with app.app_context():
        person = make_user(Role.HQ_STAFF)
        ending, ended = Program(app, make_token(person, days=1)), Program(app, make_token(person))
        assert ending.get("me").status_code == ended.get("me").status_code == 200
        with transaction():
            tokens.revoke(
                db.session.scalars(select(ApiToken.id).order_by(ApiToken.id.desc())).first() or 0, person.user_id or 0
            )
        assert ended.get("me").status_code == 401
        with clock.travelling(clock.now() + timedelta(days=1, seconds=1)):
            assert ending.get("me").status_code == 401


def test_a_lost_role_or_a_closed_account_ends_its_tokens_at_once(app: Flask) -> None:
    with app.app_context():
        person = make_user(Role.HQ_STAFF)
        program = Program(app, make_token(person))
        assert program.get("cases").status_code == 200
        with transaction():
            db.session.execute(
                update(RoleGrant).where(RoleGrant.user_id == person.user_id).values(revoked_at=clock.now())
            )
        assert program.get("cases").status_code == 403
        with transaction():
            services.deactivate(person.user_id or 0)
        assert program.get("me").status_code == 401


def test_only_a_hash_of_a_token_is_kept_and_its_use_is_noted(app: Flask) -> None:
    with app.app_context():
        person = make_user(Role.HQ_STAFF)
        secret = make_token(person)
        Program(app, secret).get("me")
        row = db.session.scalars(select(ApiToken)).one()
        assert secret not in str({column.name: getattr(row, column.name) for column in ApiToken.__table__.columns})
        assert len(row.sha256) == 64
        assert row.last_used_at is not None


def test_every_error_of_the_api_is_a_problem_for_programs(app: Flask) -> None:
    client = app.test_client()
    for method, address, status in (
        ("GET", "/api/v1/nothing", 404), ("GET", "/api/", 404), ("POST", "/api/v1/me", 405), ("DELETE", "/api/v1/cases", 405),
        ("GET", "/api/v1/me", 401),
    ):  # fmt: skip
        answer = client.open(address, method=method)
        assert (answer.status_code, answer.mimetype) == (status, PROBLEM), address
        body = answer.get_json()
        assert body["status"] == status
        assert body["type"] == f"urn:ieum:problem:{body['code']}"
        assert body["detail"]
    assert client.post("/api/v1/me").headers["Allow"]
    stranger = client.get("/api/v1/me", headers={"Host": "evil.example"})
    assert (stranger.status_code, stranger.mimetype) == (400, PROBLEM)


def test_who_asks_too_often_is_told_when_to_come_back(app: Flask) -> None:
    client = app.test_client()
    assert [client.get("/api/v1/cases").status_code for _ in range(600)] == [401] * 600
    answer = client.get("/api/v1/me")
    assert (answer.status_code, answer.mimetype) == (429, PROBLEM)
    assert answer.headers["Retry-After"]


def test_a_lost_database_is_a_problem_that_passes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(_secret: str) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(tokens, "find", lost)
    answer = app.test_client().get("/api/v1/me", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.mimetype) == (503, PROBLEM)
    assert answer.headers["Retry-After"]
