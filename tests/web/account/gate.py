"""People at the gate: sign in by hand, read codes off an app as a telephone would, open the mails that came."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pyotp
from flask import Flask
from sqlalchemy import select

from backoffice.access.actors import Actor
from backoffice.accounts.models import User
from backoffice.core import clock
from backoffice.core.audit import AccessEvent
from backoffice.core.db import db
from tests.browse import Page, Person
from tests.jobs.desk import mails, run_kinds
from tests.make import PASSWORD


@dataclass
class Phone:
    """An authenticator app that was given a secret."""

    secret: str = ""

    def code(self, ahead: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(int(clock.now().timestamp()) + ahead * 30)


@dataclass
class Visitor:
    """Somebody who has not signed in yet."""

    app: Flask
    email: str
    browser: Person = field(init=False)
    phone: Phone = field(default_factory=Phone)
    codes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.browser = Person(self.app)

    def password(self, password: str = PASSWORD) -> Page:
        page = self.browser.get("/sign-in")
        return self.browser.submit(page, "/sign-in", email=self.email, password=password)

    def enrol_app(self, page: Page | None = None, **typed: Any) -> Page:
        """Take the secret off the page into the telephone, and confirm it."""
        page = page or self.browser.get("/account/factors/app")
        self.phone.secret = page.tree.xpath("string(//code[@class='key-text'])").replace(" ", "")
        done = self.browser.submit(page, "/factors/app", code=self.phone.code(), **typed)
        self.codes = done.tree.xpath("//ol/li/code/text()")
        return done

    def second(self, code: str) -> Page:
        return self.browser.submit(self.browser.get("/account/second-step"), "/second-step", code=code)

    def enrolled(self) -> "Visitor":
        """Signed in with an app that was enrolled just now."""
        self.password()
        done = self.enrol_app(password=PASSWORD)
        assert done.status == 200, done.text
        return self

    def away(self) -> "Visitor":
        """The same person at another browser."""
        other = Visitor(self.app, self.email)
        other.phone, other.codes = self.phone, self.codes
        return other


def later(**time: float) -> Any:
    return clock.travelling(clock.now() + timedelta(**time))


def visitor(app: Flask, who: Actor) -> Visitor:
    with app.app_context():
        db.session.remove()
    return Visitor(app, who.email)


def links(app: Flask, to: str, part: str = "/account/") -> list[str]:
    """The addresses in the mails to somebody, oldest first."""
    run_kinds(app, "account_mail")
    texts = [mail.get_content() for mail in mails(app) if mail["To"] == to]
    return [found for text in texts for found in re.findall(r"https?://\S+", text) if part in found]


def subjects(app: Flask, to: str) -> list[str]:
    """The subjects of the mails to somebody, in the order of the alphabet."""
    run_kinds(app, "account_mail")
    return sorted(str(mail["Subject"]) for mail in mails(app) if mail["To"] == to)


def local(address: str) -> str:
    """The path of an address of this service."""
    assert address.startswith("http://localhost/"), address
    return address.removeprefix("http://localhost")


def acts(app: Flask, *wanted: str) -> list[AccessEvent]:
    with app.app_context():
        query = select(AccessEvent).where(AccessEvent.act.in_(wanted)).order_by(AccessEvent.id)
        found = list(db.session.scalars(query))
        db.session.expunge_all()
        return found


def user_row(app: Flask, email: str) -> User:
    with app.app_context():
        row = db.session.scalars(select(User).where(User.email == email)).one()
        db.session.expunge(row)
        return row
