"""One application with secrets of its own, every address of the house filled with its keys, and whoever knocks there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from backoffice.access.actors import Actor
from backoffice.accounts.models import RoleGrant, User
from backoffice.accounts.queries import actor
from backoffice.cases.models import Answer, Attachment, Case, CaseOrganization, CaseZone
from backoffice.core.db import Base, db, transaction
from backoffice.correspondence.models import CaseMessage, CaseNote
from backoffice.correspondence.services import write_note, write_to_company
from backoffice.engine.spine import Appointment, History, Task
from backoffice.programs.models import Call
from backoffice.reviews import services as reviews
from backoffice.reviews.models import Sheet
from backoffice.reviews.queries import sheets_of_case
from backoffice.web.access import STATIC
from tests.browse import Person
from tests.make import make_organization, make_user
from tests.story import GOOD, Way, days_later
from tests.web.api.client import make_token
from workflows.roles import COMPANY_SIDE, Role

NOTE, MESSAGE = "내부메모카나리아", "기업메시지카나리아"
OWN = ("나노입자 바이오센서", "혈액 한 방울로", "참여의사확인서.pdf", "김담당")
"""What only this application says: its title, its summary, a file's name, a contact."""
HARMLESS = {
    "public.sign_out": "ends the session of whoever walks through the matrix",
    "account.sign_out_everywhere": "ends all of them",
}
"""Addresses the matrix leaves out, each with the reason."""


@dataclass(frozen=True, slots=True)
class Door:
    """One address and method of the house."""

    method: str
    endpoint: str
    address: str
    of_case: bool

    @property
    def for_programs(self) -> bool:
        return self.address.startswith("/api/")


@dataclass
class World:
    """The application everybody asks about, and the keys of all that hangs on it."""

    app: Flask
    story: Way
    reference: str
    keys: dict[str, str]
    comments: dict[int, str]
    """Reviewer -> what that one alone wrote."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What a stranger may read nowhere."""
        return (*OWN, NOTE, MESSAGE, *self.comments.values())

    def doors(self) -> Iterator[Door]:
        """Every rule of the house with each of its methods."""
        for rule in sorted(self.app.url_map.iter_rules(), key=lambda one: (one.rule, one.endpoint)):
            if rule.endpoint not in STATIC | set(HARMLESS):
                for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                    yield Door(method, rule.endpoint, self._filled(rule), "<reference>" in rule.rule)

    def _filled(self, rule: Rule) -> str:
        """The address with this application's keys; a number or word nobody knows where it has none."""
        special = {"code": "overview"} if "<form>" in rule.rule else {}
        known = {**self.keys, **special}
        return re.sub(
            r"<(?:(int|path|any\([^)]*\)):)?(\w+)>",
            lambda part: known.get(part[2]) or _unknown(part[1] or ""),
            rule.rule,
        )

    def state(self) -> dict[str, Any]:
        """Everything that belongs to the application and to people's rights, to be compared afterwards."""
        tables: dict[type[Base], Any] = {
            Case: Case.id == self.story.case_id,
            **{table: table.case_id == self.story.case_id for table in
               (History, Answer, Attachment, CaseOrganization, CaseZone, Appointment, Task, Sheet, CaseNote, CaseMessage)},
            RoleGrant: RoleGrant.id > 0,
        }  # fmt: skip
        with self.app.app_context():
            found = {}
            for table, mine in tables.items():
                columns = list(table.__table__.c)
                rows = db.session.execute(select(*columns).where(mine).order_by(*table.__table__.primary_key)).all()
                found[table.__name__] = [tuple(row) for row in rows]
            people = select(User.id, User.email, User.password_hash, User.active, User.session_version).order_by(
                User.id
            )
            found["User"] = [tuple(row) for row in db.session.execute(people)]
            db.session.remove()
        return found


def _unknown(kind: str) -> str:
    """Something of a kind that nobody knows; of a list of words the first."""
    return "999999" if kind == "int" else kind[4:-1].partition(",")[0] if kind.startswith("any(") else "x"


@contextmanager
def a_world(app: Flask) -> Iterator[World]:
    """An application in its review, with notes, messages, files and sealed sheets, while that time lasts."""
    with app.app_context():
        story = Way(app.extensions["engine"]).submitted()
        call = db.session.scalar(select(Call.code)) or ""
        db.session.remove()
    with days_later(11):
        yield _in_review(app, story, call)


def _in_review(app: Flask, story: Way, call: str) -> World:
    with app.app_context():
        story.screened()
        comments = _sealed(story)
        with transaction():
            write_note(story.case(), story.zone_staff, f"{NOTE}: 재무 상태를 더 살펴봅니다.", key="note")
            write_to_company(story.case(), story.zone_staff, f"{MESSAGE}: 견적서를 보내 주세요.", key="message")
        row = story.case()
        keys = {
            "reference": row.reference,
            "form": "application",
            "action": "withdraw",
            "number": "1",
            "token": db.session.scalars(select(Attachment.token).where(Attachment.case_id == row.id)).first() or "",
            "note_id": str(db.session.scalar(select(CaseNote.id))),
            "task_id": str(db.session.scalar(select(Task.id).where(Task.case_id == row.id).limit(1))),
            "organization_id": str(row.lead_organization_id),
            "code": call,
            "way": "next",
            "kind": "csv",
            "table": "stays",
        }
        reference = row.reference
        db.session.remove()
    return World(app, story, reference, keys, comments)


def _sealed(story: Way) -> dict[int, str]:
    """Every sheet of the round scored, each with words of its own."""
    written: dict[int, str] = {}
    with transaction():
        for sheet, status in sheets_of_case(story.case_id):
            if status == "open":
                written[sheet.reviewer_id] = f"봉인된의견{sheet.reviewer_id}호"
                reviews.declare_no_conflict(sheet)
                words = f"{written[sheet.reviewer_id]}: 기획 내용이 구체적이고 협력 체계가 분명합니다."
                reviews.save_sheet(sheet, GOOD, words, seen=sheet.revision)
                reviews.seal(sheet)
    return written


def stranger(role: Role) -> Actor:
    """Somebody who holds a role, but for another zone or another company, or for no case at all."""
    if role in COMPANY_SIDE:
        return make_user(role, organization=make_organization(zone_code="GS-POHANG"))
    return make_user(role, zone_code="GS-POHANG")


class Visitor:
    """Somebody at a browser and with a program, who can knock at every door."""

    def __init__(self, app: Flask, who: Actor | None) -> None:
        self.app, self.who = app, who
        self.person = Person(app, who.email if who is not None else "")
        self.headers: dict[str, str] = {}
        self.csrf = ""
        if who is not None:
            with app.app_context():
                self.headers = {"Authorization": f"Bearer {make_token(who)}"}
                db.session.remove()
            self.csrf = self.person.get("/account/tokens/").form("/language").fields["csrf_token"]

    def knock(self, door: Door, world: World) -> TestResponse:
        """Ask for a door as it wants to be asked; everything one could type is sent along."""
        if door.for_programs:
            client = self.app.test_client(use_cookies=False)
            more = {"If-Match": '"5"', "Idempotency-Key": "matrix"} if door.method == "POST" else {}
            return client.open(door.address, method=door.method, headers={**self.headers, **more})
        data = {**every_column(world), "csrf_token": self.csrf} if door.method != "GET" else None
        return self.person.client.open(door.address, method=door.method, data=data)

    def read(self, door: Door, world: World) -> tuple[int, str]:
        answer = self.knock(door, world)
        with answer:
            return answer.status_code, answer.get_data().decode("utf-8", "replace")


def every_column(world: World) -> dict[str, str]:
    """The name of every column a thief would like to write, and the names under which pages name cases."""
    names = {column.name for table in (Case, User, RoleGrant) for column in table.__table__.c}
    chosen = {"reference": world.reference, "references": world.reference, "cases": world.reference}
    return {**dict.fromkeys(sorted(names - {"id", "language"}), "1"), **chosen}


def known(user_id: int) -> Actor:
    found = actor(user_id)
    assert found is not None
    return found
