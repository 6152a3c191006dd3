"""Reads of organizations and zones."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from sqlalchemy import func, or_, select

from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.core.hangul import search_key
from backoffice.core.identifiers import digits_of
from backoffice.organizations.models import Council, CouncilMember, Organization, Zone, ZoneEvent

INNOVATION = "GS"
"""The stratum the office serves; the others are historic or foreign."""


def zones(on: date | None = None) -> list[Zone]:
    """The innovation zones by name; with a day, only those that were designated then."""
    query = select(Zone).where(Zone.stratum == INNOVATION).order_by(Zone.cohort, Zone.code)
    if on is not None:
        query = query.where(
            or_(Zone.designated_on.is_(None), Zone.designated_on <= on),
            or_(Zone.dissolved_on.is_(None), Zone.dissolved_on > on),
        )
    return list(db.session.scalars(query))


def zone(code: str) -> Zone:
    """One zone by code. Raises NotFound."""
    found = db.session.scalar(select(Zone).where(Zone.code == code))
    if found is None:
        raise NotFound
    return found


def zone_names() -> Mapping[int, Zone]:
    """Zone id -> zone, all strata."""
    return {row.id: row for row in db.session.scalars(select(Zone))}


def zone_ids(codes: Iterable[str]) -> Mapping[str, int]:
    return dict(db.session.execute(select(Zone.code, Zone.id).where(Zone.code.in_(list(codes)))).all())


def zone_events(zone_id: int) -> list[ZoneEvent]:
    query = select(ZoneEvent).where(ZoneEvent.zone_id == zone_id).order_by(ZoneEvent.happened_on, ZoneEvent.id)
    return list(db.session.scalars(query))


def councils_of(zone_id: int, on: date) -> list[Council]:
    """The councils, clusters and agreements a zone belongs to on a day."""
    query = (
        select(Council)
        .join(CouncilMember, CouncilMember.council_id == Council.id)
        .where(
            CouncilMember.zone_id == zone_id,
            CouncilMember.valid_from <= on,
            or_(CouncilMember.valid_to.is_(None), CouncilMember.valid_to >= on),
        )
        .order_by(Council.kind, Council.code)
    )
    return list(db.session.scalars(query))


def by_business_number(digits: str) -> Organization | None:
    return db.session.scalar(select(Organization).where(Organization.business_number == digits))


def by_business_numbers(numbers: Collection[str]) -> dict[str, Organization]:
    """Business number (digits) -> the organization that has it."""
    if not numbers:
        return {}
    rows = db.session.scalars(select(Organization).where(Organization.business_number.in_(sorted(set(numbers)))))
    return {row.business_number: row for row in rows if row.business_number}


def organization(organization_id: int) -> Organization:
    """Raises NotFound."""
    found = db.session.get(Organization, organization_id)
    if found is None:
        raise NotFound
    return found


def twins(found: Organization, *, limit: int = 20) -> list[Organization]:
    """Others that may be the same: the same name but for its legal form, or the same corporate number."""
    key = search_key(found.name_ko)
    ways = [Organization.search_text.startswith(f"{key} ", autoescape=True)] if key else []
    if found.corporate_number:
        ways.append(Organization.corporate_number == found.corporate_number)
    if not ways:
        return []
    query = select(Organization).where(or_(*ways), Organization.id != found.id).order_by(Organization.id)
    return list(db.session.scalars(query.limit(limit)))


def organization_names(ids: Iterable[int]) -> Mapping[int, str]:
    wanted = list(ids)
    query = select(Organization.id, Organization.name_ko).where(Organization.id.in_(wanted))
    return dict(db.session.execute(query).all()) if wanted else {}


def search_organizations(query: str, *, limit: int = 50) -> list[Organization]:
    """By part of a name, initial consonants, or business number with or without hyphens."""
    statement = select(Organization).order_by(Organization.name_ko, Organization.id).limit(limit)
    key, digits = search_key(query), digits_of(query)
    if not key:
        return list(db.session.scalars(statement))
    found = Organization.search_text.contains(key, autoescape=True)
    if len(digits) >= 3:
        found = or_(found, Organization.business_number.contains(digits))
    return list(db.session.scalars(statement.where(found)))


def count_organizations() -> int:
    return db.session.scalar(select(func.count()).select_from(Organization)) or 0
