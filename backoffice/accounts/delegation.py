"""Roles in another's place: for a period, with a reason, and never past the separation of duties (trust invariant 7)."""

from datetime import date, timedelta

from sqlalchemy import select

from backoffice.accounts.models import RoleGrant, User
from backoffice.accounts.queries import holding
from backoffice.core import clock
from backoffice.core.db import db
from backoffice.core.errors import Invalid, NotFound
from workflows.roles import COMPANY_SIDE, Role

DELEGABLE = frozenset({Role.ZONE_STAFF, Role.HQ_STAFF, Role.APPROVER, Role.FINANCE})
"""Offices of the foundation. Reviewers, chairs, brokers and operators are appointed in person; readers have nothing to do;
an administrator's place is given by another administrator."""
LONGEST = timedelta(days=92)
SHORTEST_REASON = 5


def delegable(user_id: int) -> list[RoleGrant]:
    """What a person may have somebody else do: their own offices that hold today or will."""
    query = select(RoleGrant).where(
        RoleGrant.user_id == user_id,
        RoleGrant.delegated_by.is_(None),
        RoleGrant.revoked_at.is_(None),
        RoleGrant.role.in_(DELEGABLE),
    )
    rows = db.session.scalars(query.order_by(RoleGrant.id))
    return [row for row in rows if row.valid_to is None or row.valid_to >= clock.today()]


def given(user_id: int | None = None) -> list[RoleGrant]:
    """Delegations by a person, or all of them, newest first."""
    query = select(RoleGrant).where(RoleGrant.delegated_by.is_not(None)).order_by(RoleGrant.id.desc())
    return list(db.session.scalars(query if user_id is None else query.where(RoleGrant.delegated_by == user_id)))


def delegate(
    grant_id: int, to: str, *, by: int, valid_from: date, valid_to: date, reason: str, asked_by: int | None = None
) -> RoleGrant:
    """Have ``to`` (an address) act in the place of ``by`` for a while. Raises NotFound for a role that is not theirs, Invalid."""
    source = next((row for row in delegable(by) if row.id == grant_id), None)
    if source is None:
        raise NotFound
    person = _stand_in(to, by)
    _check_period(source, valid_from, valid_to)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid.field(
            "reason", "대결 사유를 5자 이상 적어 주세요.", "Give the reason in at least five characters."
        )
    row = RoleGrant(
        user_id=person.id,
        role=source.role,
        zone_id=source.zone_id,
        valid_from=valid_from,
        valid_to=valid_to,
        granted_by=asked_by or by,
        source_id=source.id,
        delegated_by=by,
        reason=reason.strip()[:500],
    )
    db.session.add(row)
    db.session.flush()
    return row


def _stand_in(to: str, by: int) -> User:
    """The colleague, if nothing excludes them. One sentence for an unknown and a closed account."""
    person = db.session.scalar(select(User).where(User.email == to.strip().lower(), User.active.is_(True)))
    if person is None:
        raise Invalid.field(
            "to", "이 주소의 사용자가 없습니다. 주소를 확인해 주세요.", "Nobody has this address; check it."
        )
    if person.id == by:
        raise Invalid.field("to", "자신에게는 대결을 맡길 수 없습니다.", "You cannot stand in for yourself.")
    roles = _roles(person.id)
    if roles & COMPANY_SIDE or _roles(by) & COMPANY_SIDE:
        raise Invalid.field(
            "to",
            "기업·기관의 역할을 가진 사람은 대결을 맡거나 맡길 수 없습니다(이해충돌). 다른 담당자를 골라 주세요.",
            "Whoever acts for a company can neither give nor take a place (conflict of interest); choose somebody else.",
        )
    if not roles & DELEGABLE:
        raise Invalid.field(
            "to",
            "재단의 업무 역할을 가진 사람에게만 대결을 맡길 수 있습니다.",
            "Only somebody with an office of the foundation can stand in.",
        )
    return person


def _roles(user_id: int) -> frozenset[Role]:
    """The roles somebody holds today in their own right."""
    query = select(RoleGrant.role).where(
        RoleGrant.user_id == user_id, RoleGrant.delegated_by.is_(None), *holding(clock.today())
    )
    return frozenset(Role(role) for role in db.session.scalars(query))


def _check_period(source: RoleGrant, valid_from: date, valid_to: date) -> None:
    if valid_to < valid_from or valid_to < clock.today():
        raise Invalid.field(
            "valid_to", "종료일은 시작일과 오늘 이후여야 합니다.", "The end must not lie before the start or today."
        )
    if valid_to - valid_from > LONGEST:
        raise Invalid.field(
            "valid_to",
            f"대결은 {LONGEST.days}일까지입니다. 더 길면 역할을 새로 주어야 합니다.",
            f"At most {LONGEST.days} days; beyond that a role of one's own is needed.",
        )
    if (source.valid_to is not None and valid_to > source.valid_to) or (
        source.valid_from is not None and valid_from < source.valid_from
    ):
        raise Invalid.field(
            "valid_to",
            "맡기는 역할의 기간 안에서만 대결을 맡길 수 있습니다.",
            "A place can be given only within the period of the role itself.",
        )
