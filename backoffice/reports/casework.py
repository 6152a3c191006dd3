"""Counts of cases for figures: how far they came, the money under agreement, how long decisions took."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, Subquery, case, distinct, func, select

from backoffice.cases.models import Case, CaseZone
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.engine.spine import History
from backoffice.engine.standing import stands
from backoffice.funding.models import Agreement, Settlement
from backoffice.outcomes.models import Measure
from backoffice.outcomes.numerals import half_up
from backoffice.programs.models import Call
from backoffice.reports.charter import (
    AWARDED,
    BROKEN_OFF,
    CONTRACTED,
    EXAMINED,
    PERFORMED,
    REFUSED,
    SETTLED,
    SUBMITTED,
    Charter,
)

STATIONS = (SUBMITTED, EXAMINED, AWARDED, CONTRACTED, PERFORMED, SETTLED)
"""In the order in which a case comes through them."""

Query = Select[*tuple[Any, ...]]

Key = tuple[int, str, int | None]
"""Program year, workflow, and zone; None for the nation, where a joint case counts once."""


@dataclass(slots=True)
class Counts:
    """How many cases came through each station, and how the others ended."""

    reached: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*STATIONS, BROKEN_OFF), 0))
    refused: int = 0
    withdrawn: int = 0
    joint: int = 0
    """Of those under agreement, how many belong to more than one zone."""


@dataclass(frozen=True, slots=True)
class Money:
    """Won under agreement; each case is booked at its lead zone, so that zones add up to the nation."""

    requested: int = 0
    agreed: int = 0
    disbursed: int = 0
    recovered: int = 0

    def __add__(self, other: "Money") -> "Money":
        return Money(
            self.requested + other.requested,
            self.agreed + other.agreed,
            self.disbursed + other.disbursed,
            self.recovered + other.recovered,
        )


@dataclass(frozen=True, slots=True)
class Pace:
    """Mean calendar days between two stations, one decimal, and over how many cases."""

    days: Decimal | None
    n: int


def _submitted(years: Collection[int]) -> tuple[Any, ...]:
    return (Case.year.in_(sorted(years)), Case.parent_id.is_(None), Case.submitted_at.is_not(None))


def _by_place(query: Query, *, nation: bool) -> Query:
    """Group a query over cases by program year, workflow and, unless it is for the nation, zone."""
    groups = [Case.year, Case.workflow]
    if nation:
        return query.add_columns(*groups).group_by(*groups)
    return (
        query.join(CaseZone, CaseZone.case_id == Case.id)
        .add_columns(*groups, CaseZone.zone_id)
        .group_by(*groups, CaseZone.zone_id)
    )


def counts(charter: Charter, years: Collection[int]) -> dict[Key, Counts]:
    """How far the submitted cases of these program years came, in every zone and in the nation."""
    found: dict[Key, Counts] = {}
    for nation in (False, True):
        for *numbers, year, workflow, zone in _filled(
            _by_place(_stations(charter, years), nation=nation), nation=nation
        ):
            one = found.setdefault((year, workflow, zone), Counts())
            one.reached = dict(zip((*STATIONS, BROKEN_OFF), numbers, strict=True))
        for refused, withdrawn, year, workflow, zone in _filled(
            _by_place(_endings(charter, years), nation=nation), nation=nation
        ):
            one = found.setdefault((year, workflow, zone), Counts())
            one.refused, one.withdrawn = refused, withdrawn
        for joint, year, workflow, zone in _filled(_by_place(_joint(charter, years), nation=nation), nation=nation):
            found.setdefault((year, workflow, zone), Counts()).joint = joint
    return found


def _filled(query: Query, *, nation: bool) -> Iterable[tuple[Any, ...]]:
    for row in db.session.execute(query):
        yield (*row, None) if nation else tuple(row)


def _stations(charter: Charter, years: Collection[int]) -> Query:
    """Distinct cases that ever rested in a state with each tag: one pass over their histories."""
    columns = [func.count(distinct(Case.id))]
    for tag in (*STATIONS[1:], BROKEN_OFF):
        columns.append(func.count(distinct(case((charter.rests_in(History.target, (tag,)), Case.id)))))
    return (
        select(*columns).select_from(Case).join(History, History.case_id == Case.id).where(*_submitted(years), stands())
    )


def _endings(charter: Charter, years: Collection[int]) -> Query:
    refused = func.count(distinct(case((charter.rests_in(Case.state, (REFUSED,)), Case.id))))
    withdrawn = func.count(distinct(case((Case.final == "cancelled", Case.id))))
    return select(refused, withdrawn).select_from(Case).where(*_submitted(years))


def joint_ids() -> Select[int]:
    """The cases that belong to more than one zone."""
    return select(CaseZone.case_id).group_by(CaseZone.case_id).having(func.count() > 1)


def contracted_ids(charter: Charter, years: Collection[int]) -> Select[int]:
    """The cases of these program years that ever were under agreement."""
    return (
        select(Case.id)
        .join(History, History.case_id == Case.id)
        .where(*_submitted(years), stands(), charter.rests_in(History.target, (CONTRACTED,)))
        .distinct()
    )


def _joint(charter: Charter, years: Collection[int]) -> Query:
    query = select(func.count(distinct(Case.id))).select_from(Case)
    return query.where(Case.id.in_(contracted_ids(charter, years)), Case.id.in_(joint_ids()))


def lead_zones() -> Subquery:
    """The zone each case is booked at (``place`` 1): its lead zone, or the first of its zones where none leads."""
    place = func.row_number().over(partition_by=CaseZone.case_id, order_by=(CaseZone.lead.desc(), CaseZone.zone_id))
    return select(CaseZone.case_id, CaseZone.zone_id, place.label("place")).subquery()


def money(years: Collection[int]) -> dict[tuple[int, str, int], Money]:
    """(program year, workflow, lead zone) -> won requested, agreed, disbursed and recovered."""
    leads = lead_zones()
    query = (
        select(
            Case.year,
            Case.workflow,
            leads.c.zone_id,
            func.sum(Case.amount),
            func.coalesce(func.sum(Agreement.amount), 0),
            func.coalesce(func.sum(Agreement.disbursed), 0),
            func.coalesce(func.sum(Settlement.recovered), 0),
        )
        .select_from(Case)
        .join(leads, leads.c.case_id == Case.id)
        .outerjoin(Agreement, (Agreement.case_id == Case.id) & Agreement.concluded_at.is_not(None))
        .outerjoin(Settlement, Settlement.agreement_id == Agreement.id)
        .where(*_submitted(years), leads.c.place == 1)
        .group_by(Case.year, Case.workflow, leads.c.zone_id)
    )
    return {(year, name, zone): Money(*map(int, sums)) for year, name, zone, *sums in db.session.execute(query)}


def support(indicator: str, years: Collection[int]) -> dict[tuple[int, int], Decimal]:
    """(year, zone) -> won disbursed to the projects whose firms reported this indicator for the year."""
    reported = (
        select(Measure.case_id, Measure.zone_id, Measure.year)
        .where(
            Measure.indicator == indicator,
            Measure.superseded_at.is_(None),
            Measure.organization_id.is_not(None),
            Measure.year.in_(sorted(years)),
        )
        .distinct()
        .subquery()
    )
    query = (
        select(reported.c.year, reported.c.zone_id, func.sum(Agreement.disbursed))
        .join(Agreement, Agreement.case_id == reported.c.case_id)
        .group_by(reported.c.year, reported.c.zone_id)
    )
    return {(year, zone): Decimal(int(total)) for year, zone, total in db.session.execute(query)}


@dataclass(frozen=True, slots=True)
class Passage:
    """When one case came through its stations."""

    case_id: int
    workflow: str
    submitted_at: datetime
    decided_at: datetime | None
    contracted_at: datetime | None
    zones: frozenset[int]


def passages(charter: Charter, year: int) -> list[Passage]:
    """The submitted cases of a program year with the first time each was decided and put under agreement."""
    decided = charter.rests_in(History.target, (AWARDED, REFUSED))
    contracted = charter.rests_in(History.target, (CONTRACTED,))
    query = (
        select(
            Case.id,
            Case.workflow,
            Case.submitted_at,
            func.min(case((decided, History.at))),
            func.min(case((contracted, History.at))),
        )
        .join(History, History.case_id == Case.id)
        .where(*_submitted([year]), stands())
        .group_by(Case.id, Case.workflow, Case.submitted_at)
        .order_by(Case.id)
    )
    zones: dict[int, set[int]] = {}
    members = select(CaseZone.case_id, CaseZone.zone_id).join(Case, Case.id == CaseZone.case_id)
    for case_id, zone_id in db.session.execute(members.where(*_submitted([year]))):
        zones.setdefault(case_id, set()).add(zone_id)
    return [
        Passage(case_id, workflow, submitted, first, second, frozenset(zones.get(case_id, ())))
        for case_id, workflow, submitted, first, second in db.session.execute(query)
    ]


def pace(spans: Iterable[tuple[datetime | None, datetime | None]]) -> Pace:
    """Mean days over the spans that have both ends; days are counted in Seoul."""
    days = [(_day(end) - _day(start)).days for start, end in spans if start is not None and end is not None]
    mean = half_up(Decimal(sum(days)) / len(days), 1) if days else None
    return Pace(mean, len(days))


def _day(instant: datetime) -> date:
    return clock.in_seoul(instant).date()


def by_month(instants: Iterable[datetime], year: int) -> list[int]:
    """How many fall into each month of a calendar year, in Seoul."""
    months = [0] * 12
    for instant in instants:
        day = _day(instant)
        if day.year == year:
            months[day.month - 1] += 1
    return months


def calls(year: int) -> dict[str, int]:
    """Workflow -> calls published for a program year; the calls of a year are national."""
    query = select(Call.workflow, func.count()).where(Call.year == year, Call.published_at.is_not(None))
    return dict(db.session.execute(query.group_by(Call.workflow)).all())


def years_with_calls() -> set[tuple[int, str]]:
    """(program year, workflow) of every published call."""
    query = select(Call.year, Call.workflow).where(Call.published_at.is_not(None)).distinct()
    return {(year, workflow) for year, workflow in db.session.execute(query)}


def workflow_and_zones(case_ids: Collection[int]) -> dict[int, tuple[str, list[int]]]:
    """Case id -> its workflow and zones, the lead zone first."""
    query = (
        select(Case.id, Case.workflow, CaseZone.zone_id)
        .join(CaseZone, CaseZone.case_id == Case.id)
        .where(Case.id.in_(sorted(case_ids)))
        .order_by(Case.id, CaseZone.lead.desc(), CaseZone.zone_id)
    )
    found: dict[int, tuple[str, list[int]]] = {}
    for case_id, workflow, zone_id in db.session.execute(query):
        found.setdefault(case_id, (workflow, []))[1].append(zone_id)
    return found
