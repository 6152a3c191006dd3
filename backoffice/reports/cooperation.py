"""Cooperation between zones for figures: agreements, councils, and how often two zones share a project."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from sqlalchemy import or_, select

from backoffice.core.db import db
from backoffice.organizations.models import Council, CouncilMember

AGREEMENT = "mou"


@dataclass(frozen=True, slots=True)
class Membership:
    """A council, cluster or agreement with its zones on a day."""

    code: str
    kind: str
    name: str
    signed_on: date | None
    note: str
    zones: tuple[int, ...]


def agreements_signed(years: Collection[int]) -> list[tuple[int, tuple[int, ...]]]:
    """(year, zones) of every agreement between zones signed in these years."""
    found = [one for one in councils(None) if one.kind == AGREEMENT and one.signed_on is not None]
    return [(one.signed_on.year, one.zones) for one in found if one.signed_on and one.signed_on.year in years]


def councils(on: date | None) -> list[Membership]:
    """Every council with the zones that belong to it on a day; without a day, with all it ever had."""
    members = select(CouncilMember.council_id, CouncilMember.zone_id).order_by(CouncilMember.zone_id).distinct()
    if on is not None:
        members = members.where(
            CouncilMember.valid_from <= on, or_(CouncilMember.valid_to.is_(None), CouncilMember.valid_to >= on)
        )
    zones: dict[int, list[int]] = {}
    for council_id, zone_id in db.session.execute(members):
        zones.setdefault(council_id, []).append(zone_id)
    rows = db.session.scalars(select(Council).order_by(Council.kind, Council.code))
    return [
        Membership(row.code, row.kind, row.name_ko, row.signed_on, row.note, tuple(zones.get(row.id, ())))
        for row in rows
        if on is None or row.signed_on is None or row.signed_on <= on
    ]


def shared(groups: Iterable[Iterable[int]]) -> Mapping[tuple[int, int], int]:
    """Pair of zones (smaller id first) -> in how many groups both are."""
    found: dict[tuple[int, int], int] = {}
    for group in groups:
        for pair in combinations(sorted(set(group)), 2):
            found[pair] = found.get(pair, 0) + 1
    return found
