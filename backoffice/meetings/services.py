"""Verbs about events: plan, recruit, receive guests, take wishes, make and adjust the timetable."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select

from backoffice.cases.feeds import counted_otherwise
from backoffice.cases.models import Case, CaseZone
from backoffice.cases.queries import case_by_id
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.errors import Invalid, Refused
from backoffice.engine.definitions import Definitions
from backoffice.meetings import matching, queries
from backoffice.meetings.models import TALK, Event, Guest, PlannedTalk, TalkSeat, Wish
from backoffice.organizations.queries import zone_ids
from backoffice.programs.models import Call
from backoffice.programs.services import NewCall, create_call, extend_call, publish_call, shorten_call
from workflows.definition import Link

MOST_WISHES = 5
"""How many others an organization may ask to meet, at an event and again after it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an event is planned as."""

    kind: str
    starts_at: datetime
    place: str
    capacity: int
    slots: int
    slot_minutes: int
    tables: int
    zones: tuple[str, ...] = ()
    """Other zones that take part: their staff see the event, too."""


def plan_event(case_id: int, plan: Plan) -> Event:
    """Write down the plan of an event, or a change of it. Guests who have a place keep it. Raises Refused."""
    event = db.session.get(Event, case_id)
    if event is None:
        event = Event(case_id=case_id)
        db.session.add(event)
    event.kind, event.starts_at, event.place = plan.kind, plan.starts_at, plan.place
    event.capacity, event.changed_at = plan.capacity, clock.now()
    event.slots, event.slot_minutes, event.tables = plan.slots, plan.slot_minutes, plan.tables
    db.session.flush()
    _check_room(event)
    known = set(db.session.scalars(select(CaseZone.zone_id).where(CaseZone.case_id == case_id)))
    for zone_id in sorted(set(zone_ids(plan.zones).values()) - known):
        db.session.add(CaseZone(case_id=case_id, zone_id=zone_id))
    db.session.flush()
    counted_otherwise(case_by_id(case_id))
    return event


def _check_room(event: Event) -> None:
    """A timetable that stands must still fit into a plan that changes. Raises Refused."""
    last = db.session.execute(
        select(func.max(PlannedTalk.slot), func.max(PlannedTalk.table_number)).where(
            PlannedTalk.event_id == event.case_id
        )
    ).one()
    if (last[0] or 0) > event.slots or (last[1] or 0) > event.tables:
        raise Refused.because(
            "timetable_too_large",
            "이미 편성된 상담 시간표가 새 계획의 시간 수나 테이블 수를 넘습니다. 시간표를 먼저 줄여 주세요.",
            "The timetable has more slots or tables than the new plan; shorten it first.",
            link="timetable",
        )


# ---- recruiting


def open_recruitment(event: Event, link: Link, closes_at: datetime, *, actor_id: int | None) -> Call:
    """Publish the call through which organizations apply to take part; the event's case answers to its dates."""
    row = case_by_id(event.case_id)
    call = create_call(
        NewCall(
            workflow=link.workflow,
            year=row.year,
            title_ko=row.title,
            title_en=row.title,
            opens_at=clock.now(),
            closes_at=closes_at,
            max_amount=0,
            expected_awards=event.capacity,
            presentation=False,
        ),
        actor_id,
        host_case_id=row.id,
    )
    publish_call(call)
    row.call_id = call.id
    db.session.flush()
    return call


def prolong_recruitment(event: Event, closes_at: datetime, *, reason: str, actor_id: int | None) -> Call:
    """Take applications until a later day, for as many organizations as the plan now says. Raises Invalid."""
    call = db.session.get_one(Call, case_by_id(event.case_id).call_id)
    extend_call(call, closes_at, reason=reason, actor_id=actor_id)
    call.expected_awards = event.capacity
    return call


def close_recruitment(case_id: int, *, reason: str, actor_id: int | None) -> None:
    """Take no more applications from now on; without an open call nothing happens."""
    call_id = case_by_id(case_id).call_id
    call = db.session.get(Call, call_id) if call_id is not None else None
    if call is not None and call.closes_at > clock.now():
        shorten_call(call, clock.now(), reason=reason, actor_id=actor_id)


def receive_guest(row: Case, event: Event | None, *, people: int, offers: str, needs: str) -> Guest:
    """Write down who wants to come. Raises Refused when the case belongs to no event."""
    if event is None or row.lead_organization_id is None:
        raise Refused.because(
            "no_event", "이 신청에 연결된 행사가 없습니다.", "This application belongs to no event.", link="linked"
        )
    guest = db.session.get(Guest, row.id)
    if guest is None:
        guest = Guest(case_id=row.id, event_id=event.case_id, organization_id=row.lead_organization_id)
        db.session.add(guest)
    guest.people, guest.offers, guest.needs = people, offers, needs
    db.session.flush()
    return guest


# ---- wishes


def set_wishes(event: Event, purpose: str, who: int, whom: Sequence[int], *, others: frozenset[int]) -> None:
    """Replace whom an organization wants to meet, the most wanted first. Raises Invalid."""
    chosen = list(dict.fromkeys(whom))
    if len(chosen) > MOST_WISHES:
        raise Invalid.field(
            "wishes",
            f"희망 상대는 {MOST_WISHES}곳까지 고를 수 있습니다. {len(chosen)}곳을 고르셨습니다.",
            f"Choose at most {MOST_WISHES}; you chose {len(chosen)}.",
        )
    if who in chosen or not set(chosen) <= others:
        raise Invalid.field(
            "wishes",
            "참가가 확정된 다른 기업·기관 가운데에서 골라 주세요.",
            "Choose among the other organizations that take part.",
        )
    db.session.execute(delete(Wish).where(Wish.event_id == event.case_id, Wish.purpose == purpose, Wish.who_id == who))
    for rank, organization_id in enumerate(chosen, start=1):
        db.session.add(Wish(event_id=event.case_id, purpose=purpose, who_id=who, whom_id=organization_id, rank=rank))
    db.session.flush()


# ---- the timetable


def make_timetable(definitions: Definitions, event: Event) -> int:
    """Make the timetable from the wishes of the guests who have a place, around the talks that staff fixed: how many."""
    present = {line.guest.organization_id for line in queries.seated(definitions, event.case_id)}
    fixed = [row for row in queries.talks(event.case_id) if row.fixed and {row.first_id, row.second_id} <= present]
    kept = [queries.as_talk(row) for row in fixed]
    wanted = {pair: rank for pair, rank in queries.wishes(event.case_id, TALK).items() if set(pair) <= present}
    made = matching.timetable(wanted, matching.Room(event.slots, event.tables), kept)
    _clear(event.case_id)
    _write(event.case_id, made, fixed=kept)
    return len(made)


def _clear(event_id: int) -> None:
    db.session.execute(delete(TalkSeat).where(TalkSeat.event_id == event_id))
    db.session.execute(delete(PlannedTalk).where(PlannedTalk.event_id == event_id))


def _write(event_id: int, talks: Sequence[matching.Talk], *, fixed: Sequence[matching.Talk]) -> None:
    """Two statements, however many talks there are."""
    rows = [
        PlannedTalk(
            event_id=event_id,
            slot=talk.slot,
            table_number=talk.table,
            first_id=talk.first,
            second_id=talk.second,
            fixed=talk in fixed,
        )
        for talk in talks
    ]
    db.session.add_all(rows)
    db.session.flush()
    db.session.add_all(
        TalkSeat(event_id=event_id, slot=row.slot, organization_id=organization_id, talk_id=row.id)
        for row in rows
        for organization_id in (row.first_id, row.second_id)
    )
    db.session.flush()


def fix_talk(definitions: Definitions, event: Event, pair: tuple[int, int], *, slot: int) -> None:
    """Put two guests together in a slot, at a free table, for good. Raises Invalid when that collides."""
    present = {line.guest.organization_id for line in queries.seated(definitions, event.case_id)}
    one, other = pair
    if one == other or not {one, other} <= present:
        raise Invalid.field(
            "second",
            "참가가 확정된 서로 다른 두 곳을 골라 주세요.",
            "Choose two different organizations that take part.",
        )
    rows = queries.talks(event.case_id)
    if any({row.first_id, row.second_id} == set(pair) for row in rows):
        raise Invalid.field(
            "second",
            "두 곳의 상담이 이미 시간표에 있습니다. 먼저 빼고 다시 넣어 주세요.",
            "The two meet already; take that talk out first.",
        )
    here = [row for row in rows if row.slot == slot]
    if not 1 <= slot <= event.slots or any({one, other} & {row.first_id, row.second_id} for row in here):
        raise Invalid.field(
            "slot",
            "그 시간에는 둘 가운데 한 곳이 다른 상담을 합니다. 다른 시간을 골라 주세요.",
            "One of the two talks with somebody else then; choose another time.",
        )
    tables = sorted(set(range(1, event.tables + 1)) - {row.table_number for row in here})
    if not tables:
        raise Invalid.field(
            "slot",
            "그 시간에는 빈 테이블이 없습니다. 다른 시간을 골라 주세요.",
            "No table is free then; choose another time.",
        )
    talk = matching.Talk(slot, tables[0], *matching.pair_of(one, other))
    _write(event.case_id, [talk], fixed=[talk])


def remove_talk(event: Event, talk_id: int) -> None:
    """Take a talk out of the timetable; one that is gone already changes nothing."""
    _remove(event, [talk_id])


def _remove(event: Event, talk_ids: Sequence[int]) -> None:
    db.session.execute(delete(TalkSeat).where(TalkSeat.event_id == event.case_id, TalkSeat.talk_id.in_(talk_ids)))
    db.session.execute(delete(PlannedTalk).where(PlannedTalk.event_id == event.case_id, PlannedTalk.id.in_(talk_ids)))


def drop_talks(event: Event, organization_id: int) -> list[int]:
    """Take an organization out of the timetable: whom it was to meet."""
    found = queries.talks_of(event.case_id, organization_id)
    others = [row.second_id if row.first_id == organization_id else row.first_id for row in found]
    if found:
        _remove(event, [row.id for row in found])
    return others


# ---- afterwards


def wanted_again(event_id: int, purpose: str) -> list[tuple[int, int]]:
    """Every pair of which at least one asked to meet the other again: (who asked first by rank, whom), each pair once."""
    ranks = queries.wishes(event_id, purpose)
    pairs: dict[frozenset[int], tuple[int, int]] = {}
    for (who, whom), _ in sorted(ranks.items(), key=lambda item: (item[1], item[0])):
        pairs.setdefault(frozenset((who, whom)), (who, whom))
    return list(pairs.values())


def starting(day: date, time: str) -> datetime:
    """``h0930`` on a day: half past nine in Seoul."""
    digits = time.removeprefix("h")
    return clock.seoul(day.year, day.month, day.day, int(digits[:2]), int(digits[2:]))


def last_minute(day: date) -> datetime:
    """23:59 of a day: when an application still counts."""
    return clock.seoul(day.year, day.month, day.day, 23, 59)
