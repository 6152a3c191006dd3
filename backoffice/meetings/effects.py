"""Effects on events and their guests: each calls one service in the transaction of the step."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from backoffice.cases.feeds import case_and_names, counted_otherwise, found_by, refresh_search_text
from backoffice.cases.models import CaseOrganization, CaseZone
from backoffice.cases.queries import answers, case_by_id, linked
from backoffice.cases.services import open_linked
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.errors import Refused
from backoffice.engine.values import Happening
from backoffice.meetings import queries, services
from backoffice.meetings.models import AGAIN, MATCHING, Guest
from backoffice.organizations.models import Organization

LISTENING_MINUTES = 120
"""How long an event without talks takes when the plan does not say."""


def plan_event(happening: Happening, form: str) -> None:
    """Carry the answers of the plan into the event."""
    given = {name: answer.value for name, answer in answers(happening.subject.id, form).items()}
    talks = given["kind"] == MATCHING
    services.plan_event(
        happening.subject.id,
        services.Plan(
            kind=given["kind"],
            starts_at=services.starting(date.fromisoformat(given["held_on"]), given["starts"]),
            place=given["place"],
            capacity=given["capacity"],
            slots=given["slots"] if talks else 1,
            slot_minutes=int(given["slot_minutes"].removeprefix("m")) if talks else LISTENING_MINUTES,
            tables=given["tables"] if talks else 1,
            zones=tuple(row["zone"] for row in given.get("zones") or ()),
        ),
    )
    _count_again(happening)


def _count_again(happening: Happening) -> None:
    """The guests' deadlines count from the event's day or from the closing of its call, which has just moved."""
    db.session.flush()
    happening.engine.recompute_due([row.id for row in linked(happening.subject.id) if row.final is None])


def open_recruitment(happening: Happening, link: str) -> None:
    """Publish the call of an event; the guests' cases belong to the workflow of this link."""
    services.open_recruitment(
        queries.event_of(happening.subject.id),
        happening.definition.links[link],
        services.last_minute(date.fromisoformat(happening.input["closes_on"])),
        actor_id=happening.actor.user_id,
    )


def prolong_recruitment(happening: Happening, _: Any) -> None:
    closes_at = services.last_minute(date.fromisoformat(happening.input["closes_on"]))
    services.prolong_recruitment(
        queries.event_of(happening.subject.id),
        closes_at,
        reason=str(happening.input["reason"]),
        actor_id=happening.actor.user_id,
    )
    _count_again(happening)


def close_recruitment(happening: Happening, _: Any) -> None:
    reason = str(happening.input.get("reason", happening.step.label.ko))
    services.close_recruitment(happening.subject.id, reason=reason, actor_id=happening.actor.user_id)
    _count_again(happening)


def receive_guest(happening: Happening, form: str) -> None:
    given = {name: answer.value for name, answer in answers(happening.subject.id, form).items()}
    row, names = case_and_names(happening.subject.id)
    found = queries.event_at_a_glance(row.id)
    event, home, _talks = found if found is not None else (None, None, 0)
    services.receive_guest(
        row, event, people=given["people"], offers=given.get("offers") or "", needs=given.get("needs") or ""
    )
    row.title = home.title if home is not None else row.title
    row.search_text = found_by(row, names)


def note_arrival(happening: Happening, _: Any) -> None:
    db.session.get_one(Guest, happening.subject.id).arrived_at = happening.now


def note_survey(happening: Happening, field: str) -> None:
    """Keep the satisfaction (``s1`` to ``s5``) where means are made from."""
    guest = db.session.get_one(Guest, happening.subject.id)
    guest.satisfaction = int(str(happening.input[field]).removeprefix("s"))


def make_timetable(happening: Happening, _: Any) -> None:
    services.make_timetable(happening.engine.definitions, queries.event_of(happening.subject.id))


def drop_talks(happening: Happening, _: Any) -> None:
    """Whoever gives up a place leaves the timetable."""
    guest = db.session.get(Guest, happening.subject.id)
    if guest is not None:
        services.drop_talks(queries.event_of(guest.case_id), guest.organization_id)


def let_next_in(happening: Happening, wanted: Mapping[str, str]) -> None:
    """``{action: promote, tag: waiting}``: the office lets in whoever waits longest at the same event."""
    definitions = happening.engine.definitions
    waiting = [
        line.case
        for line in queries.guests(definitions, queries.event_of(happening.subject.id).case_id)
        if wanted["tag"] in line.tags
    ]
    for row in sorted(waiting, key=lambda row: (row.submitted_at or row.created_at, row.id))[:1]:
        try:
            happening.let_system(row.id, wanted["action"])
        except Refused:
            return


def open_follow_ups(happening: Happening, link: str) -> None:
    """A meeting for every two guests of whom one or both asked for it, led by whoever asked."""
    event = queries.event_of(happening.subject.id)
    for number, (who, whom) in enumerate(services.wanted_again(event.case_id, AGAIN), start=1):
        row = open_linked(
            happening.engine,
            case_by_id(event.case_id),
            happening.definition.links[link],
            happening.actor,
            role=happening.role,
            year=clock.in_seoul(happening.now).year,
            key=f"{happening.key[:100]}/{link}/{number}",
        )
        row.call_id, row.lead_organization_id = None, who
        _bring_together(row.id, who, whom)
        names = {one.id: one.name_ko for one in _organizations([who, whom])}
        row.title = f"{names[who]} · {names[whom]}"[:160]
        refresh_search_text(row)
    db.session.flush()


def _organizations(wanted: list[int]) -> list[Organization]:
    return list(db.session.scalars(select(Organization).where(Organization.id.in_(wanted))))


def _bring_together(case_id: int, who: int, whom: int) -> None:
    zones = set(db.session.scalars(select(CaseZone.zone_id).where(CaseZone.case_id == case_id)))
    for one in sorted(_organizations([who, whom]), key=lambda one: one.id != who):
        part = "lead" if one.id == who else "member"
        kind = "company" if one.kind == "company" else "institute"
        db.session.add(
            CaseOrganization(
                case_id=case_id, organization_id=one.id, part=part, kind="anchor" if one.kind == "anchor" else kind,
                zone_id=one.zone_id,
            )
        )  # fmt: skip
        if one.zone_id is not None and one.zone_id not in zones:
            zones.add(one.zone_id)
            db.session.add(CaseZone(case_id=case_id, zone_id=one.zone_id))
    db.session.flush()
    counted_otherwise(case_by_id(case_id))
