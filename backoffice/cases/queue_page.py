"""One page of the queue with its boxes and its total: two or three queries, whatever the length of the list (decision 018)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, func, select

from backoffice.access.actors import Actor
from backoffice.cases.models import Case, CaseZone
from backoffice.cases.queue import (
    BOXES,
    CASE_BY_CASE,
    FROM_INDEXES,
    PAGE,
    Filter,
    conditions,
    filters,
    in_box,
    in_order,
    order_of,
    words,
)
from backoffice.cases.sight import Sight, in_zones, of_zones, sees_all_zones, visible_to, whose
from backoffice.cases.words import holding, in_text
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
    counts = _counts(actor, wanted)
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
    found = _once(select(*columns.values()).where(*conditions(actor, wanted, FROM_INDEXES)))
    return select(*_place(found.c)).order_by(*order_of(wanted.sort, found.c))


# ---- counting


def _counts(actor: Actor, wanted: Filter) -> dict[str, int]:
    """How many rows each box holds, in one query.

    An index keeps open cases apart; only the last box is about all others, too. Where it can be counted by itself, the
    other boxes are counted among the open cases alone.
    """
    boxes = {box: func.count().filter(in_box(actor, box)).label(box) for box in BOXES}
    base = [*filters(wanted, FROM_INDEXES), visible_to(actor, of_zones)]
    everything: ColumnElement[int] | None = None
    if (reach := _reach(actor, wanted)) is not None:
        everything, base = _within(reach, words(wanted))
    elif sees_all_zones(actor) and wanted.zone is None and not words(wanted):
        everything = _number(Case, *base)
    if everything is not None:
        boxes[BOXES[-1]] = everything.label(BOXES[-1])
        base = [*base, Case.final.is_(None)]
    return dict(db.session.execute(select(*boxes.values()).select_from(Case).where(*base)).mappings().one())


@dataclass(frozen=True, slots=True)
class _Reach:
    """Of which zones a list holds all cases but the private ones, or all of them with a word; None for every zone."""

    zones: Sequence[int] | None


def _reach(actor: Actor, wanted: Filter) -> _Reach | None:
    """None for who sees cases in other ways than by zone, and for other filters."""
    sight = Sight.of(actor)
    otherwise = sight.everything or sight.organizations or sight.appointments or not (sight.all_zones or sight.zones)
    if otherwise or filters(replace(wanted, text="", zone=None), FROM_INDEXES):
        return None
    own: Sequence[int] | None = None if sight.all_zones else whose(actor)["zones"]
    if wanted.zone is None:
        return _Reach(own)
    return _Reach((wanted.zone,)) if own is None or wanted.zone in own else None


def _within(reach: _Reach, word: str) -> tuple[ColumnElement[int], list[ColumnElement[bool]]]:
    """The number of all cases within reach, and the conditions by which some of them are counted.

    The private ones are few, so both they and all are counted, each in the narrowest index there is.
    """
    zones = reach.zones
    private = [Case.private.is_(True), *([] if zones is None else [in_zones(zones)])]
    public = Case.private.is_(False)
    if word:
        found = _found(word, zones)
        return _number(found) - _number(Case, *private, in_text(word)), [
            public,
            _among(Case.id, select(found.c.case_id)),
        ]
    if zones is None:
        return _number(Case) - _number(Case, *private), [public]
    return _placed(zones) - _number(Case, *private), [public, _among(Case.id, _of(zones))]


def _among(ids: Any, chosen: Select[int]) -> ColumnElement[bool]:
    """Whether an id is one of the chosen, for counting: both sides are gone through as wholes, in their indexes.

    ``+ 0`` hides that the id is a key. Otherwise each of the chosen is looked up by it, 20,000 of them in 30 ms.
    """
    among: ColumnElement[bool] = (ids + 0).in_(chosen)
    return among


def _of(zones: Sequence[int]) -> Select[int]:
    return select(CaseZone.case_id + 0).where(CaseZone.zone_id.in_(zones))


def _found(word: str, zones: Sequence[int] | None) -> CTE:
    """The cases with a word, as far as they belong to some zones; looked up once."""
    found = holding(word)
    if zones is not None:
        found = found.where(_among(found.selected_columns.case_id, _of(zones)))
    return _once(found)


def _once(query: Select[*tuple[Any, ...]]) -> CTE:
    """A query that is answered by itself before the one around it."""
    found = query.cte("found")
    for dialect in ("postgresql", "sqlite"):
        found = found.prefix_with("MATERIALIZED", dialect=dialect)
    return found


def _placed(zones: Sequence[int]) -> Any:
    """The number of cases of some zones, each once."""
    return select(func.count(CaseZone.case_id.distinct())).where(CaseZone.zone_id.in_(zones)).scalar_subquery()


def _number(rows: Any, *where: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(rows).where(*where).scalar_subquery()


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
