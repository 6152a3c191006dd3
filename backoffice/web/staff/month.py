"""The calendar: a month of deadlines and meetings in one's filter, and the private addresses to subscribe to it."""

import calendar
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from backoffice.access.permissions import Permission
from backoffice.cases import queue as lists
from backoffice.cases.models import Case
from backoffice.core import audit, clock
from backoffice.core.db import transaction
from backoffice.core.errors import Invalid
from backoffice.core.i18n import language
from backoffice.core.periods import is_business_day
from backoffice.desk import queries as desk
from backoffice.desk import services
from backoffice.meetings import dated as meeting_days
from backoffice.meetings import queries as meetings
from backoffice.meetings.dated import Dated
from backoffice.meetings.models import Event
from backoffice.programs.queries import published_digests
from backoffice.web import queue_filter
from backoffice.web.access import actor, engine, requires, visit
from backoffice.web.queue_filter import BOXES
from backoffice.web.staff import blueprint

MOST = 1_000
SHOWN = 3
"""Deadlines that stand in one day's cell."""


@dataclass(slots=True)
class Day:
    """One day of the month with what falls on it."""

    date: date
    inside: bool
    business: bool
    due: list[Case] = field(default_factory=list)
    events: list[tuple[Event, Case]] = field(default_factory=list)
    meetings: list[Dated] = field(default_factory=list)

    @property
    def busy(self) -> bool:
        return bool(self.due or self.events or self.meetings)


@blueprint.get("/calendar")
@requires(Permission.CASE_READ)
def month() -> ResponseReturnValue:
    """One month; the filter of the queue narrows its deadlines."""
    return _page()


def _page(token: str = "", stopped: str = "", status: int = 200) -> ResponseReturnValue:
    first = _first()
    weeks = calendar.Calendar(firstweekday=6).monthdatescalendar(first.year, first.month)
    days = {day: Day(day, day.month == first.month, is_business_day(day)) for week in weeks for day in week}
    last = max(day for day in days if day.month == first.month)
    filter_ = queue_filter.wanted(_arguments())
    due = lists.all_of(actor(), replace(filter_, due_from=first, due_to=last, sort="due"), MOST)
    for row in due:
        if row.due_at is not None:
            days[clock.in_seoul(row.due_at).date()].due.append(row)
    for event, home in _events(first, last):
        days[clock.in_seoul(event.starts_at).date()].events.append((event, home))
    for one in _meetings(first, last):
        days[one.day].meetings.append(one)
    kept = _kept()
    body = render_template(
        "staff/month.html",
        first=first,
        weeks=[[days[day] for day in week] for week in weeks],
        busy=[day for day in days.values() if day.inside and day.busy],
        total=len(due),
        previous=url_for("staff.month", **{**kept, "month": f"{first - timedelta(days=1):%Y-%m}"}),
        following=url_for("staff.month", **{**kept, "month": f"{last + timedelta(days=1):%Y-%m}"}),
        filter=filter_,
        boxes=BOXES,
        kept=kept,
        box_address=lambda box: url_for("staff.month", **{**kept, "box": box, "month": f"{first:%Y-%m}"}),
        day_address=lambda day: url_for(
            "staff.queue", **{**kept, "due_from": day.isoformat(), "due_to": day.isoformat()}
        ),
        narrowed=queue_filter.narrowed(filter_),
        shown=SHOWN,
        weekdays="일월화수목금토" if language() == "ko" else ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"),
        feeds=desk.feeds(actor()),
        spelled=queue_filter.spelled(_arguments()),
        address=url_for("calendar.feed", token=token, _external=True) if token else "",
        stopped=stopped,
    )
    response = make_response(body, status)
    if token:
        response.headers["Cache-Control"] = "no-store"
    return response


def _first() -> date:
    """The first day of the month the address names, by default of this one."""
    try:
        found = date.fromisoformat(f"{request.values.get('month', '')[:7]}-01")
    except ValueError:
        return clock.today().replace(day=1)
    return found if 2000 < found.year < 2200 else clock.today().replace(day=1)


def _arguments() -> MultiDict[str, str]:
    """The filter of the address; without a box everything."""
    given = queue_filter.read(queue_filter.spelled(request.values))
    given.setdefault("box", "all")
    return given


def _kept() -> dict[str, Any]:
    return {**queue_filter.kept(_arguments()), "due_from": None, "due_to": None}


def _events(first: date, last: date) -> list[tuple[Event, Case]]:
    begin = clock.end_of_day(first - timedelta(days=1))
    return meetings.events_between(actor(), begin, clock.end_of_day(last))


def _meetings(first: date, last: date) -> list[Dated]:
    begin = clock.end_of_day(first - timedelta(days=1)) + timedelta(microseconds=1)
    return meeting_days.meetings_between(
        engine().definitions, published_digests(), actor(), begin, clock.end_of_day(last)
    )


@blueprint.post("/calendar/feeds")
@requires(Permission.CASE_READ)
def open_feed() -> ResponseReturnValue:
    """A private address for the present filter. It is shown once."""
    try:
        with transaction():
            token = services.open_feed(
                actor(), queue_filter.spelled(queue_filter.read(request.form.get("filter", ""))) or "box=all"
            )
            audit.record(visit(), "calendar:open")
    except Invalid as invalid:
        return _page(stopped=invalid.sentence.text(language()), status=422)
    return _page(token)


@blueprint.post("/calendar/feeds/<int:feed_id>/revoke")
@requires(Permission.CASE_READ)
def revoke_feed(feed_id: int) -> ResponseReturnValue:
    with transaction():
        services.revoke_feed(actor(), feed_id)
        audit.record(visit(), "calendar:revoke")
    return redirect(url_for("staff.month") + "#feeds")
