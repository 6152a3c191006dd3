"""The figures of an analysis: each one query over the stays, whatever the number of cases."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from backoffice.analytics.selection import REFUSED, Book, Selection
from backoffice.analytics.stays import counted, explained, percentile, rank_in, summed, total_of
from backoffice.cases.models import Case, CaseZone
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.engine.spine import TRANSITION
from workflows.roles import Role

Micros = int
"""A length of time in whole microseconds."""


@dataclass(frozen=True, slots=True)
class StateTimes:
    """How long cases rested in one state, and how they kept its deadline.

    Percentiles are over complete stays (``left``) only. Lateness is over stays that were left and had a deadline:
    ``late`` by people after it, ``by_system`` by the step the system takes when it passes.
    """

    state: str
    left: int
    p50: Micros | None
    p90: Micros | None
    open: int
    oldest: Micros | None
    given_up: int
    moved: int
    due: int
    late: int
    by_system: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long cases waited for one side: all stays with the time so far of those that go on."""

    side: str
    stays: int
    open: int
    total: Micros
    p50: Micros | None


@dataclass(frozen=True, slots=True)
class Return:
    """A step that led a case back into a state it had been in before, and the time spent there again."""

    source: str
    action: str
    target: str
    times: int
    cases: int
    spent: Micros


@dataclass(frozen=True, slots=True)
class StageFlow:
    """What became of the cases that entered a stage, by the last time each of them left it."""

    position: int
    entered: int
    forward: int
    refused: int
    given_up: int
    back: int
    still: int


@dataclass(frozen=True, slots=True)
class Lead:
    """Cases of one lead zone, or of all (``zone_id`` empty): how they ended, how long they took from start to end.

    Times are of cases that ended with an outcome; withdrawn and cancelled ones are counted but not timed.
    """

    zone_id: int | None
    cases: int
    open: int
    success: int
    failure: int
    cancelled: int
    p50: Micros | None
    p90: Micros | None
    due: int
    late: int


def _rows(query: Any) -> list[Any]:
    return list(db.session.execute(query))


def _whole(value: Any) -> int | None:
    """PostgreSQL sums whole numbers to decimals."""
    return None if value is None else int(value)


def _passed_deadline(table: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """(left under a deadline, left after it). What a change of version moved kept no deadline."""
    under = and_(table.c.left_at.is_not(None), table.c.left_kind == TRANSITION, table.c.due_at.is_not(None))
    return under, and_(under, table.c.left_at > table.c.due_at)


def state_times(wanted: Selection, book: Book) -> list[StateTimes]:
    """Times and lateness of every state somebody was ever in, in the order of the definition."""
    base = explained(wanted, book)
    place, of = rank_in(base.c.lasted, base.c.state, base.c.how)
    ranked = select(*base.c, place, of).cte("ranked")
    left, now = ranked.c.how == "left", clock.now()
    under, late = _passed_deadline(ranked)
    by_system = and_(late, ranked.c.left_role == Role.SYSTEM)
    is_open = ranked.c.how == "open"
    query = select(
        ranked.c.state,
        counted(left),
        percentile(50, ranked, ranked.c.lasted, left),
        percentile(90, ranked, ranked.c.lasted, left),
        counted(is_open),
        func.max(case((is_open, _micros(now) - ranked.c.entered))),
        counted(ranked.c.how == "given_up"),
        counted(ranked.c.how == "moved"),
        counted(under),
        counted(and_(late, ranked.c.left_role != Role.SYSTEM)),
        counted(by_system),
        counted(and_(is_open, ranked.c.due_now < now)),
    ).group_by(ranked.c.state)
    found = [StateTimes(row[0], *(_whole(value) for value in row[1:])) for row in _rows(query)]  # type: ignore[arg-type]  # counts are never empty
    order = {name: place for place, name in enumerate(book.state_order())}
    return sorted(found, key=lambda one: order.get(one.state, len(order)))


def _micros(moment: Any) -> int:
    """An aware instant in whole microseconds since 1970."""
    seconds = int(moment.replace(microsecond=0).timestamp())
    return seconds * 1_000_000 + int(moment.microsecond)


def waiting(wanted: Selection, book: Book) -> list[Waiting]:
    """Whom the cases waited for, longest first."""
    base = explained(wanted, book)
    place, of = rank_in(base.c.lasted, base.c.side, base.c.how)
    ranked = select(*base.c, place, of).cte("ranked")
    spent = func.coalesce(ranked.c.left, _micros(clock.now())) - ranked.c.entered
    query = (
        select(
            ranked.c.side,
            func.count(),
            counted(ranked.c.how == "open"),
            *summed(spent),
            percentile(50, ranked, ranked.c.lasted, ranked.c.how == "left"),
        )
        .where(ranked.c.side != "")
        .group_by(ranked.c.side)
    )
    found = [
        Waiting(row[0], int(row[1]), int(row[2]), total_of(row[3], row[4]), _whole(row[5])) for row in _rows(query)
    ]
    return sorted(found, key=lambda one: (-one.total, one.side))


def returns(wanted: Selection, book: Book) -> list[Return]:
    """Every step that led back, most frequent first."""
    base = explained(wanted, book)
    spent = func.coalesce(base.c.left, _micros(clock.now())) - base.c.entered
    query = (
        select(
            base.c.source, base.c.action, base.c.state, func.count(), func.count(base.c.case_id.distinct()),
            *summed(spent),
        )
        .where(base.c.visit > 1, base.c.kind == TRANSITION)
        .group_by(base.c.source, base.c.action, base.c.state)
    )  # fmt: skip
    found = [Return(row[0], row[1], row[2], int(row[3]), int(row[4]), total_of(row[5], row[6])) for row in _rows(query)]
    return sorted(found, key=lambda one: (-one.times, one.source, one.action))


def stage_flows(wanted: Selection, book: Book) -> list[StageFlow]:
    """Conversion from stage to stage. States in which a case is refused belong to no stage: they end it."""
    base = explained(wanted, book)
    newest_first = func.row_number().over(
        partition_by=(base.c.case_id, base.c.position), order_by=base.c.revision.desc()
    )
    last = select(*base.c, newest_first.label("newest")).where(base.c.ending == "").cte("last")
    became = case(
        (last.c.left_at.is_(None), "still"),
        (last.c.next_ending == "success", "forward"),
        (last.c.next_ending.in_(("failure", REFUSED)), "refused"),
        (last.c.next_ending == "cancelled", "given_up"),
        (last.c.next_position < last.c.position, "back"),
        else_="forward",
    )
    fate = select(last.c.position, became.label("became")).where(last.c.newest == 1).cte("fate")
    query = select(
        fate.c.position,
        func.count(),
        *(counted(fate.c.became == word) for word in ("forward", "refused", "given_up", "back", "still")),
    ).group_by(fate.c.position)
    return sorted((StageFlow(*(int(value) for value in row)) for row in _rows(query)), key=lambda one: one.position)


def leads(wanted: Selection, book: Book) -> list[Lead]:
    """Every lead zone by its number of cases, and first the whole."""
    base = explained(wanted, book)
    under, late = _passed_deadline(base)
    journey = (
        select(
            base.c.case_id,
            func.min(base.c.entered).label("began"),
            func.max(base.c.left).label("ended"),
            counted(under).label("due"),
            counted(late).label("late"),
        )
        .group_by(base.c.case_id)
        .cte("journey")
    )
    lasted = (journey.c.ended - journey.c.began).label("lasted")
    timed = case((Case.final.in_(("success", "failure")), 1), else_=0).label("timed")
    whole = select(journey.c.due, journey.c.late, lasted, timed, Case.final).join(Case, Case.id == journey.c.case_id)
    by_zone = whole.add_columns(CaseZone.zone_id).outerjoin(
        CaseZone, and_(CaseZone.case_id == Case.id, CaseZone.lead.is_(True))
    )
    zones = _leads_by_zone(by_zone.cte("by_zone"))
    return [*_leads(whole.cte("whole"), grouped=None), *sorted(zones, key=lambda one: (-one.cases, one.zone_id or 0))]


def _leads_by_zone(table: Any) -> list[Lead]:
    return _leads(table, grouped=table.c.zone_id)


def _leads(table: Any, *, grouped: ColumnElement[Any] | None) -> list[Lead]:
    group = () if grouped is None else (grouped,)
    place, of = rank_in(table.c.lasted, *group, table.c.timed)
    ranked = select(*table.c, place, of).cte("ranked")
    key = None if grouped is None else ranked.c[grouped.name]
    columns = (
        func.count(),
        counted(ranked.c.final.is_(None)),
        *(counted(ranked.c.final == ending) for ending in ("success", "failure", "cancelled")),
        *(percentile(percent, ranked, ranked.c.lasted, ranked.c.timed == 1) for percent in (50, 90)),
        func.coalesce(func.sum(ranked.c.due), 0),
        func.coalesce(func.sum(ranked.c.late), 0),
    )
    query: Any = select(*columns) if key is None else select(key, *columns).group_by(key)
    rows = _rows(query)
    if key is None:
        rows = [(None, *row) for row in rows]
    return [Lead(row[0], *(_whole(value) for value in row[1:])) for row in rows]  # type: ignore[arg-type]  # counts are never empty
