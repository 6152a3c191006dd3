"""One page of the queue with its boxes and its total: two or three queries, whatever the length of the list (decision 018)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from backoffice.access.actors import Actor
from backoffice.cases.models import Case
from backoffice.cases.queue import (
    CASE_BY_CASE,
    FROM_INDEXES,
    OPEN_FROM_INDEXES,
    PAGE,
    Filter,
    conditions,
    in_order,
    order_of,
)
from backoffice.cases.queue_counts import ALL, counted, once
from backoffice.core.db import db
from backoffice.core.paging import page_within, pages_of

FEW = 1_000
"""Up to so many rows a list is looked at as a whole: more are never done at once."""

_SORTED_BY = {"newest": Case.state_since, "reference": Case.reference, "amount": Case.amount, "title": Case.title}
"""What an order asks of a case; that of deadlines asks for ``due_at``."""


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
    """The rows of one page, their total and the boxes. A page beyond the last is the last.

    Counted by indexes; then a list of few rows is read as a whole, and a long one in its order until the page is full.
    """
    counts = counted(actor, wanted)
    total = counts[wanted.box]
    number = page_within(wanted.page, total, PAGE)
    first = (number - 1) * PAGE
    if total == 0:
        return Page([], counts, total, number, ())
    if total <= FEW:
        every = [_as_found(line) for line in db.session.execute(_all(actor, wanted))]
        shown = every[first : first + PAGE]
        return Page(_loaded([one.id for one in shown]), counts, total, number, _places(every))
    # Only ids at first: the indexes of the orders tell them without touching the rows of the pages before.
    query = in_order(select(Case.id).where(*conditions(actor, wanted, CASE_BY_CASE)), wanted.sort)
    cases = _loaded(db.session.scalars(query.limit(PAGE).offset(first)).all())
    shown = [_as_found((row.id, row.workflow, row.workflow_version, row.state, row.final)) for row in cases]
    return Page(cases, counts, total, number, _places(shown))


def _all(actor: Actor, wanted: Filter) -> Select[*tuple[Any, ...]]:
    """Every row of a list of few, found first and ordered then: in the index of the order they lie far apart."""
    asked = (*_place(Case), _SORTED_BY.get(wanted.sort, Case.due_at))
    columns = {column.key: column for column in asked}
    way = FROM_INDEXES if wanted.box == ALL else OPEN_FROM_INDEXES
    found = once(select(*columns.values()).where(*conditions(actor, wanted, way)))
    return select(*_place(found.c)).order_by(*order_of(wanted.sort, found.c))


# ---- rows


def _place(row: Any) -> tuple[Any, ...]:
    return row.id, row.workflow, row.workflow_version, row.state, row.final


def _as_found(line: Sequence[Any]) -> _Found:
    case_id, workflow, version, state, final = line
    return _Found(case_id, Place(workflow, version, state) if final is None else None)


def _places(found: Iterable[_Found]) -> list[Place]:
    return sorted({one.place for one in found if one.place is not None})


def _loaded(ids: Sequence[int]) -> list[Case]:
    """The cases themselves, in the same order."""
    rows = {row.id: row for row in db.session.scalars(select(Case).where(Case.id.in_(ids)))} if ids else {}
    return [rows[case_id] for case_id in ids if case_id in rows]
