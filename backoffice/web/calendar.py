"""Calendar files: a private address calendar programs fetch, and one file with the meetings of a case."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from flask import Blueprint, Response, current_app, make_response
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from icalendar import Calendar
from icalendar import Event as Entry

from backoffice.access.actors import Actor
from backoffice.access.permissions import Permission, may
from backoffice.accounts import queries as accounts
from backoffice.cases import queries as cases
from backoffice.cases import queue as lists
from backoffice.cases.models import Case
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.errors import NotFound
from backoffice.desk import queries as desk
from backoffice.desk import services
from backoffice.meetings import dated
from backoffice.meetings import queries as meetings
from backoffice.meetings.dated import Dated
from backoffice.meetings.models import Event
from backoffice.programs.queries import published_digests
from backoffice.reviews import queries as reviews
from backoffice.web import queue_filter
from backoffice.web.access import actor, engine, requires, visit
from backoffice.web.attached import talk_lines
from backoffice.web.case_page import load
from backoffice.web.files import named
from workflows.roles import COMPANY_SIDE

blueprint = Blueprint("calendar", __name__)

BACK, AHEAD = timedelta(days=31), timedelta(days=366)
"""How much of the past and of the future a subscribed calendar shows."""
MOST = 1_000
SUBSCRIBERS = (Permission.CASE_READ, Permission.REVIEW_WRITE)
"""Who may have a calendar: each gets what their own pages show."""
SETTLED = "timetable_settled"
"""The tag of an event's states in which its timetable is told to the guests."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: a title and a time, and nothing about people."""

    uid: str
    title: str
    begins: date | datetime
    ends: date | datetime
    place: str = ""


@blueprint.get("/calendar/<token>.ics")
@requires(Permission.PUBLIC)
def feed(token: str) -> ResponseReturnValue:
    """What its owner may see now: a role that ended, a closed account or a revoked address end it at once."""
    row = desk.feed_of(token[:100])
    owner = accounts.actor(row.user_id) if row is not None else None
    if row is None or owner is None or not any(may(owner, one) for one in SUBSCRIBERS):
        raise NotFound
    with force_locale(owner.language):
        lines = [*_deadlines(owner, row.address), *_scores(owner), *_events(owner), *_meetings(owner)]
        body = _file(lines, _("이음 기한과 모임"))
    with transaction():
        services.note_fetch(row)
        audit.record(audit.Visit(owner.user_id, visit().address), "calendar:fetch", about=str(len(lines)))
    return _answer(body)


@blueprint.get("/cases/<reference>/meetings.ics")
@requires(Permission.SIGNED_IN)
def meeting(reference: str) -> ResponseReturnValue:
    """The event of a case, and for a company its own talks once they are settled."""
    row = cases.case(reference, actor())
    lines, title = _of_case(row)
    if not lines:
        raise NotFound
    with transaction():
        audit.record(visit(), "calendar:meeting", about=title.reference, case_id=row.id)
    return named(_answer(_file(lines, title.title)), f"{title.reference}.ics")


def _of_case(row: Case) -> tuple[list[Line], Case]:
    """The meeting a case waits for, or the event it is or belongs to; and the case it is called by."""
    found = load(row.reference)
    waited = dated.meeting_of(row, found.definition, found.filled)
    if waited is not None:
        return [_meeting(waited, with_address=True)], row
    event = meetings.find_event(row.id)
    if event is None:
        return [], row
    home = meetings.case_of(event)
    lines = [_event(event, home)]
    if actor().roles & COMPANY_SIDE and row.parent_id == event.case_id:
        lines += _talks(event, home, row.lead_organization_id or 0)
    return lines, home


def _deadlines(owner: Actor, address: str) -> list[Line]:
    if not may(owner, Permission.CASE_READ):
        return []
    today = clock.today()
    wanted = queue_filter.wanted(queue_filter.read(address), owner)
    first, last = wanted.due_from or today - BACK, wanted.due_to or today + AHEAD
    rows = lists.all_of(owner, replace(wanted, due_from=first, due_to=last, sort="due"), MOST)
    return [
        Line(f"due-{row.reference}", f"[{_('기한')}] {row.reference} {row.title}", day, day + timedelta(days=1))
        for row in rows
        if row.due_at is not None
        for day in [clock.in_seoul(row.due_at).date()]
    ]


def _events(owner: Actor) -> list[Line]:
    now = clock.now()
    return [_event(event, home) for event, home in meetings.events_between(owner, now - BACK, now + AHEAD)]


def _scores(owner: Actor) -> list[Line]:
    """Until when a reviewer is to score what; what is sealed, or no longer scored, is not among them."""
    if not may(owner, Permission.REVIEW_WRITE):
        return []
    first, last = clock.now() - BACK, clock.now() + AHEAD
    return [
        Line(f"score-{row.reference}", f"[{_('평가')}] {row.reference} {row.title}", day, day + timedelta(days=1))
        for row in reviews.to_score(engine().definitions, owner.user_id or 0)
        if row.due_at is not None and first <= row.due_at <= last
        for day in [clock.in_seoul(row.due_at).date()]
    ]


def _meetings(owner: Actor) -> list[Line]:
    now = clock.now()
    found = dated.meetings_between(engine().definitions, published_digests(), owner, now - BACK, now + AHEAD)
    return [_meeting(one, with_address=False) for one in found]


def _meeting(one: Dated, *, with_address: bool) -> Line:
    """A meeting that a case waits for. A subscribed calendar never carries the address of a video call."""
    title = f"[{_('모임')}] {one.case.reference} {one.case.title}"
    if not isinstance(one.begins, datetime) and one.hour:
        title = f"{title} ({one.hour})"
    hidden = "://" in one.place and not with_address
    place = _("화상회의(주소는 건에서 확인)") if hidden else one.place
    return Line(f"meeting-{one.case.reference}", title, one.begins, one.ends, place)


def _event(event: Event, home: Case) -> Line:
    title = f"{home.reference} {home.title}"
    return Line(f"event-{home.reference}", title, event.starts_at, meetings.ends_at(event), event.place)


def _talks(event: Event, home: Case, organization_id: int) -> list[Line]:
    if SETTLED not in meetings.tags_of(engine().definitions, home):
        return []
    length = timedelta(minutes=event.slot_minutes)
    return [
        Line(
            f"talk-{home.reference}-{talk.row.slot}-{organization_id}",
            _("상담: %(other)s", other=talk.second if talk.row.first_id == organization_id else talk.first),
            talk.begins,
            talk.begins + length,
            f"{event.place} {_('%(n)d번 테이블', n=talk.row.table_number)}",
        )
        for talk in talk_lines(event, meetings.talks_of(event.case_id, organization_id))
    ]


def _file(lines: Sequence[Line], name: str) -> bytes:
    """The lines as iCalendar (RFC 5545)."""
    calendar = Calendar()
    calendar.add("prodid", "-//Ieum//Calendar//KO")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Seoul")
    host = current_app.extensions["settings"].base_url.partition("://")[2].partition(":")[0].strip("/")
    for line in lines:
        entry = Entry()
        entry.add("uid", f"{line.uid}@{host}")
        entry.add("dtstamp", clock.now())
        entry.add("summary", line.title)
        entry.add("dtstart", line.begins)
        entry.add("dtend", line.ends)
        if line.place:
            entry.add("location", line.place)
        calendar.add_component(entry)
    body: bytes = calendar.to_ical()
    return body


def _answer(body: bytes) -> Response:
    response = make_response(body)
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Cache-Control"] = "private, no-store"
    return response
