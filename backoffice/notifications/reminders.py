"""Reminders before a deadline and the alarm after it: jobs with unique keys, so that each is sent once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from backoffice.cases.models import Case
from backoffice.core import clock, outbox
from backoffice.core.db import db
from backoffice.engine import deadlines, tasks
from backoffice.engine.perform import Engine
from backoffice.engine.spine import Task
from workflows.definition import Deadline, Workflow
from workflows.durations import Length, Unit

MORNING = 9
"""The hour in Seoul from which reminders of a day go out."""
REMINDER, OVERDUE = "reminder", "overdue"


Wanted = dict[str, dict[str, Any]]
"""Job key -> payload."""


@dataclass(frozen=True, slots=True)
class Place:
    """A state in which open cases with a due date rest now."""

    definition: Workflow
    version: int
    state: str
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class Resting:
    """An open case with a due date, as far as reminding needs it."""

    id: int
    waiting_for: str | None
    since: datetime
    due: datetime

    def payload(self, event: str, **more: Any) -> dict[str, Any]:
        return {"event": event, "case": self.id, "since": self.since.isoformat(), **more}

    def key(self, event: str, *more: str) -> str:
        """Unique per stay in a state and due date: a moved deadline is reminded of anew, a repeated tick is not."""
        stamps = f"{self.since:%Y%m%d%H%M%S%f}:{self.due:%Y%m%d%H%M}"
        return ":".join([event, str(self.id), stamps, *more])


def issue(engine: Engine) -> int:
    """Write the mail jobs of every reminder and alarm that is due now: how many were new. Call inside a transaction."""
    wanted: Wanted = {}
    for place in _places(engine):
        wanted.update(_alarms(place))
        wanted.update(_reminders(place))
    return outbox.enqueue_all("mail", wanted)


def _places(engine: Engine) -> Iterator[Place]:
    query = select(Case.workflow, Case.workflow_version, Case.state).where(
        Case.final.is_(None), Case.due_at.is_not(None)
    )
    for workflow, version, state in db.session.execute(query.distinct()).all():
        definition = engine.definitions.get(workflow, version).workflow
        deadline = definition.state(state).deadline
        if deadline is not None:
            yield Place(definition, version, state, deadline)


def _resting(place: Place, *due: ColumnElement[bool]) -> list[Resting]:
    query = select(Case.id, Case.waiting_for, Case.state_since, Case.due_at).where(
        Case.workflow == place.definition.workflow,
        Case.workflow_version == place.version,
        Case.state == place.state,
        *due,
    )
    rows = db.session.execute(query.order_by(Case.id))
    return [Resting(id_, role, since, due_at) for id_, role, since, due_at in rows if due_at is not None]


def _alarms(place: Place) -> Wanted:
    """One mail to whoever the definition escalates to, when nobody acted in time."""
    role = place.deadline.escalate_to
    if role is None:
        return {}
    return {row.key(OVERDUE): row.payload(OVERDUE, roles=[role]) for row in _resting(place, Case.due_at < clock.now())}


def _reminders(place: Place) -> Wanted:
    """One job for whose turn it is, and one for everybody whose task in this state is still open."""
    if not place.deadline.remind:
        return {}
    now = clock.now()
    near = _resting(place, Case.due_at > now, Case.due_at <= now + _furthest(place.deadline.remind))
    days = {row: day for row in near if (day := _newest_day(place, row)) is not None}
    wanted = {
        row.key(REMINDER, day): row.payload(REMINDER, roles=[row.waiting_for])
        for row, day in days.items()
        if row.waiting_for is not None
    }
    rows, own = {row.id: row for row in days}, list(place.definition.state(place.state).tasks)
    query = select(Task.case_id, Task.name, Task.user_id, Task.organization_id)
    for case_id, task, user_id, organization_id in db.session.execute(
        query.where(Task.case_id.in_(list(rows)), Task.name.in_(own), Task.status == tasks.OPEN)
    ):
        row = rows[case_id]
        who = {"user": user_id} if user_id is not None else {"organization": organization_id}
        key = row.key(REMINDER, days[row], task, *(f"{kind}{number}" for kind, number in who.items()))
        wanted[key] = row.payload(REMINDER, task=task, **who)
    return wanted


def _furthest(lengths: Sequence[Length]) -> timedelta:
    """No due date lies further away than this while one of its reminders is due."""
    days = {Unit.DAYS: 1, Unit.MONTHS: 31, Unit.BUSINESS_DAYS: 3}
    return timedelta(days=max(abs(length.count) * days[length.unit] for length in lengths) + 14)


def _newest_day(place: Place, row: Resting) -> str | None:
    """The name of the reminder that is due; of several that were missed only the last is still worth sending."""
    now, entered = clock.now(), clock.in_seoul(row.since).date()
    due = [
        (day, label)
        for label, day in deadlines.reminder_days(place.definition, place.state, row.due)
        if day > entered and clock.seoul(day.year, day.month, day.day, MORNING) <= now
    ]
    return max(due)[1] if due else None
