"""A program with a token: it sends requests as a customer would and reads JSON."""

from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from backoffice.access.actors import Actor
from backoffice.access.scopes import Scope
from backoffice.accounts import tokens
from backoffice.core.db import db, transaction

BASE = "/api/v1"


def make_token(who: Actor, *scopes: Scope, days: int = 30) -> str:
    """A token of a person, with every scope unless some are named. Call inside an application context."""
    with transaction():
        _row, secret = tokens.create(who.user_id or 0, "시험", scopes or tuple(Scope), days)
    return secret


@dataclass
class Program:
    """Somebody else's system that speaks to the office."""

    app: Flask
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, address: str, **headers: str) -> TestResponse:
        return self.send("GET", address, **headers)

    def send(self, method: str, address: str, *, json: Any = None, data: Any = None, **headers: str) -> TestResponse:
        sent = {name.replace("_", "-"): value for name, value in {**self.headers, **headers}.items()}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        address = address if address.startswith("/") else f"{BASE}/{address}"
        return self.app.test_client(use_cookies=False).open(
            address, method=method, headers=sent, json=json, data=data, content_type=sent.pop("Content-Type", None)
        )

    def act(
        self, reference: str, action: str, *, revision: int | str | None, key: str = "key-1", **typed: Any
    ) -> TestResponse:
        """Take a step the way the guide says."""
        headers = {"Idempotency-Key": key} if key else {}
        if revision is not None:
            headers["If-Match"] = f'"{revision}"'
        return self.send("POST", f"cases/{reference}/actions/{action}", json=typed or None, **headers)


def program_of(app: Flask, who: Actor, *scopes: Scope) -> Program:
    """A program that acts for a person."""
    with app.app_context():
        secret = make_token(who, *scopes)
        db.session.remove()
    return Program(app, secret)
