"""Second factors: who must have one, authenticator apps, wrong tries, and taking one away (trust rule 11)."""

import hmac
from dataclasses import dataclass
from datetime import timedelta

import pyotp
from sqlalchemy import delete, select, update

from backoffice.access.actors import Actor
from backoffice.access.permissions import SECOND_FACTOR
from backoffice.accounts import passwords, recovery, sealing
from backoffice.accounts.factors import TOTP, SecondFactor
from backoffice.accounts.models import User
from backoffice.core import clock
from backoffice.core.db import db, rows_changed
from backoffice.core.errors import Invalid, NotFound, Problem
from backoffice.core.i18n import Sentence

MAX_WRONG = 6
LOCK = timedelta(minutes=15)
MAX_FACTORS = 10
STEP = 30
"""Seconds a code of an app lives; one step of tolerance on each side (RFC 6238, 5.2)."""
ISSUER = "이음"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app needs to know, as an address for its camera and as text to type."""

    factor_id: int
    address: str
    secret: str


def must_have(actor: Actor | None) -> bool:
    """Whether somebody's roles demand a second factor: everybody's but the companies' do."""
    return actor is not None and bool(actor.roles & SECOND_FACTOR)


def factors(user_id: int) -> list[SecondFactor]:
    """The confirmed factors of a person, oldest first."""
    query = select(SecondFactor).where(SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None))
    return list(db.session.scalars(query.order_by(SecondFactor.id)))


def begin_app(user_id: int) -> Enrolment:
    """The secret for an authenticator app that waits to be confirmed, or a fresh one; it opens nothing until ``confirm_app``."""
    person = db.session.get_one(User, user_id)
    open_ = db.session.scalar(
        select(SecondFactor).where(
            SecondFactor.user_id == user_id, SecondFactor.kind == TOTP, SecondFactor.confirmed_at.is_(None)
        )
    )
    if open_ is None:
        secret = pyotp.random_base32()
        open_ = SecondFactor(user_id=user_id, kind=TOTP, name="", secret=sealing.seal(secret.encode()))
        db.session.add(open_)
        db.session.flush()
    return _enrolment(open_, person.email)


def _enrolment(row: SecondFactor, email: str) -> Enrolment:
    secret = sealing.unseal(row.secret).decode()
    return Enrolment(row.id, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER), secret)


def confirm_app(user_id: int, code: str, name: str) -> list[str]:
    """Take the app into use once it shows the right code; answer the recovery codes if these are the first.

    Raises Invalid for a wrong code, NotFound when no app waits to be confirmed.
    """
    row = db.session.scalar(
        select(SecondFactor).where(
            SecondFactor.user_id == user_id, SecondFactor.kind == TOTP, SecondFactor.confirmed_at.is_(None)
        )
    )
    if row is None:
        raise NotFound
    step = _matching_step(row, code)
    if step is None:
        raise wrong_code()
    row.counter = step
    return confirmed(row, name)


def confirmed(row: SecondFactor, name: str) -> list[str]:
    """What follows when a factor is taken into use: other sessions end, and the first one brings recovery codes."""
    first = not factors(row.user_id)
    if len(factors(row.user_id)) >= MAX_FACTORS:
        raise Invalid.field(
            "name",
            f"인증수단은 {MAX_FACTORS}개까지 등록할 수 있습니다. 쓰지 않는 것을 먼저 지워 주세요.",
            f"At most {MAX_FACTORS} factors; remove one you do not use first.",
        )
    row.name = name.strip()[:60] or ("인증 앱" if row.kind == TOTP else "보안 키")
    row.confirmed_at = row.last_used_at = clock.now()
    end_sessions(row.user_id)
    db.session.flush()
    return recovery.renew(row.user_id) if first else []


def end_sessions(user_id: int) -> None:
    """Every session of this person ends with its next request."""
    db.session.get_one(User, user_id).session_version += 1


def use_code(user_id: int, code: str) -> str:
    """Take the code of an app or a recovery code: what was used. Raises Invalid, with the same count of tries for both."""
    check_lock(user_id)
    for row in factors(user_id):
        if row.kind == TOTP and _take(row, code):
            _right(user_id)
            return "totp"
    if recovery.use(user_id, code):
        _right(user_id)
        return "recovery"
    raise wrong_code()


def _take(row: SecondFactor, code: str) -> bool:
    """One conditional update: a step that was used, or one before it, is never taken again."""
    step = _matching_step(row, code)
    if step is None:
        return False
    statement = update(SecondFactor).where(SecondFactor.id == row.id, SecondFactor.counter < step)
    return rows_changed(statement.values(counter=step, last_used_at=clock.now())) == 1


def _matching_step(row: SecondFactor, code: str) -> int | None:
    typed = "".join(code.split())
    if len(typed) != 6 or not typed.isascii() or not typed.isdigit():
        return None
    try:
        app = pyotp.TOTP(sealing.unseal(row.secret).decode())
    except sealing.Unsealable:
        # Sealed under another SECRET_KEY: it opens nothing until an administrator resets it (decision 016).
        return None
    now = int(clock.now().timestamp()) // STEP
    fits = [step for step in (now - 1, now, now + 1) if hmac.compare_digest(app.at(step * STEP), typed)]
    return fits[0] if fits else None


def wrong_code() -> Invalid:
    return Invalid.field(
        "code",
        "인증번호가 맞지 않습니다. 한 번 쓴 번호는 다시 쓸 수 없으니, 앱에 새 번호가 나오면 그것을 입력해 주세요.",
        "The code is wrong. A code works once; wait for the app to show the next one and enter that.",
    )


def check_lock(user_id: int) -> None:
    """Raises Invalid while too many wrong tries rest upon the account; guesses sent at once queue up behind the row."""
    person = db.session.get_one(User, user_id, with_for_update=True, populate_existing=True)
    until = person.factor_locked_until
    if until is None or until <= clock.now():
        return
    at = f"{clock.in_seoul(until):%H:%M}"
    raise Invalid(
        [
            Problem(
                "code",
                Sentence(
                    f"여러 번 틀려 잠시 잠겼습니다. {at} 이후에 다시 시도해 주세요. 본인이 시도하지 않았다면 비밀번호를 바꿔 주세요.",
                    f"Locked after several wrong tries; try again after {at}. If it was not you, change your password.",
                ),
            )
        ]
    )


def count_wrong(user_id: int) -> None:
    """One more wrong try, in the transaction of the try; after MAX_WRONG the second step rests for LOCK."""
    person = db.session.get_one(User, user_id)
    if person.factor_locked_until is not None and person.factor_locked_until > clock.now():
        return
    person.failed_factors += 1
    if person.failed_factors >= MAX_WRONG:
        person.failed_factors = 0
        person.factor_locked_until = clock.now() + LOCK


def _right(user_id: int) -> None:
    person = db.session.get_one(User, user_id)
    person.failed_factors = 0
    person.factor_locked_until = None


def used_key(user_id: int) -> None:
    """A security key was right: earlier wrong tries are forgotten."""
    _right(user_id)


def check_password(user_id: int, password: str) -> None:
    """Raises Invalid unless this is the person's password: what weakens an account is never done by a lent screen."""
    person = db.session.get_one(User, user_id)
    if not passwords.matches(person.password_hash, password):
        raise Invalid.field(
            "password",
            "현재 비밀번호가 맞지 않습니다. 다시 입력해 주세요.",
            "The present password is wrong; enter it again.",
        )


def remove(user_id: int, factor_id: int, *, duty: bool) -> str:
    """Take one factor away and end the sessions: its name. Raises NotFound, or Invalid for the last one of somebody who must have one."""
    row = db.session.scalar(select(SecondFactor).where(SecondFactor.id == factor_id, SecondFactor.user_id == user_id))
    if row is None or row.confirmed_at is None:
        raise NotFound
    left = len(factors(user_id)) - 1
    if duty and left < 1:
        raise Invalid.field(
            "password",
            "이 역할에는 인증수단이 하나는 있어야 합니다. 새 인증수단을 먼저 등록한 뒤 지워 주세요.",
            "Your role needs at least one factor; enrol a new one before you remove this.",
        )
    name = row.name
    db.session.delete(row)
    if left < 1:
        recovery.forget(user_id)
    end_sessions(user_id)
    db.session.flush()
    return name


def reset(user_id: int) -> int:
    """Take every factor and recovery code away, for somebody who lost them all: how many factors there were."""
    count = len(factors(user_id))
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    recovery.forget(user_id)
    _right(user_id)
    end_sessions(user_id)
    db.session.flush()
    return count


def with_factor(user_ids: list[int]) -> frozenset[int]:
    """Those of these people who have a confirmed factor."""
    query = select(SecondFactor.user_id).where(
        SecondFactor.user_id.in_(user_ids), SecondFactor.confirmed_at.is_not(None)
    )
    return frozenset(db.session.scalars(query.distinct()))


def forget_unconfirmed(user_id: int) -> None:
    """Drop an enrolment that was not finished, so that the next one begins with a fresh secret."""
    db.session.execute(
        delete(SecondFactor).where(
            SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_(None), SecondFactor.kind == TOTP
        )
    )
