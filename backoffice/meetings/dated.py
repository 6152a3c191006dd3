"""Meetings that are a date in a form of a case: which they are, and when they take place."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, false, or_, select

from backoffice.access.actors import Actor
from backoffice.cases.models import Answer, Case
from backoffice.cases.sight import visible_to
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.engine.definitions import Definitions
from workflows.definition import State, Workflow

PLACES, BEGINS = ("place", "place_planned"), "begins"
"""The fields that make a dated form one about people who meet, and the one with the hour as somebody typed it."""
MOST = 1_000
LENGTH = timedelta(hours=1)
"""How long a meeting takes when nobody says."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where a definition keeps the day of the meeting that cases wait for in one state."""

    form: str
    day: str
    place: str


@dataclass(frozen=True, slots=True)
class Dated:
    """One meeting. ``begins`` is a day where nobody typed an hour that can be read."""

    case: Case
    begins: datetime | date
    ends: datetime | date
    hour: str
    """What was typed as its hour, for a day without one that can be read."""
    place: str

    @property
    def timed(self) -> bool:
        return isinstance(self.begins, datetime)

    @property
    def day(self) -> date:
        return clock.in_seoul(self.begins).date() if isinstance(self.begins, datetime) else self.begins


def plan_of(definition: Workflow, state: State) -> Plan | None:
    """The meeting a state waits for: its deadline counts onward from the day in a form that also names a place."""
    if state.deadline is None or state.final is not None:
        return None
    due = state.deadline.due
    kind, _, named = due.anchor.partition(":")
    wanted, _, field = named.rpartition(".")
    if kind != "field" or due.length.count < 0:
        return None
    for name, form in definition.forms.items():
        fields = {one.name for one in form.fields}
        places = [place for place in PLACES if place in fields]
        if field in fields and places and wanted in {"", name}:
            return Plan(name, field, places[0])
    return None


def meeting_of(row: Case, definition: Workflow, answers: Mapping[str, Mapping[str, Any]]) -> Dated | None:
    """The meeting a case waits for at present, out of its answers by form."""
    plan = plan_of(definition, definition.state(row.state))
    return _read(row, plan, answers.get(plan.form, {})) if plan is not None else None


def meetings_between(
    definitions: Definitions, published: Iterable[tuple[str, int]], actor: Actor, first: datetime, last: datetime
) -> list[Dated]:
    """The meetings in a stretch of time of cases the actor may see, in order, in one query."""
    plans = {
        (name, version, code): plan
        for name, version in published
        for definition in [definitions.get(name, version).workflow]
        for code, state in definition.states.items()
        for plan in [plan_of(definition, state)]
        if plan is not None
    }
    waiting = [
        and_(
            Case.workflow == name, Case.workflow_version == version, Case.state == state, Answer.form == plan.form,
            Answer.field.in_((plan.day, BEGINS, plan.place)),
        )
        for (name, version, state), plan in plans.items()
    ]  # fmt: skip
    query = (
        select(Case, Answer.field, Answer.value)
        .join(Answer, Answer.case_id == Case.id)
        .where(visible_to(actor), Case.final.is_(None), Case.due_at >= first, or_(false(), *waiting))
        .order_by(Case.due_at, Case.id)
        .limit(3 * MOST)
    )
    answers: dict[Case, dict[str, Any]] = {}
    for row, field, value in db.session.execute(query):
        answers.setdefault(row, {})[field] = value
    found = [_read(row, plans[row.workflow, row.workflow_version, row.state], given) for row, given in answers.items()]
    days = clock.in_seoul(first).date(), clock.in_seoul(last).date()
    within = [one for one in found if one is not None and days[0] <= one.day <= days[1]]
    return sorted(within, key=lambda one: (one.day, one.case.id))


def _read(row: Case, plan: Plan, given: Mapping[str, Any]) -> Dated | None:
    try:
        day = date.fromisoformat(str(given.get(plan.day, "")))
    except ValueError:
        return None
    typed, place = str(given.get(BEGINS) or ""), str(given.get(plan.place) or "")
    hours = read_hours(typed)
    if hours is None:
        return Dated(row, day, day + timedelta(days=1), typed, place)
    begins = clock.seoul(day.year, day.month, day.day, hours[0].hour, hours[0].minute)
    if hours[1] is None or hours[1] <= hours[0]:
        return Dated(row, begins, begins + LENGTH, typed, place)
    ends = clock.seoul(day.year, day.month, day.day, hours[1].hour, hours[1].minute)
    return Dated(row, begins, ends, typed, place)


_HALF = r"(?P<half>오전|오후|am|pm|a\.m\.|p\.m\.)"
_HOUR = re.compile(
    rf"^(?:{_HALF}\s*)?(?P<hour>\d{{1,2}})\s*(?:(?::|시)\s*(?:(?P<minute>\d{{1,2}})\s*분?|(?P<thirty>반))?)?$"
)
_AFTER = re.compile(rf"^(?P<rest>.*\d.*?)\s*{_HALF}$")


def read_hours(typed: str) -> tuple[time, time | None] | None:
    """``14:00``, ``오후 2시 30분``, ``14시~16시``: beginning and end. None for what is not surely an hour."""
    text = unicodedata.normalize("NFKC", typed).strip().lower()
    first, _, second = re.sub(r"\s*[~∼〜–—-]\s*", "~", text).partition("~")
    begins, ends = _hour(first), _hour(second)
    if begins is None or (second and ends is None):
        return None
    return begins, ends


def _hour(text: str) -> time | None:
    behind = _AFTER.match(text)
    found = _HOUR.match(f"{behind['half']} {behind['rest']}" if behind else text)
    if found is None or (found["half"] is None and ":" not in text and "시" not in text):
        return None
    hour, minute = int(found["hour"]), 30 if found["thirty"] else int(found["minute"] or 0)
    if found["half"] is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"] in {"오후", "pm", "p.m."} else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
