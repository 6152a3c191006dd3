"""Reads of events: the event of a case, its guests, their wishes and talks, and what guards ask about them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select

from backoffice.access.actors import Actor
from backoffice.cases.models import Case
from backoffice.cases.sight import visible_to
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.engine.definitions import Definitions
from backoffice.engine.values import Subject
from backoffice.meetings.matching import Talk
from backoffice.meetings.models import AGAIN, Event, Guest, PlannedTalk, TalkSeat, Wish
from backoffice.organizations.models import Organization
from backoffice.programs.models import Call

SEATED = "seated"
"""The tag of states in which an organization holds a place at the event."""


def find_event(case_id: int) -> Event | None:
    """The event that hangs off a case or off its parent."""
    return db.session.scalar(select(Event).where(_at(case_id)).order_by(Event.case_id.desc()).limit(1))


def _at(case_id: int) -> ColumnElement[bool]:
    here = select(Case.parent_id).where(Case.id == case_id).scalar_subquery()
    return or_(Event.case_id == case_id, Event.case_id == here)


def event_at_a_glance(case_id: int) -> tuple[Event, Case, int] | None:
    """The same with its own case and the number of its talks."""
    planned = select(func.count()).where(PlannedTalk.event_id == Event.case_id).scalar_subquery()
    query = select(Event, Case, planned).join(Case, Case.id == Event.case_id).where(_at(case_id))
    row = db.session.execute(query.order_by(Event.case_id.desc()).limit(1)).first()
    return (row[0], row[1], row[2]) if row is not None else None


def event_of(case_id: int) -> Event:
    """Raises NotFound."""
    found = find_event(case_id)
    if found is None:
        raise NotFound
    return found


def events_between(actor: Actor, first: datetime, last: datetime) -> list[tuple[Event, Case]]:
    """The events that begin in a stretch of time and that the actor may see, in order."""
    query = select(Event, Case).join(Case, Case.id == Event.case_id).where(visible_to(actor))
    query = query.where(Event.starts_at >= first, Event.starts_at <= last).order_by(Event.starts_at, Event.case_id)
    return [(event, case) for event, case in db.session.execute(query.limit(500))]


def event_of_call(call_id: int) -> Event | None:
    """The event a call gathers guests for."""
    return db.session.scalar(select(Event).join(Call, Call.host_case_id == Event.case_id).where(Call.id == call_id))


def case_of(event: Event) -> Case:
    """The event's own case."""
    return db.session.get_one(Case, event.case_id)


def ends_at(event: Event) -> datetime:
    """When the last slot is over."""
    return event.starts_at + timedelta(minutes=event.slots * event.slot_minutes)


def slot_begins(event: Event, slot: int) -> datetime:
    return event.starts_at + timedelta(minutes=(slot - 1) * event.slot_minutes)


def event_days(subjects: Sequence[Subject]) -> dict[int, date | datetime | None]:
    """Case id -> the day of the event it is, or belongs to."""
    places = {place for one in subjects for place in (one.id, one.parent_id) if place is not None}
    found = {event.case_id: event for event in db.session.scalars(select(Event).where(Event.case_id.in_(places)))}
    events = {one.id: found.get(one.id) or found.get(one.parent_id or 0) for one in subjects}
    return {case_id: clock.in_seoul(event.starts_at).date() for case_id, event in events.items() if event is not None}


# ---- guests


@dataclass(frozen=True, slots=True)
class GuestLine:
    """A guest with its organization and where its own case stands."""

    guest: Guest
    case: Case
    organization: str
    tags: frozenset[str]

    @property
    def seated(self) -> bool:
        return SEATED in self.tags


def guests(definitions: Definitions, event_id: int) -> list[GuestLine]:
    """Everybody who applied, by name."""
    query = (
        select(Guest, Case, Organization.name_ko)
        .join(Case, Case.id == Guest.case_id)
        .join(Organization, Organization.id == Guest.organization_id)
        .where(Guest.event_id == event_id)
        .order_by(Organization.name_ko, Case.id)
    )
    return [GuestLine(guest, case, name, tags_of(definitions, case)) for guest, case, name in db.session.execute(query)]


def tags_of(definitions: Definitions, case: Case) -> frozenset[str]:
    """What the state of a case means."""
    return frozenset(definitions.get(case.workflow, case.workflow_version).workflow.state(case.state).tags)


def seated(definitions: Definitions, event_id: int) -> list[GuestLine]:
    """The guests who hold a place."""
    return [line for line in guests(definitions, event_id) if line.seated]


def satisfaction(event_id: int) -> tuple[float | None, int]:
    """The mean of the survey, and of how many answers."""
    query = select(func.avg(Guest.satisfaction), func.count(Guest.satisfaction)).where(Guest.event_id == event_id)
    mean, number = db.session.execute(query).one()
    return (float(mean) if mean is not None else None), int(number)


# ---- wishes and talks


def wishes(event_id: int, purpose: str) -> dict[tuple[int, int], int]:
    """(who, whom) -> rank."""
    query = select(Wish.who_id, Wish.whom_id, Wish.rank).where(Wish.event_id == event_id, Wish.purpose == purpose)
    return {(who, whom): rank for who, whom, rank in db.session.execute(query)}


def wished_by(event_id: int, purpose: str, organization_id: int) -> list[int]:
    """Whom one organization wants to meet, the most wanted first."""
    query = select(Wish.whom_id).where(
        Wish.event_id == event_id, Wish.purpose == purpose, Wish.who_id == organization_id
    )
    return list(db.session.scalars(query.order_by(Wish.rank)))


def talks(event_id: int) -> list[PlannedTalk]:
    """The timetable in order."""
    query = select(PlannedTalk).where(PlannedTalk.event_id == event_id)
    return list(db.session.scalars(query.order_by(PlannedTalk.slot, PlannedTalk.table_number)))


def as_talk(row: PlannedTalk) -> Talk:
    return Talk(row.slot, row.table_number, row.first_id, row.second_id)


def talks_of(event_id: int, organization_id: int) -> list[PlannedTalk]:
    """One organization's own timetable."""
    query = (
        select(PlannedTalk)
        .join(TalkSeat, TalkSeat.talk_id == PlannedTalk.id)
        .where(PlannedTalk.event_id == event_id, TalkSeat.organization_id == organization_id)
    )
    return list(db.session.scalars(query.order_by(PlannedTalk.slot)))


# ---- facts for guards


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What guards ask about the event a case is, or belongs to."""

    kind: str
    starts_at: datetime
    tags: frozenset[str]
    """What the state of the event's own case means."""
    talks: int
    talking: frozenset[int]
    """The organizations in the timetable."""
    seated: frozenset[int]


def event_facts(definitions: Definitions, subjects: Sequence[Subject]) -> dict[int, EventFacts]:
    """Case id -> its event; one set of queries for each event, of which a page shows one or two."""
    wanted = {subject.id for subject in subjects} | {subject.parent_id for subject in subjects if subject.parent_id}
    facts = {one.case_id: _facts(definitions, one, home, talks) for one, home, talks in _with_talks(wanted)}
    return {
        subject.id: facts[home]
        for subject in subjects
        for home in [subject.id if subject.id in facts else subject.parent_id]
        if home in facts
    }


def _with_talks(case_ids: Collection[int]) -> list[tuple[Event, Case, list[PlannedTalk]]]:
    """The events that these cases are, each with its case and its timetable, in one query."""
    query = (
        select(Event, Case, PlannedTalk)
        .join(Case, Case.id == Event.case_id)
        .outerjoin(PlannedTalk, PlannedTalk.event_id == Event.case_id)
        .where(Event.case_id.in_(case_ids))
    )
    found: dict[int, tuple[Event, Case, list[PlannedTalk]]] = {}
    for event, home, talk in db.session.execute(query):
        found.setdefault(event.case_id, (event, home, []))[2].extend([talk] if talk is not None else [])
    return list(found.values())


def _facts(definitions: Definitions, event: Event, home: Case, planned: Sequence[PlannedTalk]) -> EventFacts:
    return EventFacts(
        kind=event.kind,
        starts_at=event.starts_at,
        tags=tags_of(definitions, home),
        talks=len(planned),
        talking=frozenset(one for talk in planned for one in (talk.first_id, talk.second_id)),
        seated=frozenset(line.guest.organization_id for line in seated(definitions, event.case_id)),
    )


def mutual_facts(subjects: Sequence[Subject]) -> dict[int, bool]:
    """Case id -> whether every two organizations of it asked to meet each other again."""
    found: dict[int, bool] = {}
    for subject in subjects:
        query = select(Wish.who_id, Wish.whom_id).join(Event, Event.case_id == Wish.event_id)
        again = {(who, whom) for who, whom in db.session.execute(query.where(_at(subject.id), Wish.purpose == AGAIN))}
        members = sorted(subject.scope.organizations)
        pairs = [(one, other) for one in members for other in members if one != other]
        found[subject.id] = bool(pairs) and all(pair in again for pair in pairs)
    return found


@dataclass(frozen=True, slots=True)
class GuestRecord:
    """What is known of the organization that wants to come."""

    twin: str | None
    """Another open case of it for the same event."""
    absences: tuple[date, ...]
    """The days on which it had stayed away from an event without giving up its place."""


ABSENT = "absent"
"""The tag of the state of a guest who did not come."""


def record_facts(definitions: Definitions, subjects: Sequence[Subject]) -> dict[int, GuestRecord]:
    """Case id -> the record of its lead organization in the same program."""
    leads = {subject.scope.lead_organization for subject in subjects if subject.scope.lead_organization is not None}
    query = select(Case).where(
        Case.lead_organization_id.in_(leads), Case.workflow.in_({subject.workflow for subject in subjects})
    )
    rows = list(db.session.scalars(query.order_by(Case.id)))
    return {subject.id: _record(definitions, subject, rows) for subject in subjects}


def _record(definitions: Definitions, subject: Subject, rows: Sequence[Case]) -> GuestRecord:
    own = [
        row
        for row in rows
        if row.lead_organization_id == subject.scope.lead_organization
        and row.workflow == subject.workflow
        and row.id != subject.id
    ]
    twins = [
        row.reference for row in own if row.parent_id == subject.parent_id and row.final is None and row.submitted_at
    ]
    missed = [row for row in own if row.final is not None and ABSENT in tags_of(definitions, row)]
    return GuestRecord(twins[0] if twins else None, tuple(clock.in_seoul(row.state_since).date() for row in missed))
