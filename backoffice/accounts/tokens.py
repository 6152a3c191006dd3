"""Tokens with which a program acts as a person: made and shown once, found by their hash, revoked."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from backoffice.access.scopes import Scope, read, written
from backoffice.accounts.models import ApiToken, User
from backoffice.core import clock
from backoffice.core.db import db, rows_changed
from backoffice.core.errors import Invalid, NotFound, Problem
from backoffice.core.i18n import Sentence

PREFIX = "ieum_"
"""How every token begins, so that one that leaked can be recognized."""
MAX_DAYS, DAYS = 365, 90
"""The longest and the usual life of a token."""
AT_MOST = 20
"""Tokens one person may have at the same time."""
NOTED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token that was shown, and what it may be used for."""

    token_id: int
    user_id: int
    scopes: frozenset[Scope]
    stale: bool
    """Whether its last use should be noted again."""


def create(user_id: int, name: str, scopes: Collection[Scope], days: int = DAYS) -> tuple[ApiToken, str]:
    """A new token and its secret, which nobody can read again. Raises Invalid, naming what is wrong."""
    name = " ".join(name.split())
    problems = _problems(name, scopes, days)
    if not problems and len(_valid(user_id)) >= AT_MOST:
        problems.append(_problem("name", f"토큰은 {AT_MOST}개까지입니다. 쓰지 않는 토큰을 먼저 폐기해 주세요.",
                                 f"You have {AT_MOST} tokens; revoke one you do not use."))  # fmt: skip
    if problems:
        raise Invalid(problems)
    secret = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        user_id=user_id,
        name=name,
        sha256=_digest(secret),
        scopes=written(scopes),
        created_at=clock.now(),
        expires_at=clock.now() + timedelta(days=days),
    )
    db.session.add(row)
    db.session.flush()
    return row, secret


def _problems(name: str, scopes: Collection[Scope], days: int) -> list[Problem]:
    found = []
    if not 1 <= len(name) <= 80:
        found.append(_problem("name", "이름을 1~80자로 적어 주세요.", "Give the token a name of 1 to 80 characters."))
    if not scopes:
        found.append(_problem("scopes", "범위를 하나 이상 골라 주세요.", "Choose at least one scope."))
    if not 1 <= days <= MAX_DAYS:
        found.append(_problem("days", f"기간은 1~{MAX_DAYS}일입니다.", f"A token lives 1 to {MAX_DAYS} days."))
    return found


def _problem(field: str, ko: str, en: str) -> Problem:
    return Problem(field, Sentence(ko, en))


def find(secret: str) -> Bearer | None:
    """The token behind a secret, while it holds. Whether its person still does is asked beside it."""
    now = clock.now()
    row = db.session.scalar(
        select(ApiToken).where(
            ApiToken.sha256 == _digest(secret), ApiToken.revoked_at.is_(None), ApiToken.expires_at > now
        )
    )
    if row is None:
        return None
    stale = row.last_used_at is None or row.last_used_at < now - NOTED_EVERY
    return Bearer(row.id, row.user_id, read(row.scopes), stale)


def note_use(token_id: int) -> None:
    """Remember that a token was used just now."""
    now = clock.now()
    long_ago = or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at < now - NOTED_EVERY)
    db.session.execute(update(ApiToken).where(ApiToken.id == token_id, long_ago).values(last_used_at=now))


def revoke(token_id: int, user_id: int) -> ApiToken:
    """End one of a person's own tokens, from the next request on. Raises NotFound."""
    row = db.session.scalar(
        select(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
    )
    if row is None:
        raise NotFound
    row.revoked_at = clock.now()
    db.session.flush()
    return row


def revoke_all(user_id: int) -> int:
    """End every token of a person, from the next request on: how many."""
    own = ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None)
    return rows_changed(update(ApiToken).where(*own).values(revoked_at=clock.now()))


def of_person(user_id: int) -> list[ApiToken]:
    """The tokens a person made and did not revoke, the newest first."""
    query = select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
    return list(db.session.scalars(query.order_by(ApiToken.id.desc())))


def expired(row: ApiToken, now: datetime | None = None) -> bool:
    return row.expires_at <= (now or clock.now())


def _valid(user_id: int) -> list[ApiToken]:
    """Locks the person first: of two that are made at the same moment the second is counted."""
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update())
    return [row for row in of_person(user_id) if not expired(row)]


def _digest(secret: str) -> str:
    """A token is 256 random bits: one round of a fast hash is enough, and found in one look."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
