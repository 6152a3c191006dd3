"""Links that work once: a forgotten password, an invitation, a new e-mail address; and what changing either ends."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from backoffice.accounts import passwords, sealing, second_factor, tokens
from backoffice.accounts.factors import EMAIL, INVITATION, RESET, OneTimeToken
from backoffice.accounts.models import User
from backoffice.accounts.queries import by_email
from backoffice.core import clock
from backoffice.core.db import db, rows_changed
from backoffice.core.errors import Invalid, NotFound
from backoffice.core.i18n import Sentence

LIFETIME = {RESET: timedelta(minutes=30), EMAIL: timedelta(minutes=30), INVITATION: timedelta(days=3)}
"""An invited person has no password and no data yet, and may be away for a day or two."""


@dataclass(frozen=True, slots=True)
class Link:
    """A token that was just made, for the one mail that carries it, and the row that knows its hash."""

    token: str
    row_id: int


def make_link(user_id: int, purpose: str, *, email: str = "") -> Link:
    """A fresh token; every earlier one of this person for this purpose is void. Raises NotFound for a closed account."""
    person = db.session.get(User, user_id)
    if person is None or not person.active:
        raise NotFound
    void(user_id, purpose)
    token = secrets.token_urlsafe(32)
    row = OneTimeToken(
        user_id=user_id,
        purpose=purpose,
        digest=sealing.digest(token),
        email=email,
        expires_at=clock.now() + LIFETIME[purpose],
    )
    db.session.add(row)
    db.session.flush()
    return Link(token, row.id)


def void(user_id: int, *purposes: str) -> None:
    """Links of these purposes that were not used yet lead nowhere from now on."""
    statement = update(OneTimeToken).where(
        OneTimeToken.user_id == user_id, OneTimeToken.purpose.in_(purposes), OneTimeToken.used_at.is_(None)
    )
    rows_changed(statement.values(used_at=clock.now()))


def find(token: str, *purposes: str) -> OneTimeToken:
    """The link behind a token while it works. Raises NotFound with the same sentence for used, old and invented ones."""
    row = db.session.scalar(
        select(OneTimeToken).where(
            OneTimeToken.digest == sealing.digest(token),
            OneTimeToken.purpose.in_(purposes),
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > clock.now(),
        )
    )
    person = db.session.get(User, row.user_id) if row is not None else None
    if row is None or person is None or not person.active:
        raise NotFound(
            Sentence(
                "이미 쓴 링크이거나 유효 시간이 지난 링크입니다. 로그인 화면의 '비밀번호를 잊으셨나요?'에서 새 링크를 받아 주세요.",
                "This link was used or is too old; ask for a new one with 'Forgot your password?' on the sign-in page.",
            )
        )
    return row


def _use(row: OneTimeToken) -> None:
    """Raises NotFound for whoever comes second."""
    statement = update(OneTimeToken).where(OneTimeToken.id == row.id, OneTimeToken.used_at.is_(None))
    if rows_changed(statement.values(used_at=clock.now())) != 1:
        raise NotFound


def set_password(token: str, password: str, again: str) -> int:
    """Use the link up and set the password: whose. The second factor stays. Raises NotFound, Invalid."""
    row = find(token, RESET, INVITATION)
    person = db.session.get_one(User, row.user_id)
    _check(person, password, again)
    _use(row)
    _set(person, password)
    return person.id


def change_password(user_id: int, present: str, password: str, again: str) -> None:
    """The same by somebody who is signed in and knows the present one. Raises Invalid."""
    second_factor.check_password(user_id, present)
    person = db.session.get_one(User, user_id)
    _check(person, password, again, field="new_password")
    _set(person, password)


def _check(person: User, password: str, again: str, field: str = "password") -> None:
    passwords.check_new(password, field, personal=(person.email, person.name))
    if password != again:
        raise Invalid.field(
            "again",
            "두 번 입력한 비밀번호가 서로 다릅니다. 같은 비밀번호를 입력해 주세요.",
            "The two passwords differ; enter the same one twice.",
        )


def _set(person: User, password: str) -> None:
    person.password_hash = passwords.hash_password(password)
    person.failed_sign_ins = 0
    person.locked_until = None
    second_factor.end_sessions(person.id)
    tokens.revoke_all(person.id)
    void(person.id, RESET, INVITATION, EMAIL)
    db.session.flush()


def check_new_email(user_id: int, typed: str, password: str) -> str:
    """The new address, if it can be one and the password is right. That somebody else has it is not told here."""
    second_factor.check_password(user_id, password)
    email = typed.strip().lower()
    local, _, domain = email.partition("@")
    if not local or "." not in domain or len(email) > 254 or any(ch.isspace() or not ch.isprintable() for ch in email):
        raise Invalid.field("email", "전자우편 주소를 확인해 주세요.", "Check the e-mail address.")
    if email == db.session.get_one(User, user_id).email:
        raise Invalid.field("email", "지금 쓰는 주소와 같습니다.", "This is your present address.")
    return email


def take_email(token: str, user_id: int) -> str:
    """Use the link up and take the address it proves, for the person who asked: the old one. Raises NotFound, Invalid."""
    row = find(token, EMAIL)
    if row.user_id != user_id:
        raise NotFound
    if by_email(row.email) is not None:
        raise Invalid.field("email", "이미 등록된 전자우편 주소입니다.", "This address is registered already.")
    _use(row)
    person = db.session.get_one(User, user_id)
    old, person.email = person.email, row.email
    second_factor.end_sessions(user_id)
    void(user_id, RESET, INVITATION)
    db.session.flush()
    return old
