"""What firms reported, summed up in the database: totals, the same firms in two years, the same firms in two indicators.

A firm that reports for two projects counts once (its newest report), in each of its zones and once in the nation.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, false, func, literal, null, or_, select, union_all

from backoffice.core.db import db
from backoffice.outcomes.models import Measure

NOTHING = Decimal(0)

NATION = None
"""In place of a zone's id: all zones together, each firm once."""


@dataclass(frozen=True, slots=True)
class FirmPair:
    """Two totals over the same firms: two years of one indicator, or two indicators of one year."""

    first: Decimal
    second: Decimal
    firms: int


@dataclass(frozen=True, slots=True)
class FirmFigure:
    """What the firms of a zone (or of the nation) reported for an indicator and year, and how many of them."""

    indicator: str
    year: int
    zone_id: int | None
    total: Decimal
    firms: int
    same: FirmPair
    """The year before and the year, over the firms that reported both."""


@dataclass(frozen=True, slots=True)
class PairFigure:
    """Two indicators over the firms that reported both for a year."""

    first: str
    second: str
    year: int
    zone_id: int | None
    sums: FirmPair


def reported() -> tuple[ColumnElement[bool], ...]:
    """The rows of the ledger that stand and are reports of firms about themselves."""
    return (
        Measure.superseded_at.is_(None),
        Measure.scope == "",
        Measure.organization_id.is_not(None),
        Measure.attribution == "direct",
    )


Place = tuple[int, int]
"""A zone and a year."""


def _of(places: Collection[Place], *, back: int) -> ColumnElement[bool]:
    """The measures of these zones and years, and of as many years before."""
    years: dict[int, set[int]] = {}
    for zone_id, year in places:
        years.setdefault(zone_id, set()).update(range(year - back, year + 1))
    alike: dict[tuple[int, ...], list[int]] = {}
    for zone_id, found in years.items():
        alike.setdefault(tuple(sorted(found)), []).append(zone_id)
    ways = (and_(Measure.zone_id.in_(sorted(zones)), Measure.year.in_(span)) for span, zones in alike.items())
    return or_(*ways, false())


def _newest(*conditions: ColumnElement[bool], nation: bool) -> Subquery:
    """One value per firm, indicator and year (and zone): the newest report stands.

    In the order of ``ix_measure_reported``, so that nothing has to be sorted.
    """
    firm: list[Any] = [*([] if nation else [Measure.zone_id]), Measure.indicator, Measure.organization_id]
    later = func.lead(Measure.id).over(partition_by=[*firm, Measure.year], order_by=Measure.id)
    rows = select(*firm, Measure.year, Measure.value, later.label("later")).where(*reported(), *conditions).subquery()
    return select(*(column for column in rows.c if column.name != "later")).where(rows.c.later.is_(None)).subquery()


def _sums(*conditions: ColumnElement[bool], nation: bool) -> list[FirmFigure]:
    """Totals by indicator, year and zone, with those of the firms that reported the year before too."""
    rows = _newest(*conditions, nation=nation)
    whose = [column for column in rows.c if column.name in {"organization_id", "indicator", "zone_id"}]
    before = func.lag(rows.c.year).over(partition_by=whose, order_by=rows.c.year)
    its_value = func.lag(rows.c.value, type_=rows.c.value.type).over(partition_by=whose, order_by=rows.c.year)
    told = select(*rows.c, before.label("year_before"), its_value.label("value_before")).subquery()
    both = told.c.year_before == told.c.year - 1
    query = select(
        told.c.indicator, told.c.year, null() if nation else told.c.zone_id, func.sum(told.c.value), func.count(),
        func.sum(case((both, told.c.value_before))), func.sum(case((both, told.c.value))), func.count(case((both, 1))),
    ).group_by(told.c.indicator, told.c.year, *([] if nation else [told.c.zone_id]))  # fmt: skip
    return [
        FirmFigure(code, year, zone, total, firms, FirmPair(first or NOTHING, second or NOTHING, same))
        for code, year, zone, total, firms, first, second, same in db.session.execute(query)
    ]


def zone_figures(places: Collection[Place]) -> list[FirmFigure]:
    """Sums over firms by indicator, of these zones and years."""
    wanted = set(places)
    return [one for one in _sums(_of(places, back=1), nation=False) if (one.zone_id, one.year) in wanted]


def reporting_firms(places: Collection[Place]) -> dict[Place, frozenset[int]]:
    """The firms that reported anything for the year or the year before, by zone and year."""
    query = select(Measure.zone_id, Measure.year, Measure.organization_id).where(*reported(), _of(places, back=1))
    said: dict[Place, set[int]] = {}
    for zone_id, year, firm in db.session.execute(query.distinct()):
        if firm is not None:
            said.setdefault((zone_id, year), set()).add(firm)
    return {
        (zone, year): frozenset(said.get((zone, year), set()) | said.get((zone, year - 1), set()))
        for zone, year in places
    }


def figures_of_firms(firms: Collection[int], years: Collection[int], *, nation: bool) -> list[FirmFigure]:
    """What these firms add to the sums of their zones, or to those of the nation."""
    wanted = set(years)
    scanned = wanted | {year - 1 for year in wanted}
    conditions = (Measure.organization_id.in_(sorted(firms)), Measure.year.in_(sorted(scanned)))
    return [one for one in _sums(*conditions, nation=nation) if one.year in wanted]


def zone_pairs(ratios: Collection[tuple[str, str]], places: Collection[Place]) -> list[PairFigure]:
    """Sums of two indicators over the firms that reported both, of these zones and years."""
    return _pairs(ratios, _of(places, back=0), nation=False)


def pairs_of_firms(
    ratios: Collection[tuple[str, str]], firms: Collection[int], years: Collection[int], *, nation: bool
) -> list[PairFigure]:
    """What these firms add to those of their zones, or to those of the nation."""
    conditions = and_(Measure.organization_id.in_(sorted(firms)), Measure.year.in_(sorted(years)))
    return _pairs(ratios, conditions, nation=nation)


def _pairs(ratios: Collection[tuple[str, str]], which: ColumnElement[bool], *, nation: bool) -> list[PairFigure]:
    if not ratios:
        return []
    query = union_all(*(_pair(first, second, which, nation=nation) for first, second in ratios))
    return [
        PairFigure(one, other, year, zone, FirmPair(numerator, denominator, firms))
        for one, other, year, zone, numerator, denominator, firms in db.session.execute(query)
    ]


def _pair(first: str, second: str, which: ColumnElement[bool], *, nation: bool) -> Select[Any]:
    rows = _newest(which, Measure.indicator.in_((first, second)), nation=nation)
    firm = [rows.c.organization_id, rows.c.year, *([] if nation else [rows.c.zone_id])]
    both = (
        select(
            *firm,
            func.sum(case((rows.c.indicator == first, rows.c.value))).label("one"),
            func.sum(case((rows.c.indicator == second, rows.c.value))).label("other"),
        )
        .group_by(*firm)
        .having(func.count() == 2)
        .subquery()
    )
    zone = null() if nation else both.c.zone_id
    sums = (func.sum(both.c.one), func.sum(both.c.other), func.count())
    return select(literal(first), literal(second), both.c.year, zone.label("zone_id"), *sums).group_by(
        both.c.year, *([] if nation else [both.c.zone_id])
    )
