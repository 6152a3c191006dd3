"""Reads of saved views and of calendars."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, select

from backoffice.access.actors import Actor
from backoffice.access.permissions import STAFF
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.desk.models import ALL, ZONE, CalendarFeed, SavedView, StartView


@dataclass(frozen=True, slots=True)
class View:
    """A saved view as one person sees it."""

    id: int
    name: str
    address: str
    audience: str
    zone_id: int | None
    owner_id: int
    own: bool
    start: bool
    """Whether the person's queue opens with it."""


def own_zones(actor: Actor) -> frozenset[int]:
    """The zones a member of staff works for by name; who works for all of them is in none."""
    return frozenset(grant.zone_id for grant in actor.grants if grant.role in STAFF and grant.zone_id is not None)


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    colleagues: ColumnElement[bool] = false()
    if actor.roles & STAFF:
        here = and_(SavedView.audience == ZONE, SavedView.zone_id.in_(sorted(own_zones(actor))))
        colleagues = or_(SavedView.audience == ALL, here)
    return or_(SavedView.owner_id == actor.user_id, colleagues)


def views(actor: Actor) -> list[View]:
    """A person's own views and those colleagues share, one's own first."""
    query = (
        select(SavedView, StartView.view_id)
        .outerjoin(StartView, and_(StartView.view_id == SavedView.id, StartView.user_id == actor.user_id))
        .where(_seen_by(actor))
        .order_by((SavedView.owner_id != actor.user_id), SavedView.name, SavedView.id)
    )
    return [
        View(
            row.id, row.name, row.address, row.audience, row.zone_id, row.owner_id,
            row.owner_id == actor.user_id, start is not None,
        )
        for row, start in db.session.execute(query)
    ]  # fmt: skip


def seen_view(view_id: int, actor: Actor) -> SavedView:
    """A view this person may use. Raises NotFound."""
    found = db.session.scalar(select(SavedView).where(SavedView.id == view_id, _seen_by(actor)))
    if found is None:
        raise NotFound
    return found


def own_view(view_id: int, actor: Actor) -> SavedView:
    """A view this person may change. Raises NotFound."""
    found = db.session.scalar(select(SavedView).where(SavedView.id == view_id, SavedView.owner_id == actor.user_id))
    if found is None:
        raise NotFound
    return found


def feeds(actor: Actor) -> list[CalendarFeed]:
    """The calendars of a person that still answer, newest first."""
    query = select(CalendarFeed).where(CalendarFeed.user_id == actor.user_id, CalendarFeed.revoked_at.is_(None))
    return list(db.session.scalars(query.order_by(CalendarFeed.id.desc())))


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def feed_of(token: str) -> CalendarFeed | None:
    """The calendar behind a private address, while it was not revoked."""
    return db.session.scalar(
        select(CalendarFeed).where(CalendarFeed.token_sha256 == digest(token), CalendarFeed.revoked_at.is_(None))
    )
