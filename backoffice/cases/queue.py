"""The queue: filtered, sorted, counted and paged reads of the spine, the same three queries whatever its length."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from backoffice.access.actors import Actor
from backoffice.accounts.models import RoleGrant
from backoffice.cases.models import Case, CaseZone
from backoffice.cases.queries import visible_to
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.hangul import search_key
from workflows.roles import Role

PAGE = 50
SORTS = ("due", "newest", "reference", "amount", "title")


@dataclass(frozen=True, slots=True)
class Filter:
    """What the address of a queue page says. Empty means everything the actor may see."""

    box: str = "mine"
    """mine, today, overdue, unassigned or all."""
    text: str = ""
    zone: int | None = None
    workflow: str = ""
    stage: str = ""
    call: int | None = None
    year: int | None = None
    sort: str = "due"
    page: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the queue and the number of all rows behind it."""

    cases: list[Case]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


BOXES = ("mine", "today", "overdue", "unassigned", "all")


def page(actor: Actor, wanted: Filter) -> Page:
    """The rows of one page and their total."""
    conditions = _conditions(actor, wanted)
    total = db.session.scalar(select(func.count()).select_from(Case).where(*conditions)) or 0
    number = min(max(1, wanted.page), max(1, -(-total // PAGE)))
    query = _sorted(select(Case).where(*conditions), wanted.sort).limit(PAGE).offset((number - 1) * PAGE)
    return Page(list(db.session.scalars(query)), total, number)


def all_of(actor: Actor, wanted: Filter, limit: int) -> list[Case]:
    """Every row of a filtered list across its pages, up to a limit."""
    query = _sorted(select(Case).where(*_conditions(actor, wanted)), wanted.sort)
    return list(db.session.scalars(query.limit(limit)))


def count(actor: Actor, wanted: Filter) -> int:
    """How many rows a filtered list has on all its pages."""
    return db.session.scalar(select(func.count()).select_from(Case).where(*_conditions(actor, wanted))) or 0


def listed(actor: Actor, wanted: Filter, query: Any) -> Any:
    """A query about cases, kept to a filtered list and in its order."""
    return _sorted(query.where(*_conditions(actor, wanted)), wanted.sort)


def these(actor: Actor, references: Collection[str]) -> list[Case]:
    """The cases with these references, as far as they exist for the actor."""
    query = select(Case).where(visible_to(actor), Case.reference.in_(references))
    return list(db.session.scalars(query.order_by(Case.reference)))


def box_counts(actor: Actor, wanted: Filter) -> dict[str, int]:
    """How many rows each box holds under the other filters, in one query."""
    base = _conditions(actor, replace(wanted, box="all"))
    columns = [func.count().filter(_box(actor, box)).label(box) for box in BOXES]
    row = db.session.execute(select(*columns).select_from(Case).where(*base)).one()
    return {box: getattr(row, box) for box in BOXES}


def neighbours(actor: Actor, wanted: Filter, case_id: int) -> tuple[str | None, str | None, int, int]:
    """(previous reference, next reference, position, total) of a case inside a filtered list."""
    query = _sorted(select(Case.id, Case.reference).where(*_conditions(actor, wanted)), wanted.sort).limit(2000)
    rows = list(db.session.execute(query))
    place = next((index for index, row in enumerate(rows) if row.id == case_id), None)
    if place is None:
        return None, (rows[0].reference if rows else None), 0, len(rows)
    before = rows[place - 1].reference if place else None
    after = rows[place + 1].reference if place + 1 < len(rows) else None
    return before, after, place + 1, len(rows)


def _conditions(actor: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    conditions = [visible_to(actor), _box(actor, wanted.box)]
    if wanted.zone is not None:
        conditions.append(exists().where(CaseZone.case_id == Case.id, CaseZone.zone_id == wanted.zone))
    if wanted.workflow:
        conditions.append(Case.workflow == wanted.workflow)
    if wanted.stage:
        conditions.append(Case.stage == wanted.stage)
    if wanted.call is not None:
        conditions.append(Case.call_id == wanted.call)
    if wanted.year is not None:
        conditions.append(Case.year == wanted.year)
    key = search_key(wanted.text)
    if key:
        conditions.append(Case.search_text.contains(key, autoescape=True))
    return conditions


def _box(actor: Actor, box: str) -> ColumnElement[bool]:
    open_ = Case.final.is_(None)
    now = clock.now()
    if box == "mine":
        return and_(open_, Case.waiting_for.in_(sorted(actor.roles - {Role.SYSTEM})), _for_me(actor))
    if box == "today":
        return and_(open_, Case.due_at >= now, Case.due_at <= _end_of_today(now))
    if box == "overdue":
        return and_(open_, Case.due_at < now)
    if box == "unassigned":
        return and_(open_, Case.handler_id.is_(None))
    return Case.id.is_not(None)


def _for_me(actor: Actor) -> ColumnElement[bool]:
    """Mine, or nobody's in particular: the handler keeps a case only while it is the handler's own turn."""
    handlers_turn = exists().where(
        RoleGrant.user_id == Case.handler_id, RoleGrant.role == Case.waiting_for, RoleGrant.revoked_at.is_(None)
    )
    return or_(Case.handler_id.is_(None), Case.handler_id == actor.user_id, ~handlers_turn)


def _end_of_today(now: datetime) -> datetime:
    return clock.end_of_day(clock.in_seoul(now).date())


def _sorted(query: Any, sort: str) -> Any:
    if sort == "newest":
        return query.order_by(Case.state_since.desc(), Case.id.desc())
    if sort == "reference":
        return query.order_by(Case.reference)
    if sort == "amount":
        return query.order_by(Case.amount.desc(), Case.id)
    if sort == "title":
        return query.order_by(Case.title, Case.id)
    return query.order_by(Case.due_at.is_(None), Case.due_at, Case.id)
