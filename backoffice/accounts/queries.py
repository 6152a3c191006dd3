"""Reads of people: who somebody is today, and who holds a role."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, or_, select

from backoffice.access.actors import Actor, Grant
from backoffice.accounts.models import RoleGrant, User
from backoffice.core import clock
from backoffice.core.db import db
from workflows.roles import Role


def holding(day: date) -> list[ColumnElement[bool]]:
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
    query = (
        select(User, RoleGrant)
        .outerjoin(RoleGrant, and_(RoleGrant.user_id == User.id, *holding(clock.today())))
        .where(User.id.in_(list(user_ids)), User.active.is_(True))
        .order_by(User.id, RoleGrant.id)
    )
    people: dict[int, User] = {}
    grants: dict[int, list[Grant]] = {}
    for person, held in db.session.execute(query):
        people[person.id] = person
        if held is not None:
            grants.setdefault(person.id, []).append(
                Grant(Role(held.role), held.zone_id, held.organization_id, held.valid_from, held.valid_to)
            )
    return {
        row.id: Actor(
            row.id, row.name, row.email, "en" if row.language == "en" else "ko", tuple(grants.get(row.id, ()))
        )
        for row in people.values()
    }


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


def everybody() -> list[tuple[User, list[RoleGrant]]]:
    """All people with the grants that were not revoked, by name."""
    people = list(db.session.scalars(select(User).order_by(User.name, User.id)))
    grants: dict[int, list[RoleGrant]] = {}
    for row in db.session.scalars(select(RoleGrant).where(RoleGrant.revoked_at.is_(None)).order_by(RoleGrant.id)):
        grants.setdefault(row.user_id, []).append(row)
    return [(person, grants.get(person.id, [])) for person in people]


def affiliations(user_ids: Sequence[int]) -> Mapping[int, frozenset[int]]:
    """User id -> the organizations a person works for or acts for."""
    found: dict[int, set[int]] = {user_id: set() for user_id in user_ids}
    for user_id, organization in db.session.execute(
        select(User.id, User.organization_id).where(User.id.in_(user_ids), User.organization_id.is_not(None))
    ):
        found[user_id].add(organization or 0)
    for user_id, organization in db.session.execute(
        select(RoleGrant.user_id, RoleGrant.organization_id).where(
            RoleGrant.user_id.in_(user_ids), RoleGrant.organization_id.is_not(None), *holding(clock.today())
        )
    ):
        found[user_id].add(organization or 0)
    return {user_id: frozenset(organizations) for user_id, organizations in found.items()}


def people_of(organization_id: int) -> list[tuple[User, RoleGrant]]:
    """Who acts for an organization today, with each role."""
    query = (
        select(User, RoleGrant)
        .join(RoleGrant, and_(RoleGrant.user_id == User.id, *holding(clock.today())))
        .where(RoleGrant.organization_id == organization_id, User.active.is_(True))
        .order_by(User.name, User.id, RoleGrant.id)
    )
    return [(person, held) for person, held in db.session.execute(query)]
