"""Reads of outcomes for figures: current measures of firms and zones, targets, main projects, restatements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Subquery, and_, func, select
from sqlalchemy.orm import aliased

from backoffice.cases.models import Case
from backoffice.core.db import db
from backoffice.engine.values import Subject
from backoffice.outcomes.entry_checks import Before
from backoffice.outcomes.models import FollowOn, Measure, Target

NATION = None
"""In place of a zone's id: all zones together, each firm once."""


@dataclass(frozen=True, slots=True)
class FirmTotal:
    """What the firms of a zone reported for an indicator and year, and how many of them."""

    indicator: str
    year: int
    zone_id: int | None
    total: Decimal
    firms: int


@dataclass(frozen=True, slots=True)
class FirmPair:
    """Two totals over the same firms: two years of one indicator, or two indicators of one year."""

    zone_id: int | None
    first: Decimal
    second: Decimal
    firms: int


@dataclass(frozen=True, slots=True)
class ZoneValue:
    """A figure a zone entered about itself."""

    indicator: str
    year: int
    zone_id: int
    value: Decimal
    denominator: Decimal | None
    scope: str
    attribution: str
    period_to: date


@dataclass(frozen=True, slots=True)
class MainProject:
    """A main project that grew out of a case."""

    case_id: int
    name: str
    agency: str
    status: str
    amount: int
    decided_on: date


@dataclass(frozen=True, slots=True)
class Restatement:
    """A value that was replaced, and the one that stands now."""

    zone_id: int
    organization_id: int | None
    indicator: str
    year: int
    before: Decimal
    after: Decimal
    edition: int


def _current() -> tuple[ColumnElement[bool], ...]:
    return (Measure.superseded_at.is_(None), Measure.scope == "")


def _newest(years: Collection[int], *, nation: bool) -> Subquery:
    """One value per firm, indicator and year (and zone): a firm that reports for two projects counts once."""
    key = [Measure.organization_id, Measure.indicator, Measure.year, *([] if nation else [Measure.zone_id])]
    rows = select(
        Measure.zone_id,
        Measure.organization_id,
        Measure.indicator,
        Measure.year,
        Measure.value,
        func.row_number().over(partition_by=key, order_by=Measure.id.desc()).label("place"),
    ).where(
        *_current(),
        Measure.organization_id.is_not(None),
        Measure.attribution == "direct",
        Measure.year.in_(sorted(years)),
    )
    return rows.subquery()


def firm_totals(years: Collection[int]) -> list[FirmTotal]:
    """Sums over firms by indicator, year and zone."""
    rows = _newest(years, nation=False)
    query = (
        select(rows.c.indicator, rows.c.year, rows.c.zone_id, func.sum(rows.c.value), func.count())
        .where(rows.c.place == 1)
        .group_by(rows.c.indicator, rows.c.year, rows.c.zone_id)
    )
    return [FirmTotal(*row) for row in db.session.execute(query)]


def firm_totals_of_nation(years: Collection[int]) -> list[FirmTotal]:
    """Sums over all firms by indicator and year; a firm of two zones counts once."""
    rows = _newest(years, nation=True)
    query = (
        select(rows.c.indicator, rows.c.year, func.sum(rows.c.value), func.count())
        .where(rows.c.place == 1)
        .group_by(rows.c.indicator, rows.c.year)
    )
    return [FirmTotal(code, year, NATION, total, firms) for code, year, total, firms in db.session.execute(query)]


def same_firms_two_years(year: int) -> dict[tuple[str, int | None], FirmPair]:
    """(indicator, zone or nation) -> the year before and the year, over the firms that reported both."""
    found: dict[tuple[str, int | None], FirmPair] = {}
    for nation in (False, True):
        rows = _newest((year - 1, year), nation=nation)
        before, after = aliased(rows), aliased(rows)
        same = [before.c.organization_id == after.c.organization_id, before.c.indicator == after.c.indicator]
        if not nation:
            same.append(before.c.zone_id == after.c.zone_id)
        groups = [after.c.indicator] if nation else [after.c.indicator, after.c.zone_id]
        query = (
            select(*groups, func.sum(before.c.value), func.sum(after.c.value), func.count())
            .join(before, and_(*same, before.c.year == year - 1, before.c.place == 1))
            .where(after.c.year == year, after.c.place == 1)
            .group_by(*groups)
        )
        for code, *zone, first, second, firms in db.session.execute(query):
            zone_id = zone[0] if zone else NATION
            found[code, zone_id] = FirmPair(zone_id, first, second, firms)
    return found


def same_firms_two_indicators(
    first: str, second: str, years: Collection[int]
) -> dict[tuple[int, int | None], FirmPair]:
    """(year, zone or nation) -> sums of two indicators over the firms that reported both."""
    found: dict[tuple[int, int | None], FirmPair] = {}
    for nation in (False, True):
        rows = _newest(years, nation=nation)
        one, other = aliased(rows), aliased(rows)
        same = [one.c.organization_id == other.c.organization_id, one.c.year == other.c.year]
        if not nation:
            same.append(one.c.zone_id == other.c.zone_id)
        groups = [one.c.year] if nation else [one.c.year, one.c.zone_id]
        query = (
            select(*groups, func.sum(one.c.value), func.sum(other.c.value), func.count())
            .join(other, and_(*same, other.c.indicator == second, other.c.place == 1))
            .where(one.c.indicator == first, one.c.place == 1)
            .group_by(*groups)
        )
        for year, *zone, numerator, denominator, firms in db.session.execute(query):
            zone_id = zone[0] if zone else NATION
            found[year, zone_id] = FirmPair(zone_id, numerator, denominator, firms)
    return found


def zone_values(years: Collection[int]) -> list[ZoneValue]:
    """What zones entered about themselves, scopes of their own included, oldest first."""
    query = (
        select(
            Measure.indicator, Measure.year, Measure.zone_id, Measure.value, Measure.denominator, Measure.scope,
            Measure.attribution, Measure.period_to,
        )
        .where(
            Measure.superseded_at.is_(None), Measure.organization_id.is_(None), Measure.year.in_(sorted(years))
        )
        .order_by(Measure.period_to, Measure.id)
    )  # fmt: skip
    return [ZoneValue(*row) for row in db.session.execute(query)]


def targets(years: Collection[int]) -> dict[tuple[str, int, int], Decimal]:
    """(indicator, year, zone) -> what the zone set out to reach."""
    query = select(Target.indicator, Target.year, Target.zone_id, Target.value).where(Target.year.in_(sorted(years)))
    return {(code, year, zone_id): value for code, year, zone_id, value in db.session.execute(query)}


def main_projects(first: date, last: date) -> list[MainProject]:
    """Main projects decided between two days, both included."""
    query = (
        select(
            FollowOn.case_id, FollowOn.name, FollowOn.agency, FollowOn.status, FollowOn.amount, FollowOn.decided_on
        )
        .where(FollowOn.decided_on.between(first, last))
        .order_by(FollowOn.decided_on, FollowOn.id)
    )  # fmt: skip
    return [MainProject(*row) for row in db.session.execute(query)]


def figure_facts(subjects: Sequence[Subject]) -> dict[int, Before]:
    """Case id -> what its lead company's ledger says about the year before the case's: two queries for any number."""
    query = select(Case.id, Case.year, Case.lead_organization_id).where(Case.id.in_([one.id for one in subjects]))
    cases = db.session.execute(query).all()
    firms = {firm for _, _, firm in cases if firm is not None}
    years = {year - 1 for _, year, _ in cases}
    rows = db.session.execute(
        select(Measure.organization_id, Measure.year, Measure.indicator, Measure.value)
        .where(*_current(), Measure.organization_id.in_(sorted(firms)), Measure.year.in_(sorted(years)))
        .order_by(Measure.id)
    )
    known: dict[tuple[int | None, int], dict[str, Decimal]] = {}
    for firm, year, indicator, value in rows:
        known.setdefault((firm, year), {})[indicator] = value
    return {case_id: Before(year, known.get((firm, year - 1), {})) for case_id, year, firm in cases}


def measured_cases(year: int) -> set[int]:
    """The cases that have an outcome for a year."""
    query = select(Measure.case_id).where(*_current(), Measure.case_id.is_not(None), Measure.year == year).distinct()
    return {case_id for case_id in db.session.scalars(query) if case_id is not None}


def measures_of(case_ids: Sequence[int], year: int) -> dict[int, list[tuple[str, Decimal]]]:
    """Case id -> the confirmed outcomes of a year, by indicator."""
    query = (
        select(Measure.case_id, Measure.indicator, func.sum(Measure.value))
        .where(*_current(), Measure.case_id.in_(case_ids), Measure.year == year)
        .group_by(Measure.case_id, Measure.indicator)
        .order_by(Measure.case_id, Measure.indicator)
    )
    found: dict[int, list[tuple[str, Decimal]]] = {}
    for case_id, indicator, value in db.session.execute(query):
        if case_id is not None:
            found.setdefault(case_id, []).append((indicator, value))
    return found


def restatements(years: Collection[int], zone_id: int | None) -> list[Restatement]:
    """Values of these years that were replaced by a later edition; None for all zones."""
    old, new = aliased(Measure), aliased(Measure)
    same = (
        old.zone_id == new.zone_id,
        func.coalesce(old.organization_id, 0) == func.coalesce(new.organization_id, 0),
        func.coalesce(old.case_id, 0) == func.coalesce(new.case_id, 0),
        old.indicator == new.indicator,
        old.year == new.year,
        old.scope == new.scope,
        old.attribution == new.attribution,
    )
    query = (
        select(
            new.zone_id, new.organization_id, new.indicator, new.year, old.value, new.value, new.edition
        )
        .join(old, and_(*same, old.edition == new.edition - 1))
        .where(old.superseded_at.is_not(None), new.year.in_(sorted(years)), old.value != new.value)
        .order_by(new.year, new.indicator, new.zone_id, new.edition, new.id)
    )  # fmt: skip
    if zone_id is not None:
        query = query.where(new.zone_id == zone_id)
    return [Restatement(*row) for row in db.session.execute(query)]


def zones_with_measures(year: int) -> set[int]:
    query = select(Measure.zone_id).where(Measure.superseded_at.is_(None), Measure.year == year).distinct()
    return set(db.session.scalars(query)) | set(
        db.session.scalars(select(Target.zone_id).where(Target.year == year).distinct())
    )


def of_organization(organization_id: int, zones: Collection[int] | None) -> list[tuple[str, int, Decimal]]:
    """(indicator, year, value) of an organization's own figures in some zones, or in all, newest year first.

    What it reported for two projects counts once, as in the reports; ratios are left out.
    """
    query = select(Measure.indicator, Measure.year, Measure.value).where(
        *_current(),
        Measure.organization_id == organization_id,
        Measure.attribution == "direct",
        Measure.denominator.is_(None),
    )
    if zones is not None:
        query = query.where(Measure.zone_id.in_(sorted(zones)))
    newest = {(code, year): value for code, year, value in db.session.execute(query.order_by(Measure.id))}
    return [(code, year, newest[code, year]) for code, year in sorted(newest, key=lambda key: (-key[1], key[0]))]
