"""Other systems are told of each step once, signed and without personal data, and what did not arrive is tried again."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.outbox import Job
from backoffice.engine.undo import take_back
from backoffice.organizations.queries import zone
from backoffice.webhooks import interest
from backoffice.webhooks.models import WebhookDelivery
from tests.browse import Page, Person
from tests.jobs.desk import run_kinds
from tests.jobs.test_periodic import tick
from tests.make import make_user
from tests.queries import counted
from tests.story import Way, days_later
from tests.webhooks.receiver import Receiver
from workflows.roles import Role

SECRET = re.compile(r"whsec_[\w-]{43}")


@dataclass
class Desk:
    """An administrator at a browser, a receiver, and an application that waits for its screening."""

    app: Flask
    admin: Person
    receiver: Receiver
    story: Way
    minutes: int = 0

    def subscribe(self, **typed: object) -> Page:
        page = self.admin.get("/admin/webhooks/")
        return self.admin.submit(page, "", **{"name": "통계시스템", "url": self.receiver.url, **typed})

    def step(self) -> None:
        with self.app.app_context():
            self.story.do("start_screening", self.story.zone_staff)
            db.session.remove()

    def withdraw(self) -> None:
        with self.app.app_context():
            self.story.do("withdraw", self.story.applicant, reason="사정이 생겨 거두어들입니다.")
            db.session.remove()

    def work(self, *kinds: str) -> None:
        """What the worker does eleven minutes later, when nothing can be taken back any more."""
        self.minutes += 11
        with clock.travelling(clock.now() + timedelta(minutes=self.minutes)):
            tick(self.app, clock.now())
            run_kinds(self.app, *(kinds or ("webhooks", "webhook")))

    def deliveries(self) -> list[WebhookDelivery]:
        with self.app.app_context():
            found = list(db.session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))
            db.session.remove()
        return found


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        who = make_user(Role.ADMIN)
        db.session.remove()
    with Receiver().open() as receiver, days_later(11):
        yield Desk(app, Person(app, who.email), receiver, story)
    interest.note(False)


def verify(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """What the guide tells a receiver to do."""
    parts = [part.split("=", 1) for part in headers["Ieum-Signature"].split(",")]
    at = next(value for name, value in parts if name == "t")
    wanted = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return any(hmac.compare_digest(wanted, value) for name, value in parts if name == "v1")


def test_a_step_is_told_once_signed_and_without_personal_data(desk: Desk) -> None:
    page = desk.subscribe()
    assert page.status == 201
    (secret,) = SECRET.findall(page.text)
    desk.step()
    desk.work()
    desk.work()
    ((headers, body),) = desk.receiver.taken
    assert verify(secret, headers, body)
    assert not verify(secret, headers, body + b" ")
    said = json.loads(body)
    assert set(said) == {"id", "type", "reference", "action", "state", "revision", "at"}
    assert (said["action"], said["revision"], said["type"]) == ("start_screening", 3, "case.step")
    assert said["state"]["ko"] == "자격 검토중"
    assert said["id"] == headers["Ieum-Event"]
    assert headers["Content-Type"] == "application/json"
    assert desk.receiver.paths == ["/hook?from=ieum"]


def test_what_happened_before_is_not_told_and_only_what_was_asked_for_is(desk: Desk) -> None:
    with desk.app.app_context():
        elsewhere, here = zone("GS-POHANG").id, zone("GS-GIMHAE").id
        db.session.remove()
    desk.subscribe(zones=[str(elsewhere)])
    desk.subscribe(programs=["council"])
    desk.step()
    desk.work()
    assert desk.deliveries() == []
    with clock.travelling(clock.now() + timedelta(seconds=1)):
        desk.subscribe(zones=[str(here)], programs=["joint_rbd_planning"])
        desk.work()
        assert desk.deliveries() == []
    with clock.travelling(clock.now() + timedelta(hours=1)):
        desk.withdraw()
        desk.work()
    assert [row.status for row in desk.deliveries()] == ["sent"]


def test_a_step_hastens_its_word_and_costs_no_statement_while_nobody_listens(desk: Desk) -> None:
    with desk.app.app_context(), counted() as before:
        desk.step()
    assert not [one for one in before if "webhook" in one]
    desk.subscribe()
    desk.withdraw()
    with desk.app.app_context():
        kinds = list(db.session.scalars(select(Job.kind).where(Job.kind == "webhooks")))
        db.session.remove()
    assert kinds == ["webhooks"]
    run_kinds(desk.app, "webhooks", "webhook")
    assert len(desk.receiver.taken) == 1


def test_what_can_still_be_taken_back_is_not_told_and_what_was_is_never(desk: Desk) -> None:
    desk.subscribe()
    desk.step()
    run_kinds(desk.app, "webhooks", "webhook")
    assert desk.deliveries() == []
    with desk.app.app_context():
        row, engine = desk.story.case(), desk.story.engine
        take_back(engine, row.id, desk.story.zone_staff, revision=row.revision, key="back")
        db.session.remove()
    desk.work()
    assert desk.deliveries() == []
    with clock.travelling(clock.now() + timedelta(minutes=30)):
        desk.step()
        desk.work()
    assert [(row.revision, row.status) for row in desk.deliveries()] == [(5, "sent")]


def test_what_did_not_arrive_is_tried_again_by_itself_and_with_the_button(desk: Desk) -> None:
    desk.subscribe()
    desk.receiver.status = 500
    desk.step()
    desk.work()
    (row,) = desk.deliveries()
    assert (row.status, row.attempts, row.answer) == ("failed", 1, 500)
    run_kinds(desk.app, "webhook")
    assert len(desk.receiver.taken) == 1
    desk.work()
    assert len(desk.receiver.taken) == 2
    desk.receiver.status = 200
    page = desk.admin.get(f"/admin/webhooks/{row.subscription_id}?status=failed")
    assert "the receiver answered 500" in page.text
    assert "다시 보냅니다" in desk.admin.submit(page, "/retry").text
    run_kinds(desk.app, "webhook")
    (row,) = desk.deliveries()
    assert (row.status, row.attempts, row.answer, row.error) == ("sent", 3, 200, None)
    bodies = {body for _headers, body in desk.receiver.taken}
    assert len(bodies) == 1


def test_a_redirect_is_not_followed(desk: Desk) -> None:
    with Receiver().open() as inner:
        desk.receiver.status, desk.receiver.headers = 302, {"Location": inner.url}
        desk.subscribe()
        desk.step()
        desk.work()
        assert inner.paths == []
    assert [(row.status, row.answer) for row in desk.deliveries()] == [("failed", 302)]


def test_a_changed_secret_signs_beside_the_old_one_for_a_day(desk: Desk) -> None:
    page = desk.subscribe()
    (old,) = SECRET.findall(page.text)
    page = desk.admin.submit(desk.admin.get("/admin/webhooks/1"), "/rotate")
    (new,) = SECRET.findall(page.text)
    assert new != old
    assert not SECRET.findall(desk.admin.get("/admin/webhooks/1").text)
    desk.step()
    desk.work()
    headers, body = desk.receiver.taken[0]
    assert verify(old, headers, body)
    assert verify(new, headers, body)
    with clock.travelling(clock.now() + timedelta(days=1, minutes=1)):
        desk.withdraw()
        desk.work()
    headers, body = desk.receiver.taken[1]
    assert not verify(old, headers, body)
    assert verify(new, headers, body)


def test_a_stopped_subscription_is_told_nothing_and_goes_on_from_then(desk: Desk) -> None:
    desk.subscribe()
    desk.admin.submit(desk.admin.get("/admin/webhooks/1"), "/stop")
    desk.step()
    desk.work()
    with clock.travelling(clock.now() + timedelta(minutes=30)):
        desk.admin.submit(desk.admin.get("/admin/webhooks/1"), "/resume")
        desk.work()
    assert desk.receiver.taken == []


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"url": "http://example.kr/"}, "url"), ({"url": "https://10.0.0.1/"}, "url"), ({"url": "javascript:alert(1)"}, "url"), ({"name": " "}, "name")],
)  # fmt: skip
def test_an_address_that_cannot_be_called_is_named_and_nothing_typed_is_lost(
    desk: Desk, typed: dict[str, object], field: str
) -> None:
    page = desk.subscribe(**typed)
    assert page.status == 422
    assert page.tree.xpath(f"//*[@id='errors']//a[@href='#{field}']")
    assert page.tree.xpath("//input[@id='url']/@value") == [typed.get("url", desk.receiver.url)]


def test_only_administrators_manage_webhooks(desk: Desk) -> None:
    with desk.app.app_context():
        email = make_user(Role.HQ_STAFF).email
    assert Person(desk.app, email).get("/admin/webhooks/").status == 403
