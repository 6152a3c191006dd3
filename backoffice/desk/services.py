"""Verbs about the desk: keep, rename and delete a view, start with one, open and revoke a calendar."""

import secrets

from sqlalchemy import delete, func, select

from backoffice.access.actors import Actor
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.errors import Invalid, NotFound
from backoffice.desk import queries
from backoffice.desk.models import ALL, MINE, ZONE, CalendarFeed, SavedView, StartView
from backoffice.organizations.models import Zone

MOST_VIEWS = 50
MOST_FEEDS = 10
LONGEST = 40


def save_view(actor: Actor, name: str, address: str, *, audience: str = MINE, zone_id: int | None = None) -> SavedView:
    """Keep a filter under a name. Raises Invalid with the field that is wrong."""
    read = _name(actor, name)
    _audience(audience, zone_id)
    if len(queries.views(actor)) >= MOST_VIEWS and _count(actor) >= MOST_VIEWS:
        raise Invalid.field(
            "name",
            f"보기는 {MOST_VIEWS}개까지 저장할 수 있습니다. 쓰지 않는 보기를 지워 주세요.",
            f"At most {MOST_VIEWS} views; delete one you do not need.",
        )
    row = SavedView(
        owner_id=actor.user_id, name=read, address=address, audience=audience,
        zone_id=zone_id if audience == ZONE else None,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def rename_view(actor: Actor, view_id: int, name: str) -> None:
    """Raises NotFound, Invalid."""
    row = queries.own_view(view_id, actor)
    row.name = _name(actor, name, but=row.id)
    db.session.flush()


def delete_view(actor: Actor, view_id: int) -> None:
    """Whoever started with it starts plainly again. Raises NotFound."""
    row = queries.own_view(view_id, actor)
    db.session.execute(delete(StartView).where(StartView.view_id == row.id))
    db.session.delete(row)
    db.session.flush()


def start_with(actor: Actor, view_id: int) -> None:
    """Open this person's queue with a view. Raises NotFound."""
    row = queries.seen_view(view_id, actor)
    start_plainly(actor)
    db.session.add(StartView(user_id=actor.user_id, view_id=row.id))
    db.session.flush()


def start_plainly(actor: Actor) -> None:
    """Open this person's queue with what waits for them, as at first."""
    db.session.execute(delete(StartView).where(StartView.user_id == actor.user_id))


def _name(actor: Actor, typed: str, *, but: int = 0) -> str:
    name = " ".join(typed.split())
    if not name:
        raise Invalid.field("name", "보기의 이름을 적어 주세요.", "Name the view.")
    if len(name) > LONGEST or "\x00" in name:
        raise Invalid.field(
            "name", f"보기의 이름은 {LONGEST}자까지 적을 수 있습니다.", f"A name has at most {LONGEST} characters."
        )
    twin = select(SavedView.id).where(SavedView.owner_id == actor.user_id, SavedView.name == name, SavedView.id != but)
    if db.session.scalar(twin) is not None:
        raise Invalid.field(
            "name",
            f"'{name}' 보기가 이미 있습니다. 다른 이름을 적어 주세요.",
            f"You already have a view '{name}'; choose another name.",
        )
    return name


def _audience(audience: str, zone_id: int | None) -> None:
    known = audience in {MINE, ALL} or (
        audience == ZONE and zone_id is not None and db.session.get(Zone, zone_id) is not None
    )
    if not known:
        raise Invalid.field(
            "audience", "누구와 함께 볼지 목록에서 골라 주세요.", "Choose from the list who else sees it."
        )


def _count(actor: Actor) -> int:
    return db.session.scalar(select(func.count()).where(SavedView.owner_id == actor.user_id)) or 0


# ---- calendars


def open_feed(actor: Actor, address: str) -> str:
    """A private address for a calendar program: the token, which is told once and not kept. Raises Invalid."""
    if len(queries.feeds(actor)) >= MOST_FEEDS:
        raise Invalid.field(
            "feed",
            f"구독 주소는 {MOST_FEEDS}개까지 만들 수 있습니다. 쓰지 않는 주소를 끊어 주세요.",
            f"At most {MOST_FEEDS} addresses; revoke one you do not need.",
        )
    token = secrets.token_urlsafe(32)
    db.session.add(CalendarFeed(user_id=actor.user_id, token_sha256=queries.digest(token), address=address))
    db.session.flush()
    return token


def revoke_feed(actor: Actor, feed_id: int) -> None:
    """The address answers nobody from now on. Raises NotFound."""
    row = db.session.get(CalendarFeed, feed_id)
    if row is None or row.user_id != actor.user_id or row.revoked_at is not None:
        raise NotFound
    row.revoked_at = clock.now()
    db.session.flush()


def note_fetch(row: CalendarFeed) -> None:
    row.fetched_at = clock.now()
