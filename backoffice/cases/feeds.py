"""Answers that the spine repeats for searching and sorting: title, amount, members and zones."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from backoffice.cases.models import Case, CaseOrganization, CaseZone
from backoffice.core import marks
from backoffice.core.db import db
from backoffice.core.hangul import search_text
from backoffice.forms.readers import is_unread
from backoffice.organizations.models import Organization
from backoffice.organizations.queries import zone_ids
from backoffice.organizations.services import NewOrganization, register_all
from workflows.forms import Field, Form


def apply_feeds(row: Case, form: Form, changed: Mapping[str, Any]) -> None:
    """Carry changed answers into the case where the definition says ``feeds``."""
    feeding = [field for field in form.fields if field.feeds is not None and field.name in changed]
    for field in feeding:
        value = changed[field.name]
        if field.feeds == "title":
            row.title = "" if value is None or is_unread(value) else str(value)[:160]
        elif field.feeds == "amount":
            row.amount = value if isinstance(value, int) else 0
        elif field.feeds == "members":
            _feed_members(row, field, value or [])
    if any(field.feeds in {"title", "members"} for field in feeding):
        refresh_search_text(row)
    db.session.flush()
    if any(field.feeds == "amount" for field in feeding):
        counted_otherwise(row)


def counted_otherwise(row: Case) -> None:
    """Say that a submitted case now belongs to other zones, or asks for another amount, without a step having been taken.

    What was counted of its program year is void then; of a step the case's revision tells.
    """
    if row.submitted_at is not None:
        marks.renew([f"cases/{row.year}/{row.workflow}"])


def _feed_members(row: Case, field: Field, rows: list[dict[str, Any]]) -> None:
    """The organizations named in complete rows take part; the lead organization always does."""
    codes = zone_ids({str(item.get("zone")) for item in rows})
    kinds = {option.code for inner in field.fields if inner.name == "kind" for option in inner.options}
    complete = []
    for item in rows:
        number, name, kind, zone = (item.get(key) for key in ("business_number", "name", "kind", "zone"))
        if isinstance(number, str) and isinstance(name, str) and kind in kinds and zone in codes:
            complete.append(
                NewOrganization(kind=str(kind), name_ko=name, business_number=number, zone_id=codes[str(zone)])
            )
    known = register_all(complete)
    _write_members(row, {one.id: (new.kind, new.zone_id) for one, new in zip(known, complete, strict=True)})


def _write_members(row: Case, wanted: Mapping[int, tuple[str, int | None]]) -> None:
    lead = row.lead_organization_id
    present = {
        member.organization_id: member
        for member in db.session.scalars(select(CaseOrganization).where(CaseOrganization.case_id == row.id))
    }
    for organization_id, member in present.items():
        if organization_id in wanted:
            member.kind, member.zone_id = wanted[organization_id]
        elif organization_id != lead:
            db.session.delete(member)
    for organization_id, (kind, zone_id) in wanted.items():
        if organization_id not in present:
            db.session.add(
                CaseOrganization(
                    case_id=row.id, organization_id=organization_id, part="member", kind=kind, zone_id=zone_id
                )
            )
    db.session.flush()
    write_zones(row)


def write_zones(row: Case) -> None:
    """A case belongs to the zones of its organizations; the lead organization's zone handles it.

    A case without a lead organization stays with the zone it was opened in.
    """
    members = list(db.session.scalars(select(CaseOrganization).where(CaseOrganization.case_id == row.id)))
    present = {zone.zone_id: zone for zone in db.session.scalars(select(CaseZone).where(CaseZone.case_id == row.id))}
    lead_zone = next((member.zone_id for member in members if member.organization_id == row.lead_organization_id), None)
    if row.lead_organization_id is None:
        lead_zone = next((zone.zone_id for zone in present.values() if zone.lead), None)
    wanted = {zone_id for zone_id in (lead_zone, *(member.zone_id for member in members)) if zone_id is not None}
    for zone_id, zone in present.items():
        if zone_id not in wanted:
            db.session.delete(zone)
        else:
            zone.lead = zone_id == lead_zone
    for zone_id in wanted - set(present):
        db.session.add(CaseZone(case_id=row.id, zone_id=zone_id, lead=zone_id == lead_zone))
    db.session.flush()
    counted_otherwise(row)


def refresh_search_text(row: Case) -> None:
    """Have the one search find a case by what it is called now."""
    row.search_text = found_by(row, case_and_names(row.id)[1])


def case_and_names(case_id: int) -> tuple[Case, list[str]]:
    """A case with the names and business numbers of its organizations, in one query."""
    query = (
        select(Case, Organization.name_ko, Organization.business_number)
        .outerjoin(CaseOrganization, CaseOrganization.case_id == Case.id)
        .outerjoin(Organization, Organization.id == CaseOrganization.organization_id)
        .where(Case.id == case_id)
        .order_by(CaseOrganization.part, Organization.id)
    )
    rows = db.session.execute(query).all()
    return rows[0][0], [word or "" for _, *words in rows for word in words]


def found_by(row: Case, names: Sequence[str]) -> str:
    """What the one search finds a case by: reference, title, organizations and their business numbers."""
    return search_text(row.reference, row.draft_reference or "", row.title, *names)
