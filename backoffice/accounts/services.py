"""Verbs about people: create, grant, revoke, sign in."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from backoffice.accounts import passwords, reset, tokens
from backoffice.accounts.factors import INVITATION
from backoffice.accounts.models import RoleGrant, User
from backoffice.accounts.queries import by_email
from backoffice.core import clock
from backoffice.core.db import db, rows_changed
from backoffice.core.errors import Invalid, NotFound
from workflows.roles import COMPANY_SIDE, Role

MAX_FAILURES = 8
LOCK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class NewUser:
    email: str
    name: str
    password: str
    language: str = "ko"
    phone: str = ""
    organization_id: int | None = None


def create_user(new: NewUser) -> User:
    """A new active person. Raises Invalid for a taken address or a weak password."""
    email = new.email.strip().lower()
    if "@" not in email or len(email) > 254:
        raise Invalid.field("email", "전자우편 주소를 확인해 주세요.", "Check the e-mail address.")
    if by_email(email) is not None:
        raise Invalid.field("email", "이미 등록된 전자우편 주소입니다.", "This address is registered already.")
    if not new.name.strip():
        raise Invalid.field("name", "이름을 입력해 주세요.", "Fill in the name.")
    passwords.check_new(new.password, personal=(email, new.name))
    person = User(
        email=email,
        name=new.name.strip(),
        phone=new.phone,
        language=new.language,
        password_hash=passwords.hash_password(new.password),
        organization_id=new.organization_id,
    )
    db.session.add(person)
    db.session.flush()
    return person


def grant(
    user_id: int,
    role: Role,
    *,
    zone_id: int | None = None,
    organization_id: int | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    granted_by: int | None = None,
) -> RoleGrant:
    """Give a role. Raises Invalid when a company role has no organization, or the period is reversed."""
    if role is Role.SYSTEM:
        raise Invalid.field("role", "시스템 역할은 사람에게 줄 수 없습니다.", "The system role cannot be granted.")
    if role in COMPANY_SIDE and organization_id is None:
        raise Invalid.field(
            "organization", "기업 역할에는 기관을 지정해 주세요.", "A company role needs an organization."
        )
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        raise Invalid.field("valid_to", "종료일은 시작일 이후여야 합니다.", "The end must not lie before the start.")
    row = RoleGrant(
        user_id=user_id,
        role=role,
        zone_id=zone_id,
        organization_id=organization_id,
        valid_from=valid_from,
        valid_to=valid_to,
        granted_by=granted_by,
    )
    db.session.add(row)
    db.session.flush()
    if role in COMPANY_SIDE:
        # Whoever belongs to a company neither gives nor takes a role in another's place (trust invariants 6 and 7).
        _end(granted_by, or_(RoleGrant.delegated_by == user_id, and_(RoleGrant.user_id == user_id, DELEGATED)))
    return row


DELEGATED = RoleGrant.delegated_by.is_not(None)


def revoke(grant_id: int, revoked_by: int | None = None) -> RoleGrant:
    """Take a role back, and with it whatever was delegated of it; it ends with the next request. Raises NotFound."""
    row = db.session.get(RoleGrant, grant_id)
    if row is None or row.revoked_at is not None:
        raise NotFound
    _end(revoked_by, or_(RoleGrant.id == grant_id, RoleGrant.source_id == grant_id))
    db.session.refresh(row)
    return row


def end_on(grant_id: int, day: date) -> RoleGrant:
    """Let a role end with a day; what was delegated of it does not outlive it. Raises NotFound, Invalid."""
    row = db.session.get(RoleGrant, grant_id)
    if row is None or row.revoked_at is not None:
        raise NotFound
    if row.valid_from is not None and day < row.valid_from:
        raise Invalid.field("valid_to", "종료일은 시작일 이후여야 합니다.", "The end must not lie before the start.")
    row.valid_to = day
    for delegated in db.session.scalars(select(RoleGrant).where(RoleGrant.source_id == grant_id)):
        if delegated.valid_from is not None and delegated.valid_from > day:
            delegated.revoked_at = delegated.revoked_at or clock.now()
        elif delegated.valid_to is None or delegated.valid_to > day:
            delegated.valid_to = day
    db.session.flush()
    return row


def _end(by: int | None, *which: ColumnElement[bool]) -> None:
    statement = update(RoleGrant).where(RoleGrant.revoked_at.is_(None), *which)
    rows_changed(statement.values(revoked_at=clock.now(), revoked_by=by))


def deactivate(user_id: int, by: int | None = None) -> None:
    """Close an account, end its sessions, its API tokens and whatever it delegated. Raises NotFound."""
    person = db.session.get(User, user_id)
    if person is None:
        raise NotFound
    person.active = False
    person.session_version += 1
    tokens.revoke_all(user_id)
    _end(by, or_(RoleGrant.delegated_by == user_id, and_(RoleGrant.user_id == user_id, DELEGATED)))


def reopen(user_id: int) -> None:
    """Open a closed account again; delegations stay ended and API tokens revoked. Raises NotFound."""
    person = db.session.get(User, user_id)
    if person is None or person.active:
        raise NotFound
    person.active = True
    person.session_version += 1


def choose_language(user_id: int | None, language: str) -> None:
    """Remember the language a person reads. Raises NotFound."""
    person = db.session.get(User, user_id) if user_id is not None else None
    if person is None:
        raise NotFound
    person.language = language


def sign_in(email: str, password: str) -> User:
    """The person, if address and password fit. Raises Invalid with one sentence that tells nothing more.

    After MAX_FAILURES wrong passwords the account rests for LOCK.
    """
    # Locked, so that guesses sent at once are counted one after the other.
    person = db.session.scalar(select(User).where(User.email == email.strip().lower()).with_for_update())
    now = clock.now()
    resting = person is not None and person.locked_until is not None and person.locked_until > now
    right = passwords.matches(person.password_hash if person else None, password)
    if person is None or not person.active or resting or not right:
        if person is not None and not resting and not right:
            _count_failure(person)
        raise wrong_sign_in()
    person.failed_sign_ins = 0
    person.locked_until = None
    return person


def signed_in(user_id: int) -> None:
    """Note that a person came in, with everything that was asked of them; an invitation has served its purpose then."""
    db.session.get_one(User, user_id).last_sign_in = clock.now()
    reset.void(user_id, INVITATION)


def wrong_sign_in() -> Invalid:
    """Address and password do not fit; which of the two stays untold."""
    return Invalid.field(
        "email",
        "전자우편 주소나 비밀번호가 맞지 않습니다. 여러 번 틀리면 15분 동안 들어올 수 없습니다.",
        "The e-mail address or password is wrong. After several wrong tries the account rests for 15 minutes.",
    )


def _count_failure(person: User) -> None:
    person.failed_sign_ins += 1
    if person.failed_sign_ins >= MAX_FAILURES:
        person.locked_until = clock.now() + LOCK
        person.failed_sign_ins = 0
