"""Who acts: a person with role grants, or the system; and what a case knows about who belongs to it."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from backoffice.core import clock
from backoffice.core.i18n import Language
from workflows.roles import COMPANY_SIDE, Role


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, for one zone or all, for one organization or none, in a period (dates inclusive)."""

    role: Role
    zone_id: int | None = None
    organization_id: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    delegated_by: int | None = None
    """In whose place the role is held; empty for one's own."""

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody who acts, or once acted, in another's place: in which role, and when (dates inclusive)."""

    principal_id: int
    user_id: int
    role: Role
    since: datetime
    valid_from: date
    valid_to: date
    ended_at: datetime | None = None

    def acted(self, user_id: int | None, role: str, at: datetime) -> bool:
        """Whether a step somebody took in a role at a moment may have been taken in the principal's place."""
        day = clock.in_seoul(at).date()
        return (
            self.user_id == user_id
            and self.role == role
            and self.since <= at
            and self.valid_from <= day <= self.valid_to
            and (self.ended_at is None or at <= self.ended_at)
        )


@dataclass(frozen=True, slots=True)
class Actor:
    """A person as the office sees them at one moment. ``grants`` are those that hold today."""

    user_id: int | None
    name: str
    email: str
    language: Language = "ko"
    grants: tuple[Grant, ...] = ()
    shortcuts: bool = True
    """Whether keyboard shortcuts are on."""
    stand_ins: tuple[StandIn, ...] = ()
    """Everybody who ever acted in this person's place, or in the place of somebody this person stands in for."""
    session_version: int = 0
    """Sessions that began at another version are over."""

    @property
    def is_system(self) -> bool:
        return self.user_id is None

    @property
    def roles(self) -> frozenset[Role]:
        """Every role held anywhere."""
        return frozenset(grant.role for grant in self.grants)

    def in_own_right(self) -> "Actor":
        """The same person without what was delegated to them."""
        return replace(self, grants=tuple(grant for grant in self.grants if grant.delegated_by is None))

    def principals(self, roles: frozenset[Role]) -> frozenset[int]:
        """In whose place one of these roles is held."""
        found = (grant.delegated_by for grant in self.grants if grant.role in roles)
        return frozenset(user_id for user_id in found if user_id is not None)

    def behind(self, user_id: int | None, role: str, at: datetime) -> frozenset[int]:
        """Who took a step in the past, as far as this actor must care: whoever pressed the button, and in whose place."""
        principals = {one.principal_id for one in self.stand_ins if one.acted(user_id, role, at)}
        return frozenset(principals | ({user_id} if user_id is not None else set()))

    def zones_as(self, role: Role) -> frozenset[int] | None:
        """The zones a role is held for; None means all of them."""
        held = [grant for grant in self.grants if grant.role is role]
        if any(grant.zone_id is None for grant in held):
            return None
        return frozenset(grant.zone_id for grant in held if grant.zone_id is not None)

    @property
    def organizations(self) -> frozenset[int]:
        """The organizations the actor belongs to."""
        return frozenset(grant.organization_id for grant in self.grants if grant.organization_id is not None)


SYSTEM = Actor(None, "시스템", "", grants=(Grant(Role.SYSTEM),))
"""The office itself, acting on deadlines."""


@dataclass(frozen=True, slots=True)
class CaseScope:
    """Who belongs to a case: its zones, its organizations, and people appointed to it by name."""

    case_id: int
    zones: frozenset[int]
    lead_organization: int | None
    organizations: frozenset[int]
    appointments: frozenset[tuple[int, Role]] = frozenset()


_BY_ZONE = frozenset(
    {
        Role.ZONE_STAFF, Role.HQ_STAFF, Role.APPROVER, Role.FINANCE, Role.MINISTRY, Role.AUDITOR, Role.ADMIN,
        Role.OPERATOR, Role.BROKER,
    }
)  # fmt: skip
_BY_APPOINTMENT = frozenset({Role.REVIEWER, Role.CHAIR, Role.BROKER, Role.OPERATOR})


def roles_on(actor: Actor, scope: CaseScope) -> frozenset[Role]:
    """The roles an actor holds on one case: through a zone, an organization, or an appointment to it."""
    if actor.is_system:
        return frozenset({Role.SYSTEM})
    held: set[Role] = set()
    for grant in actor.grants:
        if grant.role in COMPANY_SIDE:
            held |= _company_roles(grant, scope)
        elif grant.role in _BY_APPOINTMENT:
            if (actor.user_id, grant.role) in scope.appointments:
                held.add(grant.role)
        elif grant.role in _BY_ZONE and (grant.zone_id is None or grant.zone_id in scope.zones):
            held.add(grant.role)
    return frozenset(held)


def _company_roles(grant: Grant, scope: CaseScope) -> set[Role]:
    """The lead organization applies; every other organization in the case is a partner of it."""
    if grant.organization_id is None or grant.organization_id not in scope.organizations:
        return set()
    if grant.organization_id == scope.lead_organization:
        return {Role.APPLICANT} if grant.role is Role.APPLICANT else {grant.role}
    return {Role.SUPPLIER} if grant.role is Role.SUPPLIER else {Role.PARTNER}


def identities(actor: Actor, scope: CaseScope, roles: frozenset[Role]) -> frozenset[int]:
    """Who acts when an actor uses one of these roles on a case: the person, and, unless they hold one in their own
    right there, everybody in whose place they would do so (trust invariant 7).
    """
    if actor.user_id is None:
        return frozenset()
    own = roles_on(actor.in_own_right(), scope) & roles
    return frozenset({actor.user_id}) | (frozenset() if own else actor.principals(roles))
