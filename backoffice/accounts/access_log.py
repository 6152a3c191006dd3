"""Reads of the access log: who came in when, and who looked at whose data."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, func, select

from backoffice.accounts.models import User
from backoffice.core import clock
from backoffice.core.audit import AccessEvent
from backoffice.core.db import db

SIGN_IN = "sign-in"
PAGE = 100
LARGEST_FILE = 200_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the log is asked for; empty fields ask for everything."""

    person: str = ""
    """Part of the name or address of whoever acted."""
    about: str = ""
    """Part of whose data it was."""
    act: str = ""
    first: date | None = None
    last: date | None = None
    within: ColumnElement[bool] | None = None
    """What of the log its reader may see; None for all of it."""


def sign_ins(user_id: int, limit: int = 10) -> list[AccessEvent]:
    """The last times a person came in, newest first; ``reason`` says with which factor."""
    query = select(AccessEvent).where(AccessEvent.actor_id == user_id, AccessEvent.act == SIGN_IN)
    return list(db.session.scalars(query.order_by(AccessEvent.id.desc()).limit(limit)))


def beginning(day: date) -> datetime:
    """The first instant of a day in Seoul."""
    return datetime.combine(day, time(), clock.SEOUL)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [] if wanted.within is None else [wanted.within]
    if wanted.person:
        text = wanted.person.lower()
        people = select(User.id).where(
            func.lower(User.name).contains(text, autoescape=True) | User.email.contains(text, autoescape=True)
        )
        found.append(AccessEvent.actor_id.in_(people))
    if wanted.about:
        found.append(func.lower(AccessEvent.about).contains(wanted.about.lower(), autoescape=True))
    if wanted.act:
        found.append(AccessEvent.act == wanted.act)
    if wanted.first is not None:
        found.append(AccessEvent.at >= beginning(wanted.first))
    if wanted.last is not None:
        found.append(AccessEvent.at < beginning(wanted.last + timedelta(days=1)))
    return found


def count(wanted: Wanted) -> int:
    return db.session.scalar(select(func.count()).select_from(AccessEvent).where(*_conditions(wanted))) or 0


def page(wanted: Wanted, number: int) -> list[AccessEvent]:
    """One page of the log, newest first."""
    query = _newest_first(wanted).limit(PAGE).offset((number - 1) * PAGE)
    return list(db.session.scalars(query))


def _newest_first(wanted: Wanted) -> Select[AccessEvent]:
    return select(AccessEvent).where(*_conditions(wanted)).order_by(AccessEvent.id.desc())


def rows(wanted: Wanted) -> Iterator[list[object]]:
    """The log as lines of a file, newest first, each with the name of whoever acted."""
    query = (
        select(AccessEvent, User.name)
        .outerjoin(User, User.id == AccessEvent.actor_id)
        .where(*_conditions(wanted))
        .order_by(AccessEvent.id.desc())
        .limit(LARGEST_FILE)
    )
    for event, name in db.session.execute(query.execution_options(yield_per=1000)):
        at = f"{clock.in_seoul(event.at):%Y-%m-%d %H:%M:%S}"
        yield [at, name or "-", event.address, event.act, event.about, event.reason or ""]


def acts() -> list[str]:
    """Every kind of act the log knows."""
    return list(db.session.scalars(select(AccessEvent.act).distinct().order_by(AccessEvent.act)))
