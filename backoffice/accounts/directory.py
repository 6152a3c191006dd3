"""The directory of people: searched, filtered by role and zone, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select

from backoffice.accounts.models import RoleGrant, User
from backoffice.accounts.queries import holding
from backoffice.core import clock
from backoffice.core.db import db

PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the page was asked for."""

    text: str = ""
    role: str = ""
    zone_id: int | None = None
    status: str = ""
    """``open``, ``closed`` or everybody."""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Listed:
    person: User
    grants: Sequence[RoleGrant]
    """Those that were not taken back: past, present and to come."""


@dataclass(frozen=True, slots=True)
class Found:
    rows: Sequence[Listed]
    count: int
    pages: int


def find(wanted: Wanted) -> Found:
    """One page of the directory, by name."""
    conditions = _conditions(wanted)
    count = db.session.scalar(select(func.count()).select_from(User).where(*conditions)) or 0
    query = select(User).where(*conditions).order_by(User.name, User.id)
    people = list(db.session.scalars(query.limit(PAGE).offset((wanted.page - 1) * PAGE)))
    grants = grants_of([person.id for person in people])
    return Found([Listed(person, grants.get(person.id, ())) for person in people], count, -(-count // PAGE))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    text = wanted.text.strip().lower()
    if text:
        found.append(
            or_(func.lower(User.name).contains(text, autoescape=True), User.email.contains(text, autoescape=True))
        )
    if wanted.status in {"open", "closed"}:
        found.append(User.active.is_(wanted.status == "open"))
    if wanted.role or wanted.zone_id is not None:
        held = select(RoleGrant.user_id).where(*holding(clock.today()))
        if wanted.role:
            held = held.where(RoleGrant.role == wanted.role)
        if wanted.zone_id is not None:
            held = held.where(RoleGrant.zone_id == wanted.zone_id)
        found.append(User.id.in_(held))
    return found


def grants_of(user_ids: Sequence[int]) -> dict[int, list[RoleGrant]]:
    """User id -> the grants that were not taken back."""
    query = select(RoleGrant).where(RoleGrant.user_id.in_(user_ids), RoleGrant.revoked_at.is_(None))
    found: dict[int, list[RoleGrant]] = {}
    for row in db.session.scalars(query.order_by(RoleGrant.id)):
        found.setdefault(row.user_id, []).append(row)
    return found


def history_of(user_id: int) -> list[RoleGrant]:
    """Every role somebody ever had, newest first."""
    return list(db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == user_id).order_by(RoleGrant.id.desc())))
