"""To whom a mail is addressed, and whether that person may still read the case when it is sent (trust rule 12)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, select

from backoffice.access.actors import Actor, CaseScope, Grant, roles_on
from backoffice.accounts import queries as accounts
from backoffice.accounts.models import RoleGrant, User
from backoffice.cases.models import Case
from backoffice.cases.sight import visible_to
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.notifications.events import NEWS, REMINDERS
from backoffice.notifications.orders import Order
from workflows.roles import COMPANY_SIDE, Role

ACCOUNT_CLOSED = "account_closed"
MAY_NOT_READ = "may_not_read"
ADDRESS_REFUSED = "address_refused"
NOT_WANTED = "not_wanted"
"""Why a mail was withheld: the words that stand in ``Message.withheld``."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person a mail is addressed to: the role it speaks to, and why it must not be sent, if it must not."""

    user: User
    role: Role | None
    withheld: str | None


def recipients(order: Order, scope: CaseScope, *, at: datetime, handler_id: int | None) -> list[Recipient]:
    """The people the event concerned when it happened at ``at``, the handler of the case first.

    Whoever lost the right to read the case since then is in the list, with the reason why nothing is sent.
    """
    roles = COMPANY_SIDE if order.organization_id is not None else order.roles
    wanted = [order.user_id] if order.user_id is not None else _held_then(order, roles, scope, at)
    people = {row.id: row for row in db.session.scalars(select(User).where(User.id.in_(wanted)))}
    now = accounts.actors(list(people))
    found = [_judged(row, now.get(row.id), order, scope) for row in people.values()]
    return sorted(found, key=lambda one: (one.user.id != handler_id, one.user.id))


def _judged(user: User, actor: Actor | None, order: Order, scope: CaseScope) -> Recipient:
    if actor is None:
        return Recipient(user, None, ACCOUNT_CLOSED)
    held = roles_on(actor, scope)
    if order.user_id is None and order.organization_id is None:
        held &= order.roles
    if not held or not may_read(actor, scope.case_id):
        return Recipient(user, None, MAY_NOT_READ)
    return Recipient(user, min(held), None if wants(user, order.event) else NOT_WANTED)


def wants(user: User, event: str) -> bool:
    """Whether a person takes this kind of mail; only reminders and news can be declined."""
    return (user.news or event not in NEWS) and (user.reminders or event not in REMINDERS)


def may_read(actor: Actor, case_id: int) -> bool:
    """Whether the case exists for this actor now."""
    return db.session.scalar(select(Case.id).where(Case.id == case_id, visible_to(actor))) is not None


def why_withheld(user_id: int, scope: CaseScope) -> str | None:
    """The reason a mail that waited must not be sent any more, asked again at the moment of sending."""
    actor = accounts.actor(user_id)
    if actor is None:
        return ACCOUNT_CLOSED
    return None if roles_on(actor, scope) and may_read(actor, scope.case_id) else MAY_NOT_READ


def _held_then(order: Order, roles: Iterable[Role], scope: CaseScope, at: datetime) -> list[int]:
    """The people who held one of the roles on the case when the event happened, or were given it since."""
    wanted = frozenset(roles)
    grants: dict[int, list[Grant]] = {}
    query = select(RoleGrant).where(
        or_(RoleGrant.revoked_at.is_(None), RoleGrant.revoked_at > at), _reaches(order, scope)
    )
    for row in db.session.scalars(query.order_by(RoleGrant.id)):
        grant = accounts.grant_of(row)
        if grant.holds_on(clock.in_seoul(at).date()) or grant.holds_on(clock.today()):
            grants.setdefault(row.user_id, []).append(grant)
    actors = (Actor(user_id, "", "", grants=tuple(held)) for user_id, held in grants.items())
    return [actor.user_id for actor in actors if actor.user_id is not None and roles_on(actor, scope) & wanted]


def _reaches(order: Order, scope: CaseScope) -> ColumnElement[bool]:
    """Grants that may reach this case at all: of its organizations, of its zones, or of people appointed to it."""
    if order.organization_id is not None:
        return RoleGrant.organization_id == order.organization_id
    ways: list[ColumnElement[bool]] = []
    if order.roles & COMPANY_SIDE:
        ways.append(RoleGrant.organization_id.in_(sorted(scope.organizations)))
    office = sorted(order.roles - COMPANY_SIDE)
    if office:
        here = or_(RoleGrant.zone_id.is_(None), RoleGrant.zone_id.in_(sorted(scope.zones)))
        ways.append(and_(RoleGrant.role.in_(office), here))
    return or_(*ways) if ways else false()
