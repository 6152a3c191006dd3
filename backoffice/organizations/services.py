"""Verbs about organizations and zones: register, load the shipped zones."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select

from backoffice.core.db import db
from backoffice.core.hangul import search_text
from backoffice.organizations.models import Council, CouncilMember, Organization, Zone, ZoneEvent
from backoffice.organizations.queries import by_business_numbers

DATA = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True, slots=True)
class NewOrganization:
    kind: str
    name_ko: str
    business_number: str | None
    zone_id: int | None = None
    name_en: str = ""
    size: str = ""
    representative: str = ""
    address: str = ""
    founded_on: date | None = None
    industry_code: str = ""


def register(new: NewOrganization) -> Organization:
    """The organization with this business number, made if it is new. A known one keeps what staff recorded."""
    return register_all([new])[0]


def register_all(news: Sequence[NewOrganization]) -> list[Organization]:
    """``register`` for several, in their order: two statements, however many. A number given twice is one organization."""
    known = by_business_numbers([new.business_number for new in news if new.business_number])
    rows = []
    for new in news:
        row = known.get(new.business_number or "")
        if row is None:
            row = _organization(new)
            db.session.add(row)
            if new.business_number:
                known[new.business_number] = row
        rows.append(row)
    db.session.flush()
    return rows


def _organization(new: NewOrganization) -> Organization:
    return Organization(
        kind=new.kind,
        name_ko=new.name_ko.strip(),
        name_en=new.name_en,
        business_number=new.business_number,
        size=new.size,
        zone_id=new.zone_id,
        representative=new.representative,
        address=new.address,
        founded_on=new.founded_on,
        industry_code=new.industry_code,
        search_text=search_text(new.name_ko, new.name_en, new.business_number or ""),
    )


def join_zones(code: str, *, kind: str, name: str, zone_ids: list[int], since: date) -> Council:
    """Enter a council or agreement with its zones, or bring its zones up to date. Zones that left keep their dates."""
    council = db.session.scalar(select(Council).where(Council.code == code))
    if council is None:
        council = Council(code=code, kind=kind, name_ko=name[:80], name_en=name[:80], signed_on=since)
        db.session.add(council)
        db.session.flush()
    ever = list(db.session.scalars(select(CouncilMember).where(CouncilMember.council_id == council.id)))
    present = {row.zone_id: row for row in ever if row.valid_to is None}
    returning = {row.zone_id: row for row in ever if row.valid_to is not None and row.valid_from == since}
    for zone_id in set(present) - set(zone_ids):
        present[zone_id].valid_to = since
    for zone_id in sorted(set(zone_ids) - set(present)):
        if zone_id in returning:
            returning[zone_id].valid_to = None
        else:
            db.session.add(CouncilMember(council_id=council.id, zone_id=zone_id, valid_from=since, source=code))
    db.session.flush()
    return council


def part_zones(code: str, *, until: date) -> None:
    """End every membership of a council or agreement; a second time changes nothing."""
    council = db.session.scalar(select(Council).where(Council.code == code))
    for row in _members(council.id) if council is not None else ():
        row.valid_to = until
    db.session.flush()


def _members(council_id: int) -> list[CouncilMember]:
    """The memberships that have not ended."""
    query = select(CouncilMember).where(CouncilMember.council_id == council_id, CouncilMember.valid_to.is_(None))
    return list(db.session.scalars(query))


def load_shipped() -> int:
    """Insert the zones and councils that ship with the product and are not there yet: how many were new.

    What staff changed since stays as it is: a zone is a living object, the shipped list only its beginning.
    """
    return _load_zones() + _load_councils()


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def _load_zones() -> int:
    known = set(db.session.scalars(select(Zone.code)))
    new = [row for row in _rows("zones.csv") if row["code"] not in known]
    for row in new:
        zone = Zone(
            code=row["code"],
            stratum=row["code"].partition("-")[0],
            name_ko=row["name_ko"],
            name_en=row["name_en"],
            province_ko=row["province_ko"],
            cohort=int(row["cohort"]) if row["cohort"] else None,
            field_ko=row["field_ko"],
            field_en=row["field_en"],
            anchors_ko=row["anchors_ko"],
            designated_on=date.fromisoformat(row["designated_on"]) if row["designated_on"] else None,
            note=row["note"],
        )
        db.session.add(zone)
    db.session.flush()
    ids = dict(db.session.execute(select(Zone.code, Zone.id)).all())
    fresh = {row["code"] for row in new}
    for event in _rows("zone_events.csv"):
        if event["zone"] in fresh:
            db.session.add(
                ZoneEvent(
                    zone_id=ids[event["zone"]],
                    happened_on=date.fromisoformat(event["happened_on"]),
                    kind=event["kind"],
                    text_ko=event["text_ko"],
                    text_en=event["text_en"],
                    area_km2=event["area_km2"] or None,
                )
            )
    db.session.flush()
    return len(new)


def _load_councils() -> int:
    known = set(db.session.scalars(select(Council.code)))
    ids = dict(db.session.execute(select(Zone.code, Zone.id)).all())
    new = [row for row in _rows("councils.csv") if row["code"] not in known]
    for row in new:
        council = Council(
            code=row["code"],
            kind=row["kind"],
            name_ko=row["name_ko"],
            name_en=row["name_en"],
            signed_on=date.fromisoformat(row["signed_on"]) if row["signed_on"] else None,
            note=row["note"],
        )
        db.session.add(council)
        db.session.flush()
        since = date.fromisoformat(row["signed_on"]) if row["signed_on"] else None
        for code in filter(None, row["members"].split(";")):
            if since is not None:
                db.session.add(
                    CouncilMember(council_id=council.id, zone_id=ids[code], valid_from=since, source=row["note"])
                )
    db.session.flush()
    return len(new)
