"""One page of the queue with its boxes and its total: two or three queries, whatever the length of the list (decision 018)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, func, select, true

from backoffice.access.actors import Actor
from backoffice.cases.models import Case, CaseZone
from backoffice.cases.queue import BOXES, PAGE, Filter, conditions, filters, in_box, in_order, order_of, words
from backoffice.cases.sight import Sight, in_zones, of_zones, sees_all_zones, visible_to, whose
from backoffice.core.db import db
from backoffice.core.paging import page_within, pages_of

FEW = 1_000
"""Up to so many rows a list is looked at as a whole: more are never done at once."""


_SORTED_BY = {"newest": Case.state_since, "reference": Case.reference, "amount": Case.amount, "title": Case.title}
"""What an order asks of a case beside its deadline."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A state of one version of a workflow."""

    workflow: str
    workflow_version: int
    state: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the queue, and how many rows each box holds under the other filters."""

    cases: list[Case]
    counts: dict[str, int]
    total: int
    number: int
    places: Sequence[Place]
    """Where the open rows of all pages rest: what could be done with them at once. Of a list longer than ``FEW``, this page's."""

    @property
    def pages(self) -> int:
        return pages_of(self.total, PAGE)


@dataclass(frozen=True, slots=True)
class _Found:
    """A case of a list, and where it rests; None for one that is over."""

    id: int
    place: Place | None


def page(actor: Actor, wanted: Filter) -> Page:
    """The rows of one page, their total and the boxes. A page beyond the last is the last."""
    return _gathered(actor, wanted, wanted.page) if words(wanted) else _looked_up(actor, wanted)


# ---- lists that have to be read for a word: everything in one pass


def _gathered(actor: Actor, wanted: Filter, number: int) -> Page:
    """All rows of all boxes are found once; the counts and the page are taken out of them."""
    number = max(1, number)
    first = (number - 1) * PAGE
    whole = first + PAGE <= FEW
    found = _every(actor, wanted)
    counts = select(*(func.count().filter(in_box(actor, box, found.c)).label(box) for box in BOXES)).select_from(found)
    counted = counts.subquery("counted")
    rows = (
        select(found)
        .where(in_box(actor, wanted.box, found.c))
        .order_by(*order_of(wanted.sort, found.c))
        .limit(FEW + 1 if whole else PAGE)
        .offset(0 if whole else first)
        .subquery("listed")
    )
    query = select(counted, *_place(rows.c)).select_from(counted.outerjoin(rows, true()))
    answer = db.session.execute(query.order_by(*order_of(wanted.sort, rows.c))).all()
    held = dict(zip(BOXES, answer[0], strict=False))
    total = held[wanted.box]
    if total and number > pages_of(total, PAGE):
        return _gathered(actor, wanted, pages_of(total, PAGE))
    every = [_as_found(line[len(BOXES) :]) for line in answer] if total else []
    mine = every[first : first + PAGE] if whole else every
    return Page(_loaded(mine), held, total, number, _places(every if total <= FEW else mine))


def _every(actor: Actor, wanted: Filter) -> CTE:
    """The rows of a filter in all boxes, with what the boxes and the order ask of them; read once."""
    asked = (*_place(Case), Case.waiting_for, Case.handler_id, Case.due_at)
    columns = {column.key: column for column in asked}
    if wanted.sort in _SORTED_BY:
        columns[_SORTED_BY[wanted.sort].key] = _SORTED_BY[wanted.sort]
    found = select(*columns.values()).where(visible_to(actor, of_zones), *filters(wanted, of_zones)).cte("found")
    for dialect in ("postgresql", "sqlite"):
        found = found.prefix_with("MATERIALIZED", dialect=dialect)
    return found


# ---- all other lists: indexes answer


def _looked_up(actor: Actor, wanted: Filter) -> Page:
    """Counted by an index; then a long list is read in the order of another one until the page is full."""
    counts = _counts(actor, wanted)
    total = counts[wanted.box]
    number = page_within(wanted.page, total, PAGE)
    first = (number - 1) * PAGE
    if total == 0:
        return Page([], counts, total, number, ())
    if total <= FEW:
        query = in_order(select(*_place(Case)).where(*conditions(actor, wanted, of_zones)), wanted.sort)
        every = [_as_found(line) for line in db.session.execute(query)]
        return Page(_loaded(every[first : first + PAGE]), counts, total, number, _places(every))
    query = in_order(select(Case).where(*conditions(actor, wanted, in_zones)), wanted.sort)
    cases = list(db.session.scalars(query.limit(PAGE).offset(first)))
    shown = [_as_found((row.id, row.workflow, row.workflow_version, row.state, row.final)) for row in cases]
    return Page(cases, counts, total, number, _places(shown))


def _counts(actor: Actor, wanted: Filter) -> dict[str, int]:
    """How many rows each box holds, in one query."""
    base = [*filters(wanted, of_zones), visible_to(actor, of_zones)]
    boxes = {box: func.count().filter(in_box(actor, box)).label(box) for box in BOXES}
    everything = _everything(actor, wanted, base)
    if everything is not None:
        # An index keeps open cases apart; only the last box is about all others, too.
        boxes[BOXES[-1]] = everything.label(BOXES[-1])
        base.append(Case.final.is_(None))
    return dict(db.session.execute(select(*boxes.values()).select_from(Case).where(*base)).mappings().one())


def _everything(actor: Actor, wanted: Filter, base: Sequence[ColumnElement[bool]]) -> ColumnElement[int] | None:
    """The last box counted by itself; None where one pass over its rows counts all boxes.

    Whoever sees the cases of some or all zones, and by no other way, sees all of them but the private ones. Those are
    few, so both are counted in the narrowest index there is.
    """
    sight = Sight.of(actor)
    zones: list[int] | None = None if sight.all_zones else whose(actor)["zones"]
    if len(base) > 1 or sight.organizations or sight.appointments or sight.everything or zones == []:
        apart = sees_all_zones(actor) and wanted.zone is None
        return select(func.count()).select_from(Case).where(*base).scalar_subquery() if apart else None
    within = [] if zones is None else [of_zones(zones)]
    private = select(func.count()).select_from(Case).where(Case.private.is_(True), *within).scalar_subquery()
    if zones is None:
        return select(func.count()).select_from(Case).scalar_subquery() - private
    placed = select(func.count(CaseZone.case_id.distinct())).where(CaseZone.zone_id.in_(zones)).scalar_subquery()
    return placed - private


# ---- rows


def _place(row: Any) -> tuple[Any, ...]:
    return row.id, row.workflow, row.workflow_version, row.state, row.final


def _as_found(line: Sequence[Any]) -> _Found:
    case_id, workflow, version, state, final = line
    return _Found(case_id, Place(workflow, version, state) if final is None else None)


def _places(found: Iterable[_Found]) -> list[Place]:
    return sorted({one.place for one in found if one.place is not None})


def _loaded(found: Sequence[_Found]) -> list[Case]:
    """The cases themselves, in the same order."""
    query = select(Case).where(Case.id.in_([one.id for one in found]))
    rows = {row.id: row for row in db.session.scalars(query)} if found else {}
    return [rows[one.id] for one in found if one.id in rows]
