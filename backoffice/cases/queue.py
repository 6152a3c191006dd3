"""The queue: what its filters mean, and reads of a filtered list without pages."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true

from backoffice.access.actors import Actor
from backoffice.accounts.models import RoleGrant
from backoffice.cases.models import Case
from backoffice.cases.sight import Where, among_zones, in_zones, of_zones, visible_to
from backoffice.cases.words import in_index, in_text
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.hangul import search_key
from workflows.roles import Role

PAGE = 50
SORTS = ("due", "newest", "reference", "amount", "title")


@dataclass(frozen=True, slots=True)
class Way:
    """How the database is asked. The answer is the same, the time is not."""

    zones: Where
    words: Callable[[str], ColumnElement[bool]]


CASE_BY_CASE = Way(in_zones, in_text)
"""For lists that are read in their order and stop after a page."""
FROM_INDEXES = Way(of_zones, in_index)
"""For counting, and for lists that are read as a whole."""
OPEN_FROM_INDEXES = Way(among_zones, in_index)
"""The same where only open cases are meant: they stand together in an index, and most of a zone's are over."""


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


AHEAD = timedelta(days=30)
"""How long before its deadline a case is somebody's work again that the system moves on then.

Five years of follow-up, for one, ask nothing of anybody: among what waits today they would bury it.
"""

BOXES = ("mine", "today", "overdue", "unassigned", "all")


def all_of(actor: Actor, wanted: Filter, limit: int) -> list[Case]:
    """Every row of a filtered list across its pages, up to a limit."""
    query = in_order(select(Case).where(*conditions(actor, wanted, CASE_BY_CASE)), wanted.sort)
    return list(db.session.scalars(query.limit(limit)))


def count(actor: Actor, wanted: Filter) -> int:
    """How many rows a filtered list has on all its pages."""
    return (
        db.session.scalar(select(func.count()).select_from(Case).where(*conditions(actor, wanted, CASE_BY_CASE))) or 0
    )


def listed(actor: Actor, wanted: Filter, query: Any) -> Any:
    """A query about cases, kept to a filtered list and in its order."""
    return in_order(query.where(*conditions(actor, wanted, CASE_BY_CASE)), wanted.sort)


def these(actor: Actor, references: Collection[str]) -> list[Case]:
    """The cases with these references, as far as they exist for the actor."""
    query = select(Case).where(visible_to(actor), Case.reference.in_(references))
    return list(db.session.scalars(query.order_by(Case.reference)))


def contains(actor: Actor, wanted: Filter, row: Case) -> bool:
    """Whether a case is in a filtered list now: asked of this one case, however long the list."""
    query = select(Case.id).where(Case.id == row.id, *conditions(actor, wanted, CASE_BY_CASE))
    return db.session.scalar(query) is not None


def neighbor(actor: Actor, wanted: Filter, row: Case, *, onward: bool) -> str | None:
    """The reference of the case before or after this one in a filtered list, found by its sort key.

    The case itself may have left the list since: its place is still known.
    """
    key = _key(wanted.sort)
    beyond = _beyond([(column, descending is not onward, _value(row, column)) for column, descending in key])
    query = select(Case.reference).where(*conditions(actor, wanted, CASE_BY_CASE), beyond)
    order = [column.asc() if descending is not onward else column.desc() for column, descending in key]
    return db.session.scalar(query.order_by(*order).limit(1))


def conditions(actor: Actor, wanted: Filter, way: Way) -> list[ColumnElement[bool]]:
    """What a case of a filtered list fulfills."""
    return [visible_to(actor, way.zones), in_box(actor, wanted.box), *filters(wanted, way)]


def filters(wanted: Filter, way: Way) -> list[ColumnElement[bool]]:
    """All of a filter but its box and who asks."""
    conditions = [] if wanted.zone is None else [way.zones([wanted.zone])]
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
    if words(wanted):
        conditions.append(way.words(words(wanted)))
    return conditions


def words(wanted: Filter) -> str:
    """What to look for in the search texts; empty for no word."""
    return search_key(wanted.text)


def in_box(actor: Actor, box: str, row: Any = Case) -> ColumnElement[bool]:
    """Whether a case, or a ``row`` with the columns of one, belongs into a box."""
    open_ = row.final.is_(None)
    now = clock.now()
    if box == "mine":
        my_turn = row.waiting_for.in_(sorted(actor.roles - {Role.SYSTEM}))
        return and_(open_, my_turn, _for_me(actor, row), _not_by_itself(now, row))
    if box == "today":
        return and_(open_, row.due_at >= now, row.due_at <= _end_of_today(now))
    if box == "overdue":
        return and_(open_, row.due_at < now)
    if box == "unassigned":
        return and_(open_, row.handler_id.is_(None))
    return true()


def _for_me(actor: Actor, row: Any) -> ColumnElement[bool]:
    """Mine, or nobody's in particular: the handler keeps a case only while it is the handler's own turn."""
    handlers_turn = exists().where(
        RoleGrant.user_id == row.handler_id, RoleGrant.role == row.waiting_for, RoleGrant.revoked_at.is_(None)
    )
    return or_(row.handler_id.is_(None), row.handler_id == actor.user_id, ~handlers_turn)


def _not_by_itself(now: datetime, row: Any) -> ColumnElement[bool]:
    """Somebody has to do something: at its deadline the case does not move on by itself, or that deadline is near."""
    return or_(row.breach_action.is_(None), row.due_at.is_(None), row.due_at <= now + AHEAD)


def _end_of_today(now: datetime) -> datetime:
    return clock.end_of_day(clock.in_seoul(now).date())


_UNDUE = Case.due_at.is_(None)
"""Cases without a deadline come after those with one."""

Key = Sequence[tuple[Any, bool]]
"""What a list is sorted by, each with whether it runs downward; the last one is unique."""


def _key(sort: str, row: Any = Case) -> Key:
    if sort == "newest":
        return (row.state_since, True), (row.id, True)
    if sort == "reference":
        return ((row.reference, False),)
    if sort == "amount":
        return (row.amount, True), (row.id, True)
    if sort == "title":
        return (row.title, False), (row.id, False)
    return (_UNDUE if row is Case else row.due_at.is_(None), False), (row.due_at, False), (row.id, False)


def order_of(sort: str, row: Any = Case) -> list[Any]:
    """What to order cases by, or ``row`` with their columns."""
    return [column.desc() if descending else column for column, descending in _key(sort, row)]


def in_order(query: Any, sort: str) -> Any:
    return query.order_by(*order_of(sort))


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
