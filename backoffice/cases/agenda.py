"""What is due: overdue, today, this week, this month, later; the same few queries whatever the number of cases."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, select

from backoffice.access.actors import Actor
from backoffice.cases.models import Case, CaseZone
from backoffice.cases.sight import visible_to
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.paging import page_within, pages_of

PAGE = 50
BUCKETS = ("overdue", "today", "week", "month", "later")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address of the page says."""

    bucket: str = "overdue"
    zone: int | None = None
    workflow: str = ""
    owner: str = ""
    """The role whose turn it is."""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Agenda:
    """One page of a bucket, and how many cases each bucket holds."""

    cases: list[Case]
    counts: dict[str, int]
    number: int
    pages: int


def agenda(actor: Actor, wanted: Wanted) -> Agenda:
    """The cases of a bucket, the next to fall due first."""
    base = _conditions(actor, wanted)
    bounds = _bounds(clock.now())
    columns = [func.count().filter(_within(bounds[bucket])).label(bucket) for bucket in BUCKETS]
    row = db.session.execute(select(*columns).select_from(Case).where(*base)).one()
    counts = {bucket: getattr(row, bucket) for bucket in BUCKETS}
    pages = pages_of(counts[wanted.bucket], PAGE)
    number = page_within(wanted.page, counts[wanted.bucket], PAGE)
    query = select(Case).where(*base, _within(bounds[wanted.bucket])).order_by(Case.due_at, Case.id)
    return Agenda(list(db.session.scalars(query.limit(PAGE).offset((number - 1) * PAGE))), counts, number, pages)


def _conditions(actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [visible_to(actor), Case.final.is_(None), Case.due_at.is_not(None)]
    if wanted.zone is not None:
        conditions.append(exists().where(CaseZone.case_id == Case.id, CaseZone.zone_id == wanted.zone))
    if wanted.workflow:
        conditions.append(Case.workflow == wanted.workflow)
    if wanted.owner:
        conditions.append(Case.waiting_for == wanted.owner)
    return conditions


Bounds = tuple[datetime | None, datetime | None]
"""After the first instant, up to and including the second."""


def _bounds(now: datetime) -> dict[str, Bounds]:
    """Weeks end on Sunday, months on their last day, all in Seoul; no case is in two buckets."""
    today = clock.in_seoul(now).date()
    tonight = clock.end_of_day(today)
    sunday = clock.end_of_day(today + timedelta(days=6 - today.weekday()))
    next_month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    month = max(sunday, clock.end_of_day(next_month - timedelta(days=1)))
    just_before = now - timedelta(microseconds=1)
    return {
        "overdue": (None, just_before),
        "today": (just_before, tonight),
        "week": (tonight, sunday),
        "month": (sunday, month),
        "later": (month, None),
    }


def _within(bounds: Bounds) -> ColumnElement[bool]:
    after, until = bounds
    conditions = []
    if after is not None:
        conditions.append(Case.due_at > after)
    if until is not None:
        conditions.append(Case.due_at <= until)
    return and_(*conditions)
