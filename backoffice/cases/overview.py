"""How the work stands: waiting, overdue, by zone, by state, by week; a handful of queries whatever the number of cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import aliased

from backoffice.access.actors import Actor
from backoffice.cases.models import Case, CaseZone
from backoffice.cases.sight import visible_to
from backoffice.core import clock
from backoffice.core.db import db


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of one zone or all, of one year or all."""

    zone: int | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """Open cases of one zone, or of one role's turn."""

    key: str | int | None
    open: int
    overdue: int
    unassigned: int
    this_month: int


@dataclass(frozen=True, slots=True)
class Rest:
    """How many cases rest in one state of one version."""

    workflow: str
    version: int
    state: str
    stage: str
    cases: int
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Week:
    """What falls due in one week of the month, or in the part of it that lies in the month."""

    first: date
    last: date
    due: int


def by_role(actor: Actor, wanted: Wanted) -> list[Load]:
    """Whose turn it is, the most waited for first."""
    query = select(Case.waiting_for, *_counts()).where(*_conditions(actor, wanted), Case.final.is_(None))
    rows = db.session.execute(query.group_by(Case.waiting_for))
    return sorted((_load(row) for row in rows), key=lambda one: -one.open)


def by_zone(actor: Actor, wanted: Wanted) -> list[Load]:
    """By the zone that handles a case, the most open first."""
    lead = aliased(CaseZone)
    query = (
        select(lead.zone_id, *_counts())
        .select_from(Case)
        .join(lead, and_(lead.case_id == Case.id, lead.lead))
        .where(*_conditions(actor, wanted), Case.final.is_(None))
    )
    rows = db.session.execute(query.group_by(lead.zone_id))
    return sorted((_load(row) for row in rows), key=lambda one: -one.open)


def _load(row: Sequence[Any]) -> Load:
    key, open_, overdue, unassigned, this_month = row
    return Load(key, open_, overdue, unassigned, this_month)


def by_state(actor: Actor, wanted: Wanted) -> list[Rest]:
    """Every state in which cases rest, ended ones too."""
    open_ = Case.final.is_(None)
    query = select(
        Case.workflow, Case.workflow_version, Case.state, Case.stage, func.count(), func.count().filter(open_),
        func.count().filter(open_, Case.due_at < clock.now()),
    ).where(*_conditions(actor, wanted))  # fmt: skip
    grouped = query.group_by(Case.workflow, Case.workflow_version, Case.state, Case.stage)
    return [Rest(*row) for row in db.session.execute(grouped.order_by(Case.workflow, Case.state))]


def weeks(actor: Actor, wanted: Wanted) -> list[Week]:
    """This month's deadlines, week by week; weeks end on Sunday."""
    spans = _weeks(clock.today())
    due = [Case.due_at > _night_before(first) for first, _ in spans]
    columns = [
        func.count().filter(begin, Case.due_at <= clock.end_of_day(last))
        for begin, (_, last) in zip(due, spans, strict=True)
    ]
    query = select(*columns).select_from(Case).where(*_conditions(actor, wanted), Case.final.is_(None))
    row = db.session.execute(query).one()
    return [Week(first, last, number) for (first, last), number in zip(spans, row, strict=True)]


def _weeks(today: date) -> list[tuple[date, date]]:
    first, end = today.replace(day=1), _month_end(today)
    found = []
    while first <= end:
        last = min(end, first + timedelta(days=6 - first.weekday()))
        found.append((first, last))
        first = last + timedelta(days=1)
    return found


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _night_before(day: date) -> datetime:
    return clock.end_of_day(day - timedelta(days=1))


def _counts() -> list[ColumnElement[int]]:
    """Open, overdue, without a handler, still due this month."""
    now = clock.now()
    month = and_(Case.due_at >= now, Case.due_at <= clock.end_of_day(_month_end(clock.today())))
    return [
        func.count(),
        func.count().filter(Case.due_at < now),
        func.count().filter(Case.handler_id.is_(None)),
        func.count().filter(month),
    ]


def _conditions(actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [visible_to(actor)]
    if wanted.zone is not None:
        conditions.append(exists().where(CaseZone.case_id == Case.id, CaseZone.zone_id == wanted.zone))
    if wanted.year is not None:
        conditions.append(Case.year == wanted.year)
    return conditions
