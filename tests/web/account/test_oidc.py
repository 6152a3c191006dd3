"""Signing in at the organization's own provider: only a verified address of a known person opens, and our second step stays."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlparse

import pytest
import requests
from flask import Flask
from joserfc.jwk import RSAKey
from sqlalchemy import func, select

from backoffice.accounts.models import User
from backoffice.accounts.services import deactivate
from backoffice.core.db import db, transaction
from backoffice.web.account import oidc
from tests.browse import Page, Person
from tests.web.account.gate import Visitor, acts, user_row
from tests.web.account.provider import CLIENT, SECRET, Provider, provider


@dataclass
class Gate:
    """The office, a provider, and somebody in between."""

    app: Flask
    provider: Provider

    def sign_in(self, browser: Person | None = None, **changed: str) -> Page:
        """The whole way round, as a browser would go it; ``changed`` spoils the answer on its way back."""
        browser = browser or Person(self.app)
        away = browser.client.get("/account/oidc")
        assert away.status_code == 302, away.get_data(as_text=True)
        back = requests.get(away.headers["Location"], allow_redirects=False, timeout=5)
        address = urlparse(back.headers["Location"])
        assert address.netloc == "localhost"
        query = "&".join(
            f"{k}={changed.get(k, v)}" for k, v in (part.split("=", 1) for part in address.query.split("&"))
        )
        return browser.get(f"{address.path}?{query}")


@pytest.fixture
def gate(house: Flask) -> Iterator[Gate]:
    settings = house.extensions["settings"]
    with provider() as known:
        wanted: dict[str, Any] = {
            "oidc_issuer": known.issuer,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SECRET,
            "oidc_second_factor": "",
        }
        kept = {name: getattr(settings, name) for name in wanted}
        for name, value in wanted.items():
            setattr(settings, name, value)
        settings.__dict__.pop("second_factor_values", None)
        oidc.connect(house, settings)
        yield Gate(house, known)
        for name, value in kept.items():
            setattr(settings, name, value)
        settings.__dict__.pop("second_factor_values", None)
        oidc.connect(house, settings)


def test_without_a_provider_there_is_neither_button_nor_address(house: Flask) -> None:
    assert "기관 계정으로 로그인" not in Person(house).get("/sign-in").text
    for address in ("/account/oidc", "/account/oidc/return?code=1&state=2"):
        assert Person(house).get(address).status == 404


def test_a_known_person_comes_in_by_the_address_the_provider_verified(gate: Gate, applicant: Visitor) -> None:
    gate.provider.email = applicant.email.upper()
    assert "기관 계정으로 로그인" in Person(gate.app).get("/sign-in").text
    assert gate.sign_in().address == "/portal/"
    assert gate.provider.checked_verifier
    (asked,) = gate.provider.asked
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://localhost/account/oidc/return"
    assert [event.reason for event in acts(gate.app, "sign-in")] == ["oidc"]


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": "false"},
        {"email_verified": None},
        {"email": "nobody@example.kr"},
        {"email": ["a", "b"]},
        {"email": None},
        {"iss": "https://evil.example"},
        {"aud": "somebody else"},
        {"nonce": "of another attempt"},
        {"exp": 1},
    ],
)
def test_what_the_provider_does_not_vouch_for_opens_nothing_and_creates_nobody(
    gate: Gate, applicant: Visitor, claims: dict[str, Any]
) -> None:
    gate.provider.email, gate.provider.claims = applicant.email, claims
    browser = Person(gate.app)
    page = gate.sign_in(browser)
    assert page.status == 422
    assert "기관 로그인으로 들어올 수 없습니다" in page.text
    assert browser.get("/portal/").address.startswith("/sign-in")
    with gate.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 1


def test_a_token_signed_by_somebody_else_opens_nothing(gate: Gate, applicant: Visitor) -> None:
    gate.provider.email = applicant.email
    gate.provider.signing = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
    assert gate.sign_in().status == 422


def test_an_answer_to_somebody_elses_question_opens_nothing(gate: Gate, applicant: Visitor) -> None:
    gate.provider.email = applicant.email
    assert gate.sign_in(state="invented").status == 422
    back = requests.get(
        Person(gate.app).client.get("/account/oidc").headers["Location"], allow_redirects=False, timeout=5
    )
    address = urlparse(back.headers["Location"])
    assert Person(gate.app).get(f"{address.path}?{address.query}").status == 422


def test_a_closed_account_stays_closed(gate: Gate, applicant: Visitor) -> None:
    gate.provider.email = applicant.email
    with gate.app.app_context(), transaction():
        deactivate(user_row(gate.app, applicant.email).id)
    assert gate.sign_in().status == 422


def test_our_second_step_is_asked_whatever_the_provider_says(gate: Gate, officer: Visitor) -> None:
    officer.enrolled()
    gate.provider.email, gate.provider.claims = officer.email, {"amr": ["mfa"], "acr": "high"}
    assert gate.sign_in().address == "/account/second-step"


@pytest.mark.parametrize(
    ("claims", "arrived"),
    [({"amr": ["pwd", "mfa"]}, "/staff/"), ({"acr": "high"}, "/staff/"), ({"amr": ["pwd"]}, "/account/")],
)
def test_where_it_was_agreed_upon_the_providers_factor_counts(
    gate: Gate, officer: Visitor, claims: dict[str, Any], arrived: str
) -> None:
    settings = gate.app.extensions["settings"]
    settings.oidc_second_factor = "mfa, high"
    gate.provider.email, gate.provider.claims = officer.email, claims
    assert gate.sign_in().address.startswith(arrived)


def test_a_provider_that_is_away_or_calls_itself_otherwise_is_said_in_a_sentence(gate: Gate) -> None:
    gate.provider.issuer, real = "https://evil.example", gate.provider.issuer
    assert Person(gate.app).get("/account/oidc").status == 422
    settings = gate.app.extensions["settings"]
    settings.oidc_issuer = "http://127.0.0.1:9"
    oidc.connect(gate.app, settings)
    assert Person(gate.app).get("/account/oidc").status == 422
    assert real
