"""Reads of the ledger as it stood at an instant, value by value: what a figure was made of."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select

from backoffice.cases.models import Attachment, Case
from backoffice.core.db import db
from backoffice.organizations.models import Organization, Zone
from backoffice.outcomes.models import Import, Measure


@dataclass(frozen=True, slots=True)
class Booked:
    """One value of the ledger, in the indicator's unit, with the time it stood."""

    id: int
    zone_id: int
    organization_id: int | None
    case_id: int | None
    indicator: str
    year: int
    value: Decimal
    denominator: Decimal | None
    scope: str
    attribution: str
    period_to: date
    recorded_at: datetime
    superseded_at: datetime | None

    def stood(self, at: datetime) -> bool:
        """Whether it was the value at an instant."""
        return self.recorded_at <= at and (self.superseded_at is None or self.superseded_at > at)


def booked(indicators: Collection[str], years: Collection[int], zone_id: int | None) -> list[Booked]:
    """Every value ever booked for these indicators and years, of one zone or of all, oldest period first; one query."""
    query: Select[*tuple[Any, ...]] = select(
        Measure.id, Measure.zone_id, Measure.organization_id, Measure.case_id, Measure.indicator, Measure.year,
        Measure.value, Measure.denominator, Measure.scope, Measure.attribution, Measure.period_to,
        Measure.recorded_at, Measure.superseded_at,
    ).where(Measure.indicator.in_(sorted(indicators)), Measure.year.in_(sorted(years)))  # fmt: skip
    if zone_id is not None:
        query = query.where(Measure.zone_id == zone_id)
    return [Booked(*row) for row in db.session.execute(query.order_by(Measure.period_to, Measure.id))]


def newest_of_firms(rows: Iterable[Booked], *, nation: bool) -> list[Booked]:
    """One value per firm, indicator and year (and zone): what a firm reported last counts, once."""
    found: dict[tuple[Any, ...], Booked] = {}
    for row in rows:
        key = (row.organization_id, row.indicator, row.year, None if nation else row.zone_id)
        if key not in found or found[key].id < row.id:
            found[key] = row
    return sorted(found.values(), key=lambda row: (row.zone_id, row.organization_id or 0, row.id))


@dataclass(frozen=True, slots=True)
class Told:
    """A value with the names around it and what proves it."""

    measure: Measure
    zone: Zone
    organization: Organization | None
    file: Import | None
    report: Case | None
    """The outcome report it was confirmed by."""
    evidence: Attachment | None


def told(measure_ids: Collection[int]) -> dict[int, Told]:
    """Measure -> everything a list says of it; one query."""
    query = (
        select(Measure, Zone, Organization, Import, Case, Attachment)
        .join(Zone, Zone.id == Measure.zone_id)
        .outerjoin(Organization, Organization.id == Measure.organization_id)
        .outerjoin(Import, Import.id == Measure.import_id)
        .outerjoin(Case, Case.id == Measure.report_id)
        .outerjoin(Attachment, Attachment.id == Measure.evidence_id)
        .where(Measure.id.in_(sorted(measure_ids)))
    )
    return {row[0].id: Told(*row) for row in db.session.execute(query)}
