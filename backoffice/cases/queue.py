"""The queue: filtered, sorted, counted and paged reads of the spine, two queries whatever its length."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true

from backoffice.access.actors import Actor
from backoffice.accounts.models import RoleGrant
from backoffice.cases.models import Case
from backoffice.cases.queries import Where, in_zones, of_zones, sees_all_zones, visible_to
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.hangul import search_key
from workflows.roles import Role

PAGE = 50
FEW = 1_000
"""Up to so many rows are gathered and sorted; more are read in the order of an index."""
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
    state: str = ""
    """A state of ``workflow``."""
    handler: int | None = None
    due_from: date | None = None
    due_to: date | None = None
    """Both days inclusive, in Seoul."""
    sort: str = "due"
    page: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the queue, and how many rows each box holds under the other filters."""

    cases: list[Case]
    counts: dict[str, int]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class Place:
    """A state of one version of a workflow."""

    workflow: str
    workflow_version: int
    state: str


BOXES = ("mine", "today", "overdue", "unassigned", "all")


def page(actor: Actor, wanted: Filter) -> Page:
    """The rows of one page, their total and the boxes: two queries."""
    counts = _counts(actor, wanted)
    total = counts[wanted.box]
    number = min(max(1, wanted.page), max(1, -(-total // PAGE)))
    found = _gathered(actor, wanted) if total <= FEW or _words(wanted) else _walked(actor, wanted)
    query = _sorted(found, wanted.sort).limit(PAGE).offset((number - 1) * PAGE)
    return Page(list(db.session.scalars(query)) if total else [], counts, total, number)


def _counts(actor: Actor, wanted: Filter) -> dict[str, int]:
    """How many rows each box holds, in one query."""
    base = [*_filters(wanted, of_zones), visible_to(actor, of_zones)]
    boxes = {box: func.count().filter(_box(actor, box)).label(box) for box in BOXES}
    if sees_all_zones(actor) and wanted.zone is None and not _words(wanted):
        # An index keeps open cases apart; only the last box is about all others, too.
        everything = select(func.count()).select_from(Case).where(*base).scalar_subquery()
        boxes[BOXES[-1]] = everything.label(BOXES[-1])
        base.append(Case.final.is_(None))
    return dict(db.session.execute(select(*boxes.values()).select_from(Case).where(*base)).mappings().one())


def _walked(actor: Actor, wanted: Filter) -> Select[Case]:
    """Many rows: read in the order of an index until the page is full."""
    return select(Case).where(*_conditions(actor, wanted, in_zones))


def _gathered(actor: Actor, wanted: Filter) -> Select[Case]:
    """Few rows, or rows with a word in them: looked for once and then sorted; a walk could go through everything."""
    found = select(Case.id).where(*_conditions(actor, wanted, of_zones)).cte("found")
    for dialect in ("postgresql", "sqlite"):
        found = found.prefix_with("MATERIALIZED", dialect=dialect)
    return select(Case).join(found, found.c.id == Case.id)


def all_of(actor: Actor, wanted: Filter, limit: int) -> list[Case]:
    """Every row of a filtered list across its pages, up to a limit."""
    query = _sorted(select(Case).where(*_conditions(actor, wanted, in_zones)), wanted.sort)
    return list(db.session.scalars(query.limit(limit)))


def count(actor: Actor, wanted: Filter) -> int:
    """How many rows a filtered list has on all its pages."""
    return db.session.scalar(select(func.count()).select_from(Case).where(*_conditions(actor, wanted, in_zones))) or 0


def listed(actor: Actor, wanted: Filter, query: Any) -> Any:
    """A query about cases, kept to a filtered list and in its order."""
    return _sorted(query.where(*_conditions(actor, wanted, in_zones)), wanted.sort)


def these(actor: Actor, references: Collection[str]) -> list[Case]:
    """The cases with these references, as far as they exist for the actor."""
    query = select(Case).where(visible_to(actor), Case.reference.in_(references))
    return list(db.session.scalars(query.order_by(Case.reference)))


def resting_places(actor: Actor, wanted: Filter) -> list[Place]:
    """Where the open cases of a filtered list rest, on all its pages: what could be done with all of them."""
    query = select(Case.workflow, Case.workflow_version, Case.state).where(
        *_conditions(actor, wanted, of_zones), Case.final.is_(None)
    )
    return [Place(*row) for row in db.session.execute(query.distinct().order_by(Case.workflow, Case.state))]


def neighbor(actor: Actor, wanted: Filter, row: Case, *, onward: bool) -> str | None:
    """The reference of the case before or after this one in a filtered list, found by its sort key.

    The case itself may have left the list since: its place is still known.
    """
    key = _key(wanted.sort)
    beyond = _beyond([(column, descending is not onward, _value(row, column)) for column, descending in key])
    query = select(Case.reference).where(*_conditions(actor, wanted, in_zones), beyond)
    order = [column.asc() if descending is not onward else column.desc() for column, descending in key]
    return db.session.scalar(query.order_by(*order).limit(1))


def _conditions(actor: Actor, wanted: Filter, here: Where) -> list[ColumnElement[bool]]:
    return [visible_to(actor, here), _box(actor, wanted.box), *_filters(wanted, here)]


def _filters(wanted: Filter, here: Where) -> list[ColumnElement[bool]]:
    """All of a filter but its box and who asks."""
    conditions = [] if wanted.zone is None else [here([wanted.zone])]
    if wanted.workflow:
        conditions.append(Case.workflow == wanted.workflow)
    if wanted.stage:
        conditions.append(Case.stage == wanted.stage)
    if wanted.call is not None:
        conditions.append(Case.call_id == wanted.call)
    if wanted.year is not None:
        conditions.append(Case.year == wanted.year)
    if wanted.state:
        conditions.append(Case.state == wanted.state)
    if wanted.handler is not None:
        conditions.append(Case.handler_id == wanted.handler)
    if wanted.due_from is not None:
        conditions.append(Case.due_at > clock.end_of_day(wanted.due_from - timedelta(days=1)))
    if wanted.due_to is not None:
        conditions.append(Case.due_at <= clock.end_of_day(wanted.due_to))
    if wanted.due_from is not None or wanted.due_to is not None:
        conditions.append(Case.final.is_(None))
    if _words(wanted):
        conditions.append(Case.search_text.contains(_words(wanted), autoescape=True))
    return conditions


def _words(wanted: Filter) -> str:
    """What to look for in the search texts; empty for none."""
    return search_key(wanted.text)


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
    return true()


def _for_me(actor: Actor) -> ColumnElement[bool]:
    """Mine, or nobody's in particular: the handler keeps a case only while it is the handler's own turn."""
    handlers_turn = exists().where(
        RoleGrant.user_id == Case.handler_id, RoleGrant.role == Case.waiting_for, RoleGrant.revoked_at.is_(None)
    )
    return or_(Case.handler_id.is_(None), Case.handler_id == actor.user_id, ~handlers_turn)


def _end_of_today(now: datetime) -> datetime:
    return clock.end_of_day(clock.in_seoul(now).date())


_UNDUE = Case.due_at.is_(None)
"""Cases without a deadline come after those with one."""

Key = Sequence[tuple[Any, bool]]
"""What a list is sorted by, each with whether it runs downward; the last one is unique."""


def _key(sort: str) -> Key:
    if sort == "newest":
        return (Case.state_since, True), (Case.id, True)
    if sort == "reference":
        return ((Case.reference, False),)
    if sort == "amount":
        return (Case.amount, True), (Case.id, True)
    if sort == "title":
        return (Case.title, False), (Case.id, False)
    return (_UNDUE, False), (Case.due_at, False), (Case.id, False)


def _sorted(query: Any, sort: str) -> Any:
    return query.order_by(*(column.desc() if descending else column for column, descending in _key(sort)))


def _value(row: Case, column: Any) -> Any:
    """What a case has in a column of a sort key."""
    return (row.due_at is None) if column is _UNDUE else getattr(row, column.key)


def _beyond(places: Sequence[tuple[Any, bool, Any]]) -> ColumnElement[bool]:
    """Later than a row in the order of (column, upward, the row's value)."""
    (column, upward, value), *rest = places
    if column is _UNDUE:
        here, there = (_UNDUE, ~_UNDUE) if value else (~_UNDUE, _UNDUE)
        beside = and_(here, _beyond(rest))
        return beside if upward is value else or_(beside, there)
    if value is None:
        # Only a missing deadline: those without one all stand together, whatever its column says.
        return _beyond(rest)
    same = column == value
    further: ColumnElement[bool] = column > value if upward else column < value
    return or_(further, and_(same, _beyond(rest))) if rest else further
