"""How many rows each box of the queue holds: one query, answered by indexes (decision 018)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, func, select

from backoffice.access.actors import Actor
from backoffice.cases.models import Case, CaseZone
from backoffice.cases.queue import BOXES, FROM_INDEXES, Filter, filters, in_box, words
from backoffice.cases.sight import Sight, among_zones, in_zones, of_zones, sees_all_zones, visible_to, whose
from backoffice.cases.words import holding, in_text, tells_texts
from backoffice.core.db import db

ALL = BOXES[-1]
_OPEN = (Case.final.is_(None), Case.private.is_(False))
_TOLD = (Case.id, Case.final, Case.waiting_for, Case.due_at, Case.breach_action, Case.handler_id)
"""What the boxes ask of a case."""


def counted(actor: Actor, wanted: Filter) -> dict[str, int]:
    """How many rows each box holds under the other filters.

    An index keeps open cases apart; only the last box is about all others, too. Where it can be counted by itself, the
    other boxes are counted among the open cases alone.
    """
    return dict(db.session.execute(_counting(actor, wanted)).mappings().one())


def _counting(actor: Actor, wanted: Filter) -> Select[*tuple[Any, ...]]:
    reach, word = _reach(actor, wanted), words(wanted)
    if reach is not None and word:
        return _with_word(actor, reach, word)
    if reach is not None:
        here = [] if reach.zones is None else [among_zones(reach.zones)]
        return _boxes(actor, _placed(reach.zones) - _private(reach)).where(*_OPEN, *here)
    base = [*filters(wanted, FROM_INDEXES), visible_to(actor, of_zones)]
    if sees_all_zones(actor) and wanted.zone is None and not word:
        return _boxes(actor, _number(Case, *base)).where(*base, Case.final.is_(None))
    return _boxes(actor, func.count()).where(*base)


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


def _with_word(actor: Actor, reach: _Reach, word: str) -> Select[*tuple[Any, ...]]:
    """The cases with a word and the open cases are each gone through once.

    PostgreSQL lays one beside the other in one pass. SQLite would look up one of them row by row, so there those with
    the word are found first, and then looked for among the open ones.
    """
    found = holding(word)
    if reach.zones is not None:
        found = found.where(among_zones(reach.zones, found.selected_columns.case_id))
    private = _private(reach, in_text(word))
    if not tells_texts():
        first = once(found)
        among = (Case.id + 0).in_(select(first.c.case_id))
        return _boxes(actor, _number(first) - private).where(*_OPEN, among)
    told, rest = found.subquery("found"), select(*_TOLD).where(*_OPEN).subquery("rest")
    both = rest.c.id == told.c.case_id
    boxes = [func.count().filter(both, in_box(actor, box, rest.c)).label(box) for box in BOXES if box != ALL]
    everything = (func.count(told.c.case_id) - private).label(ALL)
    return select(*boxes, everything).select_from(told.join(rest, both, full=True))


def _boxes(actor: Actor, everything: Any) -> Select[*tuple[Any, ...]]:
    boxes = [func.count().filter(in_box(actor, box)).label(box) for box in BOXES if box != ALL]
    return select(*boxes, everything.label(ALL)).select_from(Case)


def _private(reach: _Reach, *where: ColumnElement[bool]) -> Any:
    """The number of private cases within reach: they are few, so all are counted, and these are taken off."""
    here = [] if reach.zones is None else [in_zones(reach.zones)]
    return _number(Case, Case.private.is_(True), *here, *where)


def _placed(zones: Sequence[int] | None) -> Any:
    """The number of cases of some zones, each once, or of every zone."""
    if zones is None:
        return _number(Case)
    return select(func.count(CaseZone.case_id.distinct())).where(CaseZone.zone_id.in_(zones)).scalar_subquery()


def _number(rows: Any, *where: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(rows).where(*where).scalar_subquery()


def once(query: Select[*tuple[Any, ...]]) -> CTE:
    """A query that is answered by itself before the one around it."""
    found = query.cte("found")
    for dialect in ("postgresql", "sqlite"):
        found = found.prefix_with("MATERIALIZED", dialect=dialect)
    return found
