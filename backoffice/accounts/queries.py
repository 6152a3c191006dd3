"""Reads of people: who somebody is today, and who holds a role."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Dialect, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from backoffice.access.actors import Actor, Grant, StandIn
from backoffice.accounts.models import RoleGrant, User
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.prepared import Prepared
from workflows.roles import Role


def holding(day: date | ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """The conditions under which a role grant holds on a day."""
    return [
        RoleGrant.revoked_at.is_(None),
        or_(RoleGrant.valid_from.is_(None), RoleGrant.valid_from <= day),
        or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= day),
    ]


def by_email(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def user(user_id: int) -> User | None:
    return db.session.get(User, user_id)


_PERSON = (User.id, User.name, User.email, User.language, User.shortcuts, User.session_version)
_GRANT = (
    RoleGrant.role, RoleGrant.zone_id, RoleGrant.organization_id, RoleGrant.valid_from, RoleGrant.valid_to,
    RoleGrant.delegated_by, RoleGrant.user_id, RoleGrant.granted_at, RoleGrant.revoked_at,
)  # fmt: skip
"""The columns that ``_Held`` repeats, in its order."""


class _Held(NamedTuple):
    """A role grant beside a person: their own, or one that ties them to somebody. Of a person without any all is None."""

    role: str
    zone_id: int | None
    organization_id: int | None
    valid_from: date | None
    valid_to: date | None
    delegated_by: int | None
    user_id: int
    granted_at: datetime
    revoked_at: datetime | None


def _people(wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Active people with their grants that hold on a ``day``, and with what ties them to others by delegation."""
    day: ColumnElement[Any] = bindparam("day", type_=Date())
    return (
        select(*_PERSON, and_(RoleGrant.user_id == User.id, *holding(day)), *_GRANT)
        .outerjoin(RoleGrant, or_(and_(RoleGrant.user_id == User.id, *holding(day)), _stands_in_for(User.id)))
        .where(wanted, User.active.is_(True))
        .order_by(User.id, RoleGrant.id)
    )


@Prepared
def _one_person(_dialect: Dialect) -> Select[*tuple[Any, ...]]:
    return _people(User.id == bindparam("user_id"))


def actors(user_ids: Iterable[int]) -> dict[int, Actor]:
    """User id -> actor with the grants that hold today; inactive people are left out."""
    return _actors(db.session.execute(_people(User.id.in_(list(user_ids))), {"day": clock.today()}))


def _actors(rows: Iterable[Sequence[Any]]) -> dict[int, Actor]:
    people: dict[int, Sequence[Any]] = {}
    grants: dict[int, list[Grant]] = {}
    stand_ins: dict[int, list[StandIn]] = {}
    for row in rows:
        user_id, held, grant = row[0], row[len(_PERSON)], _Held(*row[len(_PERSON) + 1 :])
        people[user_id] = row
        if held:
            grants.setdefault(user_id, []).append(grant_of(grant))
        if grant.delegated_by is not None:
            stand_ins.setdefault(user_id, []).append(_stand_in(grant))
    return {
        user_id: Actor(
            user_id,
            name,
            email,
            "en" if language == "en" else "ko",
            tuple(grants.get(user_id, ())),
            shortcuts=shortcuts,
            stand_ins=tuple(stand_ins.get(user_id, ())),
            session_version=session_version,
        )
        for user_id, name, email, language, shortcuts, session_version, *_ in people.values()
    }


def grant_of(row: RoleGrant | _Held) -> Grant:
    return Grant(Role(row.role), row.zone_id, row.organization_id, row.valid_from, row.valid_to, row.delegated_by)


def _stands_in_for(user_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Roles that were ever delegated by this person, or by somebody in whose place this person stands or stood."""
    mine = aliased(RoleGrant)
    principals = select(mine.delegated_by).where(mine.user_id == user_id, mine.delegated_by.is_not(None))
    return and_(
        RoleGrant.delegated_by.is_not(None),
        or_(RoleGrant.delegated_by == user_id, RoleGrant.delegated_by.in_(principals.correlate(User))),
    )


def linked_by_delegation(user_id: int, since: date) -> frozenset[int]:
    """Who acted in this person's place, or in whose place this person acted, on any day since then."""
    return frozenset(other for other, until in delegation_ties(user_id).items() if until >= since)


def delegation_ties(user_id: int) -> dict[int, date]:
    """Who ever acted in this person's place, or in whose place this person ever acted -> until which day."""
    query = select(RoleGrant.delegated_by, RoleGrant.user_id, RoleGrant.valid_to).where(
        RoleGrant.delegated_by.is_not(None),
        or_(RoleGrant.delegated_by == user_id, RoleGrant.user_id == user_id),
        RoleGrant.valid_from <= clock.today(),
        RoleGrant.valid_to.is_not(None),
    )
    found: dict[int, date] = {}
    for principal, stand_in, until in db.session.execute(query):
        other = stand_in if principal == user_id else principal
        if other is not None and until is not None:
            found[other] = max(until, found.get(other, until))
    return found


def _stand_in(row: _Held) -> StandIn:
    """A delegation always has both ends (``delegation.delegate``)."""
    return StandIn(
        row.delegated_by or 0,
        row.user_id,
        Role(row.role),
        row.granted_at,
        row.valid_from or row.granted_at.date(),
        row.valid_to or row.granted_at.date(),
        row.revoked_at,
    )


def actor(user_id: int) -> Actor | None:
    """One person as an actor; None if the account is gone or inactive."""
    return _actors(_one_person.rows(user_id=user_id, day=clock.today())).get(user_id)


def names(user_ids: Sequence[int]) -> Mapping[int, str]:
    """User id -> name, inactive people included: histories keep naming them."""
    if not user_ids:
        return {}
    return dict(db.session.execute(select(User.id, User.name).where(User.id.in_(set(user_ids)))).all())


def holders(role: Role, *, zones: Iterable[int] = (), organizations: Iterable[int] = ()) -> list[int]:
    """The active people who hold a role today for one of the zones (or all), or for one of the organizations."""
    return list(named_holders((role,), zones=zones, organizations=organizations))


def named_holders(
    roles: Collection[Role], *, zones: Iterable[int] = (), organizations: Iterable[int] = ()
) -> Mapping[int, str]:
    """The same for any of several roles: user id -> name."""
    query = (
        select(User.id, User.name)
        .join(RoleGrant, and_(RoleGrant.user_id == User.id, *holding(clock.today())))
        .where(User.active.is_(True), RoleGrant.role.in_(roles))
        .order_by(User.id)
        .distinct()
    )
    wanted = list(organizations)
    if wanted:
        query = query.where(RoleGrant.organization_id.in_(wanted))
    else:
        query = query.where(or_(RoleGrant.zone_id.is_(None), RoleGrant.zone_id.in_(list(zones))))
    return dict(db.session.execute(query).all())


@cache
def _names_and_holders() -> Select[int, str, bool]:
    day: ColumnElement[Any] = bindparam("day", type_=Date())
    holds = exists().where(
        RoleGrant.user_id == User.id,
        RoleGrant.role.in_(bindparam("roles", expanding=True)),
        or_(RoleGrant.zone_id.is_(None), RoleGrant.zone_id.in_(bindparam("zones", expanding=True))),
        *holding(day),
    )
    among = and_(User.active.is_(True), holds)
    wanted = or_(User.id.in_(bindparam("user_ids", expanding=True)), among)
    return select(User.id, User.name, among).where(wanted).order_by(User.id)


def names_and_holders(
    user_ids: Collection[int], roles: Collection[Role], *, zones: Iterable[int]
) -> tuple[Mapping[int, str], Mapping[int, str]]:
    """The ``names`` of people and the ``named_holders`` for zones, in one query."""
    wanted = {"user_ids": sorted(user_ids), "roles": sorted(roles), "zones": sorted(zones), "day": clock.today()}
    rows = db.session.execute(_names_and_holders(), wanted).all()
    return {key: name for key, name, _ in rows}, {key: name for key, name, among in rows if among}


def own_grants(user_id: int) -> list[RoleGrant]:
    """The roles of a person that hold today, own and delegated."""
    query = select(RoleGrant).where(RoleGrant.user_id == user_id, *holding(clock.today()))
    return list(db.session.scalars(query.order_by(RoleGrant.id)))


def people_of(organization_id: int) -> list[tuple[User, RoleGrant]]:
    """Who acts for an organization today, with each role."""
    query = (
        select(User, RoleGrant)
        .join(RoleGrant, and_(RoleGrant.user_id == User.id, *holding(clock.today())))
        .where(RoleGrant.organization_id == organization_id, User.active.is_(True))
        .order_by(User.name, User.id, RoleGrant.id)
    )
    return [(person, held) for person, held in db.session.execute(query)]
