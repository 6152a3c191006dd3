"""Reads of outcomes for figures: current measures of firms and zones, targets, main projects, restatements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import aliased

from backoffice.cases.models import Attachment, Case
from backoffice.core.db import db
from backoffice.core.i18n import Sentence
from backoffice.engine.values import Subject
from backoffice.outcomes.entry_checks import Before, Elsewhere
from backoffice.outcomes.models import FollowOn, Measure, Target


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


def zone_values(years: Collection[int], zones: Collection[int]) -> list[ZoneValue]:
    """What zones entered about themselves, scopes of their own included, oldest first."""
    query = (
        select(
            Measure.indicator, Measure.year, Measure.zone_id, Measure.value, Measure.denominator, Measure.scope,
            Measure.attribution, Measure.period_to,
        )
        .where(
            Measure.superseded_at.is_(None), Measure.organization_id.is_(None), Measure.year.in_(sorted(years)),
            Measure.zone_id.in_(sorted(zones)),
        )
        .order_by(Measure.period_to, Measure.id)
    )  # fmt: skip
    return [ZoneValue(*row) for row in db.session.execute(query)]


def targets(years: Collection[int], zones: Collection[int]) -> dict[tuple[str, int, int], Decimal]:
    """(indicator, year, zone) -> what the zone set out to reach."""
    query = select(Target.indicator, Target.year, Target.zone_id, Target.value).where(
        Target.year.in_(sorted(years)), Target.zone_id.in_(sorted(zones))
    )
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


@dataclass(frozen=True, slots=True)
class _Told:
    """A value a company's ledger holds, and where it came from."""

    organization_id: int | None
    year: int
    indicator: str
    value: Decimal
    report_id: int | None
    import_id: int | None
    attribution: str
    denominator: Decimal | None
    reference: str | None
    """Of the outcome report."""


def figure_facts(subjects: Sequence[Subject]) -> dict[int, Before]:
    """Case id -> what its lead company's ledger says of the year before the case's, and of that year from elsewhere.

    One query for any number.
    """
    cases = [(one.id, one.year, one.scope.lead_organization) for one in subjects]
    firms = {firm for _, _, firm in cases if firm is not None}
    years = {year - back for _, year, _ in cases for back in (0, 1)}
    rows = db.session.execute(
        select(
            Measure.organization_id, Measure.year, Measure.indicator, Measure.value, Measure.report_id,
            Measure.import_id, Measure.attribution, Measure.denominator, Case.reference,
        )
        .outerjoin(Case, Case.id == Measure.report_id)
        .where(*_current(), Measure.organization_id.in_(sorted(firms)), Measure.year.in_(sorted(years)))
        .order_by(Measure.id)
    ).all()  # fmt: skip
    known: dict[tuple[int | None, int], dict[str, Decimal]] = {}
    told: dict[tuple[int | None, int], list[_Told]] = {}
    for row in (_Told(*one) for one in rows):
        known.setdefault((row.organization_id, row.year), {})[row.indicator] = row.value
        told.setdefault((row.organization_id, row.year), []).append(row)
    return {
        case_id: Before(year, known.get((firm, year - 1), {}), _elsewhere(case_id, told.get((firm, year), [])))
        for case_id, year, firm in cases
    }


def _elsewhere(report_id: int, told: Sequence[_Told]) -> dict[str, Elsewhere]:
    """What stands about a year without having come from this report: a file may have restated one of its values, too."""
    return {
        row.indicator: Elsewhere(row.value, _source_of(row))
        for row in told
        if row.attribution == "direct" and row.denominator is None
        if row.report_id != report_id or row.import_id is not None
    }


def _source_of(row: _Told) -> Sentence:
    if row.import_id is not None:
        return Sentence("특구가 가져온 표", "a table the zone imported")
    if row.reference is not None:
        return Sentence(f"성과보고 {row.reference}", f"outcome report {row.reference}")
    return Sentence("등록된 값", "the value on record")


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file of evidence that a report of another company carries, too, word for word."""

    form: str
    name: str
    reference: str
    case_id: int
    came_first: bool
    """Whether the other report had it first."""


def shared_files(case_ids: Collection[int]) -> dict[int, list[SharedFile]]:
    """Case id -> its files that were submitted with a report of another company as well: one query for any number."""
    mine, theirs = aliased(Attachment), aliased(Attachment)
    report, other = aliased(Case), aliased(Case)
    query = (
        select(mine.case_id, mine.form, mine.name, other.reference, other.id, theirs.id < mine.id)
        .join(report, report.id == mine.case_id)
        .join(theirs, and_(theirs.sha256 == mine.sha256, theirs.case_id != mine.case_id, theirs.form == mine.form))
        .join(other, other.id == theirs.case_id)
        .where(
            mine.case_id.in_(sorted(case_ids)), mine.removed_at.is_(None), theirs.removed_at.is_(None),
            other.kind == report.kind, other.submitted_at.is_not(None),
            other.lead_organization_id != report.lead_organization_id,
        )
        .order_by(mine.id, theirs.id)
    )  # fmt: skip
    found: dict[int, list[SharedFile]] = {}
    for case_id, form, name, reference, other_id, came_first in db.session.execute(query):
        found.setdefault(case_id, []).append(SharedFile(form, name, reference, other_id, came_first))
    return found


def shared_facts(subjects: Sequence[Subject]) -> dict[int, list[SharedFile]]:
    """Case id -> what ``shared_files`` finds, also where that is nothing."""
    found = shared_files([one.id for one in subjects])
    return {one.id: found.get(one.id, []) for one in subjects}


def shared_evidence(report_id: int, form: str) -> list[SharedFile]:
    """The files of a report's form that were submitted with a report of another company as well."""
    return [file for file in shared_files([report_id]).get(report_id, []) if file.form == form]


def measured_cases(year: int) -> Select[Any]:
    """The cases that have an outcome for a year, as a query."""
    return select(Measure.case_id).where(*_current(), Measure.case_id.is_not(None), Measure.year == year)


def measured_cases_of(places: Collection[tuple[int, int]]) -> Select[int, int, int | None]:
    """(zone of the measure, year, case) of every outcome of these zones and years, as a query."""
    zones, years = {zone for zone, _ in places}, {year for _, year in places}
    return (
        select(Measure.zone_id, Measure.year, Measure.case_id)
        .where(*_current(), Measure.case_id.is_not(None))
        .where(Measure.zone_id.in_(sorted(zones)), Measure.year.in_(sorted(years)))
        .distinct()
    )


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
