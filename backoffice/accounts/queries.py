"""Reads of people: who somebody is today, and who holds a role."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import BindParameter, ColumnElement, Date, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from backoffice.access.actors import Actor, Grant, StandIn
from backoffice.accounts.models import RoleGrant, User
from backoffice.core import clock
from backoffice.core.db import db
from workflows.roles import Role


def holding(day: date | BindParameter[date]) -> list[ColumnElement[bool]]:
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


def actors(user_ids: Iterable[int]) -> dict[int, Actor]:
    """User id -> actor with the grants that hold today; inactive people are left out."""
    asked = {"user_ids": list(user_ids), "day": clock.today()}
    people: dict[int, User] = {}
    grants: dict[int, list[Grant]] = {}
    stand_ins: dict[int, list[StandIn]] = {}
    for person, row, held in db.session.execute(_PEOPLE, asked):
        people[person.id] = person
        if row is not None and held:
            grants.setdefault(person.id, []).append(grant_of(row))
        if row is not None and row.delegated_by is not None:
            stand_ins.setdefault(person.id, []).append(_stand_in(row))
    return {
        row.id: Actor(
            row.id,
            row.name,
            row.email,
            "en" if row.language == "en" else "ko",
            tuple(grants.get(row.id, ())),
            shortcuts=row.shortcuts,
            stand_ins=tuple(stand_ins.get(row.id, ())),
            session_version=row.session_version,
        )
        for row in people.values()
    }


def grant_of(row: RoleGrant) -> Grant:
    return Grant(Role(row.role), row.zone_id, row.organization_id, row.valid_from, row.valid_to, row.delegated_by)


def _stands_in_for(user_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Roles that were ever delegated by this person, or by somebody in whose place this person stands or stood."""
    mine = aliased(RoleGrant)
    principals = select(mine.delegated_by).where(mine.user_id == user_id, mine.delegated_by.is_not(None))
    return and_(
        RoleGrant.delegated_by.is_not(None),
        or_(RoleGrant.delegated_by == user_id, RoleGrant.delegated_by.in_(principals.correlate(User))),
    )


def _people() -> Select[User, RoleGrant, bool]:
    day = bindparam("day", type_=Date)
    held = and_(RoleGrant.user_id == User.id, *holding(day))
    return (
        select(User, RoleGrant, held)
        .outerjoin(RoleGrant, or_(held, _stands_in_for(User.id)))
        .where(User.id.in_(bindparam("user_ids", expanding=True)), User.active.is_(True))
        .order_by(User.id, RoleGrant.id)
    )


_PEOPLE = _people()
"""Put together once: every request asks it, and putting it together cost more than asking."""


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


def _stand_in(row: RoleGrant) -> StandIn:
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
    return actors([user_id]).get(user_id)


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


def names_and_holders(
    user_ids: Collection[int], roles: Collection[Role], *, zones: Iterable[int]
) -> tuple[Mapping[int, str], Mapping[int, str]]:
    """The ``names`` of people and the ``named_holders`` for zones, in one query."""
    holds = exists().where(
        RoleGrant.user_id == User.id,
        RoleGrant.role.in_(roles),
        or_(RoleGrant.zone_id.is_(None), RoleGrant.zone_id.in_(list(zones))),
        *holding(clock.today()),
    )
    query = select(User.id, User.name, and_(User.active.is_(True), holds)).where(
        or_(User.id.in_(user_ids), and_(User.active.is_(True), holds))
    )
    rows = db.session.execute(query.order_by(User.id)).all()
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
