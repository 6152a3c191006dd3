"""An event with its people, walked step by step through the engine; the clock is the caller's."""

import itertools
from datetime import timedelta
from typing import Any

from backoffice.access.actors import SYSTEM, Actor
from backoffice.cases import openings
from backoffice.cases import services as cases
from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.engine.perform import Engine
from backoffice.engine.values import Performed
from backoffice.meetings import queries as meetings
from backoffice.meetings import services as meeting
from backoffice.meetings.models import Event
from backoffice.organizations.models import Organization
from backoffice.organizations.queries import zone
from backoffice.programs.models import Call
from tests.make import attach_file, make_organization, make_user
from workflows.roles import Role

_count = itertools.count(1)

PLAN = {
    "title": "2026 바이오헬스 기술교류회",
    "kind": "matching",
    "purpose": "특구 기업과 연구기관이 만나 기술이전과 공동연구를 찾습니다.",
    "starts": "h1330",
    "place": "김해 인제대학교 대강당",
    "capacity": 3,
    "zones": [{"zone": "GS-CHEONGJU"}],
    "slots": 3,
    "slot_minutes": "m20",
    "tables": 2,
    "budget": 12_000_000,
}
REPORT = {
    "talks_held": 3,
    "satisfaction": "4.5",
    "results": "세 기업이 모두 상담을 마쳤고 기술이전 수요를 새로 찾았습니다.",
    "demand": "진단기기 후속 미팅 1건",
}


class Party:
    """One event, the people of the foundation, and guests as they come."""

    def __init__(self, engine: Engine, *, days: int = 40, **plan: Any) -> None:
        self.engine = engine
        self.zone_staff = make_user(Role.ZONE_STAFF, zone_code="GS-GIMHAE")
        self.hq_staff, self.approver = make_user(Role.HQ_STAFF), make_user(Role.APPROVER)
        self.finance = make_user(Role.FINANCE)
        self.held_on = clock.today() + timedelta(days=days)
        self.guests: dict[str, int] = {}
        self.people: dict[str, Actor] = {}
        self.houses: dict[str, int] = {}
        definition = openings.definition_to_open(engine.definitions, "tech_exchange_event", self.zone_staff.roles)
        with transaction():
            opening = openings.Opening(PLAN["title"], zone("GS-GIMHAE").id)
            row = openings.open_case(
                engine, definition, opening, self.zone_staff, role=Role.ZONE_STAFF, key=f"event-{next(_count)}"
            )
            self.case_id = row.id
        self.fill(self.case_id, "plan", {**PLAN, "held_on": self.held_on.isoformat(), **plan}, self.zone_staff)
        attach_file(self.case(), "plan_file", self.zone_staff, form="plan")

    def case(self, case_id: int | None = None) -> Case:
        return db.session.get_one(Case, case_id or self.case_id, populate_existing=True)

    @property
    def event(self) -> Event:
        return meetings.event_of(self.case_id)

    def fill(self, case_id: int, form: str, values: dict[str, Any], person: Actor) -> None:
        with transaction():
            row = self.case(case_id)
            charter = self.engine.definitions.get(row.workflow, row.workflow_version).workflow.forms[form]
            cases.save_answers(row, form, charter, values, actor=person, seen=dict.fromkeys(values, 99))

    def do(self, action: str, person: Actor, case_id: int | None = None, **typed: Any) -> Performed:
        row = self.case(case_id)
        return self.engine.perform(
            row.id, action, person, revision=row.revision, key=f"party-{next(_count)}", input=typed or None
        )

    def published(self, closes_in: int = 10) -> "Party":
        self.do("request_approval", self.zone_staff)
        self.do("approve", self.approver, opinion="계획대로 개최합니다.")
        closes_on = clock.today() + timedelta(days=closes_in)
        self.do("publish", self.zone_staff, closes_on=closes_on.isoformat())
        return self

    def draft(self, name: str, *, zone_code: str = "GS-GIMHAE") -> int:
        house = make_organization(name, zone_code=zone_code)
        return self.draft_again(house, make_user(Role.APPLICANT, organization=house))

    def draft_again(self, house: Organization, person: Actor) -> int:
        name = house.name_ko
        self.people[name], self.houses[name] = person, house.id
        with transaction():
            call = db.session.get_one(Call, self.case().call_id)
            row = cases.start_draft(
                self.engine, call, db.session.get_one(Organization, house.id), person, key=f"g-{next(_count)}"
            )
            self.guests[name] = row.id
        self.fill(self.guests[name], "participation", ANSWERS, person)
        return self.guests[name]

    def applied(self, *names: str) -> "Party":
        for name in names:
            if name not in self.guests:
                self.draft(name)
            self.do("apply", self.people[name], self.guests[name])
        return self

    def accepted(self, *names: str) -> "Party":
        for name in names:
            self.applied(name)
            self.do("accept", self.zone_staff, self.guests[name])
        return self

    def closed(self) -> "Party":
        self.do("close_applications", SYSTEM)
        return self

    def wish(self, who: str, *whom: str, purpose: str = "talk") -> None:
        others = frozenset(self.houses.values()) - {self.houses[who]}
        with transaction():
            meeting.set_wishes(
                self.event, purpose, self.houses[who], [self.houses[name] for name in whom], others=others
            )

    def state(self, name: str) -> str:
        return self.case(self.guests[name]).state

    def pairs(self) -> set[frozenset[str]]:
        names = {house: name for name, house in self.houses.items()}
        return {frozenset((names[row.first_id], names[row.second_id])) for row in meetings.talks(self.case_id)}


ANSWERS = {
    "consent_personal": True,
    "consent_sharing": True,
    "people": 2,
    "contact": "김참가",
    "offers": "혈액 진단 센서를 만드는 기업으로 위탁생산 상대를 찾습니다.",
}


def on_the_day(party: Party, *, later: int = 0) -> Any:
    """The clock at two in the afternoon of the event, or so many days after it."""
    day = party.held_on + timedelta(days=later)
    return clock.travelling(clock.seoul(day.year, day.month, day.day, 14))


def past_deadline(party: Party, case_id: int | None = None) -> Any:
    """The minute after the deadline of the event, or of another case, wherever weekends and holidays have put it."""
    due = db.session.get_one(Case, case_id or party.case_id, populate_existing=True).due_at
    assert due is not None  # it waits for something
    return clock.travelling(due + timedelta(minutes=1))


def after(days: int) -> Any:
    return clock.travelling(clock.now() + timedelta(days=days))
