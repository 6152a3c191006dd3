"""Cooperation between zones for figures: agreements, councils, and how often two zones share a project."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from sqlalchemy import and_, case, func, or_, select

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
    ever: tuple[int, ...]
    """The zones it ever had."""


def councils(on: date) -> list[Membership]:
    """Every council, signed or not yet, with the zones that belong to it on a day and all it ever had."""
    there = and_(CouncilMember.valid_from <= on, or_(CouncilMember.valid_to.is_(None), CouncilMember.valid_to >= on))
    query = (
        select(Council, CouncilMember.zone_id, func.max(case((there, 1), else_=0)))
        .outerjoin(CouncilMember, CouncilMember.council_id == Council.id)
        .group_by(Council.id, CouncilMember.zone_id)
        .order_by(Council.kind, Council.code, CouncilMember.zone_id)
    )
    known: dict[int, tuple[Council, list[tuple[int, int]]]] = {}
    for row, zone_id, now in db.session.execute(query):
        members = known.setdefault(row.id, (row, []))[1]
        if zone_id is not None:
            members.append((zone_id, now))
    return [
        Membership(
            row.code, row.kind, row.name_ko, row.signed_on, row.note,
            tuple(zone for zone, now in members if now), tuple(zone for zone, _ in members),
        )
        for row, members in known.values()
    ]  # fmt: skip


def agreements_signed(found: Iterable[Membership]) -> list[tuple[int, tuple[int, ...]]]:
    """(year, zones) of every agreement between zones that was signed."""
    return [(one.signed_on.year, one.ever) for one in found if one.kind == AGREEMENT and one.signed_on is not None]


def standing(found: Iterable[Membership], on: date) -> list[Membership]:
    """Those that were not signed later than a day."""
    return [one for one in found if one.signed_on is None or one.signed_on <= on]


def shared(groups: Iterable[Iterable[int]]) -> Mapping[tuple[int, int], int]:
    """Pair of zones (smaller id first) -> in how many groups both are."""
    found: dict[tuple[int, int], int] = {}
    for group in groups:
        for pair in combinations(sorted(set(group)), 2):
            found[pair] = found.get(pair, 0) + 1
    return found
