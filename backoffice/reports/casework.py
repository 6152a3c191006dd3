"""Counts of cases for figures: how far they came, the money under agreement, how long decisions took."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CTE, ColumnElement, Select, Subquery, and_, case, false, func, null, or_, select, union_all

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
    """Calendar days between two stations: their sum, and over how many cases."""

    days: int = 0
    n: int = 0

    @property
    def mean(self) -> Decimal | None:
        """One decimal, half up."""
        return half_up(Decimal(self.days) / self.n, 1) if self.n else None

    def __add__(self, other: "Pace") -> "Pace":
        return Pace(self.days + other.days, self.n + other.n)


@dataclass(slots=True)
class Paces:
    """How the cases of one program year moved, by zone; None for the nation."""

    decision: dict[int | None, Pace] = field(default_factory=dict)
    agreement: dict[int | None, Pace] = field(default_factory=dict)
    months: dict[int | None, list[int]] = field(default_factory=dict)
    """Applications in each month of the year."""


def of_programs(programs: Iterable[tuple[int, str]]) -> ColumnElement[bool]:
    """The cases of some (program year, workflow)."""
    by_year: dict[int, list[str]] = {}
    for year, name in sorted(programs):
        by_year.setdefault(year, []).append(name)
    return or_(*(and_(Case.year == year, Case.workflow.in_(names)) for year, names in by_year.items()), false())


def submitted() -> tuple[ColumnElement[bool], ...]:
    """What figures count: applications that were sent, without what hangs on other cases."""
    return (Case.parent_id.is_(None), Case.submitted_at.is_not(None))


def counts(charter: Charter, which: ColumnElement[bool]) -> dict[Key, Counts]:
    """How far the submitted ones of these cases came, in every zone and in the nation: one pass over their histories."""
    cases = _passed(charter, which)
    numbers = [func.count(), *(func.sum(cases.c[tag]) for tag in _PASSED)]
    ends = (func.sum(cases.c.refused), func.sum(cases.c.withdrawn), func.sum(cases.c[CONTRACTED] * cases.c.shared))
    nation = select(cases.c.year, cases.c.workflow, null().label("zone_id"), *numbers, *ends)
    zones = select(cases.c.year, cases.c.workflow, CaseZone.zone_id, *numbers, *ends)
    query = union_all(
        zones.join(CaseZone, CaseZone.case_id == cases.c.id).group_by(cases.c.year, cases.c.workflow, CaseZone.zone_id),
        nation.group_by(cases.c.year, cases.c.workflow),
    )
    found: dict[Key, Counts] = {}
    for year, workflow, zone, *reached, refused, withdrawn, joint in db.session.execute(query):
        by_tag = dict(zip((SUBMITTED, *_PASSED), map(int, reached), strict=True))
        found[year, workflow, zone] = Counts(by_tag, int(refused), int(withdrawn), int(joint))
    return found


_PASSED = (*STATIONS[1:], BROKEN_OFF)


def _passed(charter: Charter, which: ColumnElement[bool]) -> CTE:
    """One row for each case: which stations it ever rested at, 0 or 1, and how it ended."""
    marks = charter.marks([(tag, (tag,)) for tag in _PASSED])
    rested = (History.digest == marks.c.digest) & (History.target == marks.c.state)
    refused = case((charter.rests_in(Case.state, (REFUSED,)), 1), else_=0)
    shared = case((Case.id.in_(joint_ids()), 1), else_=0)
    return (
        select(
            Case.id,
            Case.year,
            Case.workflow,
            *(func.max(func.coalesce(marks.c[tag], 0)).label(tag) for tag in _PASSED),
            refused.label("refused"),
            case((Case.final == "cancelled", 1), else_=0).label("withdrawn"),
            shared.label("shared"),
        )
        .join(History, History.case_id == Case.id)
        .outerjoin(marks, rested)
        .where(which, *submitted(), stands())
        .group_by(Case.id)
        .cte("passed")
    )


def joint_ids() -> Select[int]:
    """The cases that belong to more than one zone."""
    return select(CaseZone.case_id).group_by(CaseZone.case_id).having(func.count() > 1)


def lead_zones() -> Subquery:
    """The zone each case is booked at (``place`` 1): its lead zone, or the first of its zones where none leads."""
    place = func.row_number().over(partition_by=CaseZone.case_id, order_by=(CaseZone.lead.desc(), CaseZone.zone_id))
    return select(CaseZone.case_id, CaseZone.zone_id, place.label("place")).subquery()


def money(which: ColumnElement[bool]) -> dict[tuple[int, str, int], Money]:
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
        .where(which, *submitted(), leads.c.place == 1)
        .group_by(Case.year, Case.workflow, leads.c.zone_id)
    )
    return {(year, name, zone): Money(*map(int, sums)) for year, name, zone, *sums in db.session.execute(query)}


def support(indicator: str, places: Collection[tuple[int, int]]) -> dict[tuple[int, int], Decimal]:
    """(zone, year) -> won disbursed to the projects whose firms reported this indicator for the year."""
    zones, years = {zone for zone, _ in places}, {year for _, year in places}
    reported = (
        select(Measure.case_id, Measure.zone_id, Measure.year)
        .where(
            Measure.indicator == indicator,
            Measure.superseded_at.is_(None),
            Measure.organization_id.is_not(None),
            Measure.zone_id.in_(sorted(zones)),
            Measure.year.in_(sorted(years)),
        )
        .distinct()
        .subquery()
    )
    query = (
        select(reported.c.zone_id, reported.c.year, func.sum(Agreement.disbursed))
        .join(Agreement, Agreement.case_id == reported.c.case_id)
        .group_by(reported.c.zone_id, reported.c.year)
    )
    wanted = set(places)
    rows = db.session.execute(query)
    return {(zone, year): Decimal(int(total)) for zone, year, total in rows if (zone, year) in wanted}


@dataclass(frozen=True, slots=True)
class Passage:
    """When one case came through its stations."""

    case_id: int
    year: int
    workflow: str
    submitted_at: datetime
    decided_at: datetime | None
    contracted_at: datetime | None
    zones: frozenset[int]


def passages(charter: Charter, which: ColumnElement[bool]) -> list[Passage]:
    """The submitted ones of these cases with the first time each was decided and put under agreement."""
    marks = charter.marks([("decided", (AWARDED, REFUSED)), ("agreed", (CONTRACTED,))])
    rested = (History.digest == marks.c.digest) & (History.target == marks.c.state)
    query = (
        select(
            Case.id,
            Case.year,
            Case.workflow,
            Case.submitted_at,
            func.min(case((marks.c.decided == 1, History.at))),
            func.min(case((marks.c.agreed == 1, History.at))),
        )
        .join(History, History.case_id == Case.id)
        .outerjoin(marks, rested)
        .where(which, *submitted(), stands())
        .group_by(Case.id, Case.year, Case.workflow, Case.submitted_at)
        .order_by(Case.id)
    )
    zones: dict[int, set[int]] = {}
    members = select(CaseZone.case_id, CaseZone.zone_id).join(Case, Case.id == CaseZone.case_id)
    for case_id, zone_id in db.session.execute(members.where(which, *submitted())):
        zones.setdefault(case_id, set()).add(zone_id)
    return [
        Passage(case_id, year, workflow, at, first, second, frozenset(zones.get(case_id, ())))
        for case_id, year, workflow, at, first, second in db.session.execute(query)
    ]


def paces(charter: Charter, pairs: Collection[tuple[int, str]]) -> dict[tuple[int, str], Paces]:
    """How the cases of these program years moved; days are counted in Seoul."""
    found = {pair: Paces() for pair in pairs}
    for one in passages(charter, of_programs(pairs)):
        mine = found[one.year, one.workflow]
        sent, decided, agreed = map(_day, (one.submitted_at, one.decided_at, one.contracted_at))
        for place in (None, *one.zones):
            for paced, start, end in ((mine.decision, sent, decided), (mine.agreement, decided, agreed)):
                if start is not None and end is not None:
                    paced[place] = paced.get(place, Pace()) + Pace((end - start).days, 1)
            if sent is not None and sent.year == one.year:
                mine.months.setdefault(place, [0] * 12)[sent.month - 1] += 1
    return found


def _day(instant: datetime | None) -> date | None:
    return None if instant is None else clock.in_seoul(instant).date()


def calls() -> dict[tuple[int, str], int]:
    """(program year, workflow) -> calls published; the calls of a year are national."""
    query = select(Call.year, Call.workflow, func.count()).where(Call.published_at.is_not(None))
    return {(year, name): number for year, name, number in db.session.execute(query.group_by(Call.year, Call.workflow))}


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
